internal import CCurses
public import Dashboard

/// What this terminal can do, as terminfo and the locale say.
public struct TerminalCapabilities: Equatable, Sendable {
    /// The value of TERM, known to terminfo.
    public var term: String
    /// What terminfo promises, but no more than the options allow.
    public var colors: ColorDepth
    /// More than ASCII may be drawn.
    public var isUTF8: Bool
    /// Two-by-three blocks (Unicode 13) have a width here. A console of the kernel has no such font.
    public var hasSextants: Bool
    var hasMouse: Bool
    var hasBracketedPaste: Bool
    var hasTitle: Bool
    /// Text can be put into the clipboard with OSC 52; whether the terminal obeys is its user's choice.
    public var hasClipboard: Bool
    /// The terminal may be asked whether it draws pictures itself: a question that the others skip unread.
    public var mayDrawPixels: Bool
    /// The terminal may be asked for its background.
    var mayTellBackground = false
    /// A title that is set can be taken back: leaving the screen does that already, or we do.
    var restoresTitleItself = false
    var keys: [[UInt8]: Key] = [:]
    var leaveSequences: [UInt8] = []

    /// Reads terminfo and sets the locale.
    init(options: TerminalOptions, output: Int32) throws(TerminalError) {
        guard !options.term.isEmpty else { throw .noTerm }
        guard curses_claim() else { throw .alreadyOpen }
        defer { curses_release() }
        switch curses_inspect(options.term, output) {
        case CURSES_NO_DATABASE: throw .noTerminfo(term: options.term)
        case CURSES_UNKNOWN: throw .unknownTerm(options.term)
        default: break
        }
        defer { curses_forget() }
        guard Self.string("cup") != nil else { throw .noCursor(term: options.term) }

        term = options.term
        isUTF8 = Self.setLocale(options.locale) && !options.ascii
        let colors = ColorDepth(colors: Int(curses_number("colors")), isDirect: curses_flag("RGB"))
        self.colors = min(colors, options.colorLimit)
        // Whoever reports a mouse as xterm does understands xterm's private modes, or skips them. The kernel's console
        // is said to have one, but that is a daemon's and speaks otherwise.
        let isLikeXterm = Self.string("kmous") != nil && !options.term.hasPrefix("linux")
        hasSextants = isUTF8 && isLikeXterm && curses_width(0x1FB00) == 1
        hasMouse = isLikeXterm
        hasBracketedPaste = Self.string("BE") != nil || isLikeXterm
        hasTitle = curses_flag("XT") || Self.string("tsl") != nil
        hasClipboard = Self.string("Ms") != nil || isLikeXterm
        let family = ["xterm", "kitty", "ghostty", "rio"].contains { options.term.hasPrefix($0) }
        mayDrawPixels =
            options.pixelPictures != .never && family && isUTF8 && self.colors >= .indexed256
            && !options.isMultiplexed && curses_width(PixelPicture.placeholder) == 1
        mayTellBackground = options.asksBackground && isLikeXterm && self.colors > .mono
        restoresTitleItself = Self.string("smcup")?.contains("\u{1B}[22;") ?? false
        keys = TerminfoKeys.read(Self.string)
        leaveSequences = ["op", "sgr0", "cnorm", "rmcup", "rmkx"].flatMap { name in
            Self.string(name).map(Padding.removed) ?? []
        }
    }

    /// True when the locale's characters are UTF-8. ssh brings the name of the other side's locale, which this machine need
    /// not have; what it says of the terminal is true all the same.
    private static func setLocale(_ name: String) -> Bool {
        if curses_set_locale(name) { return true }
        let word = name.lowercased()
        return (word.contains("utf-8") || word.contains("utf8")) && curses_set_locale("C.UTF-8")
    }

    private static func string(_ capability: String) -> String? {
        curses_string(capability).map { String(cString: $0) }
    }
}

/// terminfo's `$<5>`, `$<2*/>`: a pause that terminals of today do not need.
enum Padding {
    static func removed(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            if rest.starts(with: Array("$<".utf8)), let end = rest.firstIndex(of: UInt8(ascii: ">")) {
                rest = rest[(end + 1)...]
            } else {
                bytes.append(byte)
                rest = rest.dropFirst()
            }
        }
        return bytes
    }
}
