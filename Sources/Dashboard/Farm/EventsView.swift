internal import Farm

extension DashboardState {
    /// What happened, newest first, one line each.
    /// - Parameter events: oldest first.
    func drawEvents(_ events: [FarmEvent], in rect: Rect, namesPrinter: Bool, canvas: inout Canvas) {
        guard !rect.isEmpty else { return }
        if events.isEmpty {
            canvas.put("nothing has happened yet", row: rect.row, column: rect.column + 1, end: rect.endColumn, .dim)
            return
        }
        let nameWidth = min(20, max(10, rect.columns / 5))
        let today = local(now).date
        for (line, event) in events.suffix(rect.rows).reversed().enumerated() {
            let row = rect.row + line
            let time = local(event.createdAt)
            var column = rect.column + 1
            column = canvas.put(
                CellText(untrusted: time.date == today ? time.hourMinuteSecond : time.monthDay + "   "), row: row,
                column: column, end: rect.endColumn, .dim)
            column = canvas.put(
                Self.sign(event.severity), row: row, column: column + 1, end: rect.endColumn, Self.role(event.severity))
            if namesPrinter {
                canvas.put(
                    CellText(untrusted: printerName(event.printerID)), row: row, column: column + 1,
                    end: min(rect.endColumn, column + 1 + nameWidth))
                column += 1 + nameWidth
            }
            column = canvas.put(
                CellText(untrusted: event.title), row: row, column: column + 1, end: rect.endColumn,
                Self.role(event.severity))
            if !event.text.isEmpty {
                canvas.put(CellText(untrusted: event.text), row: row, column: column + 2, end: rect.endColumn, .dim)
            }
        }
    }

    private static func sign(_ severity: FarmEvent.Severity) -> CellText {
        switch severity {
        case .error: "!"
        case .warning: "?"
        case .success: "✓"
        case .info: "·"
        }
    }

    private static func role(_ severity: FarmEvent.Severity) -> Role {
        switch severity {
        case .error: .error
        case .warning: .warning
        case .success: .success
        case .info: .text
        }
    }

    /// The printer's name; its number when it is archived or removed.
    func printerName(_ id: PrinterID) -> String {
        printer(id)?.name ?? "printer \(id)"
    }
}
