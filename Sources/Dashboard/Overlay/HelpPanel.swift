/// The help: every command with its key, and why it cannot be had now.
struct HelpPanel: DashboardOverlay, Equatable {
    var search = TextField("", longest: 64)
    var cursor = ListCursor()
    /// The commands of the page below.
    private var offers: [CommandOffer] = []

    private var matches: [CommandOffer] {
        let words = search.text.lowercased().split(separator: " ")
        guard !words.isEmpty else { return offers }
        return offers.filter { offer in
            let text = "\(offer.key) \(offer.command.short) \(offer.command.title)".lowercased()
            return words.allSatisfy { text.contains($0) }
        }
    }

    mutating func settle(_ offers: () -> [CommandOffer]) { self.offers = offers() }

    mutating func handle(_ key: Key, in context: Context) -> [DashboardRequest] {
        switch key {
        case .escape, .function(1), .control("c"): return [.close]
        case .character("?") where search.isEmpty, .character("q") where search.isEmpty: return [.close]
        case .enter:
            guard matches.indices.contains(cursor.index) else { return [] }
            return [.close, .perform(matches[cursor.index].command)]
        case .up, .down, .pageUp, .pageDown, .home, .end:
            if let step = ListCursor.Step(key) { move(step, context) }
        default: if search.handle(key) { cursor = ListCursor() }
        }
        return []
    }

    private mutating func move(_ step: ListCursor.Step, _ context: Context) {
        cursor.move(step, count: matches.count, visible: Self.visibleRows(context.size))
    }

    mutating func paste(_ text: String) -> [DashboardRequest] {
        search.paste(text)
        return []
    }

    // MARK: Mouse

    /// A click selects, a double click does it.
    mutating func click(_ target: ClickTarget, isDouble: Bool, in context: Context) -> [DashboardRequest] {
        guard case .line(let index) = target else { return [] }
        cursor.index = index
        return isDouble ? handle(.enter, in: context) : []
    }

    func clickBeside(in context: Context) -> [DashboardRequest] { [.close] }

    mutating func scroll(by lines: Int, in context: Context) -> [DashboardRequest] {
        move(.by(3 * lines), context)
        return []
    }

    // MARK: On the screen

    func hints(_ context: Context) -> [KeyBar.Hint] { [.init("enter", "run"), .init("↑↓", "choose"), .leave] }

    private static func rect(_ size: GridSize) -> Rect {
        Rect(size).inset(rows: size.rows > 16 ? 2 : 0, columns: size.columns > 100 ? (size.columns - 92) / 2 : 1)
    }

    /// Lines at the foot that say all of the selected command, which its own line may cut.
    private static func footRows(_ size: GridSize) -> Int { size.columns < 72 ? 2 : 1 }

    /// Lines of commands.
    private static func visibleRows(_ size: GridSize) -> Int { max(1, rect(size).rows - 4 - footRows(size)) }

    func draw(in canvas: inout Canvas, _ context: Context) {
        let size = context.size
        let rect = Self.rect(size)
        canvas.fill(rect, .text)
        canvas.target(rect, .panel)
        let inner = canvas.box(rect, title: "help", note: "type to search, enter runs, esc leaves").inset(
            rows: 0, columns: 1)
        guard inner.rows > 3 else { return }
        let matches = matches
        canvas.fill(inner.line(0), .input)
        if search.isEmpty { canvas.put("search", row: inner.row, column: inner.column + 1, .placeholder) }
        canvas.put(
            field: search, number: 0, row: inner.row, column: inner.column + 1, end: inner.endColumn, isFocused: true)
        var row = inner.row + 2
        for index in cursor.lines(count: matches.count, visible: Self.visibleRows(size)) {
            let offer = matches[index]
            let reason = offer.refusal
            let line = Rect(row: row, column: inner.column, rows: 1, columns: inner.columns)
            canvas.target(line, .line(index))
            if index == cursor.index {
                canvas.select(line)
            }
            canvas.put(
                CellText(untrusted: offer.key), row: row, column: inner.column + 1, reason == nil ? .key : .dim)
            let end = canvas.put(
                CellText(untrusted: offer.command.title), row: row, column: inner.column + 8, end: inner.endColumn,
                reason == nil ? .text : .dim)
            if let reason {
                canvas.put(CellText(untrusted: reason), row: row, column: end + 2, end: inner.endColumn, .warning)
            }
            canvas.isInSelection = false
            row += 1
        }
        if matches.isEmpty {
            canvas.put("nothing found", row: row, column: inner.column + 1, end: inner.endColumn, .dim)
        }
        guard matches.indices.contains(cursor.index) else { return }
        drawFoot(matches[cursor.index], rows: Self.footRows(size), in: inner, canvas: &canvas)
    }

    /// The whole of the selected command, and why it cannot be had now: its own line may be too short for both.
    private func drawFoot(_ offer: CommandOffer, rows: Int, in inner: Rect, canvas: inout Canvas) {
        let reason = offer.refusal
        let text = rows > 1 ? "\(offer.command.title)\(reason.map { ": \($0)" } ?? "")" : reason ?? ""
        for (index, line) in text.wrapped(columns: inner.columns - 2).prefix(rows).enumerated() {
            canvas.put(
                CellText(untrusted: line), row: inner.endRow - rows + index, column: inner.column + 1,
                end: inner.endColumn, reason == nil ? .dim : .warning)
        }
    }
}
