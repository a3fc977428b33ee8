internal import Farm

/// Commands on a print of the history: the open one, or the selected one.
struct PrintCommands: ContextReader {
    /// Commands that mean a print here, and a printer elsewhere.
    static let judging: [Command] = [.notAFailure, .wasAFailure, .markFailed]

    let print: Print?
    let context: Context

    init(_ print: Print?, _ context: Context) {
        self.print = print
        self.context = context
    }

    func refusal(_ command: Command) -> String? {
        guard Self.judging.contains(command) else { return nil }
        guard let print else { return "There is no print to judge." }
        if command == .markFailed {
            let ends = "\(keys.name(.finish)) on its printer's page ends it."
            return print.isOpen ? "\(print.filename) is still printing; \(ends)" : nil
        }
        return print.alertedAt == nil ? "No alert was raised on \(print.filename)." : nil
    }

    func perform(_ command: Command) -> [DashboardRequest] {
        guard let print else { return [] }
        return switch command {
        case .markFailed: [.overlay(ReasonQuestion(target: .mark(print)))]
        case .wasAFailure: judge(print, .failed, "Judged a failure: \(print.filename)")
        case .notAFailure: judge(print, .notFailed, "Dismissed the alert on \(print.filename)")
        default: []
        }
    }

    /// Keeps what a person says of an alert of a past print.
    private func judge(_ print: Print, _ verdict: AlertVerdict, _ done: String) -> [DashboardRequest] {
        let undo = Undo(
            [.judgePrint(print.id, verdict: print.alertOverwrite)], "the verdict on \(print.filename) is as before")
        return [
            .act([.judgePrint(print.id, verdict: verdict)], done: "\(done); \(keys.name(.undo)) undoes.", undo: undo)
        ]
    }

    /// For the foot of the screen.
    static func verdicts(_ print: Print?) -> [Command] {
        guard let print else { return [] }
        return (print.alertedAt != nil ? [.notAFailure, .wasAFailure] : []) + (print.isOpen ? [] : [.markFailed])
    }
}

extension Print {
    /// What makes it again what it is now, once it is marked as failed; nil over the API, which cannot.
    func undoOfMarking(_ options: DashboardOptions) -> Undo? {
        guard !options.isRemote, let result else { return nil }
        return result == .failed
            ? Undo([.markFailed(id, reason: failureReason)], "the reason of \(filename) is as before")
            : Undo(
                [.unmarkFailed(id, result: result, verdict: alertOverwrite)],
                "\(filename) is no longer marked as failed"
            )
    }
}
