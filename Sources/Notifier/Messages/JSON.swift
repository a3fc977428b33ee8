internal import FoundationEssentials

/// What services are sent as JSON.
enum JSON: Encodable, Equatable, Sendable, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral {
    case text(String)
    case number(Int64)
    case boolean(Bool)
    case list([JSON])
    case object([String: JSON])

    init(stringLiteral text: String) { self = .text(text) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .text(let text):
            var container = encoder.singleValueContainer()
            try container.encode(text)
        case .number(let number):
            var container = encoder.singleValueContainer()
            try container.encode(number)
        case .boolean(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .list(let values):
            var container = encoder.singleValueContainer()
            try container.encode(values)
        case .object(let members):
            var container = encoder.singleValueContainer()
            try container.encode(members)
        }
    }

    /// Keys are sorted, so that the same message has the same bytes.
    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Text, whole numbers and truths: nothing in it can fail.
        guard let data = try? encoder.encode(self) else { preconditionFailure("JSON of plain values") }
        return Array(data)
    }

    var string: String { String(decoding: bytes, as: UTF8.self) }
}
