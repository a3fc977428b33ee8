import Farm
import Testing

@testable import Dashboard

@Suite("Pictures in the terminal's own pixels", .timeLimit(.minutes(20)))
struct PixelPictureTests {
    private static let key = FrameKey(printID: 101, number: 240)
    private let photo = Pixels(width: 640, height: 480, bytes: Array(repeating: 90, count: 640 * 480 * 3))

    /// The farm beside the worst printer's picture, at a terminal that draws it.
    private func farm(
        columns: Int = 160, rows: Int = 48, _ detections: [Detection] = [], isASCIIOnly: Bool = false
    ) -> DashboardState {
        var options = DashboardOptions()
        options.isASCIIOnly = isASCIIOnly
        var state = FarmFixture.dashboard(columns: columns, rows: rows, options: options)
        _ = state.handle(.picture(Self.key, photo, detections))
        _ = state.handle(.terminal(.pixelPictures(PixelCell(width: 8, height: 16))))
        return state
    }

    private func parts(_ grid: Grid) -> [Cell] { grid.cells.filter(\.grapheme.isPicturePart) }

    @Test("When the terminal says that it draws pictures, the cells of the picture name its parts")
    func parts() throws {
        let grid = farm().draw()
        let picture = try #require(grid.pictures.first)
        #expect(grid.pictures.count == 1)
        #expect(parts(grid).count == picture.size.rows * picture.size.columns)
        #expect(Set(parts(grid).map(\.grapheme)).count == parts(grid).count, "each part once")
        #expect(picture.pixels.width == picture.size.columns * 8)
        #expect(picture.pixels.width * 3 == picture.pixels.height * 4)
    }

    @Test("Boxes are lines in the pixels, with the confidence in cells above them")
    func boxes() throws {
        let box = Detection(confidence: 0.81, box: BoundingBox(x: 320, y: 240, width: 320, height: 240))
        let grid = farm([box]).draw()
        let pixels = try #require(grid.pictures.first).pixels
        func color(_ x: Double, _ y: Double) -> ArraySlice<UInt8> {
            let start = (Int(y * Double(pixels.height)) * pixels.width + Int(x * Double(pixels.width))) * 3
            return pixels.bytes[start..<start + 3]
        }
        #expect(color(0.5, 0.5) == [90, 90, 90])
        #expect(color(0.25, 0.5) != [90, 90, 90] && color(0.5, 0.25) != [90, 90, 90])
        #expect(color(0.1, 0.1) == [90, 90, 90])
        #expect(grid.text.contains("▒.81▒"))
        #expect(!grid.text.contains("┏"))
    }

    @Test("Another theme draws the boxes of the picture at hand in its own colour")
    func recoloured() throws {
        let box = Detection(confidence: 0.81, box: BoundingBox(x: 320, y: 240, width: 320, height: 240))
        var state = farm([box])
        let before = try #require(state.draw().pictures.first).pixels
        let detection = state.theme[.detection]
        let other = try #require(state.options.themes.first { $0[.detection] != detection })
        _ = state.type(":theme \(other.name)")
        _ = state.press(.enter)
        #expect(try #require(state.draw().pictures.first).pixels != before)
    }

    @Test("A box of nonsense stays inside the picture")
    func hostileBox() {
        for value in [Double.nan, .infinity, -1e300, 1e300] {
            let detection = Detection(
                confidence: 0.9, box: BoundingBox(x: value, y: value, width: value, height: -value))
            #expect(farm([detection]).draw().pictures.count == 1)
        }
    }

    @Test("What lies over a picture hides that part; when the link is gone, its cells still name it")
    func covered() {
        var state = farm()
        let before = parts(state.draw()).count
        _ = state.press(.character("?"))
        #expect(parts(state.draw()).count < before)
        _ = state.press(.escape)
        _ = state.handle(.farm(.disconnected(reason: "the farm is gone")))
        let grid = state.draw()
        #expect(parts(grid).count == before)
        #expect(Set(parts(grid).map(\.paint)) == [Paint(foreground: .indexed(0))])
    }

    @Test("Each camera has a slot of its own, and keeps it")
    func cameras() {
        var state = farm()
        _ = state.press(.tab)
        _ = state.press(.tab)
        for printer in state.farm.printers {
            if let key = printer.lastFrameKey { _ = state.handle(.picture(key, photo, [])) }
        }
        let grid = state.draw()
        #expect(grid.pictures.count == 8)
        let slots = grid.pictures.map(\.slot)
        #expect(Set(slots).count == slots.count && !slots.contains(0))
        #expect(Set(parts(grid).map(\.paint.foreground)) == Set(slots.map(Color.indexed)))
        _ = state.press(.down)
        #expect(state.draw().pictures.map(\.slot) == slots)
    }

    @Test("With ASCII only, and in a picture of more cells than can be named, there are none")
    func withoutPixels() {
        #expect(farm(isASCIIOnly: true).draw().pictures.isEmpty)
        var state = farm(columns: 600, rows: 200)
        _ = state.press(.enter)
        _ = state.press(.character("z"))
        #expect(state.draw().pictures.isEmpty)
        #expect(parts(state.draw()).isEmpty)
    }

    @Test("A name from outside cannot be a part of a picture")
    func hostileName() {
        let text = CellText(untrusted: "a\u{10EEEE}\u{305}\u{305}b")
        var canvas = Canvas(size: GridSize(rows: 1, columns: 10), theme: .defaultDark)
        canvas.put(text, row: 0, column: 0)
        #expect(parts(canvas.finished(ascii: false)).isEmpty)
    }

    @Test("Marks count rows and columns, each its own")
    func marks() {
        #expect(PictureMarks.all.count == 268)
        #expect(Set(PictureMarks.all).count == 268)
        #expect(PictureMarks.all[0] == 0x305 && PictureMarks.all[1] == 0x30D && PictureMarks.all[36] == 0x593)
        let cell = PixelPicture(
            slot: 3, print: 1, size: GridSize(rows: 2, columns: 2),
            pixels: Pixels(width: 1, height: 1, bytes: [1, 2, 3])
        ).cells[3]
        #expect(cell.character.unicodeScalars.map(\.value) == [0x10EEEE, 0x30D, 0x30D])
    }

    @Test("A box that is no box is not drawn; one beyond the frame ends at its edge")
    func strangeBoxes() {
        let pixels = Pixels(width: 8, height: 6, bytes: [UInt8](repeating: 0, count: 144))
        func outlined(_ box: BoundingBox) -> [UInt8] {
            pixels.outlining([Detection(confidence: 1, box: box)], frame: (8, 6), in: .rgb(255, 0, 0)).bytes
        }
        #expect(outlined(BoundingBox(x: 4, y: 3, width: -4, height: 2)) == pixels.bytes)
        #expect(outlined(BoundingBox(x: 4, y: 3, width: 2, height: -4)) == pixels.bytes)
        #expect(outlined(BoundingBox(x: 4, y: 3, width: 1e300, height: 1e300)).first == 255)
        #expect(outlined(BoundingBox(x: .nan, y: 3, width: 2, height: 2)) == pixels.bytes)
    }
}
