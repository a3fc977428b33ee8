internal import Farm

/// Draws the bed, and areas to ignore, on a printer's picture: with arrows, or by dragging the mouse.
struct RegionOverlay: DashboardOverlay, Equatable {
    let printer: PrinterID
    let name: String
    /// The picture that is drawn on.
    let frame: FrameKey
    /// The picture was enlarged for this, and grows small again.
    let unzooms: Bool
    private(set) var editor: RegionEditor
    private(set) var proposal: PictureArea?
    /// Why there is no proposal.
    private(set) var note: String?
    /// Where the mouse button went down; its button is held.
    private var start: Position?

    init(_ snapshot: PrinterSnapshot, frame: FrameKey, unzooms: Bool) {
        printer = snapshot.id
        name = snapshot.name
        self.frame = frame
        self.unzooms = unzooms
        editor = RegionEditor(snapshot.printer.settings.cameraRegion)
    }

    var takesShiftedArrows: Bool { true }

    // MARK: Keys

    mutating func handle(_ key: Key, in context: Context) -> [DashboardRequest] {
        note = nil
        let step = step(context)
        switch key {
        case .escape, .character("q"), .control("c"): return leave + [.say("The region is as before.")]
        case .enter: return save(context)
        case .left, .character("h"): editor.move(x: -step.x, y: 0)
        case .right, .character("l"): editor.move(x: step.x, y: 0)
        case .up, .character("k"): editor.move(x: 0, y: -step.y)
        case .down, .character("j"): editor.move(x: 0, y: step.y)
        case .shiftLeft, .character("H"): editor.size(width: -step.x, height: 0)
        case .shiftRight, .character("L"): editor.size(width: step.x, height: 0)
        case .shiftUp, .character("K"): editor.size(width: 0, height: -step.y)
        case .shiftDown, .character("J"): editor.size(width: 0, height: step.y)
        case .tab: editor.next(1)
        case .backTab: editor.next(-1)
        case .character("i"):
            if !editor.addIgnored() { note = "At most \(CameraRegion.ignoredLimit) areas are ignored." }
        case .character("x"), .delete, .backspace: editor.remove()
        case .character("a"): if let proposal { editor.accept(proposal) }
        default: break
        }
        return []
    }

    private var leave: [DashboardRequest] { unzooms ? [.close, .perform(.zoomPicture)] : [.close] }

    private func save(_ context: Context) -> [DashboardRequest] {
        guard var before = context.printer(printer)?.printer.settings else {
            return leave + [.say("\(name) is no longer here.", .warning)]
        }
        before.name = context.twinNames[printer] ?? before.name
        var settings = before
        settings.cameraRegion = editor.region
        guard settings != before else { return leave + [.say("The region is as before.")] }
        let undo = Undo(
            [.updatePrinter(printer, settings: before, from: settings)], "the region of \(name) is as before")
        return leave + [
            .submit(
                .updatePrinter(printer, settings: settings, from: before),
                done: "Judges \(settings.cameraRegion.words) of \(name); \(context.keys.name(.undo)) undoes.",
                undo: undo, form: self)
        ]
    }

    /// One cell of the picture, in thousandths of it.
    private func step(_ context: Context) -> (x: Int, y: Int) {
        guard let picture = picture(context) else { return (20, 20) }
        func step(_ count: Int) -> Int { max(5, (PictureArea.side + count - 1) / count) }
        return (step(picture.columns), step(picture.rows))
    }

    // MARK: Mouse

    mutating func click(_ target: ClickTarget, isDouble: Bool, in context: Context) -> [DashboardRequest] {
        switch target {
        case .key(let key): return handle(key, in: context)
        case .point(let position): start = position
        default: break
        }
        return []
    }

    mutating func drag(to position: Position, in context: Context) -> [DashboardRequest] {
        guard let start, let picture = picture(context) else { return [] }
        let (rows, columns) = (ends(start.row, position.row), ends(start.column, position.column))
        func place(_ cell: Int, from first: Int, of count: Int) -> Int { (cell - first) * PictureArea.side / count }
        editor.draw(
            from: (
                place(columns.lowerBound, from: picture.column, of: picture.columns),
                place(rows.lowerBound, from: picture.row, of: picture.rows)
            ),
            to: (
                place(columns.upperBound, from: picture.column, of: picture.columns),
                place(rows.upperBound, from: picture.row, of: picture.rows)
            ))
        return []
    }

    /// The cells from one to the other, both of them whole.
    private func ends(_ a: Int, _ b: Int) -> Range<Int> { min(a, b)..<max(a, b) + 1 }

    mutating func release(in context: Context) -> [DashboardRequest] {
        start = nil
        return []
    }

    // MARK: The proposal

    mutating func receive(
        _ result: Result<PictureArea, RequestFailure>, bedIn frame: FrameKey, in context: Context
    ) -> [DashboardRequest] {
        guard frame == self.frame else { return [] }
        switch result {
        case .success(let area): proposal = area
        case .failure(let failure): note = failure.message
        }
        return []
    }

    // MARK: On the screen

    /// Where the picture lies; nil while it is loaded.
    private func picture(_ context: Context) -> Rect? {
        guard let shown = context.pictures.shown, shown.key.printID == frame.printID else { return nil }
        let area = shown.area(in: shown.room)
        return area.isEmpty ? nil : area
    }

    func hints(_ context: Context) -> [KeyBar.Hint] {
        let accept = proposal == nil || proposal == editor.bed ? [] : [KeyBar.Hint("a", "accept")]
        return [.init("enter", "save")] + accept + [
            .init("←↓↑→", "move"), .init("HJKL", "size"), .init("i", "ignore"), .leave, .init("tab", "next"),
            .init("x", editor.selected == 0 ? "all" : "remove"),
        ]
    }

    func draw(in canvas: inout Canvas, _ context: Context) {
        drawHeader(in: Rect(row: 0, column: 0, rows: 1, columns: context.size.columns), canvas: &canvas)
        guard let picture = picture(context) else { return }
        canvas.target(picture, .point(Position(row: 0, column: 0)))
        if let proposal, proposal != editor.bed {
            RegionOutline.draw(proposal, .dotted, .dim, over: picture, label: "proposed", in: &canvas)
        }
        // The one that the keys are on lies on top.
        let areas = [editor.bed] + editor.ignored
        for index in areas.indices.filter({ $0 != editor.selected }) + [editor.selected] {
            let isSelected = index == editor.selected
            RegionOutline.draw(
                areas[index], isSelected ? .heavy : .light, index == 0 ? .title : .warning, over: picture,
                label: index == 0 ? "bed" : "ignored", in: &canvas)
        }
    }

    private func drawHeader(in rect: Rect, canvas: inout Canvas) {
        canvas.fill(rect, .text)
        var parts = Segments()
        parts.add(CellText(untrusted: "‹ \(name)"), .title, priority: 7)
        let kind = editor.selected == 0 ? "bed" : "ignored \(editor.selected) of \(editor.ignored.count)"
        parts.add(CellText(untrusted: "\(kind) \(editor.area.words)"), .text, priority: 8)
        if let note { parts.add(CellText(untrusted: note), .warning, priority: 9) }
        parts.fit(rect.columns - 2)
        parts.draw(row: rect.row, column: rect.column + 1, end: rect.endColumn - 1, in: &canvas)
        canvas.rest(row: 0, column: 0)
    }
}
