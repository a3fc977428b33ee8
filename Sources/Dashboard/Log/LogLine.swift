public import Farm

/// A line of the program's own log.
public struct LogLine: Equatable, Sendable {
    /// Least to most serious.
    public enum Level: Int, Comparable, CaseIterable, Sendable {
        case debug, info, notice, warning, error

        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

        var word: StaticString {
            switch self {
            case .debug: "debug"
            case .info: "info"
            case .notice: "notice"
            case .warning: "warning"
            case .error: "error"
            }
        }
        var sign: Grapheme {
            switch self {
            case .debug, .info: "·"
            case .notice: "-"
            case .warning: "?"
            case .error: "!"
            }
        }
        var role: Role {
            switch self {
            case .debug: .dim
            case .info: .text
            case .notice: .info
            case .warning: .warning
            case .error: .error
            }
        }
    }
    /// By the clock on the wall.
    public var at: Timestamp
    /// Decides sign and colour of the line.
    public var level: Level
    /// The part of the program that says it.
    public var source: String
    /// Untrusted.
    public var text: String

    public init(at: Timestamp, level: Level, source: String, text: String) {
        self.at = at
        self.level = level
        self.source = source
        self.text = text
    }
}
