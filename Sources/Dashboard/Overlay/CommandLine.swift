internal import Farm
import Text

/// The words after `:`.
enum CommandLine {
    private static let everywhere = ["archived", "help", "notify", "quit", "redraw", "screen", "theme", "undo"]

    static let words = (everywhere + Areas.all.flatMap { [$0.area.name] + $0.words }).sorted()

    /// The whole lines that a beginning may become.
    static func completions(of text: String, _ context: Context) -> [String] {
        guard let space = text.firstIndex(of: " ") else { return words.filter { $0.hasPrefix(text) } }
        let word = String(text[..<space])
        let rest = text[text.index(after: space)...]
        let themes = word == "theme" ? context.options.themes.map(\.name) : []
        let choices = themes + Areas.all.flatMap { $0.completions(of: word, context) }
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
        context.commandLines.removeAll { $0 == line }
        context.commandLines.append(line)
        if context.commandLines.count > 100 { context.commandLines.removeFirst() }
        let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = parts.count > 1 ? parts[1].trimmingWhitespace() : ""
        switch parts[0] {
        case "q", "quit": return quit()
        case "notify": return carryOut(ChannelTests.requests(rest, context))
        case "help": return perform(.help)
        case "archived": return perform(.archived)
        case "undo": return perform(.undo)
        case "redraw": return [.redraw]
        case "screen":
            guard !rest.isEmpty else { return complain("Give a file: :screen FILE") }
            return [.writeScreen(path: rest, text: draw().text)]
        case "theme" where rest.isEmpty: return perform(.pickTheme)
        case "theme": return choose(theme: rest)
        default:
            if let effects = run(word: parts[0], rest) { return effects }
            return complain("There is no command \(parts[0]). Commands: \(CommandLine.words.joined(separator: ", "))")
        }
    }

    /// An area's name, or its beginning, goes there; its other words are its own. Nil when no area knows the word.
    mutating func run(word: String, _ rest: String) -> [DashboardEffect]? {
        for type in Areas.all {
            if type.area.name == word { return go(to: type.area) }
            if let requests = areas[type.area].run(word, rest, in: context) { return carryOut(requests) }
        }
        let begun = word.count < 3 ? [] : Areas.all.filter { $0.area.name.hasPrefix(word) }
        return begun.count == 1 ? go(to: begun[0].area) : nil
    }

    private mutating func complain(_ text: String) -> [DashboardEffect] {
        say(text, .error)
        return []
    }

    private mutating func choose(theme name: String) -> [DashboardEffect] {
        let themes = context.options.themes
        guard let chosen = themes.first(where: { $0.name == name }) else {
            return complain("There is no theme \(name). Themes: \(themes.map(\.name).joined(separator: ", "))")
        }
        guard context.options.colors != .mono else { return complain("Colours are off here, so the theme stays mono.") }
        show(chosen, isChosen: true)
        say("Theme \(name).", .success)
        return []
    }
}
