public import Dashboard

/// Which terminals draw pictures themselves (kitty's graphics protocol with Unicode placeholders).
public enum PixelPicturePolicy: Sendable {
    /// None is asked.
    case never
    /// Those that answer, and are known to place pictures by cells: kitty, Ghostty, Rio.
    case known
    /// Whichever answers.
    case answering
}

/// What the caller decides about the terminal.
public struct TerminalOptions: Sendable {
    /// The terminal's type, as terminfo knows it.
    public var term: String
    /// At most so many colours, though the terminal may show more. It can never be talked up.
    public var colorLimit: ColorDepth
    /// Whether the mouse is taken from the start. `TerminalLoop.setMouse` switches it later.
    public var mouse: Bool
    /// Nothing but ASCII is sent, whatever the locale says.
    public var ascii: Bool
    /// LC_CTYPE: "" takes it from the environment.
    public var locale: String
    /// Where standard error goes while the screen is up: a message there would spoil it. Nil leaves it alone.
    public var standardErrorDescriptor: Int32?
    /// Whether the terminal is asked to draw pictures itself.
    public var pixelPictures: PixelPicturePolicy
    /// Whether the terminal is asked for its background, after the first frame; nobody waits for the answer.
    public var asksBackground = false
    /// A multiplexer (tmux, screen) stands between, which keeps pictures to itself.
    public var isMultiplexed: Bool
    /// Sent to the terminal after it was given back in a crash: where the reason was logged.
    public var crashNote: String

    public init(
        term: String, colorLimit: ColorDepth = .direct, mouse: Bool = true, ascii: Bool = false,
        locale: String = "", standardErrorDescriptor: Int32? = nil, pixelPictures: PixelPicturePolicy = .never,
        isMultiplexed: Bool = false, crashNote: String = ""
    ) {
        self.term = term
        self.colorLimit = colorLimit
        self.mouse = mouse
        self.ascii = ascii
        self.locale = locale
        self.standardErrorDescriptor = standardErrorDescriptor
        self.pixelPictures = pixelPictures
        self.isMultiplexed = isMultiplexed
        self.crashNote = crashNote
    }

    /// What the environment says: TERM, NO_COLOR (no-color.org: any text but none), LC_ALL, LC_CTYPE, LANG.
    ///
    /// Where none of the three names a locale, C.UTF-8 is taken: a login without one (a container, a bare ssh) sits at a
    /// UTF-8 terminal today. Somebody who says `LANG=C` gets ASCII.
    public init(environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        self.init(term: value("TERM") ?? "")
        if value("NO_COLOR") != nil { colorLimit = .mono }
        isMultiplexed = value("TMUX") != nil || value("STY") != nil
        locale = value("LC_ALL") ?? value("LC_CTYPE") ?? value("LANG") ?? "C.UTF-8"
    }
}
