/// The groups that a printer is in: words that a person gives, such as `mk4` or `hall-2`. Lower case, each once, sorted.
public struct PrinterTags: Equatable, Sendable {
    /// A printer has at most so many.
    public static let limit = 20
    /// The longest tag. Unit: Unicode scalars.
    public static let lengthLimit = 40

    /// Sorted, at most `limit`.
    public private(set) var all: [String]

    /// Nil for more than `limit` tags, or one that is none (`tag`).
    public init?(_ words: some Sequence<String>) {
        var found: Set<String> = []
        for word in words {
            guard let tag = Self.tag(word) else { return nil }
            found.insert(tag)
        }
        guard found.count <= Self.limit else { return nil }
        all = found.sorted()
    }

    /// The word as it is kept: trimmed, in lower case. Nil unless it is 1...40 letters, digits, `-`, `_` and `.`: a tag is typed
    /// after `#` and in comma-separated lists.
    public static func tag(_ word: String) -> String? {
        let trimmed = word.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        let tag = String(trimmed).lowercased()
        guard (1...lengthLimit).contains(tag.unicodeScalars.count),
            tag.unicodeScalars.allSatisfy({ isOfTag($0) })
        else { return nil }
        return tag
    }

    private static func isOfTag(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "-" || scalar == "_" || scalar == "." { return true }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .otherLetter, .modifierLetter, .decimalNumber, .nonspacingMark, .spacingMark: return true
        default: return false
        }
    }

    /// As a person typed it: its case does not matter.
    public func contains(_ word: String) -> Bool { Self.tag(word).map(all.contains) ?? false }

    /// Such a printer matches no tag.
    public var isEmpty: Bool { all.isEmpty }
}

extension PrinterTags: ExpressibleByArrayLiteral {
    /// Only for what the program itself writes.
    public init(arrayLiteral words: String...) {
        guard let tags = Self(words) else { preconditionFailure("no tags of a printer: \(words)") }
        self = tags
    }
}

/// A list of words.
extension PrinterTags: Codable {
    public init(from decoder: any Decoder) throws {
        let words = try decoder.singleValueContainer().decode([String].self)
        guard let tags = Self(words) else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "no tags of a printer"))
        }
        self = tags
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(all)
    }
}
