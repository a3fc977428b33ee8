internal import Farm

/// The archived printers, to take one back.
struct ArchivedPanel: DashboardOverlay, Equatable {
    /// The last archived first.
    var printers: [Printer]
    var cursor = ListCursor()

    init(_ listings: [PrinterListing]) {
        printers = listings.map(\.printer).filter { $0.archivedAt != nil }
            .sorted { ($0.archivedAt ?? $0.createdAt) > ($1.archivedAt ?? $1.createdAt) }
    }

    private static func rows(_ size: GridSize) -> Int { max(1, min(size.rows - 5, 14)) }

    mutating func handle(_ key: Key, in context: Context) -> [DashboardRequest] {
        switch key {
        case .escape, .character("q"), .character("h"), .character("v"), .control("c"): return [.close]
        case .enter, .character("x"), .character("l"): return unarchive(context)
        default:
            guard let step = ListCursor.Step(key) else { return [] }
            cursor.move(step, count: printers.count, visible: Self.rows(context.size))
            return []
        }
    }

    private func unarchive(_ context: Context) -> [DashboardRequest] {
        guard printers.indices.contains(cursor.index) else { return [] }
        if let reason = context.refusalOfChanges { return [.say(reason, .warning)] }
        let printer = printers[cursor.index]
        let name = printer.settings.name
        return [
            .close,
            .act(
                [.unarchivePrinter(printer.id)],
                done: "Took \(name) back from the archive; \(context.keys.name(.undo)) undoes.",
                undo: Undo([.archivePrinter(printer.id, seen: .nothing)], "\(name) is archived again")),
        ]
    }

    /// A click selects, a double click does it.
    mutating func click(_ target: ClickTarget, isDouble: Bool, in context: Context) -> [DashboardRequest] {
        switch target {
        case .key(let key): return handle(key, in: context)
        case .line(let index):
            cursor.index = index
            return isDouble ? handle(.enter, in: context) : []
        default: return []
        }
    }

    func clickBeside(in context: Context) -> [DashboardRequest] { [.close] }

    mutating func scroll(by lines: Int, in context: Context) -> [DashboardRequest] {
        handle(lines > 0 ? .down : .up, in: context)
    }

    func hints(_ context: Context) -> [KeyBar.Hint] { [.init("enter", "take back"), .init("↑↓", "choose"), .leave] }

    func draw(in canvas: inout Canvas, _ context: Context) {
        let rows = min(Self.rows(context.size), printers.count)
        let room = canvas.panel(rows: rows + 1, columns: 50, title: "Archived printers")
        var row = room.row
        for index in cursor.lines(count: printers.count, visible: rows) where row < room.endRow - 1 {
            let printer = printers[index]
            let line = Rect(row: row, column: room.column, rows: 1, columns: room.columns)
            if index == cursor.index {
                canvas.select(line)
                canvas.rest(row: row, column: room.column)
            }
            let since = CellText(
                untrusted: printer.archivedAt.map { "#\(printer.id)  since \(context.local($0).date)" } ?? "")
            canvas.put(
                CellText(untrusted: printer.settings.name), row: row, column: room.column + 2,
                end: room.endColumn - since.width - 1)
            canvas.putRight(since, row: row, end: room.endColumn, .dim)
            canvas.target(line, .line(index))
            canvas.isInSelection = false
            row += 1
        }
        canvas.put(keys: [(.enter, "take back"), (.escape, "leave")], in: room)
    }
}
