/// A colour as a theme or a picture names it. `Terminal` brings it down to what the terminal can show.
public enum Color: Hashable, Sendable {
    case terminalDefault
    /// The xterm palette: 0...15 as the terminal has them, 16...231 the 6×6×6 cube, 232...255 grey.
    case indexed(UInt8)
    case rgb(UInt8, UInt8, UInt8)
}

/// How one cell is drawn.
public struct Paint: Hashable, Sendable {
    public struct Attributes: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        public static let bold = Attributes(rawValue: 1)
        public static let dim = Attributes(rawValue: 2)
        public static let underline = Attributes(rawValue: 4)
        public static let reverse = Attributes(rawValue: 8)
        public static let italic = Attributes(rawValue: 16)
    }
    public var foreground = Color.terminalDefault
    public var background = Color.terminalDefault
    public var attributes: Attributes = []

    public init(
        foreground: Color = .terminalDefault, background: Color = .terminalDefault, attributes: Attributes = []
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }
    public static let plain = Paint()
}
