/// A moment: microseconds since 1970-01-01 00:00 UTC. Written as RFC 3339 with six fraction digits and `Z`.
public struct Timestamp: Hashable, Comparable, Sendable {
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }
    public init(secondsSince1970 seconds: Double) { microseconds = Int64((seconds * 1e6).rounded()) }

    /// Unit: seconds since 1970, UTC.
    public var secondsSince1970: Double { Double(microseconds) / 1e6 }

    public static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }
    public static func + (a: Self, b: Duration) -> Self {
        let parts = b.components
        return Self(microseconds: a.microseconds + parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000)
    }
    public static func - (a: Self, b: Duration) -> Self { a + (.zero - b) }

    /// Seconds from `earlier` to this moment; negative when the clock was set back in between.
    public func seconds(since earlier: Timestamp) -> Double { Double(microseconds - earlier.microseconds) / 1e6 }
}

extension Timestamp: Codable {
    public init(from decoder: any Decoder) throws {
        microseconds = try decoder.singleValueContainer().decode(Int64.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(microseconds)
    }
}

/// The calendar parts of a timestamp in UTC, or in a zone whose offset the caller adds first.
public struct CivilTime: Equatable, Sendable {
    public var year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, microsecond: Int

    /// Howard Hinnant, "chrono-compatible low-level date algorithms": days since 1970 → proleptic Gregorian date.
    public init(_ time: Timestamp) {
        let perDay: Int64 = 86_400_000_000
        var days = time.microseconds / perDay
        var rest = time.microseconds % perDay
        if rest < 0 {
            rest += perDay
            days -= 1
        }
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1)
        month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
        year = Int(yearOfEra + era * 400 + (month <= 2 ? 1 : 0))
        hour = Int(rest / 3_600_000_000)
        minute = Int(rest / 60_000_000 % 60)
        second = Int(rest / 1_000_000 % 60)
        microsecond = Int(rest % 1_000_000)
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339: `2026-11-23T13:03:16.501618Z`.
    public var description: String {
        let t = CivilTime(self)
        func pad(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        return "\(pad(t.year, 4))-\(pad(t.month, 2))-\(pad(t.day, 2))T"
            + "\(pad(t.hour, 2)):\(pad(t.minute, 2)):\(pad(t.second, 2)).\(pad(t.microsecond, 6))Z"
    }
}
