/// What a machine's server speaks. Wire, SQL and command line: the raw value.
public enum LinkKind: String, Sendable, Codable, CaseIterable {
    case octoprint
    case moonraker
    case prusalink

    /// As people write it.
    public var title: String {
        switch self {
        case .octoprint: "OctoPrint"
        case .moonraker: "Moonraker"
        case .prusalink: "PrusaLink"
        }
    }

    /// The TCP port of a server that was set up as its maker says.
    public var standardPort: Int {
        switch self {
        case .octoprint: 5000
        case .moonraker: 7125
        case .prusalink: 80
        }
    }
}
