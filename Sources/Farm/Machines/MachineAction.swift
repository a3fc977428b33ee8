/// What a person at the terminal may ask about the machines behind printers.
public enum MachineAction: Equatable, Sendable, Codable {
    /// Puts a machine behind a printer, or changes the one that is there.
    case connect(PrinterID, LinkSettings, GivenCredentials)
    case disconnect(PrinterID)
    /// After a restore: this farm may use the printer's machine and cameras again.
    case confirm(PrinterID)
    case move(PrinterID, LinkCommand)
    case listFiles(PrinterID)
    /// - Parameter id: nil makes a new one.
    case putCamera(PrinterID, id: CameraID?, CameraSettings, GivenCredentials)
    case removeCamera(PrinterID, CameraID)
}

/// Credentials on their way to be sealed. Write-only: nothing gives them back, and they print as dots.
public enum GivenCredentials: Equatable, Sendable, Codable {
    /// Those that are stored. They belong to their address: with another one they must be given again.
    case keep
    case none
    case apiKey(String)
    case password(user: String, password: String)

    /// Nil for `keep`.
    public var credentials: LinkCredentials? {
        switch self {
        case .keep: nil
        case .none: LinkCredentials.none
        case .apiKey(let key): .apiKey(Secret(key))
        case .password(let user, let password): .password(user: user, Secret(password))
        }
    }
}

extension GivenCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "•••" }
    public var debugDescription: String { "•••" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
