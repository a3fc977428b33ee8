/// A colour as a theme or a picture names it. `Terminal` brings it down to what the terminal can show.
/// One number, as thousands of them are compared for every key.
public struct Color: Hashable, Sendable {
    /// How the colour is named.
    public enum Kind: Hashable, Sendable {
        case terminalDefault
        /// The xterm palette: 0...15 as the terminal has them, 16...231 the 6×6×6 cube, 232...255 grey.
        case indexed(UInt8)
        case rgb(UInt8, UInt8, UInt8)
    }
    /// 0; or 1 and an index; or 2, red, green and blue; a byte each.
    private let packed: UInt32

    /// The terminal's own foreground or background, which its user has chosen.
    public static let terminalDefault = Color(packed: 0)
    /// A colour of the xterm palette.
    public static func indexed(_ index: UInt8) -> Color { Color(packed: 1 << 24 | UInt32(index)) }
    /// A colour of its own; terminals with fewer colours show the nearest.
    public static func rgb(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Color {
        Color(packed: 2 << 24 | UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue))
    }

    private init(packed: UInt32) { self.packed = packed }

    /// Unpacked, for whoever sends it to a terminal.
    public var kind: Kind {
        func byte(_ shift: UInt32) -> UInt8 { UInt8(packed >> shift & 0xFF) }
        return switch packed >> 24 {
        case 0: .terminalDefault
        case 1: .indexed(byte(0))
        default: .rgb(byte(16), byte(8), byte(0))
        }
    }
}

/// How one cell is drawn.
public struct Paint: Hashable, Sendable {
    /// What a cell has beside its colours.
    public struct Attributes: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// SGR 1; some terminals draw a brighter colour as well.
        public static let bold = Attributes(rawValue: 1)
        /// SGR 2.
        public static let dim = Attributes(rawValue: 2)
        /// SGR 4.
        public static let underline = Attributes(rawValue: 4)
        /// SGR 7: foreground and background change places.
        public static let reverse = Attributes(rawValue: 8)
        /// SGR 3; terminals without such a font draw it otherwise or not at all.
        public static let italic = Attributes(rawValue: 16)
    }
    /// The colour of the character; with `reverse`, of what is behind it.
    public var foreground = Color.terminalDefault
    /// The colour of the whole cell.
    public var background = Color.terminalDefault
    /// Those that the terminal lacks are left out when it is drawn.
    public var attributes: Attributes = []

    public init(
        foreground: Color = .terminalDefault, background: Color = .terminalDefault, attributes: Attributes = []
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }
    /// The terminal's own colours, and no attributes.
    public static let plain = Paint()
}
