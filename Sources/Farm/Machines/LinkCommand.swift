/// What a machine is asked to do: a request, which only its state confirms.
public enum LinkCommand: Hashable, Sendable, Codable {
    case pause
    case resume
    case cancel
    /// A file by the path that the machine gave it (`RemoteFile.path`).
    case start(path: String)
    case light(Bool)
    case emergencyStop

    /// Wire and events: `pause`, `resume`, `cancel`, `start`, `light`, `emergency_stop`.
    public var name: String {
        switch self {
        case .pause: "pause"
        case .resume: "resume"
        case .cancel: "cancel"
        case .start: "start"
        case .light: "light"
        case .emergencyStop: "emergency_stop"
        }
    }

    /// What a link must be able to do for this command.
    public var ability: LinkAbilities {
        switch self {
        case .pause: .pause
        case .resume: .resume
        case .cancel: .cancel
        case .start: .start
        case .light: .light
        case .emergencyStop: .emergencyStop
        }
    }
}

/// What the machine's server answered to a command: not what the machine did.
public enum LinkOutcome: Equatable, Sendable, Codable {
    case accepted
    /// In the server's words, cleaned.
    case refused(String)
    /// Time-out, or the connection was lost: it may have been done or not.
    case unknown(String)
    case notOffered
}
