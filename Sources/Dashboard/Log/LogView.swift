internal import Farm

/// Where the parts of the log lie.
struct LogLayout: Equatable {
    let header: Rect
    let rows: Rect
    /// The whole of the selected line; empty on small screens.
    let selected: Rect
    let status: Rect
    let keys: Rect
    let isSmall: Bool

    init(_ size: GridSize) {
        var body = Rect(size)
        isSmall = FarmLayout(size).kind == .compact
        header = body.takeTop(1)
        keys = body.takeBottom(1)
        status = isSmall ? keys : body.takeBottom(1)
        selected = isSmall ? body.takeBottom(0) : body.takeBottom(min(5, max(3, body.rows / 5)))
        if !isSmall { _ = body.takeTop(1) }  // a rule
        rows = body
    }
}

struct LogView: ContextReader {
    let log: LogPage
    let context: Context

    func draw(in canvas: inout Canvas) {
        let layout = LogLayout(size)
        drawLogHeader(in: layout.header, canvas: &canvas)
        if !layout.isSmall { canvas.rule(row: layout.rows.row - 1) }
        drawEntries(in: layout, canvas: &canvas)
        drawSelectedEntry(in: layout.selected, canvas: &canvas)
    }

    private func drawLogHeader(in rect: Rect, canvas: inout Canvas) {
        var parts = Segments()
        parts.add("LOG", .title, priority: 9)
        parts.add(CellText(untrusted: count(log.entries.count, "line")), .header, priority: 7)
        let errors = log.entries.count { $0.level == .error }
        if errors > 0 { parts.add(CellText(untrusted: "! \(count(errors, "error"))"), .error, priority: 8) }
        let warnings = log.entries.count { $0.level == .warning }
        if warnings > 0 { parts.add(CellText(untrusted: "? \(count(warnings, "warning"))"), .warning, priority: 6) }
        parts.add(CellText(untrusted: "from \(log.least.word)"), log.least == .info ? .dim : .info, priority: 5)
        if let source = log.source { parts.add(CellText(untrusted: "only \(source)"), .info, priority: 5) }
        if !log.search.isEmpty { parts.add(CellText(untrusted: "/\(log.search)"), .info, priority: 5) }
        parts.fit(rect.columns - 2)
        parts.draw(row: rect.row, column: rect.column + 1, end: rect.endColumn, in: &canvas)
    }

    private func drawEntries(in layout: LogLayout, canvas: inout Canvas) {
        let rect = layout.rows
        guard !rect.isEmpty else { return }
        guard !log.entries.isEmpty else {
            canvas.put(
                CellText(
                    untrusted: log.isFiltered
                        ? "No line matches the filters; \(keys.name(.back)) clears them." : "Nothing was logged yet."),
                row: rect.row + min(1, rect.rows - 1), column: rect.column + 3, end: rect.endColumn, .dim)
            return
        }
        let today = local(now).date
        let sourceWidth = layout.isSmall ? 8 : min(20, max(10, rect.columns / 6))
        var row = rect.row
        for index in log.cursor.lines(count: log.entries.count, visible: rect.rows) {
            let entry = log.entries[index]
            if index == log.cursor.index {
                canvas.isInSelection = true
                canvas.fill(Rect(row: row, column: rect.column, rows: 1, columns: rect.columns), .text)
                canvas.stamp("▌", row: row, column: rect.column, entry.level.role)
                canvas.rest(row: row, column: rect.column)
            }
            canvas.stamp(entry.level.sign, row: row, column: rect.column + 1, entry.level.role)
            let time = local(entry.at)
            let clock = layout.isSmall ? time.hourMinute : time.hourMinuteSecond
            canvas.put(
                CellText(untrusted: time.date == today ? clock : time.monthDay), row: row, column: rect.column + 3,
                .dim)
            let start = rect.column + (layout.isSmall ? 9 : 12)
            canvas.put(
                CellText(untrusted: entry.source), row: row, column: start, end: start + sourceWidth,
                entry.printers.isEmpty ? .dim : .text)
            canvas.put(
                CellText(untrusted: entry.text), row: row, column: start + sourceWidth + 1, end: rect.endColumn,
                entry.level.role)
            canvas.isInSelection = false
            row += 1
        }
    }

    /// The selected line whole, as far as there is room.
    private func drawSelectedEntry(in rect: Rect, canvas: inout Canvas) {
        guard rect.rows > 1 else { return }
        canvas.rule(row: rect.row)
        guard let entry = log.selected else { return }
        let time = local(entry.at)
        canvas.put(
            CellText(untrusted: " \(time.date) \(time.hourMinuteSecond)  \(entry.level.word)  \(entry.source) "),
            row: rect.row, column: rect.column + 2, end: rect.endColumn - 2, entry.level.role)
        let lines = entry.text.wrapped(columns: max(10, rect.columns - 2))
        for (index, line) in lines.prefix(rect.rows - 1).enumerated() {
            canvas.put(
                CellText(untrusted: line), row: rect.row + 1 + index, column: rect.column + 1, end: rect.endColumn)
        }
    }
}
