internal import CCurses
import Dashboard

/// The ncurses screen of one terminal: grids in, differences out. Used by one thread at a time.
final class Screen {
    private let curses: OpaquePointer
    private let capabilities: TerminalCapabilities
    private let reduction: ColorReduction
    private var pairs: ColorPairs
    private var styles: [Paint: Style] = [:]
    private var glyphs: [Grapheme: Glyph] = [:]
    /// What the terminal shows; nil when that is not known.
    private var shown: Grid?
    private var last: Grid?
    /// Which number a picture has at the terminal, by its slot; cells of other slots stay blank.
    private var pictureNumbers: [UInt8: UInt8] = [:]
    /// Slots whose cells must be drawn again.
    private var renumbered: Set<UInt8> = []

    /// Attributes as `CURSES_BOLD…`, and what is left of the colours.
    private struct Style: Equatable {
        var attributes: UInt32
        var colors: ColorPairs.Colors
    }

    /// Remembered styles and glyphs; more than any screen has.
    private static let cacheLimit = 1 << 16

    init(capabilities: TerminalCapabilities, input: Int32, output: Int32) throws(TerminalError) {
        let opened = curses_open(capabilities.term, input, output, capabilities.colors > .mono)
        guard let opened else { throw .refused(term: capabilities.term) }
        curses = opened
        self.capabilities = capabilities
        reduction = ColorReduction(
            depth: capabilities.colors, hasDefaultColors: curses_has_default_colors(opened))
        pairs = ColorPairs(
            limit: Int(curses_pair_limit(opened)),
            plain: ColorPairs.Colors(
                foreground: reduction.reduce(.terminalDefault, isForeground: true).index,
                background: reduction.reduce(.terminalDefault, isForeground: false).index))
    }

    func close() { curses_close(curses) }

    var size: GridSize {
        var (rows, columns): (Int32, Int32) = (0, 0)
        curses_get_size(curses, &rows, &columns)
        return GridSize(rows: Int(rows), columns: Int(columns))
    }

    func resize(to size: GridSize) {
        shown = nil
        _ = curses_resize(curses, Int32(size.rows), Int32(size.columns))
    }

    /// The pictures that cells can show from the next `show` on.
    func name(_ numbers: [UInt8: UInt8]) {
        renumbered.formUnion(Set(numbers.keys).union(pictureNumbers.keys).filter { numbers[$0] != pictureNumbers[$0] })
        pictureNumbers = numbers
    }

    /// Gives the terminal back; the next `show` takes it again, and draws everything.
    func leave() {
        curses_leave(curses)
        forget()
    }

    /// The terminal may show anything now: the next `show` clears it and draws everything.
    func forget() {
        shown = nil
        curses_repaint(curses)
    }

    /// Draws the last grid once more, after the terminal was left.
    func showAgain() {
        guard let last else { return }
        show(last)
    }

    /// - Returns: false if the terminal shows this grid already, so that nothing was sent.
    @discardableResult
    func show(_ grid: Grid) -> Bool {
        let size = size
        var isChanged =
            shown?.size != grid.size || shown?.cursor != grid.cursor
            || shown?.isCursorVisible != grid.isCursorVisible
        // A grid of before a resize: what fits of it is better than nothing.
        let old = grid.size == size ? shown : nil
        pairs.beginFrame()
        GridDifference.forEachCell(from: old, to: grid) { row, column, cell in
            isChanged = true
            guard row < size.rows, column < size.columns else { return }
            put(cell, row, column, of: grid, lastColumn: size.columns - 1)
        }
        if old != nil, !renumbered.isEmpty {
            for (index, cell) in grid.cells.enumerated() where slot(of: cell).map(renumbered.contains) == true {
                isChanged = true
                put(
                    cell, index / grid.size.columns, index % grid.size.columns, of: grid, lastColumn: size.columns - 1)
            }
        }
        renumbered = []
        guard isChanged else { return false }
        shown = grid
        last = grid
        let cursor = grid.cursor ?? Position(row: size.rows - 1, column: size.columns - 1)
        curses_refresh(
            curses, Int32(min(max(0, cursor.row), size.rows - 1)), Int32(min(max(0, cursor.column), size.columns - 1)),
            grid.isCursorVisible && grid.cursor != nil)
        return true
    }

    private func slot(of cell: Cell) -> UInt8? {
        guard cell.grapheme.isPicturePart, case .indexed(let slot) = cell.paint.foreground.kind else { return nil }
        return slot
    }

    /// What a cell of a picture needs at this terminal: the picture's number as colour.
    private func paint(of cell: Cell) -> Paint {
        guard let slot = slot(of: cell) else { return cell.paint }
        guard let number = pictureNumbers[slot] else { return Paint(background: cell.paint.background) }
        let color = capabilities.colors == .direct ? Color.rgb(0, 0, number) : .indexed(number)
        return Paint(foreground: color, background: cell.paint.background)
    }

    private func put(_ cell: Cell, _ row: Int, _ column: Int, of grid: Grid, lastColumn: Int) {
        let style = style(paint(of: cell))
        let pair = pair(style.colors, in: grid)
        func put(_ glyph: Glyph, _ column: Int) {
            _ = curses_put(
                curses, Int32(row), Int32(column), glyph.scalars, glyph.scalars.count, style.attributes, pair)
        }
        if let slot = slot(of: cell), pictureNumbers[slot] == nil { return put(.space, column) }
        guard cell.width == 2 else { return put(glyph(cell), column) }
        guard column < lastColumn, grid[row, column + 1].width == 0 else {
            // Half a wide character would shift the row.
            return put(capabilities.isUTF8 ? .replacement : .question, column)
        }
        let glyph = glyph(cell)
        put(glyph, column)
        if glyph.width == 1 { put(.space, column + 1) }
    }

    private func glyph(_ cell: Cell) -> Glyph {
        if let glyph = glyphs[cell.grapheme] { return glyph }
        if glyphs.count >= Self.cacheLimit { glyphs = [:] }
        let glyph = Glyph(cell.character, width: Int(cell.width), isUTF8: capabilities.isUTF8) { Int(curses_width($0)) }
        glyphs[cell.grapheme] = glyph
        return glyph
    }

    // MARK: Colours

    private func style(_ paint: Paint) -> Style {
        if let style = styles[paint] { return style }
        if styles.count >= Self.cacheLimit { styles = [:] }
        let foreground = reduction.reduce(paint.foreground, isForeground: true)
        let background = reduction.reduce(paint.background, isForeground: false)
        var attributes = Self.attributes(paint.attributes)
        if foreground.isBright { attributes |= UInt32(CURSES_BOLD) }
        let colors = ColorPairs.Colors(foreground: foreground.index, background: background.index)
        let style = Style(attributes: attributes, colors: colors)
        styles[paint] = style
        return style
    }

    private func pair(_ colors: ColorPairs.Colors, in grid: Grid) -> Int32 {
        let allocation = pairs.pair(for: colors) { Set(Set(grid.cells.map(paint(of:))).map { style($0).colors }) }
        switch allocation {
        case .known(let pair), .exhausted(let pair): return pair
        case .define(let pair):
            _ = curses_define_pair(curses, pair, colors.foreground, colors.background)
            return pair
        }
    }

    private static func attributes(_ attributes: Paint.Attributes) -> UInt32 {
        let bits: [(Paint.Attributes, Int)] = [
            (.bold, CURSES_BOLD), (.dim, CURSES_DIM), (.underline, CURSES_UNDERLINE), (.reverse, CURSES_REVERSE),
            (.italic, CURSES_ITALIC),
        ]
        return bits.reduce(0) { attributes.contains($1.0) ? $0 | UInt32($1.1) : $0 }
    }
}
