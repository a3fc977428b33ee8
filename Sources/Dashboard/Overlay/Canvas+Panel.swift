/// What overlays are made of.
extension Canvas {
    /// A box in the middle of the screen, as wide as its text needs.
    mutating func panel(rows: Int, columns: Int, title: String) -> Rect {
        let width = min(grid.size.columns, max(24, columns + 4))
        let height = min(grid.size.rows, rows + 2)
        let rect = Rect(
            row: (grid.size.rows - height) / 2, column: (grid.size.columns - width) / 2, rows: height, columns: width)
        fill(rect, .text)
        target(rect, .panel)
        return box(rect, title: CellText(untrusted: title)).inset(rows: 0, columns: 1)
    }

    /// Keys at the foot of a panel.
    mutating func put(keys: [(Key, String)], gap: Int = 2, in room: Rect) {
        var column = room.column
        for (key, words) in keys {
            column =
                put(
                    key: key, CellText(untrusted: key.name), CellText(untrusted: words), row: room.endRow - 1,
                    column: column, end: room.endColumn) + gap
        }
    }

    /// A text field: while it is edited, the part around the insertion point; else its beginning.
    mutating func put(
        field: TextField, number: Int, row: Int, column: Int, end: Int, isFocused: Bool
    ) {
        let room = max(1, end - column - 1)
        var start = 0
        let before = CellText(untrusted: String(field.characters[..<field.cursor])).width
        defer {
            target(
                Rect(row: row, column: column, rows: 1, columns: end - column),
                .text(field: number, first: start, column: column))
        }
        if before > room, isFocused {
            var hidden = 0
            while start < field.cursor, hidden < before - room {
                hidden += max(1, CellText(untrusted: String(field.characters[start])).width)
                start += 1
            }
        }
        put(
            CellText(untrusted: String(field.characters[start...])), row: row, column: column, end: end, .input)
        guard isFocused else { return }
        let shown = CellText(untrusted: String(field.characters[start..<field.cursor])).width
        rest(row: row, column: min(end - 1, column + shown), isInsertion: true)
    }

    /// The line of a list that the keys are on.
    mutating func select(_ line: Rect) {
        isInSelection = true
        fill(line, .text)
        stamp("▌", row: line.row, column: line.column, .title)
    }
}
