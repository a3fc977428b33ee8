import Farm
import Text

/// JSON for scripts: keys in the order in which they are given.
indirect enum JSONText: Sendable, CustomStringConvertible {
    case object([(String, JSONText)])
    case list([JSONText])
    case string(String)
    case integer(Int64)
    case number(Double)
    case boolean(Bool)
    case null

    init(_ text: String?) { self = text.map(Self.string) ?? .null }
    init(_ time: Timestamp?) { self = time.map { .string($0.description) } ?? .null }
    init(_ value: Double?) { self = value.map(Self.number) ?? .null }
    init(_ value: Int64?) { self = value.map(Self.integer) ?? .null }

    /// One line. Numbers are written so that they read back the same.
    var description: String {
        switch self {
        case .object(let members): "{" + members.map { "\(Self.quoted($0)): \($1)" }.joined(separator: ", ") + "}"
        case .list(let elements): "[" + elements.map(\.description).joined(separator: ", ") + "]"
        case .string(let text): Self.quoted(text)
        case .integer(let value): String(value)
        case .number(let value): value.isFinite ? "\(value)" : "null"
        case .boolean(let value): value ? "true" : "false"
        case .null: "null"
        }
    }

    /// What commands print with `--json`: one object a line. A list is as many lines as it has elements.
    var lines: [String] {
        if case .list(let elements) = self { elements.map(\.description) } else { [description] }
    }

    /// Only printable ASCII comes out: the reader may be a terminal.
    private static func quoted(_ text: String) -> String { JSONString.quoted(text, escaping: .nonASCII) }
}
