/// What the dashboard is told once, when it starts.
public struct DashboardOptions: Sendable {
    /// The theme to start with, and all that `:theme` may choose from.
    public var theme = Theme.defaultDark
    public var themes: [Theme] = [.defaultDark, .mono]
    public var colors = ColorDepth.indexed256
    public var picture = PictureStyle.sextant
    /// Nothing but ASCII may reach the terminal.
    public var isASCIIOnly = false
    /// Nothing may be changed from this screen.
    public var isReadOnly = false
    /// The farm lives in this process and stops with it.
    public var ownsFarm = false
    /// Rings the terminal's bell when an alert is raised.
    public var ringsBell = true
    /// Seconds that local time is ahead of UTC.
    public var utcOffsetSeconds = 0
    /// Shown on an empty farm and in the help.
    public var dataFolder = ""
    public var configPath = ""

    public init() {}
}
