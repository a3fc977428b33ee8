/// Where views draw: the grid, and the theme that turns roles into paint. Everything is clipped to the screen.
struct Canvas {
    private(set) var grid: Grid
    let theme: Theme
    /// Everything drawn meanwhile has the selected row's look.
    var isInSelection = false
    /// What can be clicked in what lies over an area; a later one lies on top.
    private(set) var targets: [(rect: Rect, target: ClickTarget)] = []

    init(size: GridSize, theme: Theme) {
        grid = Grid(size: size, paint: theme[.text])
        self.theme = theme
    }

    var bounds: Rect { Rect(grid.size) }

    func paint(_ role: Role) -> Paint { isInSelection ? theme.selected(role) : theme[role] }

    /// Writes as much of `text` as fits before `end` (the screen's edge if nil); what is cut ends in an ellipsis.
    /// - Returns: the column after what was written.
    @discardableResult
    mutating func put(_ text: CellText, row: Int, column: Int, end: Int? = nil, _ role: Role = .text) -> Int {
        put(text, row: row, column: column, end: end, paint: paint(role))
    }

    @discardableResult
    mutating func put(_ text: CellText, row: Int, column: Int, end: Int? = nil, paint: Paint) -> Int {
        let limit = min(end ?? grid.size.columns, grid.size.columns)
        guard row >= 0, row < grid.size.rows, column >= 0, column < limit else { return min(column, limit) }
        let start = row * grid.size.columns
        let isCut = text.width > limit - column
        let room = isCut ? limit - 1 : limit
        var at = column
        parted(at: start + column)
        defer { if at < grid.size.columns { orphaned(at: start + at) } }
        switch text.storage {
        case .ascii(let string):
            for byte in string.utf8 {
                if at >= room { break }
                grid.cells[start + at] = Cell(Grapheme(ascii: byte), width: 1, paint: paint)
                at += 1
            }
        case .glyphs(let glyphs):
            for glyph in glyphs {
                if at + Int(glyph.columns) > room { break }
                grid.cells[start + at] = Cell(glyph.grapheme, width: glyph.columns, paint: paint)
                if glyph.columns == 2 { grid.cells[start + at + 1] = Cell(" ", width: 0, paint: paint) }
                at += Int(glyph.columns)
            }
        }
        if isCut, at < limit {
            grid.cells[start + at] = Cell("…", width: 1, paint: paint)
            at += 1
        }
        return at
    }

    /// Ends at `end`, the column after its last.
    mutating func putRight(_ text: CellText, row: Int, end: Int, from start: Int = 0, _ role: Role = .text) {
        put(text, row: row, column: max(start, end - text.width), end: end, role)
    }

    /// A single drawing character of the program's own, one column wide.
    mutating func stamp(_ sign: Grapheme, row: Int, column: Int, paint: Paint) {
        guard row >= 0, row < grid.size.rows, column >= 0, column < grid.size.columns else { return }
        put(Cell(sign, width: 1, paint: paint), row: row, column: column)
    }

    mutating func stamp(_ sign: Grapheme, row: Int, column: Int, _ role: Role) {
        stamp(sign, row: row, column: column, paint: paint(role))
    }

    mutating func target(_ rect: Rect, _ target: ClickTarget) { targets.append((rect, target)) }

    /// A key and what it does, side by side, to be pressed or clicked.
    /// - Returns: the column after both.
    mutating func put(key: Key, _ name: CellText, _ words: CellText, row: Int, column: Int, end: Int) -> Int {
        let middle = put(name, row: row, column: column, end: end, .key)
        let last = put(words, row: row, column: middle + 1, end: end, .hint)
        target(Rect(row: row, column: column, rows: 1, columns: last - column), .key(key))
        return last
    }

    func cell(row: Int, column: Int) -> Cell? {
        guard row >= 0, row < grid.size.rows, column >= 0, column < grid.size.columns else { return nil }
        return grid[row, column]
    }

    mutating func put(_ cell: Cell, row: Int, column: Int) {
        guard row >= 0, row < grid.size.rows, column >= 0, column < grid.size.columns else { return }
        let index = row * grid.size.columns + column
        parted(at: index)
        grid.cells[index] = cell
        if column + 1 < grid.size.columns { orphaned(at: index + 1) }
    }

    /// Blanks the left half of a wide character whose right half is about to be drawn over.
    private mutating func parted(at index: Int) {
        if grid.cells[index].width == 0 { grid.cells[index - 1] = blank(like: grid.cells[index - 1]) }
    }

    /// Blanks the right half of a wide character whose left half was drawn over.
    private mutating func orphaned(at index: Int) {
        if grid.cells[index].width == 0, grid.cells[index - 1].width != 2 {
            grid.cells[index] = blank(like: grid.cells[index])
        }
    }

    private func blank(like cell: Cell) -> Cell { Cell(" ", width: 1, paint: cell.paint) }

    /// Gives the terminal the picture that cells name.
    mutating func provide(_ picture: PixelPicture) { grid.pictures.append(picture) }

    mutating func fill(_ rect: Rect, _ role: Role) { fill(rect, paint: paint(role)) }

    mutating func fill(_ rect: Rect, paint: Paint) {
        let rows = max(0, rect.row)..<max(0, rect.row, min(rect.endRow, grid.size.rows))
        let columns = max(0, rect.column)..<max(0, rect.column, min(rect.endColumn, grid.size.columns))
        guard !columns.isEmpty else { return }
        for row in rows {
            let start = row * grid.size.columns
            parted(at: start + columns.lowerBound)
            for column in columns { grid.cells[start + column] = Cell(" ", width: 1, paint: paint) }
            if columns.upperBound < grid.size.columns { orphaned(at: start + columns.upperBound) }
        }
    }

    mutating func rule(row: Int, from: Int = 0, to: Int? = nil) {
        let paint = paint(.border)
        for column in from..<max(from, to ?? grid.size.columns) { stamp("─", row: row, column: column, paint: paint) }
    }

    /// A frame with a title in its upper edge and a note at the edge's right end.
    /// - Returns: the room inside.
    @discardableResult
    mutating func box(_ rect: Rect, title: CellText = "", note: CellText = "") -> Rect {
        guard rect.rows >= 2, rect.columns >= 2 else {
            return Rect(row: rect.row, column: rect.column, rows: 0, columns: 0)
        }
        let edge = paint(.border)
        let right = rect.endColumn - 1
        let bottom = rect.endRow - 1
        for column in rect.column + 1..<right {
            stamp("─", row: rect.row, column: column, paint: edge)
            stamp("─", row: bottom, column: column, paint: edge)
        }
        for row in rect.row + 1..<bottom {
            stamp("│", row: row, column: rect.column, paint: edge)
            stamp("│", row: row, column: right, paint: edge)
        }
        stamp("┌", row: rect.row, column: rect.column, paint: edge)
        stamp("┐", row: rect.row, column: right, paint: edge)
        stamp("└", row: bottom, column: rect.column, paint: edge)
        stamp("┘", row: bottom, column: right, paint: edge)
        var titleEnd = rect.column + 2
        if !title.isEmpty, rect.columns > 6 {
            titleEnd = put(title, row: rect.row, column: rect.column + 3, end: right - 2, .title)
            stamp(" ", row: rect.row, column: rect.column + 2, paint: edge)
            stamp(" ", row: rect.row, column: titleEnd, paint: edge)
        }
        let noteStart = right - 2 - note.width
        if !note.isEmpty, noteStart > titleEnd + 2 {
            put(note, row: rect.row, column: noteStart, .dim)
            stamp(" ", row: rect.row, column: noteStart - 1, paint: edge)
            stamp(" ", row: rect.row, column: right - 2, paint: edge)
        }
        return rect.inset(rows: 1, columns: 1)
    }

    /// Where the hardware cursor rests; shown as an insertion point only while text is edited.
    mutating func rest(row: Int, column: Int, isInsertion: Bool = false) {
        guard !bounds.isEmpty else { return }
        grid.cursor = Position(
            row: min(max(0, row), grid.size.rows - 1), column: min(max(0, column), grid.size.columns - 1))
        grid.isCursorVisible = isInsertion
    }

    /// Makes what is drawn already recede: it is old, or lies behind something.
    mutating func recede(_ rect: Rect) {
        let dim = theme[.dim]
        for row in max(0, rect.row)..<max(0, rect.row, min(rect.endRow, grid.size.rows)) {
            for column in max(0, rect.column)..<max(0, rect.column, min(rect.endColumn, grid.size.columns)) {
                let index = row * grid.size.columns + column
                // Its colour names the picture.
                guard !grid.cells[index].grapheme.isPicturePart else { continue }
                let isBlock = grid.cells[index].grapheme.isBlock
                if isBlock {
                    grid.cells[index].paint.foreground = dim.foreground
                } else {
                    grid.cells[index].paint = dim
                }
            }
        }
    }

    consuming func finished(ascii: Bool) -> Grid {
        if ascii { grid.reduceToASCII() }
        return grid
    }
}
