public import Farm

/// The size of a terminal's cell. Unit: pixels of the display.
public struct PixelCell: Equatable, Sendable {
    /// As the terminal tells it.
    public var width: Int
    /// As the terminal tells it; usually about twice the width.
    public var height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}

/// A picture whose pixels the terminal draws itself, in the cells that name its parts.
///
/// Such a cell holds U+10EEEE with one mark for the row and one for the column of the part, in the palette's colour
/// `slot` (kitty's graphics protocol, "Unicode placeholders"). To everything else it is a cell like any other: what is
/// drawn over it hides that part. `Terminal` sends the pixels and puts its own number for the picture in the slot's place.
public struct PixelPicture: Equatable, Sendable {
    /// Which of the pictures on the screen it is, 0..<`slots`. A new picture in the slot takes the old one's place.
    public let slot: UInt8
    /// What it is a picture of: until a new one has come, an older one of the same print may stand in for it.
    public let print: PrintID
    /// In cells.
    public let size: GridSize
    /// Upright, no larger than the cells that show it, with the detections drawn in.
    public let pixels: Pixels

    /// How many pictures one screen may show at once.
    public static let slots = 32
    /// The character of a cell that shows a part.
    public static let placeholder: UInt32 = 0x10EEEE
    /// Rows and columns that the marks can count.
    static let mostCells = PictureMarks.all.count

    public init(slot: UInt8, print: PrintID, size: GridSize, pixels: Pixels) {
        self.slot = slot
        self.print = print
        self.size = size
        self.pixels = pixels
    }

    /// Every cell of the picture, row by row.
    var cells: [Cell] {
        let paint = Paint(foreground: .indexed(slot))
        return (0..<size.rows).flatMap { row in
            (0..<size.columns).map { Cell(.picturePart(row: row, column: $0), width: 1, paint: paint) }
        }
    }
}

extension Grapheme {
    /// - Parameters:
    ///   - row: 0..<`PixelPicture.mostCells`, and so is `column`.
    static func picturePart(row: Int, column: Int) -> Grapheme {
        Grapheme(PixelPicture.placeholder, marks: [PictureMarks.all[row], PictureMarks.all[column]])
    }

    /// The cell shows a part of a `PixelPicture`; text never does.
    public var isPicturePart: Bool { baseScalar == PixelPicture.placeholder }
}

/// The marks that count rows and columns: the one at index i stands for i.
///
/// Marks above (class 230) of Unicode 6.0 without a decomposition and outside every composition, in their order, as
/// kitty's documentation has them. Of its 297, these are the ones up to U+A8F1.
enum PictureMarks {
    static let all: [UInt32] = ranges.flatMap { Array($0) }

    private static let ranges: [ClosedRange<UInt32>] = [
        0x305...0x305, 0x30D...0x30E, 0x310...0x310, 0x312...0x312, 0x33D...0x33F, 0x346...0x346,
        0x34A...0x34C, 0x350...0x352, 0x357...0x357, 0x35B...0x35B, 0x363...0x36F, 0x483...0x487,
        0x592...0x595, 0x597...0x599, 0x59C...0x5A1, 0x5A8...0x5A9, 0x5AB...0x5AC, 0x5AF...0x5AF,
        0x5C4...0x5C4, 0x610...0x617, 0x657...0x65B, 0x65D...0x65E, 0x6D6...0x6DC, 0x6DF...0x6E2,
        0x6E4...0x6E4, 0x6E7...0x6E8, 0x6EB...0x6EC, 0x730...0x730, 0x732...0x733, 0x735...0x736,
        0x73A...0x73A, 0x73D...0x73D, 0x73F...0x741, 0x743...0x743, 0x745...0x745, 0x747...0x747,
        0x749...0x74A, 0x7EB...0x7F1, 0x7F3...0x7F3, 0x816...0x819, 0x81B...0x823, 0x825...0x827,
        0x829...0x82D, 0x951...0x951, 0x953...0x954, 0xF82...0xF83, 0xF86...0xF87, 0x135D...0x135F,
        0x17DD...0x17DD, 0x193A...0x193A, 0x1A17...0x1A17, 0x1A75...0x1A7C, 0x1B6B...0x1B6B, 0x1B6D...0x1B73,
        0x1CD0...0x1CD2, 0x1CDA...0x1CDB, 0x1CE0...0x1CE0, 0x1DC0...0x1DC1, 0x1DC3...0x1DC9, 0x1DCB...0x1DCC,
        0x1DD1...0x1DE6, 0x1DFE...0x1DFE, 0x20D0...0x20D1, 0x20D4...0x20D7, 0x20DB...0x20DC, 0x20E1...0x20E1,
        0x20E7...0x20E7, 0x20E9...0x20E9, 0x20F0...0x20F0, 0x2CEF...0x2CF1, 0x2DE0...0x2DFF, 0xA66F...0xA66F,
        0xA67C...0xA67D, 0xA6F0...0xA6F1, 0xA8E0...0xA8F1,
    ]
}
