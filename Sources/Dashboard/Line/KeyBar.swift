/// The foot of the screen: keys and what they do, as many as fit; the way to the rest always.
struct KeyBar {
    var hints: [(key: StaticString, text: StaticString)]

    init(_ commands: [Command]) { hints = commands.map { ($0.key, $0.short) } }
    init(_ hints: [(key: StaticString, text: StaticString)]) { self.hints = hints }

    func draw(in rect: Rect, canvas: inout Canvas) {
        let help = CellText("? help")
        var column = rect.column + 1
        let end = rect.endColumn - 1
        for hint in hints {
            let key = CellText(stringLiteral: hint.key)
            let text = CellText(stringLiteral: hint.text)
            let width = key.width + 1 + text.width
            if column + width + 2 + help.width > end { break }
            column = canvas.put(key, row: rect.row, column: column, .key)
            column = canvas.put(text, row: rect.row, column: column + 1, .hint) + 2
        }
        guard column + help.width <= end else { return }
        column = canvas.put("?", row: rect.row, column: column, .key)
        canvas.put("help", row: rect.row, column: column + 1, .hint)
    }
}
