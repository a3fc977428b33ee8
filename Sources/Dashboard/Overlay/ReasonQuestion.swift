internal import Farm

/// Why a print failed: asked with one key an answer or typed, never by enter alone.
struct ReasonQuestion: DashboardOverlay, Equatable {
    enum Target: Equatable, Sendable {
        /// Prints that run: they end as failed.
        case finish([ResultQuestion.Subject])
        /// A print that has ended.
        case mark(Print)
    }
    var target: Target

    private static let typed: Character = "o"
    private static let unknown: Character = "u"
    private static let reasons: [(key: Character, text: String)] = [
        ("1", "detached from the bed"), ("2", "loose strands"), ("3", "layer shift"), ("4", "nozzle clogged"),
        ("5", "warping"), ("6", "filament ran out"),
    ]
    /// Unicode scalars.
    private static let longest = 200

    func draw(in canvas: inout Canvas, _ context: Context) {
        QuestionBox(
            title: "Why did it fail?",
            list: Self.reasons.map { ($0.key, $0.text) } + [(Self.typed, "other: type it")],
            keys: [(.character(Self.unknown), "unknown"), (.escape, "leave")]
        ).draw(in: &canvas, context)
    }

    func hints(_ context: Context) -> [KeyBar.Hint] {
        [.init("1…6", "the reason"), .init("o", "type it"), .init("u", "unknown"), .leave]
    }

    func handle(_ key: Key, in context: Context) -> [DashboardRequest] {
        switch key {
        case .escape, .character("n"), .character("N"), .character("q"), .control("c"): return .nothingChanged
        case .character(Self.typed):
            let field = TextField("", longest: Self.longest)
            return [.overlay(Prompt(purpose: .failureReason(self), label: "why it failed: ", field: field))]
        case .character(Self.unknown): return [.close, fail(nil, context)]
        default:
            if let reason = Self.reasons.first(where: { key == .character($0.key) }) {
                return [.close, fail(reason.text, context)]
            }
            return [.say("Press 1 to 6, o to type it, u if unknown; esc to leave it.", .warning)]
        }
    }

    /// Says which keys answer.
    func clickBeside(in context: Context) -> [DashboardRequest] { handle(.insert, in: context) }

    /// - Parameter reason: nil when it is not known.
    func fail(_ reason: String?, _ context: Context) -> DashboardRequest {
        switch target {
        case .finish(let subjects): return subjects.finish(.failed, reason: reason, context)
        case .mark(let print):
            let undo = print.undoOfMarking(context.options)
            let why = reason.map { ": \($0)" } ?? ""
            let undoes = undo == nil ? "." : "; \(context.keys.name(.undo)) undoes."
            return .act(
                [.markFailed(print.id, reason: reason)], done: "Marked as failed: \(print.filename)\(why)\(undoes)",
                undo: undo)
        }
    }
}
