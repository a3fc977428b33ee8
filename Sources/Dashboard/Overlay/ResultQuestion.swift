internal import Farm

/// How a print ended: asked with one key an answer, never enter.
struct ResultQuestion: DashboardOverlay, Equatable {
    struct Subject: Equatable, Sendable {
        var printer: PrinterID
        /// The one that is asked about, which may be over by the time of the answer.
        var print: PrintID
        var name: String
        var filename: String
        /// A machine that can be asked has the print: it ends there, and its record with it.
        var isAtMachine = false
    }
    var subjects: [Subject]

    /// All of them end at their machines, which cannot be told that they were done.
    var isAtMachines: Bool { subjects.allSatisfy(\.isAtMachine) }

    func draw(in canvas: inout Canvas, _ context: Context) {
        let most = max(1, context.size.rows - 10)
        var lines = subjects.prefix(most).map { "\($0.name): \($0.filename)" }
        if subjects.count > most { lines.append("and \(subjects.count - most) more") }
        guard !isAtMachines else {
            lines.append("The machine is told to cancel; the record ends when it has.")
            return QuestionBox(
                title: "Cancel the print?", lines: lines,
                list: [("c", "cancel it at the machine"), ("f", "it failed: cancel it, asks why")],
                keys: [(.escape, "leave")]
            ).draw(in: &canvas, context)
        }
        lines.append(
            subjects.contains(where: \.isAtMachine)
                ? "Linked machines are told to cancel; for the others this ends the record only."
                : "This ends the record only: it does not stop a machine.")
        QuestionBox(
            title: "How did it end?", lines: lines,
            list: [("s", "success"), ("c", "cancelled"), ("f", "failed: asks why")], keys: [(.escape, "leave")]
        ).draw(in: &canvas, context)
    }

    func hints(_ context: Context) -> [KeyBar.Hint] {
        isAtMachines
            ? [.init("c", "cancel"), .init("f", "failed"), .leave]
            : [.init("s", "success"), .init("c", "cancelled"), .init("f", "failed"), .leave]
    }

    func handle(_ key: Key, in context: Context) -> [DashboardRequest] {
        switch key {
        case .character("s") where isAtMachines, .character("S") where isAtMachines:
            [.say("The machine says itself when it is done: c cancels there, f too and asks why.", .warning)]
        case .character("s"), .character("S"): [.close, subjects.finish(.success, reason: nil, context)]
        case .character("c"), .character("C"): [.close, subjects.finish(.cancelled, reason: nil, context)]
        case .character("f"), .character("F"): [.overlay(ReasonQuestion(target: .finish(subjects)))]
        case .escape, .character("n"), .character("N"), .character("q"), .control("c"): .nothingChanged
        default: [.say("Press s, c or f for how it ended, esc to leave it.", .warning)]
        }
    }

    /// Says which keys answer.
    func clickBeside(in context: Context) -> [DashboardRequest] { handle(.insert, in: context) }
}

extension [ResultQuestion.Subject] {
    func finish(_ result: PrintResult, reason: String?, _ context: Context) -> DashboardRequest {
        let names = context.names(compactMap { context.printer($0.printer) })
        let how =
            switch result {
            case .success: "success"
            case .cancelled: "cancelled"
            default: "failed\(reason.map { ", \($0)" } ?? "")"
            }
        return .act(
            map { .finishPrint($0.printer, of: $0.print, result: result, reason: reason) },
            done: allSatisfy(\.isAtMachine)
                ? "Asked \(names) to cancel the print." : "Ended the print on \(names): \(how).")
    }
}
