internal import Farm

/// Where the parts of the system area lie.
struct SystemLayout: Equatable {
    let header: Rect
    let rows: Rect
    let status: Rect
    let keys: Rect
    let isSmall: Bool

    init(_ size: GridSize) {
        var body = Rect(size)
        isSmall = FarmLayout(size).kind == .compact
        header = body.takeTop(1)
        keys = body.takeBottom(1)
        status = isSmall ? keys : body.takeBottom(1)
        if !isSmall { _ = body.takeTop(1) }  // a rule
        rows = body
    }
}

struct SystemView: ContextReader {
    let cursor: ListCursor
    let context: Context

    func draw(in canvas: inout Canvas) {
        let layout = SystemLayout(size)
        var parts = serviceSegments
        parts.fit(layout.header.columns - 12)
        canvas.put("SYSTEM", row: layout.header.row, column: layout.header.column + 1, .title)
        parts.draw(row: layout.header.row, column: layout.header.column + 9, end: layout.header.endColumn, in: &canvas)
        if !layout.isSmall { canvas.rule(row: layout.rows.row - 1) }
        drawSystemLines(in: layout.rows, canvas: &canvas)
    }

    private func drawSystemLines(in rect: Rect, canvas: inout Canvas) {
        let lines = systemLines
        var row = rect.row
        for index in cursor.lines(count: lines.count, visible: rect.rows) {
            let line = lines[index]
            if index == cursor.index {
                canvas.isInSelection = true
                canvas.fill(Rect(row: row, column: rect.column, rows: 1, columns: rect.columns), .text)
                canvas.stamp("▌", row: row, column: rect.column, .title)
                canvas.rest(row: row, column: rect.column)
            }
            if line.isHeading {
                canvas.put(
                    CellText(untrusted: line.label), row: row, column: rect.column + 1, end: rect.endColumn, .title)
            } else {
                canvas.put(
                    CellText(untrusted: line.label), row: row, column: rect.column + 3, end: rect.endColumn, .dim)
                canvas.put(
                    CellText(untrusted: line.value), row: row, column: rect.column + 3 + Self.labelWidth,
                    end: rect.endColumn, line.role)
            }
            canvas.isInSelection = false
            row += 1
        }
    }

    private static let labelWidth = 18
}
