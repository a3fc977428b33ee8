import Text

/// A row's number, typed by what it numbers so that a print's id cannot be passed for a printer's.
/// Positive, 63 bits, never used again.
public struct Identifier<Entity>: Hashable, Comparable, Sendable, RawRepresentable {
    public var rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }
    public init(_ rawValue: Int64) { self.rawValue = rawValue }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

extension Identifier: Codable {
    public init(from decoder: any Decoder) throws { rawValue = try decoder.singleValueContainer().decode(Int64.self) }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension Identifier: CustomStringConvertible {
    public var description: String { String(rawValue) }
}

extension Identifier: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) { rawValue = value }
}

/// The id in a path: `[0-9]{1,19}` that fits in 63 bits and is not zero; nil otherwise.
extension Identifier {
    public init?(pathSegment text: some StringProtocol) {
        guard (1...19).contains(text.utf8.count), ASCII.isWholeNumber(text),
            let value = Int64(text), value > 0
        else { return nil }
        rawValue = value
    }
}
