/// One thing wrong with a configuration file: where, what was expected, and what to do.
package struct ConfigurationProblem: Equatable, Sendable, CustomStringConvertible {
    /// From 1; nil when it is about no line.
    package var line: Int?
    /// `server.listen`.
    package var key: String
    package var message: String

    package init(line: Int? = nil, key: String, message: String) {
        self.line = line
        self.key = key
        self.message = message
    }

    package var description: String { message }
}

/// Why there is no configuration to work with. Exit code 2.
package enum ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    case unreadable(file: String, reason: String)
    case syntax(file: String, line: Int, column: Int, reason: String)
    case invalid(file: String, problems: [ConfigurationProblem])
    /// A flag or an environment variable.
    case badValue(source: String, value: String, expected: String)
    case noHome(wanted: String, remedy: String)

    package var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file) cannot be read: \(reason). Give another file with --config, or none to use the defaults."
        case .syntax(let file, let line, let column, let reason):
            "\(file):\(line):\(column): not TOML: \(reason). config.example.toml shows how each setting is written."
        case .invalid(let file, let problems):
            problems.map { problem in "\(file)\(problem.line.map { ":\($0)" } ?? ""): \(problem.message)" }
                .joined(separator: "\n")
        case .badValue(let source, let value, let expected):
            "\(source) is \(value.debugDescription); expected \(expected)."
        case .noHome(let wanted, let remedy):
            "HOME is not set, so there is no place for the \(wanted). \(remedy)"
        }
    }
}
