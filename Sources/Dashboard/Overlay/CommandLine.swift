internal import Farm
import Text

/// The words after `:`.
enum CommandLine {
    static let words = [
        "archived", "export", "farm", "filter", "forget", "help", "history", "log", "oauth", "open", "quit", "redraw",
        "screen", "sort", "system", "theme", "undo",
    ]

    /// The whole lines that a beginning may become.
    static func completions(of text: String, themes: [String], printers: [String]) -> [String] {
        guard let space = text.firstIndex(of: " ") else { return words.filter { $0.hasPrefix(text) } }
        let word = String(text[..<space])
        let rest = text[text.index(after: space)...]
        let choices: [String] =
            switch word {
            case "theme": themes
            case "sort": FarmTable.Column.allCases.map(\.rawValue)
            case "open": printers
            default: []
            }
        return choices.filter { $0.hasPrefix(rest) }.map { "\(word) \($0)" }
    }
}

extension String {
    func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}

extension DashboardState {
    /// Does what a command line says.
    mutating func run(_ line: String) -> [DashboardEffect] {
        guard !line.isEmpty else { return [] }
        commandHistory.removeAll { $0 == line }
        commandHistory.append(line)
        if commandHistory.count > 100 { commandHistory.removeFirst() }
        let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = parts.count > 1 ? parts[1].trimmingWhitespace() : ""
        switch parts[0] {
        case "q", "quit": return quit()
        case "farm": return go(to: .farm)
        case "hist", "history": return go(to: .history)
        case "oauth": return go(to: .oauth)
        case "log": return go(to: .log)
        case "sys", "system": return go(to: .system)
        case "export":
            guard !rest.isEmpty else { return complain("Give a file: :export FILE.csv or FILE.json") }
            return export(to: rest)
        case "forget": return perform(.forgetCamera)
        case "help": return perform(.help)
        case "archived": return perform(.archived)
        case "undo": return perform(.undo)
        case "redraw": return [.redraw]
        case "screen":
            guard !rest.isEmpty else { return complain("Give a file: :screen FILE") }
            return [.writeScreen(path: rest, text: draw().text)]
        case "theme" where rest.isEmpty: return perform(.pickTheme)
        case "theme": return choose(theme: rest)
        case "filter":
            table.set(filter: rest)
            arrangeTable()
            return go(to: .farm)
        case "sort":
            guard let column = FarmTable.Column(rawValue: rest) else {
                return complain("Sort by one of: \(FarmTable.Column.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            table.set(sort: column)
            arrangeTable()
            return []
        case "open":
            guard let found = farm.printers.first(where: { $0.name == rest }) else {
                return complain("There is no printer \(rest.isEmpty ? "without a name" : rest).")
            }
            _ = go(to: .farm)
            table.select(found.id, printers: farm.printers, visible: visibleRows)
            return open(.printer(found.id))
        default:
            return complain("There is no command \(parts[0]). Commands: \(CommandLine.words.joined(separator: ", "))")
        }
    }

    private mutating func complain(_ text: String) -> [DashboardEffect] {
        say(text, .error)
        return []
    }

    private mutating func choose(theme name: String) -> [DashboardEffect] {
        guard let chosen = options.themes.first(where: { $0.name == name }) else {
            return complain("There is no theme \(name). Themes: \(options.themes.map(\.name).joined(separator: ", "))")
        }
        guard options.colors != .mono else { return complain("Colours are off here, so the theme stays mono.") }
        theme = chosen
        options.themeFollowsTerminal = false
        say("Theme \(name).", .success)
        return []
    }
}
