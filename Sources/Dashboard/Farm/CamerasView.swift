internal import Farm
import Text

extension FarmLayout {
    /// The room for the cameras: all but the lines at the top and at the foot.
    var cameras: Rect {
        let top = alert.endRow + (kind == .standard ? 1 : 0)
        return Rect(row: top, column: 0, rows: status.row - top, columns: keys.columns)
    }
}

extension CardGrid {
    private static let narrowestCamera = 20
    /// Lines of a tile with a picture that shows anything; two are its edges.
    private static let lowestCamera = 6

    /// Tiles that fill the screen: as many across as give `count` pictures of about 4:3 the most lines. Where they would
    /// be too small to see anything, fewer on a page.
    static func cameras(_ rect: Rect, count: Int) -> CardGrid {
        let most = max(1, rect.columns / narrowestCamera)
        var best: (grid: CardGrid, lines: Int)?
        for across in 1...most {
            let down = (max(1, count) + across - 1) / across
            let width = rect.columns / across
            let height = rect.rows / down
            let lines = min(height, linesOfPicture(width) + 2) - 2
            guard height >= lowestCamera || across == most, lines > best?.lines ?? 0 else { continue }
            best = (CardGrid(rect, narrowest: width, height: height), lines)
        }
        if let best, best.grid.height >= lowestCamera { return best.grid }
        let width = rect.columns / most
        let height = max(3, min(rect.rows, linesOfPicture(width) + 2))
        return CardGrid(rect, narrowest: width, height: max(3, rect.rows / max(1, rect.rows / height)))
    }

    /// How high a 4:3 picture is in a tile of so many columns; a cell is twice as high as wide.
    private static func linesOfPicture(_ columns: Int) -> Int { (columns - 2) * 3 / 8 }
}

extension FarmArea {
    func isShowingCameras(_ size: GridSize) -> Bool { table.view == .cameras && FarmLayout(size).kind != .compact }

    /// The tiles on the screen: printer, frame, and where its picture belongs.
    func tiles(in context: Context) -> [WantedPictures.Tile] {
        let grid = CardGrid.cameras(FarmLayout(context.size).cameras, count: table.rows.count)
        return grid.page(of: table.cursor.index, count: table.rows.count).compactMap { index in
            let snapshot = context.farm.printers[table.rows[index]]
            guard let key = snapshot.lastFrameKey else { return nil }
            return WantedPictures.Tile(
                printer: snapshot.id, key: key, room: grid.card(index).inset(rows: 1, columns: 1))
        }
    }
}

/// Every printer's last picture, worst first, with its failure probability and state.
extension FarmView {
    func drawCameras(in layout: FarmLayout, canvas: inout Canvas) {
        let grid = CardGrid.cameras(layout.cameras, count: table.rows.count)
        for index in grid.page(of: table.cursor.index, count: table.rows.count) {
            drawTile(
                farm.printers[table.rows[index]], in: grid.card(index), isSelected: index == table.cursor.index,
                canvas: &canvas)
        }
    }

    private func drawTile(_ snapshot: PrinterSnapshot, in rect: Rect, isSelected: Bool, canvas: inout Canvas) {
        let words = PrinterWords(snapshot)
        let mark = table.marked.contains(snapshot.id) ? "* " : ""
        let room = canvas.box(rect)
        let isOpen = snapshot.openPrint != nil
        let percent = snapshot.shownProbability.map { Text.percent($0) }
        let title = CellText(untrusted: "\(mark)\(words.sign.character) \(snapshot.name)")
        // The name comes first; its sign tells the state too.
        let notes = [
            [percent, words.machine.rawValue, isOpen ? words.cameraAndAlert : nil],
            [percent, isOpen ? words.cameraAndAlert : words.machine.rawValue], [percent],
        ].map { CellText(untrusted: $0.compactMap(\.self).joined(separator: " ")) }
        let note = notes.first { title.width + $0.width + 5 <= rect.columns } ?? notes[2]
        let noteStart = max(rect.column + 6, rect.endColumn - 2 - note.width)
        canvas.put(
            title.shortened(to: noteStart - rect.column - 3), row: rect.row, column: rect.column + 2,
            end: noteStart - 1, isSelected ? .title : words.role)
        canvas.put(note, row: rect.row, column: noteStart, end: rect.endColumn - 1, words.role)
        if isSelected {
            for row in rect.row..<rect.endRow { canvas.stamp("▌", row: row, column: rect.column, words.role) }
            canvas.rest(row: rect.row, column: rect.column)
        }
        let noted = drawJob(
            of: snapshot, row: rect.endRow - 1, from: rect.column + 2, end: rect.endColumn - 2, canvas: &canvas)
        if let frame = snapshot.lastFrame, isOpen {
            let age = CellText(untrusted: Clock.age(now.seconds(since: frame.receivedAt)) + " ago")
            canvas.putRight(
                age, row: rect.endRow - 1, end: rect.endColumn - 2, from: noted + 1,
                snapshot.states.camera == .stale ? .stale : .dim)
        }
        guard let tile = context.pictures.tiles[snapshot.id]?.picture, tile.room == room,
            tile.key.printID == snapshot.print?.id
        else {
            let text =
                snapshot.lastFrameKey.map { context.pictures.cache.failures[$0] ?? "loading" }
                ?? (snapshot.print == nil && !snapshot.lacksCamera(context)
                    ? "nothing is printing" : snapshot.withoutPicture(context))
            let label = CellText(untrusted: text)
            canvas.put(
                label, row: room.row + room.rows / 2, column: room.column + max(0, (room.columns - label.width) / 2),
                end: room.endColumn, .dim)
            return
        }
        tile.draw(in: room, region: snapshot.printer.settings.cameraRegion, canvas: &canvas)
    }
}
