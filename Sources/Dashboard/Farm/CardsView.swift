internal import Farm
import Text

/// Where cards lie in the room of the table: pages of equal cards, row by row.
struct CardGrid: Equatable {
    let rect: Rect
    let height: Int
    let across: Int
    let down: Int

    init(_ rect: Rect, narrowest: Int = 24, height: Int = 6) {
        self.rect = rect
        self.height = height
        across = max(1, rect.columns / max(1, narrowest))
        down = max(1, rect.rows / height)
    }

    var capacity: Int { across * down }

    /// The card of the index-th row of the table on its page.
    func card(_ index: Int) -> Rect {
        let slot = index % capacity
        let width = rect.columns / across
        return Rect(
            row: rect.row + slot / across * height, column: rect.column + slot % across * width,
            rows: height, columns: width)
    }

    /// The indices on the page that shows `index`.
    func page(of index: Int, count: Int) -> Range<Int> {
        let start = index / capacity * capacity
        return min(start, count)..<min(count, start + capacity)
    }
}

extension FarmLayout {
    /// The room for cards: the table's, with its heads.
    var cards: Rect {
        heads.isEmpty
            ? rows : Rect(row: heads.row, column: heads.column, rows: rows.rows + heads.rows, columns: rows.columns)
    }
}

extension FarmView {
    /// The printers as cards: fewer at once, but each with its whole state and a long line of scores.
    func drawCards(in layout: FarmLayout, canvas: inout Canvas) {
        let grid = CardGrid(layout.cards)
        for index in grid.page(of: table.cursor.index, count: table.rows.count) {
            let card = grid.card(index)
            drawCard(
                farm.printers[table.rows[index]], in: card, isSelected: index == table.cursor.index, canvas: &canvas)
        }
    }

    private func drawCard(_ snapshot: PrinterSnapshot, in rect: Rect, isSelected: Bool, canvas: inout Canvas) {
        let words = PrinterWords(snapshot)
        let mark = table.marked.contains(snapshot.id) ? "* " : ""
        let inner = canvas.box(
            rect, title: CellText(untrusted: mark + snapshot.name).shortened(to: rect.columns - 6))
        if isSelected {
            canvas.isInSelection = true
            canvas.fill(inner, .text)
            for row in inner.row..<inner.endRow { canvas.stamp("▌", row: row, column: rect.column, words.role) }
            canvas.rest(row: inner.row, column: rect.column)
        }
        defer { canvas.isInSelection = false }
        let start = inner.column + 1
        let end = inner.endColumn - 1
        canvas.stamp(words.sign, row: inner.row, column: start, words.role)
        canvas.put(
            CellText(untrusted: words.machine.rawValue), row: inner.row, column: start + 2, end: end,
            words.machine.role)
        canvas.putRight(
            CellText(untrusted: words.cameraAndAlert), row: inner.row, end: end, from: start + 12, words.camera.role)
        guard let print = snapshot.print else { return }
        let text: Role = print.isOpen ? .text : .dim
        var fileEnd = end
        if let note = PrinterWords.note(snapshot) {
            canvas.putRight(CellText(untrusted: note), row: inner.row + 1, end: end, .dim)
            fileEnd -= note.count + 1
        }
        canvas.put(CellText(untrusted: print.filename), row: inner.row + 1, column: start, end: fileEnd, text)
        canvas.put(
            CellText(untrusted: Clock.length(snapshot.elapsed(at: now) ?? 0)), row: inner.row + 2, column: start,
            end: end,
            text)
        canvas.putRight(
            CellText(untrusted: percent(snapshot.shownProbability)), row: inner.row + 2,
            end: min(end, start + 12), snapshot.thresholds.role(snapshot.shownProbability))
        if print.isOpen, let frame = snapshot.lastFrame {
            let isStale = snapshot.states.camera == .stale
            canvas.putRight(
                CellText(untrusted: (isStale ? "~" : "") + Clock.age(now.seconds(since: frame.receivedAt))),
                row: inner.row + 2, end: end, from: start + 13, isStale ? .stale : .dim)
        }
        let sparkStart = drawJob(of: snapshot, row: inner.row + 3, from: start, end: end, canvas: &canvas)
        Sparkline.draw(
            snapshot.recent, thresholds: snapshot.thresholds, row: inner.row + 3, column: sparkStart,
            columns: max(0, end - sparkStart), in: &canvas)
    }
}
