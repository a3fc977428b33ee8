internal import Farm
import Text

/// Whether to stop machines at once: answered by a typed word, so that no slip of a key does it.
struct StopQuestion: DashboardOverlay, Equatable {
    enum Outcome: Equatable {
        case stays
        case left
        case confirmed
    }
    static let word = "STOP"

    struct Subject: Equatable, Sendable {
        var printer: PrinterID
        /// What runs there; nil: nothing does.
        var print: PrintID?
        var name: String
    }
    let subjects: [Subject]
    private(set) var field = TextField("", longest: 20)
    private(set) var fault: String?

    init(_ subjects: [Subject]) { self.subjects = subjects }

    mutating func handle(_ key: Key) -> Outcome {
        switch key {
        case .escape, .control("c"): return .left
        case .enter:
            if field.text.trimmingWhitespace() == Self.word { return .confirmed }
            fault = "type \(Self.word) in capitals; esc leaves"
        default: if field.handle(key) { fault = nil }
        }
        return .stays
    }

    mutating func paste(_ text: String) -> [DashboardRequest] {
        field.paste(text)
        fault = nil
        return []
    }

    var title: String {
        subjects.count == 1 ? "Emergency stop of \(subjects[0].name)?" : "Emergency stop of \(subjects.count) machines?"
    }

    var lines: [String] {
        (subjects.count > 1 ? [subjects.map(\.name).joined(separator: ", ")] : [])
            + [
                "Motors and heaters are switched off at once. The print is lost, and the firmware may have to be "
                    + "started again before the machine does anything.",
                "Type \(Self.word) and press enter.",
            ]
    }
}

/// On the screen.
extension StopQuestion {
    mutating func handle(_ key: Key, in context: Context) -> [DashboardRequest] {
        switch handle(key) {
        case .stays: []
        case .left: [.close, .say("Nothing was stopped.")]
        case .confirmed:
            [
                .close,
                .act(
                    subjects.map { .machine(.move($0.printer, .emergencyStop, of: $0.print)) },
                    done: "Asked \(subjects.map(\.name).joined(separator: ", ")) to stop at once. "
                        + "Only what the machine says next tells whether it did."),
            ]
        }
    }

    func hints(_ context: Context) -> [KeyBar.Hint] { [.init("enter", "stop it"), .leave] }

    func draw(in canvas: inout Canvas, _ context: Context) {
        let most = max(20, min(context.size.columns - 6, 66))
        let lines = lines.flatMap { $0.wrapped(columns: most) }
        let room = canvas.panel(rows: lines.count + 3, columns: most, title: title)
        var row = room.row
        for line in lines where row < room.endRow - 3 {
            canvas.put(CellText(untrusted: line), row: row, column: room.column, end: room.endColumn, .warning)
            row += 1
        }
        let input = Rect(row: room.endRow - 3, column: room.column, rows: 1, columns: room.columns)
        canvas.fill(input, .input)
        let end = canvas.put(
            CellText(untrusted: field.text), row: input.row, column: input.column + 1, end: input.endColumn, .input)
        if let fault {
            canvas.put(CellText(untrusted: fault), row: input.row + 1, column: room.column, end: room.endColumn, .error)
        }
        canvas.put(keys: [(.enter, "stop it"), (.escape, "leave")], in: room)
        canvas.rest(row: input.row, column: min(end, input.endColumn - 1), isInsertion: true)
    }
}
