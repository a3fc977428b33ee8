import Farm
import WireSchema

/// What a remote dashboard reads beside the objects that have tables of fields. Names of members as on the wire.
enum Wire {
    /// A frame's statistics, as the list of a print's frames has them.
    struct StoredPrediction: Decodable { var fields: Told<ToldPrediction> }

    struct Removed: Decodable { var printer: Int64 }
    struct Version: Decodable { var version: String }
    struct Service: Decodable { var database_damaged: Bool? }
    struct PrinterChange: Decodable { var succeeded: Bool }
    struct Token: Decodable {
        var access_token: String
        var scope: String?
    }
    /// An answer that nobody reads, or an empty one.
    struct Nothing: Decodable {
        init() {}
        init(from decoder: any Decoder) {}
    }
}

extension Timestamp {
    /// `2026-11-23T13:03:16.501618Z`: RFC 3339 in UTC with up to six fraction digits, as the API writes it.
    init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for byte in bytes[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var micros: Int64 = 0
        if bytes.count > 20 {
            let digits = bytes.count - 21
            guard bytes[19] == UInt8(ascii: "."), (1...6).contains(digits), let fraction = number(20..<20 + digits)
            else { return nil }
            micros = (digits..<6).reduce(fraction) { value, _ in value * 10 }
        }
        // Howard Hinnant, "chrono-compatible low-level date algorithms": proleptic Gregorian date → days since 1970.
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        self.init(
            microseconds: (days * 86_400 + hour * 3600 + minute * 60 + second) * 1_000_000 + micros)
    }
}
