import Dashboard

/// What is sent for a cell: one spacing scalar and the combining ones on it.
struct Glyph: Equatable {
    var scalars: [UInt32]
    /// Columns that the terminal gives it, 1 or 2.
    var width: Int

    static let replacement = Glyph(scalars: [0xFFFD], width: 1)
    static let space = Glyph(scalars: [0x20], width: 1)
    static let question = Glyph(scalars: [UInt32(UInt8(ascii: "?"))], width: 1)

    /// ncurses keeps so many scalars a cell (CCHARW_MAX).
    static let scalarLimit = 5

    /// - Parameters:
    ///   - width: the columns that the grid gives the character, 1 or 2.
    ///   - isUTF8: otherwise only ASCII may be sent. The dashboard knows better signs than `?` for what it draws.
    ///   - columns: of a scalar in the terminal's locale: 0, 1, 2; -1 unprintable.
    /// - Returns: a glyph at most `width` wide, so that columns stay true. The grid's text is clean already; what this
    ///   C library cannot measure, or measures otherwise, becomes U+FFFD, or `?`.
    init(_ character: Character, width: Int, isUTF8: Bool, columns: (UInt32) -> Int) {
        var rest = character.unicodeScalars.map(\.value)[...]
        guard let first = rest.popFirst() else {
            self = .question
            return
        }
        if first < 0x7F, first >= 0x20, rest.isEmpty {
            self.init(scalars: [first], width: 1)
            return
        }
        guard isUTF8 else {
            self = .question
            return
        }
        let firstColumns = columns(first)
        guard firstColumns > 0, firstColumns <= width, !Self.isControl(first) else {
            self = .replacement
            return
        }
        // A second spacing scalar (an emoji joined to another) has no place in a cell, and a variation selector would
        // let a terminal draw a narrow one wide.
        let marks = rest.prefix { columns($0) == 0 && !Self.isInvisible($0) }
        self.init(scalars: [first] + marks.prefix(Self.scalarLimit - 1), width: firstColumns)
    }

    private init(scalars: [UInt32], width: Int) {
        self.scalars = scalars
        self.width = width
    }

    private static func isControl(_ scalar: UInt32) -> Bool { scalar < 0x20 || (0x7F...0x9F).contains(scalar) }

    /// Has width 0, and is not drawn but changes what is drawn around it: format characters, selectors.
    private static func isInvisible(_ scalar: UInt32) -> Bool {
        guard let scalar = Unicode.Scalar(scalar) else { return true }
        return scalar.properties.isVariationSelector
            || [.format, .control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
    }
}
