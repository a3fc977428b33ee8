/// A question in a box: what it is about, the answers, and the keys at its foot.
struct QuestionBox {
    var title: String
    var lines: [String] = []
    /// Answers below one another, each with its key.
    var list: [(Character, String)] = []
    var keys: [(Key, String)]

    func draw(in canvas: inout Canvas, _ context: Context) {
        let size = context.size
        let most = min(size.columns - 4, 70)
        let wrapped = lines.flatMap { $0.wrapped(columns: most) }
        let widest = wrapped.map { CellText(untrusted: $0).width }.max() ?? 0
        let answers = list.map { CellText(untrusted: $0.1).width + 3 }.max() ?? 0
        let foot = keys.reduce(-3) { $0 + CellText(untrusted: $1.0.name + $1.1).width + 4 }
        // Answers side by side where they are too many for one column.
        let listRows = min(list.count, max(1, size.rows - 4 - min(wrapped.count, 1)))
        let across = listRows > 0 ? (list.count + listRows - 1) / listRows : 1
        let down = across > 1 ? (list.count + across - 1) / across : list.count
        let room = canvas.panel(
            rows: wrapped.count + down + (across > 1 ? 1 : 2),
            columns: max(widest, answers, CellText(untrusted: title).width + 4, foot, 30),
            title: title)
        var row = room.row
        for line in Self.shortened(wrapped, to: room.rows - down - 1) {
            canvas.put(CellText(untrusted: line), row: row, column: room.column, end: room.endColumn)
            row += 1
        }
        let width = room.columns / across
        for (index, answer) in list.enumerated() where row + index % max(1, down) < room.endRow - 1 {
            let line = Rect(
                row: row + index % down, column: room.column + index / down * width, rows: 1, columns: width)
            canvas.put(CellText(untrusted: String(answer.0)), row: line.row, column: line.column, .key)
            canvas.put(CellText(untrusted: answer.1), row: line.row, column: line.column + 3, end: line.endColumn)
            canvas.target(line, .key(.character(answer.0)))
        }
        canvas.put(keys: keys, gap: 3, in: room)
        context.message?.draw(
            in: Rect(row: size.rows - 1, column: 0, rows: 1, columns: size.columns), canvas: &canvas)
        canvas.rest(row: room.endRow - 1, column: room.column)
    }

    /// So many lines; where some are left out the last says how many.
    private static func shortened(_ lines: [String], to most: Int) -> [String] {
        guard lines.count > most, most > 0 else { return Array(lines.prefix(max(0, most))) }
        return lines.prefix(most - 1) + ["… and \(lines.count - most + 1) lines more"]
    }
}
