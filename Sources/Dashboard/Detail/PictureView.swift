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

extension ShownPicture {
    /// Where its cells lie: in the middle.
    func area(in rect: Rect) -> Rect {
        Rect(
            row: rect.row + (rect.rows - picture.rows) / 2, column: rect.column + (rect.columns - picture.columns) / 2,
            rows: picture.rows, columns: picture.columns)
    }

    /// - Parameter region: what is judged of it, outlined unless it is the whole picture.
    func draw(in rect: Rect, region: CameraRegion = .whole, canvas: inout Canvas) {
        let area = area(in: rect)
        for row in 0..<picture.rows {
            for column in 0..<picture.columns {
                canvas.put(
                    picture.cells[row * picture.columns + column], row: area.row + row, column: area.column + column)
            }
        }
        if let pixels { canvas.provide(pixels) }
        RegionOutline.draw(region, over: area, isSparse: pixels != nil, in: &canvas)
        DetectionOverlay.draw(
            detections, frame: (frameWidth, frameHeight), over: area,
            isOutlined: pixels == nil, in: &canvas)
    }
}

/// Makes pictures into what this terminal can show.
struct PictureMaker {
    let options: DashboardOptions
    let theme: Theme

    /// - Parameter slot: where the terminal keeps its pixels, should it draw pictures; nil: cells, in any case.
    func shown(_ entry: PictureCache.Entry, _ key: FrameKey, in room: Rect, slot: UInt8?) -> ShownPicture {
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
}

extension ContextReader {
    /// Draws the wanted frame in `rect` with its boxes, or says why there is none.
    /// - Parameters:
    ///   - wanted: nil when no picture has come yet.
    ///   - missing: why none has.
    ///   - region: what is judged of it.
    ///   - isPast: a moment of the past shows its own frame or says why not; now, an older picture is better than none.
    func drawPicture(
        _ wanted: FrameKey?, isPast: Bool = false, missing: String, region: CameraRegion = .whole, in rect: Rect,
        canvas: inout Canvas
    ) {
        guard !rect.isEmpty else { return }
        let failure = wanted.flatMap { context.pictures.cache.failures[$0] }
        guard let shown = context.pictures.shown, shown.room == rect, shown.key.printID == wanted?.printID,
            !isPast || failure == nil
        else {
            let text = wanted.map { failure ?? "loading frame \($0.number)" } ?? missing
            let lines = wanted == nil ? text.wrapped(columns: max(10, rect.columns - 2)).prefix(rect.rows) : [text]
            for (index, line) in lines.enumerated() {
                let label = CellText(untrusted: line)
                canvas.put(
                    label, row: rect.row + (rect.rows - lines.count + 1) / 2 + index,
                    column: rect.column + max(0, (rect.columns - label.width) / 2), end: rect.endColumn, .dim)
            }
            return
        }
        shown.draw(in: rect, region: region, canvas: &canvas)
    }

    /// Why the page has no picture.
    func withoutPicture(_ detail: PrinterDetail) -> String {
        guard case .printer(let id) = detail.subject else { return "no picture yet" }
        return printer(id)?.withoutPicture(context) ?? "no picture yet"
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
