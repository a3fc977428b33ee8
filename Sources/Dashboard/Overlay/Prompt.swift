internal import Farm
import Text

/// One line of text asked for at the foot of the screen.
struct Prompt: DashboardOverlay, Equatable {
    enum Purpose: Equatable, Sendable {
        case command
        case filter(previous: String)
        case startPrint([PrinterID])
        case consentCode
        case denyConsent
        case export
        case failureReason(ReasonQuestion)
    }
    var purpose: Purpose
    var label: String
    var field: TextField
    /// Why the last answer was not accepted.
    var fault: String?
    /// How far back in the command history the field is; 0: not at all.
    var recalled = 0

    mutating func handle(_ key: Key, in context: Context) -> [DashboardRequest] {
        switch key {
        case .escape, .control("c"):
            if case .filter(let previous) = purpose { return [.close, .filter(previous)] }
            return [.close]
        case .backspace where field.isEmpty: return [.close]
        case .enter: return submit(context)
        case .up, .down: recall(older: key == .up, context)
        case .tab: complete(context)
        default:
            _ = field.handle(key)
            fault = nil
        }
        return followed
    }

    mutating func paste(_ text: String) -> [DashboardRequest] {
        field.paste(text)
        fault = nil
        return followed
    }

    /// A filter works while it is typed.
    private var followed: [DashboardRequest] {
        if case .filter = purpose { [.filter(field.text)] } else { [] }
    }

    private mutating func submit(_ context: Context) -> [DashboardRequest] {
        let text = field.text.trimmingWhitespace()
        switch purpose {
        case .filter(let previous):
            // As in less: nothing typed means the last words once more. What was rubbed out stays so.
            let again: [DashboardRequest] = previous.isEmpty ? [.filter(context.lastFilter)] : []
            return [.close] + (text.isEmpty ? again : [.keepFilter(text)])
        case .command: return [.close, .run(text)]
        case .export: return text.isEmpty ? [.close] : [.close, .word("export", rest: text)]
        case _ where text.isEmpty:
            fault = whatIsMissing
            return []
        case .consentCode: return [.close, .request(.approveConsent(code: text), done: "")]
        case .denyConsent: return [.close, .request(ConsentCommands(context: context).deny(text), done: "")]
        case .startPrint(let ids):
            return [.close] + PrinterCommands(ids.compactMap(context.printer), context).start(text)
        case .failureReason(let question): return [.close, question.fail(text, context)]
        }
    }

    private var whatIsMissing: String {
        switch purpose {
        case .startPrint: "a print needs a file name; esc leaves"
        case .failureReason: "type why it failed; esc leaves"
        default: "type a code, or esc to leave"
        }
    }

    private mutating func recall(older: Bool, _ context: Context) {
        guard case .command = purpose else { return }
        let lines = context.commandLines
        recalled = min(max(0, recalled + (older ? 1 : -1)), lines.count)
        field = TextField(recalled == 0 ? "" : lines[lines.count - recalled], longest: field.longest)
    }

    private mutating func complete(_ context: Context) {
        guard case .command = purpose else { return }
        let candidates = CommandLine.completions(of: field.text, context)
        guard let first = candidates.first else { return }
        let common = candidates.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
        let text = candidates.count == 1 ? first + (first.contains(" ") ? "" : " ") : common
        if text.count > field.text.count { field = TextField(text, longest: field.longest) }
        if candidates.count > 1 { fault = candidates.prefix(8).joined(separator: "  ") }
    }

    mutating func click(_ target: ClickTarget, isDouble: Bool, in context: Context) -> [DashboardRequest] {
        guard case .text(_, let first, let columns) = target else { return [] }
        field.moveCursor(after: columns, from: first)
        return []
    }

    // MARK: On the screen

    func hints(_ context: Context) -> [KeyBar.Hint] {
        let own: [KeyBar.Hint] =
            switch purpose {
            case .command: [.init("enter", "run"), .init("tab", "complete"), .init("↑↓", "earlier")]
            case .filter: [.init("enter", "keep")]
            case .startPrint: [.init("enter", "start")]
            case .consentCode: [.init("enter", "give access")]
            case .denyConsent: [.init("enter", "deny")]
            case .export: [.init("enter", "export")]
            case .failureReason: [.init("enter", "mark failed")]
            }
        return own + [.leave]
    }

    func draw(in canvas: inout Canvas, _ context: Context) {
        let size = context.size
        let row = size.rows - (FarmLayout(size).kind == .compact ? 1 : 2)
        let line = Rect(row: row, column: 0, rows: 1, columns: size.columns)
        canvas.fill(line, .input)
        var label = CellText(untrusted: label)
        if label.width > size.columns / 2 { label = "file: " }
        let start = canvas.put(label, row: row, column: 1, end: size.columns / 2 + 6, .input)
        canvas.target(line, .panel)
        canvas.put(field: field, number: 0, row: row, column: start, end: size.columns, isFocused: true)
        guard let fault, row > 0 else { return }
        canvas.fill(Rect(row: row - 1, column: 0, rows: 1, columns: size.columns), .text)
        canvas.put(CellText(untrusted: fault), row: row - 1, column: 1, .warning)
    }
}
