internal import Farm

/// A box about one bed: lines, the picture of it where there is room, and keys.
struct BedBox {
    var title: String
    var lines: [(text: String, role: Role)]
    var glance: BedGlance?
    var keys: [(Key, String)]

    func draw(in canvas: inout Canvas, _ context: Context) {
        let size = context.size
        let columns = min(size.columns - 4, 72)
        let wrapped = lines.flatMap { line in line.text.wrapped(columns: columns).map { ($0, line.role) } }
        let picture = glance?.pixels == nil ? 0 : max(0, min(size.rows - wrapped.count - 5, 26))
        let room = canvas.panel(rows: wrapped.count + picture + 2, columns: columns, title: title)
        var rest = room
        rest.rows -= 1
        for (text, role) in wrapped where rest.rows > 0 {
            let line = rest.takeTop(1)
            canvas.put(CellText(untrusted: text), row: line.row, column: line.column, end: line.endColumn, role)
        }
        glance?.drawPicture(in: rest, canvas: &canvas, context)
        canvas.put(keys: keys, in: room)
        context.message?.draw(
            in: Rect(row: size.rows - 1, column: 0, rows: 1, columns: size.columns), canvas: &canvas)
        canvas.rest(row: room.endRow - 1, column: room.column)
    }
}
