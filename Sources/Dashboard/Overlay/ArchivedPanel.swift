internal import Farm

/// The archived printers, to take one back.
struct ArchivedPanel: Equatable, Sendable {
    /// The last archived first.
    var printers: [Printer]
    var cursor = ListCursor()

    init(_ listings: [PrinterListing]) {
        printers = listings.map(\.printer).filter { $0.archivedAt != nil }
            .sorted { ($0.archivedAt ?? $0.createdAt) > ($1.archivedAt ?? $1.createdAt) }
    }
}

extension DashboardState {
    /// Shows what the farm told of its archived printers.
    mutating func showArchived(_ listings: [PrinterListing]) {
        let panel = ArchivedPanel(listings)
        guard !panel.printers.isEmpty else { return say("No printer is archived.") }
        guard overlay == nil else { return }
        overlay = .archived(panel)
    }

    private var archivedRows: Int { max(1, min(size.rows - 5, 14)) }

    mutating func handle(_ panel: ArchivedPanel, _ key: Key) -> [DashboardEffect] {
        var panel = panel
        switch key {
        case .escape, .character("q"), .character("h"), .character("v"), .control("c"):
            overlay = nil
            return []
        case .enter, .character("x"), .character("l"):
            guard panel.printers.indices.contains(panel.cursor.index) else { return [] }
            if options.isReadOnly {
                say(options.readOnlyReason, .warning)
                return []
            }
            let printer = panel.printers[panel.cursor.index]
            overlay = nil
            let name = printer.settings.name
            return act(
                [.unarchivePrinter(printer.id)], done: "Took \(name) back from the archive; u undoes.",
                undo: Undo([.archivePrinter(printer.id)], "\(name) is archived again"))
        default:
            guard let step = ListCursor.Step(key) else { return [] }
            panel.cursor.move(step, count: panel.printers.count, visible: archivedRows)
            overlay = .archived(panel)
            return []
        }
    }

    func drawArchived(_ archived: ArchivedPanel, canvas: inout Canvas) {
        let rows = min(archivedRows, archived.printers.count)
        let room = panel(rows: rows + 1, columns: 50, title: "Archived printers", canvas: &canvas)
        var row = room.row
        for index in archived.cursor.lines(count: archived.printers.count, visible: rows) where row < room.endRow - 1 {
            let printer = archived.printers[index]
            let line = Rect(row: row, column: room.column, rows: 1, columns: room.columns)
            if index == archived.cursor.index {
                canvas.isInSelection = true
                canvas.fill(line, .text)
                canvas.stamp("▌", row: row, column: room.column, .title)
                canvas.rest(row: row, column: room.column)
            }
            let since = CellText(untrusted: printer.archivedAt.map { "#\(printer.id)  since \(local($0).date)" } ?? "")
            canvas.put(
                CellText(untrusted: printer.settings.name), row: row, column: room.column + 2,
                end: room.endColumn - since.width - 1)
            canvas.putRight(since, row: row, end: room.endColumn, .dim)
            canvas.target(line, .line(index))
            canvas.isInSelection = false
            row += 1
        }
        drawKeys([(.enter, "take back"), (.escape, "leave")], in: room, canvas: &canvas)
    }
}
