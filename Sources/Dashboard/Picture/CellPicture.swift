internal import Farm

/// How a picture is made of cells. Each cell has two colours; the styles differ in how finely it is divided.
public enum PictureStyle: String, Sendable, CaseIterable {
    /// 2 × 3 parts (Unicode 13).
    case sextant
    /// 2 × 2 parts.
    case quadrant
    /// 1 × 2 parts.
    case half
    /// Spaces on a coloured ground; without colours, signs from light to dark.
    case ascii

    /// Parts of a cell, across and down.
    var parts: (columns: Int, rows: Int) {
        switch self {
        case .sextant: (2, 3)
        case .quadrant: (2, 2)
        case .half: (1, 2)
        case .ascii: (1, 1)
        }
    }
}

/// A picture as cells, made once for a frame, a size and a style.
struct CellPicture: Equatable, Sendable {
    let rows: Int
    let columns: Int
    let cells: [Cell]  // (rows, columns)

    /// The largest size inside `rect` that keeps the shape of a frame; a cell is twice as high as wide.
    static func fit(width: Int, height: Int, in rect: Rect) -> GridSize {
        guard width > 0, height > 0, !rect.isEmpty else { return GridSize(rows: 0, columns: 0) }
        let columns = min(rect.columns, max(1, (2 * rect.rows * width + height / 2) / height))
        let rows = min(rect.rows, max(1, (columns * height + width) / (2 * width)))
        return GridSize(rows: rows, columns: columns)
    }

    /// The parts of a picture that the terminal draws itself.
    init(_ picture: PixelPicture) {
        rows = picture.size.rows
        columns = picture.size.columns
        cells = picture.cells
    }

    init(_ pixels: Pixels, size: GridSize, style: PictureStyle, depth: ColorDepth) {
        rows = size.rows
        columns = size.columns
        let parts = depth == .mono ? (columns: 1, rows: 1) : style.parts
        let samples = PictureSamples(pixels, rows: rows * parts.rows, columns: columns * parts.columns)
        if depth == .mono {
            cells = Self.ramp(samples)
        } else if style == .ascii {
            cells = samples.colors.map {
                Cell(" ", width: 1, paint: Paint(background: XtermPalette.nearest($0, depth: depth)))
            }
        } else {
            cells = Self.blocks(samples, columns: columns, rows: rows, style: style, depth: depth)
        }
    }

    private static func blocks(
        _ samples: PictureSamples, columns: Int, rows: Int, style: PictureStyle, depth: ColorDepth
    ) -> [Cell] {
        let parts = style.parts
        let glyphs = BlockGlyphs.glyphs(style)
        var cells: [Cell] = []
        cells.reserveCapacity(rows * columns)
        var block = Array(repeating: RGB(0, 0, 0), count: parts.rows * parts.columns)
        var sums = Array(repeating: RGB(0, 0, 0), count: 1 << block.count)
        for row in 0..<rows {
            for column in 0..<columns {
                for y in 0..<parts.rows {
                    let start = (row * parts.rows + y) * samples.columns + column * parts.columns
                    for x in 0..<parts.columns { block[y * parts.columns + x] = samples.colors[start + x] }
                }
                let split = TwoColorSplit(block, sums: &sums)
                let ink = XtermPalette.nearest(split.ink, depth: depth)
                let ground = XtermPalette.nearest(split.ground, depth: depth)
                let pattern = ink == ground ? 0 : split.pattern
                cells.append(
                    Cell(
                        glyphs[pattern], width: 1,
                        paint: Paint(foreground: pattern == 0 ? .terminalDefault : ink, background: ground)))
            }
        }
        return cells
    }

    /// From dark to light, as it looks on a dark ground.
    private static let signs: [Grapheme] = " .:-=+*#%@".map(Grapheme.init)

    private static func ramp(_ samples: PictureSamples) -> [Cell] {
        let lights = samples.colors.map(\.luminance)
        let darkest = lights.min() ?? 0
        let range = max(1, (lights.max() ?? 0) - darkest)
        return lights.map {
            Cell(signs[Int(($0 - darkest) * Int32(signs.count - 1) / range)], width: 1, paint: .plain)
        }
    }
}

/// The best way to paint the parts of a cell with two colours: each part takes the mean of its group.
struct TwoColorSplit: Equatable {
    /// Bit i: part i, row by row, has the ink; the others have the ground.
    let pattern: Int
    let ink: RGB
    let ground: RGB

    /// Tries every division in two. With group sums S and sizes n the squared error is Σ|v|² − Σ|S|²/n, so the
    /// division with the greatest Σ|S|²/n is the best.
    /// - Parameter sums: room for a sum for each pattern, used again from cell to cell.
    init(_ block: [RGB], sums: inout [RGB]) {
        let all = (1 << block.count) - 1
        sums[0] = RGB(0, 0, 0)
        for pattern in 1...all {
            sums[pattern] = sums[pattern & (pattern - 1)] + block[pattern.trailingZeroBitCount]
        }
        var best = 0
        var bestGain = sums[all].energy / Int32(block.count)
        // A pattern and its complement are the same division: the last part is always ground.
        for pattern in 1..<(1 << (block.count - 1)) {
            let size = Int32(pattern.nonzeroBitCount)
            let gain = sums[pattern].energy / size + sums[all ^ pattern].energy / (Int32(block.count) - size)
            if gain > bestGain {
                best = pattern
                bestGain = gain
            }
        }
        pattern = best
        ground = sums[all ^ best].divided(by: Int32(block.count - best.nonzeroBitCount))
        ink = best == 0 ? ground : sums[best].divided(by: Int32(best.nonzeroBitCount))
    }
}

/// Block characters by pattern: bit i is part i, row by row from the top left.
enum BlockGlyphs {
    static func glyphs(_ style: PictureStyle) -> [Grapheme] {
        switch style {
        case .sextant: sextants
        case .quadrant: quadrants
        case .half: halves
        case .ascii: [" "]
        }
    }

    private static let halves: [Grapheme] = [" ", "▀", "▄", "█"]
    private static let quadrants: [Grapheme] = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█".map(Grapheme.init)

    /// U+1FB00... leaves out the patterns that older blocks have: none, left half, right half, all.
    private static let sextants: [Grapheme] = (0..<64).map { pattern in
        switch pattern {
        case 0: " "
        case 21: "▌"
        case 42: "▐"
        case 63: "█"
        default: sextant(0x1FB00 + pattern - 1 - (pattern > 21 ? 1 : 0) - (pattern > 42 ? 1 : 0))
        }
    }

    private static func sextant(_ value: Int) -> Grapheme {
        Unicode.Scalar(UInt32(value)).map(Grapheme.init(unicodeScalarLiteral:)) ?? " "
    }
}
