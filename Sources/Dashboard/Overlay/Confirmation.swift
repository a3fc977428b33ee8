/// A risky thing to do, named, that only `y` does.
struct Confirmation: DashboardOverlay {
    var title: String
    /// What will happen, and to what.
    var lines: [String]
    var confirmed: [DashboardRequest]
    /// A second way to do it, with a key of its own.
    var other: Other?

    struct Other: Sendable {
        var key: Character
        var words: String
        /// Behind "press … to".
        var verb: String
        var confirmed: [DashboardRequest]
    }

    func draw(in canvas: inout Canvas, _ context: Context) {
        let other = other.map { [(Key.character($0.key), $0.words)] } ?? []
        QuestionBox(
            title: title, lines: lines, keys: [(.character("y"), "yes")] + other + [(.character("N"), "no")]
        ).draw(in: &canvas, context)
    }

    func hints(_ context: Context) -> [KeyBar.Hint] {
        let other = other.map { [KeyBar.Hint(String($0.key), $0.words)] } ?? []
        return [KeyBar.Hint("y", "yes")] + other + [KeyBar.Hint("N", "no")]
    }

    func handle(_ key: Key, in context: Context) -> [DashboardRequest] {
        switch key {
        case .character("y"), .character("Y"): return [.close] + confirmed
        case .character(let character) where character == other?.key: return [.close] + (other?.confirmed ?? [])
        case .character("n"), .character("N"), .character("q"), .escape, .control("c"): return .nothingChanged
        default:
            let other = other.map { ", \($0.key) to \($0.verb)" } ?? ""
            return [.say("Press y to do it\(other), n or esc to leave it.", .warning)]
        }
    }

    /// Says which keys answer.
    func clickBeside(in context: Context) -> [DashboardRequest] { handle(.insert, in: context) }
}

extension [DashboardRequest] {
    /// A question was left without an answer.
    static var nothingChanged: [DashboardRequest] { [.close, .say("Nothing was changed.")] }
}
