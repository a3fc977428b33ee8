public import Text

/// A moment: microseconds since 1970-01-01 00:00 UTC. Written as RFC 3339 with six fraction digits and `Z`.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Since 1970-01-01 00:00 UTC, without leap seconds; negative before it.
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

extension CivilTime {
    /// The calendar parts of a timestamp in UTC, or in a zone whose offset the caller adds first.
    public init(_ time: Timestamp) { self.init(microseconds: time.microseconds) }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339: `2026-11-23T13:03:16.501618Z`.
    public var description: String { RFC3339.text(microseconds: microseconds) }

    /// `2026-11-23T13:03:16.501618Z`, with none to six digits of a fraction; nil for anything else.
    public init?(rfc3339 text: String) {
        guard let microseconds = RFC3339.microseconds(text) else { return nil }
        self.microseconds = microseconds
    }
}
