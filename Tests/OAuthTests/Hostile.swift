import Testing

/// A text that the runner prints escaped, so that it does nothing to the developer's terminal.
struct Hostile: ExpressibleByStringLiteral, Sendable, CustomTestStringConvertible {
    var text: String
    init(_ text: String) { self.text = text }
    init(stringLiteral text: String) { self.text = text }
    var testDescription: String { text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined() }
}
