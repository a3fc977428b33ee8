public import Farm

/// What a field of the API's JSON holds.
public enum WireValue: Equatable, Sendable {
    case null
    case text(String)
    case flag(Bool)
    case whole(Int64)
    /// Infinities and NaN are written as null.
    case number(Double)
    /// RFC 3339 in UTC with six fraction digits.
    case time(Timestamp)
    /// In the order of the JSON.
    case object([WireMember])
    case list([WireValue])
    /// JSON that was written elsewhere.
    case encoded([UInt8])
}

/// A name with its value.
public struct WireMember: Equatable, Sendable {
    public var name: StaticString
    public var value: WireValue

    public init(_ name: StaticString, _ value: WireValue) {
        self.name = name
        self.value = value
    }

    public static func == (a: Self, b: Self) -> Bool { a.name.description == b.name.description && a.value == b.value }
}
