internal import Farm

/// A text with fields in braces, as the configuration gives it: `{printer}: {what}`. Two braces stand for one.
///
/// A line whose fields are all empty is left out.
public struct MessageTemplate: Equatable, Sendable {
    /// What a template may name. The raw value is the name.
    public enum Field: String, CaseIterable, Sendable {
        /// The printer's name; of several: `4 printers`.
        case printer
        case file
        /// `91 %`
        case probability
        /// `62 %`, as a linked printer says.
        case progress
        /// `1 h 20 min`, as a linked printer estimates.
        case timeLeft = "time_left"
        /// What happened, in a sentence.
        case what
        /// What farmtop did.
        case did
        /// What a person should do.
        case wants
        /// Who answered, and how.
        case answered
        /// `alert`, `camera_lost`, …
        case topic
        case severity
        /// Local time: `03:12`.
        case time
        /// How many things the message tells of.
        case count
        /// The short text that stands in place of a title.
        case title
    }

    enum Part: Equatable, Sendable {
        case text(String)
        case field(Field)
    }

    /// Line by line.
    let lines: [[Part]]

    /// - Throws: `MessageTemplateError` for a brace without its other half, and for an unknown field.
    public init(_ text: String) throws(MessageTemplateError) {
        var lines: [[Part]] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            lines.append(try Self.parts(of: line))
        }
        self.lines = lines
    }

    private static func parts(of line: Substring) throws(MessageTemplateError) -> [Part] {
        var parts: [Part] = []
        var text = ""
        var rest = line
        while let character = rest.popFirst() {
            switch character {
            case "{" where rest.first == "{", "}" where rest.first == "}":
                text.append(character)
                rest.removeFirst()
            case "{":
                guard let end = rest.firstIndex(of: "}") else { throw .openBrace }
                let name = String(rest[..<end])
                guard let field = Field(rawValue: name) else { throw .unknownField(name) }
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                parts.append(.field(field))
                rest = rest[rest.index(after: end)...]
            case "}": throw .strayBrace
            default: text.append(character)
            }
        }
        if !text.isEmpty { parts.append(.text(text)) }
        return parts
    }

    func rendered(_ value: (Field) -> String) -> String {
        var result: [String] = []
        for parts in lines {
            var line = ""
            var hasField = false
            var hasValue = false
            for part in parts {
                switch part {
                case .text(let text): line += text
                case .field(let field):
                    let text = value(field)
                    hasField = true
                    if !text.isEmpty { hasValue = true }
                    line += text
                }
            }
            if !hasField || hasValue { result.append(line) }
        }
        return result.joined(separator: "\n")
    }
}

/// Why a text is no template.
public enum MessageTemplateError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownField(String)
    case openBrace
    case strayBrace

    public var description: String {
        switch self {
        case .unknownField(let name):
            "there is no field {\(cleanedText(name, limit: 40))}. The fields are "
                + MessageTemplate.Field.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
        case .openBrace: "a { has no }. Write {{ for a brace of the text"
        case .strayBrace: "a } has no {. Write }} for a brace of the text"
        }
    }
}
