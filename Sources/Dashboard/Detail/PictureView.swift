internal import Farm

/// A picture made into cells for the place where it is shown now.
struct ShownPicture: Equatable, Sendable {
    let key: FrameKey
    let room: Rect
    let picture: CellPicture
    /// Set when the terminal draws it; the boxes are in its pixels then.
    let pixels: PixelPicture?
    /// In pixels of the frame.
    let detections: [Detection]
    let frameWidth: Int
    let frameHeight: Int
}

extension DashboardState {
    /// Draws the wanted frame in `rect` with its boxes, or says why there is none.
    /// - Parameter wanted: nil when no picture has come yet.
    func drawPicture(_ wanted: FrameKey?, in rect: Rect, canvas: inout Canvas) {
        guard !rect.isEmpty else { return }
        // A moment of the past shows its own frame or says why not; now, an older picture is better than none.
        let isMissing = detail?.moment != nil && wanted.map { pictures.failures[$0] != nil } == true
        guard let shown, shown.room == rect, shown.key.printID == wanted?.printID, !isMissing else {
            let text = wanted.map { pictures.failures[$0] ?? "loading frame \($0.number)" } ?? "no picture yet"
            let label = CellText(untrusted: text)
            canvas.put(
                label, row: rect.row + rect.rows / 2, column: rect.column + max(0, (rect.columns - label.width) / 2),
                end: rect.endColumn, .dim)
            return
        }
        draw(shown, in: rect, canvas: &canvas)
    }

    /// A picture of the shelf made into cells; nil when it is not there.
    /// - Parameter slot: where the terminal keeps its pixels, should it draw pictures; nil: cells, in any case.
    func shownPicture(_ key: FrameKey, in room: Rect, slot: UInt8?) -> ShownPicture? {
        guard let entry = pictures.entries[key] else { return nil }
        let fit = CellPicture.fit(width: entry.frameWidth, height: entry.frameHeight, in: room)
        let pixels = slot.flatMap { pixelPicture(entry, of: key.printID, size: fit, slot: $0) }
        return ShownPicture(
            key: key, room: room,
            picture: pixels.map(CellPicture.init)
                ?? CellPicture(
                    entry.pixels, size: fit, style: options.isASCIIOnly ? .ascii : options.picture,
                    depth: options.colors),
            pixels: pixels, detections: entry.detections, frameWidth: entry.frameWidth,
            frameHeight: entry.frameHeight)
    }

    private func pixelPicture(
        _ entry: PictureCache.Entry, of print: PrintID, size: GridSize, slot: UInt8
    ) -> PixelPicture? {
        guard let cell = options.pixelCell, !options.isASCIIOnly, size.rows > 0, size.columns > 0,
            size.rows <= PixelPicture.mostCells, size.columns <= PixelPicture.mostCells
        else { return nil }
        let pixels = entry.pixels.reduced(
            toWidth: size.columns * cell.width, height: size.rows * cell.height
        ).outlining(entry.detections, frame: (entry.frameWidth, entry.frameHeight), in: theme[.detection].foreground)
        return PixelPicture(slot: slot, print: print, size: size, pixels: pixels)
    }

    func draw(_ shown: ShownPicture, in rect: Rect, canvas: inout Canvas) {
        let picture = shown.picture
        let area = Rect(
            row: rect.row + (rect.rows - picture.rows) / 2, column: rect.column + (rect.columns - picture.columns) / 2,
            rows: picture.rows, columns: picture.columns)
        for row in 0..<picture.rows {
            for column in 0..<picture.columns {
                canvas.put(
                    picture.cells[row * picture.columns + column], row: area.row + row, column: area.column + column)
            }
        }
        if let pixels = shown.pixels { canvas.provide(pixels) }
        DetectionOverlay.draw(
            shown.detections, frame: (shown.frameWidth, shown.frameHeight), over: area,
            isOutlined: shown.pixels == nil, in: &canvas)
    }

    /// Where on the screen a picture belongs now, and which.
    var pictureWanted: (key: FrameKey, room: Rect)? {
        guard let room = pictureRoom, !room.isEmpty else { return nil }
        guard let key = detail.map(wantedFrame) ?? selectedPrinter?.lastFrameKey else { return nil }
        return (key, room)
    }

    var pictureRoom: Rect? {
        guard area == .farm || detail != nil else { return nil }
        if let detail {
            let layout = layout(of: detail)
            return Self.pictureRoom(layout)
        }
        let layout = FarmLayout(size)
        return layout.kind == .wide && !isShowingCameras ? layout.cameraBox.inset(rows: 1, columns: 1) : nil
    }

    static func pictureRoom(_ layout: DetailLayout) -> Rect {
        switch layout.kind {
        case .standard, .wide: layout.camera.inset(rows: 1, columns: 1)
        case .compact, .zoomed: layout.camera
        }
    }

    /// The frame under the time cursor, or the newest.
    func wantedFrame(_ detail: PrinterDetail) -> FrameKey? {
        guard let print = print(of: detail) else { return nil }
        if let moment = detail.moment { return FrameKey(printID: print.id, number: moment) }
        switch detail.subject {
        case .printer(let id): return printer(id)?.lastFrameKey
        case .print: return print.frameCount > 0 ? FrameKey(printID: print.id, number: print.frameCount) : nil
        }
    }
}
