/// A moment's text, `2026-11-23T13:03:16.501618Z`: UTC with six digits of the second's fraction (RFC 3339).
public enum RFC3339 {
    /// Written without a string on the way: the API writes thousands at once.
    /// - Parameter microseconds: since 1970-01-01 00:00 UTC.
    public static func append(microseconds: Int64, to bytes: inout [UInt8]) {
        let civil = CivilTime(microseconds: microseconds)
        if (0...9999).contains(civil.year) {
            append(civil.year, digits: 4, to: &bytes)
        } else {
            // RFC 3339 has four digits and no sign; only a clock that was set wildly wrong comes here.
            bytes.append(contentsOf: String(civil.year).utf8)
        }
        bytes.append(UInt8(ascii: "-"))
        append(civil.month, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        append(civil.day, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        append(civil.hour, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(civil.minute, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(civil.second, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        append(civil.microsecond, digits: 6, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// - Parameter microseconds: since 1970-01-01 00:00 UTC.
    public static func text(microseconds: Int64) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(27)
        append(microseconds: microseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(_ value: Int, digits: Int, to bytes: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }

    /// Microseconds since 1970 of a text in UTC with none to six digits of a fraction, as the API writes it; nil for anything
    /// else, also for a day that no month has.
    public static func microseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"),
            let year = number(bytes[0..<4]), bytes[4] == UInt8(ascii: "-"),
            let month = number(bytes[5..<7]), bytes[7] == UInt8(ascii: "-"),
            let day = number(bytes[8..<10]), bytes[10] | 0x20 == UInt8(ascii: "t"),
            let hour = number(bytes[11..<13]), bytes[13] == UInt8(ascii: ":"),
            let minute = number(bytes[14..<16]), bytes[16] == UInt8(ascii: ":"),
            let second = number(bytes[17..<19]),
            (1...12).contains(month), CivilDay.exists(year: year, month: month, day: day),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var fraction = 0
        if bytes.count > 20 {
            let digits = bytes[20..<(bytes.count - 1)]
            guard bytes[19] == UInt8(ascii: "."), (1...6).contains(digits.count), let value = number(digits) else {
                return nil
            }
            fraction = (digits.count..<6).reduce(value) { value, _ in value * 10 }
        }
        return CivilTime(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second, microsecond: fraction
        ).microseconds
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in digits {
            guard ASCII.isDigit(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
}
