import Dashboard
import Farm
import Testing

@Suite("Pictures in cells", .timeLimit(.minutes(20)))
struct PictureTests {
    private static let size = GridSize(rows: 26, columns: 80)

    /// Left half pure red, right half pure blue, 64 × 48.
    private let halves = Pixels(
        width: 64, height: 48,
        bytes: (0..<48).flatMap { _ in (0..<64).flatMap { $0 < 32 ? [UInt8(255), 0, 0] : [0, 0, 255] } })

    /// The zoomed picture of the worst printer.
    private func zoomed(
        _ pixels: Pixels, _ style: PictureStyle, _ colors: ColorDepth = .indexed256, _ detections: [Detection] = []
    ) -> Grid {
        var options = DashboardOptions()
        options.picture = style
        options.colors = colors
        var state = FarmFixture.dashboard(columns: Self.size.columns, rows: Self.size.rows, options: options)
        _ = state.press(.enter)
        _ = state.press(.character("z"))
        _ = state.handle(.picture(FrameKey(printID: 101, number: 240), pixels, detections))
        return state.draw()
    }

    /// The colours that a cell shows on its left and right edge, for glyphs of one colour.
    private func ground(_ grid: Grid, _ row: Int, _ column: Int) -> Color { grid[row, column].paint.background }

    @Test("Every style keeps colours where they are in the picture", arguments: PictureStyle.allCases)
    func colours(style: PictureStyle) {
        let grid = zoomed(halves, style)
        // 24 rows of 4:3 are 64 columns wide, centred in 80: from column 8 to 72.
        for row in [1, 12, 24] {
            #expect(ground(grid, row, 9) == .indexed(196))
            #expect(ground(grid, row, 38) == .indexed(196))
            #expect(ground(grid, row, 41) == .indexed(21))
            #expect(ground(grid, row, 70) == .indexed(21))
            #expect(ground(grid, row, 4) == Theme.defaultDark[.text].background)
        }
    }

    @Test("A cell that lies half in one colour and half in another shows both")
    func split() {
        // One column in four of a 2-part cell: red, blue, red, blue.
        let stripes = Pixels(
            width: 128, height: 96,
            bytes: (0..<96).flatMap { _ in (0..<128).flatMap { $0 % 2 == 0 ? [UInt8(255), 0, 0] : [0, 0, 255] } })
        let cell = zoomed(stripes, .sextant)[12, 40]
        #expect(cell.character == "▌")
        #expect(cell.paint.foreground == .indexed(196))
        #expect(cell.paint.background == .indexed(21))
    }

    @Test("With all colours a picture uses twelve bits, with sixteen the nearest of them, without any none")
    func depths() {
        #expect(ground(zoomed(halves, .sextant, .direct), 12, 20) == .rgb(255, 0, 0))
        #expect(ground(zoomed(halves, .sextant, .ansi16), 12, 20) == .indexed(9))
        #expect(ground(zoomed(halves, .sextant, .ansi8), 12, 20) == .indexed(1))
        #expect(ground(zoomed(halves, .sextant, .mono), 12, 20) == .terminalDefault)
    }

    @Test("A box lies where the detection is, with its confidence; a faint one is not drawn")
    func box() {
        let sure = Detection(confidence: 0.81, box: BoundingBox(x: 32, y: 24, width: 32, height: 24))
        let faint = Detection(confidence: 0.15, box: BoundingBox(x: 8, y: 8, width: 8, height: 8))
        let grid = zoomed(halves, .sextant, .indexed256, [sure, faint])
        #expect(grid[7, 24].character == "┏")
        #expect(grid[19, 56].character == "┛")
        #expect(grid.text.contains("┏.81━"))
        #expect(!grid.text.contains(".15"))
    }

    @Test("A box of nonsense is drawn inside the picture or not at all")
    func hostileBox() {
        for value in [Double.nan, .infinity, -.infinity, -1e300, 1e300] {
            let detection = Detection(
                confidence: 0.9, box: BoundingBox(x: value, y: value, width: value, height: -value))
            let grid = zoomed(halves, .sextant, .indexed256, [detection])
            for row in 0..<Self.size.rows { #expect(grid[row, 2].character != "┃") }
        }
    }

    @Test("Pictures of any shape fit their place", arguments: [(1, 1), (1, 4000), (4000, 1), (3, 2000)])
    func shapes(width: Int, height: Int) {
        let pixels = Pixels(width: width, height: height, bytes: Array(repeating: 200, count: width * height * 3))
        #expect(zoomed(pixels, .sextant).size == Self.size)
    }
}
