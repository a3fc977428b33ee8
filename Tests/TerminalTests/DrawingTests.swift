import Testing

@testable import Dashboard
@testable import Terminal

@Suite("What is sent for a screen", .timeLimit(.minutes(20)))
struct DrawingTests {
    /// As glibc measures the scalars used here.
    private static func columns(_ scalar: UInt32) -> Int {
        switch scalar {
        case 0..<0x20, 0x7F...0x9F, 0x1CD00...0x1CDFF: -1
        case 0x300...0x36F, 0x200B...0x200F, 0xFE0F: 0
        case 0x4E00...0x9FFF, 0x1F300...0x1F9FF: 2
        default: 1
        }
    }

    private func glyph(_ character: Character, _ width: Int, isUTF8: Bool = true) -> Glyph {
        Glyph(character, width: width, isUTF8: isUTF8, columns: Self.columns)
    }

    @Test("Characters that the terminal can show are sent as they are, with their marks")
    func plain() {
        #expect(glyph("a", 1).scalars == [0x61])
        #expect(glyph("e\u{301}\u{302}", 1).scalars == [0x65, 0x301, 0x302])
        #expect(glyph("漢", 2) == glyph("漢", 2))
        #expect(glyph("漢", 2).width == 2)
        #expect(glyph("🬀", 1).scalars == [0x1FB00])
    }

    @Test(
        "Whatever could move the cursor or shift the row becomes U+FFFD",
        arguments: [0x1B, 0x9B, 0x7F, 0x0A, 0x301, 0x200B, 0x6F22, 0x1CD00] as [UInt32])
    func hostile(value: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(value))
        #expect(glyph(Character(scalar), 1) == .replacement)
    }

    @Test("Of a joined emoji the first is sent, and no selector that makes a narrow sign wide")
    func joined() {
        #expect(glyph("👩\u{200D}🚀", 2).scalars == [0x1F469])
        #expect(glyph("\u{2764}\u{FE0F}", 2) == glyph("\u{2764}", 1))
    }

    @Test("A cell holds at most five scalars")
    func marks() {
        #expect(glyph(Character("a" + String(repeating: "\u{301}", count: 50)), 1).scalars.count == 5)
    }

    @Test("Without UTF-8 only ASCII is sent")
    func ascii() {
        #expect(glyph("─", 1, isUTF8: false) == .question)
        #expect(glyph("a", 1, isUTF8: false).scalars == [0x61])
    }

    // MARK: Differences

    private func changed(_ old: Grid?, _ new: Grid) -> [Position] {
        var positions: [Position] = []
        GridDifference.forEachCell(from: old, to: new) { row, column, _ in
            positions.append(Position(row: row, column: column))
        }
        return positions
    }

    @Test("Only cells that differ are written")
    func differences() {
        let old = Grid(size: GridSize(rows: 3, columns: 4))
        var new = old
        #expect(changed(old, new).isEmpty)
        new.cells[5].grapheme = "x"
        new.cells[11].paint = Paint(attributes: .bold)
        #expect(changed(old, new) == [Position(row: 1, column: 1), Position(row: 2, column: 3)])
    }

    @Test("The first screen and one of another size are written whole")
    func whole() {
        let grid = Grid(size: GridSize(rows: 2, columns: 3))
        #expect(changed(nil, grid).count == 6)
        #expect(changed(Grid(size: GridSize(rows: 3, columns: 2)), grid).count == 6)
        #expect(changed(nil, Grid(size: GridSize(rows: 0, columns: 0))).isEmpty)
    }

    @Test("The right half of a wide character comes with its left half")
    func wide() {
        var grid = Grid(size: GridSize(rows: 1, columns: 2))
        grid.cells[0] = Cell("漢", width: 2, paint: .plain)
        grid.cells[1] = Cell(" ", width: 0, paint: .plain)
        #expect(changed(nil, grid) == [Position(row: 0, column: 0)])
    }

    // MARK: Pace

    @Test("News is drawn at once after a pause, then at most 30 times a second")
    func pace() {
        var pacer = FramePacer()
        #expect(pacer.due == nil)
        pacer.wake()
        let taken = [pacer.take(at: .seconds(5)), pacer.take(at: .seconds(6))]
        #expect(taken == [true, false])
        var frames = 0
        for millisecond in 6000..<7000 {
            pacer.wake()
            if pacer.take(at: .milliseconds(millisecond)) { frames += 1 }
        }
        #expect((28...30).contains(frames))
    }

    // MARK: Control strings

    @Test("A title cannot end its own control string")
    func title() {
        #expect(Escape.title("a\u{07}\u{1B}]0;b\u{9C}c") == Array("\u{1B}]2;a]0;bc\u{07}".utf8))
        #expect(Escape.title(String(repeating: "x", count: 500)).count == 125)
    }

    @Test("Pauses in terminfo strings are left out")
    func padding() { #expect(Padding.removed("\u{1B}[m$<2>x$<5*/>$y") == Array("\u{1B}[mx$y".utf8)) }
}
