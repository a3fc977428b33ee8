/// One screen cell: a grapheme that the terminal can be trusted with, or the right half of a wide one.
public struct Cell: Equatable, Sendable {
    /// A space where nothing is drawn. Only `CellText` makes others.
    public internal(set) var grapheme: Grapheme
    /// 1, 2 for the left half of a wide character, 0 for its right half.
    public internal(set) var width: UInt8
    /// Its colours and attributes.
    public internal(set) var paint: Paint

    /// Made from `grapheme` at each call.
    public var character: Character { grapheme.character }

    /// A space without colours.
    public static let blank = Cell(" ", width: 1, paint: .plain)

    init(_ grapheme: Grapheme, width: UInt8, paint: Paint) {
        self.grapheme = grapheme
        self.width = width
        self.paint = paint
    }
}

/// Where something is on the screen, from the top left, in cells.
public struct Position: Hashable, Sendable {
    /// 0 is the topmost.
    public var row: Int
    /// 0 is the leftmost.
    public var column: Int

    public init(row: Int, column: Int) {
        self.row = row
        self.column = column
    }
}

/// Unit: character cells.
public struct GridSize: Hashable, Sendable {
    /// Lines of the terminal.
    public var rows: Int
    /// Cells of a line.
    public var columns: Int

    public init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }
}

/// A whole screen. Views write into it; `Terminal` sends what differs from the last one.
public struct Grid: Equatable, Sendable {
    /// Fixed: a resized terminal gets a new grid.
    public let size: GridSize
    /// (rows, columns)
    public internal(set) var cells: [Cell]
    /// Where the hardware cursor rests: the selected row, or the insertion point of a text field.
    public var cursor: Position?
    /// The pictures that cells of this screen name, each in a slot of its own.
    public internal(set) var pictures: [PixelPicture] = []
    /// True while a text field is edited: the cursor is shown as one.
    public var isCursorVisible = false

    public init(size: GridSize) { self.init(size: size, paint: .plain) }

    /// Blank, in one paint.
    init(size: GridSize, paint: Paint) {
        self.size = size
        cells = Array(
            repeating: Cell(" ", width: 1, paint: paint), count: max(0, size.rows) * max(0, size.columns))
    }

    /// Rows and columns count from 0, from the top left; outside the grid it is a programmer's error.
    public subscript(row: Int, column: Int) -> Cell { cells[row * size.columns + column] }

    /// Whether a row looks the same on another screen of this size.
    public func hasSameRow(_ row: Int, as other: Grid) -> Bool {
        let start = row * size.columns
        for index in start..<start + size.columns where cells[index] != other.cells[index] { return false }
        return true
    }
}
