/// What the dashboard is told once, when it starts.
public struct DashboardOptions: Sendable {
    /// The theme to start with, and all that `:theme` may choose from.
    public var theme = Theme.defaultDark
    /// The builtin ones, and those of the operator's theme files.
    public var themes = Theme.builtin
    /// Nobody has chosen a theme: it follows the terminal's background.
    public var themeFollowsTerminal = false
    /// What the terminal can show; themes are brought down to it.
    public var colors = ColorDepth.indexed256
    /// How pictures are drawn with characters.
    public var picture = PictureStyle.sextant
    /// Set when the terminal draws pictures itself; `picture` counts no more then.
    public var pixelCell: PixelCell?
    /// Nothing but ASCII may reach the terminal.
    public var isASCIIOnly = false
    /// Nothing may be changed from this screen.
    public var isReadOnly = false
    /// Why that is so: a sentence.
    public var readOnlyReason = "Read-only: this dashboard was started with --readonly."
    /// The farm lives in this process and stops with it.
    public var ownsFarm = false
    /// Its printers are simulated: nothing real depends on it.
    public var isSimulated = false
    /// The farm is reached over its API, which does not tell how busy it is.
    public var isRemote = false
    /// Rings the terminal's bell when an alert is raised, and when an app asks for access.
    public var ringsBell = true
    /// Tells how the farm is in the window's title.
    public var setsTitle = true
    /// The mouse works here from the start.
    public var takesMouse = true
    /// Which key does what.
    var keys = KeyMap.standard
    /// Shown first, until a key is pressed.
    public var notice: String?
    /// Seconds that local time is ahead of UTC.
    public var utcOffsetSeconds = 0
    /// Shown on an empty farm and in the help.
    public var dataFolder = ""
    /// The configuration file; empty where none is known.
    public var configPath = ""
    /// By which address other machines may reach this one; nil where it is not known.
    public var machineAddress: String?

    public init() {}
}
