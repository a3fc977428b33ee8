internal import Text

/// Text that may be put on the grid: cleaned, and measured in columns as the terminal will show it.
///
/// Names of printers, files and clients come from remote apps. Whatever could move the cursor, hide, reorder or
/// take no column of its own is shown as U+FFFD, so that nothing invisible tells two names apart. The one
/// initialiser cleans, so a view cannot forget to.
public struct CellText: Equatable, Sendable {
    /// One cell's worth of text.
    struct Glyph: Equatable, Sendable {
        var grapheme: Grapheme
        var columns: UInt8  // 1 or 2
    }
    enum Storage: Equatable, Sendable {
        /// Printable ASCII only: a column a byte.
        case ascii(String)
        case glyphs([Glyph])
    }
    let storage: Storage
    /// Columns that the whole text takes.
    public let width: Int

    /// Longer texts end in an ellipsis; no screen is this wide.
    static let longest = 1024
    /// A cell holds a base and what is written over it; ncurses has room for four, a readable name needs fewer.
    static let mostMarks = 3

    /// - Parameter text: anything at all, from anywhere.
    public init(untrusted text: String) {
        let length = text.utf8.count
        if length <= Self.longest, Self.isPlainASCII(text) {
            storage = .ascii(text)
            width = length
            return
        }
        var cleaner = TextCleaner()
        for scalar in text.unicodeScalars {
            cleaner.append(scalar)
            if cleaner.columns > Self.longest { break }
        }
        let glyphs = cleaner.finish(longest: Self.longest)
        storage = .glyphs(glyphs)
        width = glyphs.reduce(0) { $0 + Int($1.columns) }
    }

    /// Nothing of it takes a cell.
    public var isEmpty: Bool { width == 0 }

    private static func isPlainASCII(_ text: String) -> Bool {
        for byte in text.utf8 where byte < 0x20 || byte >= 0x7F { return false }
        return true
    }
}

/// For words written in the program itself. They are cleaned all the same.
extension CellText: ExpressibleByStringLiteral {
    public init(stringLiteral literal: StaticString) { self.init(untrusted: literal.description) }
}

extension CellText: CustomStringConvertible {
    public var description: String {
        switch storage {
        case .ascii(let text): text
        case .glyphs(let glyphs): String(glyphs.map(\.grapheme.character))
        }
    }
}

/// Takes a text apart into cells: a scalar that has columns, and the marks that belong over it.
private struct TextCleaner {
    private(set) var columns = 0
    private var glyphs: [CellText.Glyph] = []
    private var marks = 0
    /// A joiner came after an emoji; another emoji has to follow.
    private var hasJoiner = false

    mutating func append(_ scalar: Unicode.Scalar) {
        if hasJoiner {
            hasJoiner = false
            // Terminals that do not know a sequence show its emoji side by side (UTS #51, 2.2); a cell holds one.
            if !Self.isEmoji(scalar) { replace() }
        }
        if isPlain(scalar) { return add(Grapheme(unicodeScalarLiteral: scalar), columns: 1) }
        switch ScalarWidth.columns(scalar) {
        case nil: replace()
        case 0: overlay(scalar)
        case let width?:
            if scalar.properties.isEmojiModifier, lastEmoji?.properties.isEmojiModifierBase == true {
                return  // a colour of skin: the emoji stays one, in its usual colour
            } else if isDeceptive(scalar) {
                replace()
            } else if scalar.properties.generalCategory == .spaceSeparator {
                add(" ", columns: 1)
            } else {
                add(Grapheme(unicodeScalarLiteral: scalar), columns: width)
            }
        }
    }

    /// Known to be harmless and one column wide, without a look at the tables: ASCII, Latin letters and signs (without
    /// U+00AD, which hides), the program's own ellipsis, quotes and arrows, lines and blocks.
    private func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20..<0x7F, 0xA1..<0xAD, 0xAE..<0x180, 0x2026, 0x2039, 0x203A, 0x2190..<0x2194, 0x2500..<0x25A0: true
        default: false
        }
    }

    private static func isEmoji(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0xFF && scalar.properties.isEmoji
    }

    /// The emoji that the last cell shows, if it does.
    private var lastEmoji: Unicode.Scalar? {
        guard let base = glyphs.last?.grapheme.baseScalar, let scalar = Unicode.Scalar(base) else { return nil }
        return Self.isEmoji(scalar) ? scalar : nil
    }

    mutating func finish(longest: Int) -> [CellText.Glyph] {
        if hasJoiner { replace() }
        guard columns > longest else { return glyphs }
        var kept = glyphs
        var room = columns
        while room >= longest, let last = kept.popLast() { room -= Int(last.columns) }
        kept.append(CellText.Glyph(grapheme: "…", columns: 1))
        return kept
    }

    /// Has columns, yet shows nothing, or changes its neighbour's size in some terminals only.
    private func isDeceptive(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        return properties.isDefaultIgnorableCodePoint || properties.isEmojiModifier
            || properties.generalCategory == .format || properties.generalCategory == .privateUse
    }

    /// A mark joins the cell before it if there is one, it is visible, and the two are one grapheme.
    private mutating func overlay(_ scalar: Unicode.Scalar) {
        if scalar.value == 0xFE0F, let last = glyphs.last?.grapheme.character.unicodeScalars.last,
            last.properties.isEmoji
        {
            return  // asks for the coloured form; the column count is the base's either way
        }
        if scalar.value == 0x200D, lastEmoji != nil {
            hasJoiner = true
            return
        }
        guard let last = glyphs.last, last.grapheme != " ", last.grapheme != "\u{FFFD}", isMark(scalar) else {
            return replace()
        }
        guard marks < CellText.mostMarks else { return }
        var text = String(last.grapheme.character)
        text.unicodeScalars.append(scalar)
        guard text.count == 1, let character = text.first else { return replace() }
        glyphs[glyphs.count - 1].grapheme = Grapheme(character)
        marks += 1
    }

    private func isMark(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        guard !properties.isDefaultIgnorableCodePoint else { return false }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .otherLetter: return true  // letters: conjoining Hangul
        default: return false
        }
    }

    private mutating func replace() { add("\u{FFFD}", columns: 1) }

    private mutating func add(_ grapheme: Grapheme, columns width: Int) {
        glyphs.append(CellText.Glyph(grapheme: grapheme, columns: UInt8(width)))
        columns += width
        marks = 0
    }
}
