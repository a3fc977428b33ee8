internal import Farm

extension ContextReader {
    /// What happened and who did it, newest first, one line each.
    /// - Parameter events: oldest first.
    func drawEvents(_ events: [FarmEvent], in rect: Rect, namesPrinter: Bool, canvas: inout Canvas) {
        guard !rect.isEmpty else { return }
        if events.isEmpty {
            canvas.put("No events yet.", row: rect.row, column: rect.column + 1, end: rect.endColumn, .dim)
            return
        }
        for (line, group) in EventGroup.newest(events, rect.rows).enumerated() {
            draw(
                group, in: Rect(row: rect.row + line, column: rect.column, rows: 1, columns: rect.columns),
                namesPrinter: namesPrinter, canvas: &canvas)
        }
    }

    private func draw(_ group: EventGroup, in line: Rect, namesPrinter: Bool, canvas: inout Canvas) {
        let event = group.newest
        let time = local(event.createdAt)
        let isToday = time.date == local(now).date
        var column = canvas.put(
            CellText(untrusted: isToday ? time.hourMinuteSecond : time.monthDay + "   "), row: line.row,
            column: line.column + 1, end: line.endColumn, .dim)
        canvas.stamp(event.sign, row: line.row, column: column + 1, event.role)
        column += 3
        func put(_ text: CellText, columns: Int, _ role: Role) {
            canvas.put(text, row: line.row, column: column, end: min(line.endColumn, column + columns), role)
            column += columns + 1
        }
        if namesPrinter {
            let columns = min(20, max(10, line.columns / 6))
            put(CellText(untrusted: group.subject(printerName)).shortened(to: columns), columns: columns, .text)
        }
        put(CellText(untrusted: event.who), columns: min(12, max(8, line.columns / 9)), .dim)
        column = canvas.put(
            CellText(untrusted: event.heading), row: line.row, column: column, end: line.endColumn, event.role)
        let text = group.text(printerName)
        guard !text.isEmpty else { return }
        if column + 3 < line.endColumn {
            canvas.put(CellText(untrusted: text), row: line.row, column: column + 2, end: line.endColumn, .dim)
        } else {
            // Something is left out, though the heading has just enough room.
            canvas.stamp("…", row: line.row, column: min(column, line.endColumn - 1), .dim)
        }
    }
}
