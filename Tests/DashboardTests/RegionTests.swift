import Farm
import Testing

@testable import Dashboard

@Suite("Drawing the region of a camera", .timeLimit(.minutes(20)))
struct RegionTests {
    private static let frame = FrameKey(printID: 101, number: 240)

    /// The page of the failing printer, its picture drawn on.
    private func drawing(
        _ region: CameraRegion = .whole, columns: Int = 80, rows: Int = 24
    ) -> DashboardState {
        var farm = FarmFixture.farm
        farm.printers[6].printer.settings.cameraRegion = region
        var state = FarmFixture.dashboard(farm, columns: columns, rows: rows)
        state.answerLoads(state.press(.enter) + state.press(.character("O")))
        state.answerLoads(state.handle(.tick(FarmFixture.now)))
        state.answerLoads([.loadPicture(Self.frame)])
        return state
    }

    private func area(_ x: Int, _ y: Int, _ width: Int, _ height: Int) throws -> PictureArea {
        try PictureArea(x: x, y: y, width: width, height: height)
    }

    private func saved(_ effects: [DashboardEffect]) throws -> CameraRegion? {
        guard case .updatePrinter(7, let settings, let seen)? = effects.actions.first else { return nil }
        #expect(settings.name == "rack-a-07")
        var only = try #require(seen)
        only.cameraRegion = settings.cameraRegion
        #expect(only == settings, "nothing but the region is set")
        return settings.cameraRegion
    }

    @Test("the picture fills the screen with its bed and areas on it, at every size", arguments: ScreenTests.sizes)
    func screen(size: GridSize) throws {
        let region = try CameraRegion(
            bed: area(200, 250, 600, 600), ignored: [area(0, 0, 250, 200), area(600, 300, 150, 200)])
        var state = drawing(region, columns: size.columns, rows: size.rows)
        _ = state.handle(.bedProposed(Self.frame, .success(try area(100, 150, 750, 800))))
        try GoldenScreen.expect(state.draw(), "region-\(size.columns)x\(size.rows)")
    }

    @Test("opening asks for a proposal; a takes it, enter saves it, and u brings the old region back")
    func proposal() throws {
        var state = FarmFixture.dashboard()
        state.answerLoads(state.press(.enter))
        let opened = state.press(.character("O"))
        #expect(opened.contains(.proposeBed(Self.frame)))
        state.answerLoads(opened)
        #expect(!state.draw().text.contains("a accept"))
        let bed = try area(100, 150, 750, 800)
        _ = state.handle(.bedProposed(Self.frame, .success(bed)))
        #expect(state.draw().text.contains("a accept"))
        _ = state.type("a")
        #expect(try saved(state.press(.enter)) == CameraRegion(bed: bed))
        #expect(state.overlay == nil && state.detail?.isZoomed == false)
        guard case .updatePrinter(7, let before, let after)? = state.undoable?.actions.first else {
            Issue.record("there is nothing to undo")
            return
        }
        #expect(before.cameraRegion == .whole && after?.cameraRegion.bed == bed)
    }

    @Test("a proposal that cannot be made is explained, and one for another picture is none")
    func noProposal() throws {
        var state = drawing()
        _ = state.handle(.bedProposed(FrameKey(printID: 5, number: 1), .success(.whole)))
        _ = state.handle(.bedProposed(Self.frame, .failure(RequestFailure(message: "Nothing moves."))))
        #expect(state.draw().text.contains("Nothing moves."))
        _ = state.type("a")
        #expect(state.press(.enter).actions.isEmpty)
    }

    @Test("arrows move the rectangle by a cell of the picture, shifted ones size it; so do the letters of vi")
    func keys() throws {
        // 22 rows of 4:3 are 59 columns: steps of 17 and 46 thousandths.
        let region = try CameraRegion(bed: area(200, 200, 400, 400))
        var state = drawing(region)
        for key in [Key.right, .right, .down, .shiftRight, .shiftDown] { _ = state.press(key) }
        #expect(try saved(state.press(.enter)) == CameraRegion(bed: area(234, 246, 417, 446)))
        state = drawing(region)
        _ = state.type("hkHK")
        #expect(try saved(state.press(.enter)) == CameraRegion(bed: area(183, 154, 383, 354)))
        state = drawing(region)
        for _ in 0..<99 { _ = state.press(.right) }
        for _ in 0..<99 { _ = state.press(.shiftUp) }
        #expect(try saved(state.press(.enter)) == CameraRegion(bed: area(600, 200, 400, 50)))
    }

    @Test(
        "i adds an area to ignore, tab goes from one to the next, x takes it away; of the bed the whole picture is left"
    )
    func areas() throws {
        var state = drawing(try CameraRegion(bed: area(200, 200, 400, 400)))
        _ = state.type("i")
        #expect(state.draw().text.contains("ignored 1 of 1"))
        _ = state.press(.tab)
        #expect(state.draw().text.contains("bed 20,20,40,40 %"))
        _ = state.type("x")
        #expect(try saved(state.press(.enter)) == CameraRegion(bed: nil, ignored: [area(360, 360, 80, 80)]))
        state = drawing(try CameraRegion(bed: nil, ignored: [area(360, 360, 80, 80)]))
        _ = state.press(.backTab)
        _ = state.press(.delete)
        #expect(try saved(state.press(.enter)) == .whole)
    }

    @Test("the mouse draws from corner to corner, whichever comes first, and only while its button is held")
    func mouse() throws {
        var state = drawing()
        // The picture has 59 columns from 10 on, and 22 rows from 1 on.
        func at(_ row: Int, _ column: Int) -> Position { Position(row: row, column: column) }
        _ = state.handle(.terminal(.mouse(.click(at(18, 50)))))
        _ = state.handle(.terminal(.mouse(.drag(at(5, 20)))))
        _ = state.handle(.terminal(.mouse(.release(at(5, 20)))))
        _ = state.handle(.terminal(.mouse(.drag(at(1, 11)))))
        let bed = try #require(try saved(state.press(.enter))?.bed)
        #expect((160...180).contains(bed.x) && (680...700).contains(bed.endX))
        #expect((175...190).contains(bed.y) && (810...825).contains(bed.endY))
    }

    @Test("esc leaves everything as it was; enter without a change asks nothing of the farm")
    func leave() {
        var state = drawing()
        _ = state.type("iLL")
        #expect(state.press(.escape).actions.isEmpty)
        #expect(state.draw().text.contains("rack-a-07") && state.overlay == nil)
        state = drawing()
        #expect(state.press(.enter).actions.isEmpty && state.overlay == nil)
    }

    @Test("without a picture there is nothing to draw on, and who may only look does not draw")
    func refusals() {
        var farm = FarmFixture.farm
        farm.printers[6].lastFrame = nil
        farm.printers[6].print?.frameCount = 0
        var state = FarmFixture.dashboard(farm)
        _ = state.press(.enter)
        _ = state.press(.character("O"))
        #expect(state.overlay == nil && state.message?.text == "There is no picture to draw on yet.")
        var options = DashboardOptions()
        options.isReadOnly = true
        state = FarmFixture.dashboard(options: options)
        _ = state.press(.enter)
        _ = state.press(.character("O"))
        #expect(state.overlay == nil)
    }

    @Test("the wall and the printer's page show the outline; the page of an old print does not")
    func outline() throws {
        var farm = FarmFixture.farm
        farm.printers[6].printer.settings.cameraRegion = try CameraRegion(bed: area(100, 100, 800, 800))
        var state = FarmFixture.dashboard(farm, columns: 160, rows: 48)
        _ = state.press(.tab)
        state.answerLoads(state.press(.tab) + [.loadPicture(Self.frame)])
        func corners(_ state: DashboardState) -> Int {
            state.draw().text.split(separator: "\n").joined().filter { $0 == "┌" }.count
        }
        let outlined = corners(state)
        _ = state.handle(.farm(.snapshot(FarmFixture.farm)))
        #expect(corners(state) == outlined - 1)
        state = FarmFixture.dashboard(farm)
        state.answerLoads(state.press(.enter))
        let page = corners(state)
        _ = state.handle(.farm(.snapshot(FarmFixture.farm)))
        #expect(corners(state) == page - 1)
    }

    @Test("arrows with shift still move in lists")
    func shiftedArrows() {
        var (state, plain) = (FarmFixture.dashboard(), FarmFixture.dashboard())
        _ = state.press(.shiftDown)
        _ = plain.press(.down)
        #expect(state.selectedPrinter?.id == plain.selectedPrinter?.id)
    }

    @Test("moving a held mouse over the farm does nothing, and keeps what is said")
    func dragElsewhere() {
        var state = FarmFixture.dashboard()
        _ = state.press(.character("~"))
        let before = state.draw()
        _ = state.handle(.terminal(.mouse(.drag(Position(row: 5, column: 5)))))
        _ = state.handle(.terminal(.mouse(.release(Position(row: 5, column: 5)))))
        #expect(state.draw() == before)
    }
}
