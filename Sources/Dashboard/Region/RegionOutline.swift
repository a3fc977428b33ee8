internal import Farm

/// Rectangles of a region over the cells of a picture.
enum RegionOutline {
    /// The signs of a line: across, down, and the four corners from the upper left on.
    struct Line {
        var across: Grapheme
        var down: Grapheme
        var corners: [Grapheme]

        static let heavy = Line(across: "━", down: "┃", corners: ["┏", "┓", "┗", "┛"])
        static let light = Line(across: "─", down: "│", corners: ["┌", "┐", "└", "┘"])
        static let dotted = Line(across: "┄", down: "╎", corners: ["┌", "┐", "└", "┘"])
    }

    /// - Parameters:
    ///   - isSparse: the corners alone: the terminal draws the picture, and each line would hide a strip of it.
    static func draw(_ region: CameraRegion, over picture: Rect, isSparse: Bool, in canvas: inout Canvas) {
        if let bed = region.bed { draw(bed, .light, .title, over: picture, isSparse: isSparse, in: &canvas) }
        for area in region.ignored { draw(area, .dotted, .dim, over: picture, isSparse: isSparse, in: &canvas) }
    }

    static func draw(
        _ area: PictureArea, _ line: Line, _ role: Role, over picture: Rect, label: String = "",
        isSparse: Bool = false, in canvas: inout Canvas
    ) {
        guard !picture.isEmpty else { return }
        let rect = cells(area, of: picture)
        let (bottom, right) = (rect.endRow - 1, rect.endColumn - 1)
        if !isSparse {
            for column in rect.column...right {
                stamp(line.across, rect.row, column, role, &canvas)
                stamp(line.across, bottom, column, role, &canvas)
            }
            for row in rect.row...bottom {
                stamp(line.down, row, rect.column, role, &canvas)
                stamp(line.down, row, right, role, &canvas)
            }
        }
        let places = [(rect.row, rect.column), (rect.row, right), (bottom, rect.column), (bottom, right)]
        for (sign, place) in zip(line.corners, places) { stamp(sign, place.0, place.1, role, &canvas) }
        let text = CellText(untrusted: label)
        if !label.isEmpty, text.width + 2 < rect.columns {
            canvas.put(text, row: rect.row, column: rect.column + 1, end: right, role)
        }
    }

    /// The cells that an area touches; at least one.
    static func cells(_ area: PictureArea, of picture: Rect) -> Rect {
        let (columns, rows) = area.pixels(width: picture.columns, height: picture.rows)
        return Rect(
            row: picture.row + rows.lowerBound, column: picture.column + columns.lowerBound, rows: rows.count,
            columns: columns.count)
    }

    /// Keeps the picture's ground, so that what lies under the line is still guessed.
    private static func stamp(_ sign: Grapheme, _ row: Int, _ column: Int, _ role: Role, _ canvas: inout Canvas) {
        guard let under = canvas.cell(row: row, column: column) else { return }
        var paint = canvas.theme[role]
        paint.background = under.paint.background
        canvas.stamp(sign, row: row, column: column, paint: paint)
    }
}
