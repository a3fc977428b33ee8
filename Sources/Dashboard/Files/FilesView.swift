internal import Farm

extension FilesPanel {
    static func rect(_ size: GridSize) -> Rect {
        Rect(size).inset(rows: size.rows > 16 ? 2 : 0, columns: size.columns > 104 ? (size.columns - 100) / 2 : 1)
    }

    /// Lines of files: without frame, search, heads and keys.
    static func visibleRows(_ size: GridSize) -> Int { max(1, rect(size).rows - 6) }
}

/// The files of a machine over the area: newest first, with what the slicer thinks they take.
struct FilesView {
    let panel: FilesPanel
    let context: Context
    /// What the machine holds now that is in the way, for the question.
    var held: String?

    private var size: GridSize { context.size }

    func draw(in canvas: inout Canvas) {
        let rect = FilesPanel.rect(size)
        canvas.fill(rect, .text)
        canvas.target(rect, .panel)
        let inner = canvas.box(
            rect, title: CellText(untrusted: "Files of \(panel.name)"), note: CellText(untrusted: count)
        ).inset(rows: 0, columns: 1)
        guard inner.rows > 4 else { return }
        drawSearch(in: inner.line(0), canvas: &canvas)
        let list = Rect(row: inner.row + 1, column: inner.column, rows: inner.rows - 3, columns: inner.columns)
        switch panel.content {
        case .loading: canvas.put("Asking the machine.", row: list.row + 1, column: list.column + 1, .dim)
        case .failed(let reason): drawWrapped(reason, in: list, canvas: &canvas)
        case .files: drawFiles(in: list, canvas: &canvas)
        }
        drawBed(over: list, canvas: &canvas)
        drawFoot(in: inner, canvas: &canvas)
    }

    private var count: String {
        guard case .files(let files) = panel.content else { return "" }
        let shown = panel.matches.count
        let all = files.count < RemoteFile.listed ? "\(files.count)" : "the newest \(files.count)"
        return shown == files.count ? all : "\(shown) of \(all)"
    }

    private func drawSearch(in line: Rect, canvas: inout Canvas) {
        canvas.fill(line, .input)
        if panel.search.isEmpty {
            canvas.put("type a part of the name", row: line.row, column: line.column + 1, .placeholder)
        } else {
            canvas.put(
                CellText(untrusted: panel.search.text), row: line.row, column: line.column + 1, end: line.endColumn,
                .input)
        }
        let before = CellText(untrusted: String(panel.search.characters[..<panel.search.cursor])).width
        canvas.rest(row: line.row, column: min(line.endColumn - 1, line.column + 1 + before), isInsertion: true)
    }

    private func drawFiles(in list: Rect, canvas: inout Canvas) {
        let files = panel.matches
        guard !files.isEmpty else {
            canvas.put(
                panel.search.isEmpty ? "The machine has no files." : "No file has that in its name. Esc shows all.",
                row: list.row + 1, column: list.column + 1, end: list.endColumn, .dim)
            return
        }
        let columns = Columns(list)
        columns.draw("FILE", "TAKES", "SIZE", "FROM", row: list.row, .dim, .dim, in: &canvas)
        let rows = max(0, list.rows - 1)
        var row = list.row + 1
        for index in panel.cursor.lines(count: files.count, visible: rows) {
            let file = files[index]
            let line = Rect(row: row, column: list.column, rows: 1, columns: list.columns)
            canvas.target(line, .line(index))
            canvas.isInSelection = index == panel.cursor.index
            if canvas.isInSelection {
                canvas.fill(line, .text)
                canvas.stamp("▌", row: row, column: list.column, .title)
            }
            columns.draw(
                file.name, file.estimate.map(Clock.length) ?? "–",
                file.size.map { Numerals.bytes(Int(clamping: $0)) } ?? "–",
                file.modifiedAt.map(from) ?? "–",
                row: row, .text, .dim, in: &canvas)
            canvas.isInSelection = false
            row += 1
        }
    }

    /// A file of another year shows its date with the year; one of this year the time.
    private func from(_ moment: Timestamp) -> String {
        let (then, now) = (context.local(moment), context.local(context.now))
        return then.date.prefix(4) == now.date.prefix(4) ? then.monthDayHourMinute : then.date
    }

    /// While it is asked whether the bed is clear: its picture over the right of the list, what was seen below it.
    private func drawBed(over list: Rect, canvas: inout Canvas) {
        guard let bed = panel.bed, list.rows > 2 else { return }
        if bed.pixels != nil, list.rows > 6 {
            var room = list
            room.rows -= 1
            let right = room.takeRight(min(list.columns * 3 / 5, 64))
            canvas.fill(right, .text)
            bed.drawPicture(in: right, canvas: &canvas, context)
        }
        let line = Rect(row: list.endRow - 1, column: list.column, rows: 1, columns: list.columns)
        canvas.fill(line, .text)
        canvas.put(
            CellText(untrusted: bed.sentence(context)), row: line.row, column: line.column, end: line.endColumn,
            bed.role(context))
    }

    /// The question, or what the keys do.
    private func drawFoot(in inner: Rect, canvas: inout Canvas) {
        let row = inner.endRow - 1
        if let file = panel.asked {
            let facts = [file.estimate.map { "takes \(Clock.length($0))" }, file.filamentType].compactMap(\.self)
            let what = "Start \(file.name)" + (facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))") + "?"
            canvas.fill(inner.line(inner.rows - 2), .text)
            canvas.put(
                CellText(untrusted: "\(what) \(held ?? "")Is the bed clear?"), row: row - 1, column: inner.column,
                end: inner.endColumn, .warning)
            keys([(.character("y"), "it is clear: start"), (.character("N"), "no")], in: inner, canvas: &canvas)
            canvas.rest(row: row, column: inner.column)
            return
        }
        if let note = panel.note {
            canvas.put(CellText(untrusted: note), row: row - 1, column: inner.column, end: inner.endColumn, .warning)
        }
        keys(
            [(.enter, "start: asks first"), (.control("r"), "again"), (.escape, "leave")], in: inner, canvas: &canvas)
    }

    private func keys(_ keys: [(Key, String)], in inner: Rect, canvas: inout Canvas) {
        var column = inner.column
        for (key, words) in keys {
            column =
                canvas.put(
                    key: key, CellText(untrusted: key.name), CellText(untrusted: words), row: inner.endRow - 1,
                    column: column, end: inner.endColumn) + 2
        }
    }

    private func drawWrapped(_ text: String, in list: Rect, canvas: inout Canvas) {
        for (index, line) in text.wrapped(columns: max(10, list.columns - 2)).enumerated()
        where index + 1 < list.rows {
            canvas.put(
                CellText(untrusted: line), row: list.row + 1 + index, column: list.column + 1, end: list.endColumn,
                .error)
        }
    }

    private struct Columns {
        let list: Rect
        /// On narrow screens the date goes first, then the size.
        private let from: Int, size: Int, takes: Int

        init(_ list: Rect) {
            self.list = list
            from = list.columns >= 56 ? 13 : 0
            size = list.columns >= 40 ? 9 : 0
            takes = 7
        }

        func draw(
            _ name: String, _ takes: String, _ size: String, _ from: String, row: Int, _ role: Role, _ other: Role,
            in canvas: inout Canvas
        ) {
            var end = list.endColumn - 1
            for (text, width) in [(from, self.from), (size, self.size), (takes, self.takes)] where width > 0 {
                canvas.putRight(CellText(untrusted: text), row: row, end: end, from: end - width + 1, other)
                end -= width
            }
            canvas.put(
                CellText(untrusted: name).shortened(to: end - list.column - 2), row: row, column: list.column + 2,
                end: end, role)
        }
    }
}
