extension Form {
    func hints(_ context: Context) -> [KeyBar.Hint] { [.init("enter", "save"), .init("tab", "next"), .leave] }

    func draw(in canvas: inout Canvas, _ context: Context) {
        let labelWidth = (fields.map { CellText(untrusted: $0.label).width }.max() ?? 0) + 2
        let room = canvas.panel(rows: fields.count + 3, columns: min(context.size.columns - 4, 64), title: title)
        // On a small screen the focused field stays in sight.
        let first = max(0, focus - max(0, room.rows - 2))
        for (index, field) in fields.enumerated() where index >= first && index - first < room.rows - 1 {
            let row = room.row + index - first
            let isFocused = index == focus
            canvas.put(
                CellText(untrusted: field.label), row: row, column: room.column, end: room.column + labelWidth,
                isFocused ? .title : .dim)
            let start = room.column + labelWidth
            switch field.value {
            case .text(let text):
                canvas.fill(Rect(row: row, column: start, rows: 1, columns: room.endColumn - start), .input)
                canvas.put(
                    field: text, number: index, row: row, column: start, end: room.endColumn, isFocused: isFocused)
            case .choice(let choices, let chosen):
                // In one column with the text fields; the arrows lie beside it.
                let last = canvas.put(
                    CellText(untrusted: choices[chosen]), row: row, column: start,
                    end: room.endColumn - (isFocused ? 2 : 0), isFocused ? .title : .text)
                canvas.target(
                    Rect(row: row, column: start, rows: 1, columns: room.endColumn - start),
                    .choice(field: index, step: 1))
                guard isFocused else { break }
                canvas.put("‹", row: row, column: start - 2, .title)
                canvas.put("›", row: row, column: last + 1, end: room.endColumn, .title)
                canvas.target(
                    Rect(row: row, column: start - 2, rows: 1, columns: 2), .choice(field: index, step: -1))
                canvas.rest(row: row, column: start)
            }
        }
        let focused = fields[focus]
        let noteRow = room.endRow - 2
        if noteRow >= room.row + fields.count {
            canvas.put(
                CellText(untrusted: focused.fault ?? focused.hint), row: noteRow, column: room.column + labelWidth,
                end: room.endColumn, focused.fault == nil ? .dim : .error)
        }
        let faultShown = noteRow < room.row + fields.count ? focused.fault : nil
        if let faultShown {
            canvas.put(
                CellText(untrusted: faultShown), row: room.endRow - 1, column: room.column, end: room.endColumn, .error)
            return
        }
        canvas.put(keys: [(.enter, "save"), (.tab, "next"), (.escape, "leave")], in: room)
    }
}
