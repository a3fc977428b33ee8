/// Who did what an event tells of.
public enum EventActor: Equatable, Sendable, Codable {
    /// An app, by its client's name. Untrusted text.
    case client(String)
    /// The person at the screen or the command line.
    case person
    /// Somebody who answered a notification, by the channel's name.
    case channel(String)
    /// The printer itself.
    case machine
    case farmtop

    /// Wire and SQL: `client`, `person`, `channel`, `machine`, `farmtop`.
    public var kind: String {
        switch self {
        case .client: "client"
        case .person: "person"
        case .channel: "channel"
        case .machine: "machine"
        case .farmtop: "farmtop"
        }
    }

    /// The name of a client or channel; nil for the others.
    public var name: String? {
        switch self {
        case .client(let name), .channel(let name): name
        case .person, .machine, .farmtop: nil
        }
    }

    /// Nil for a kind that this version does not know.
    public init?(kind: String, name: String?) {
        switch kind {
        case "client": self = .client(name ?? "")
        case "person": self = .person
        case "channel": self = .channel(name ?? "")
        case "machine": self = .machine
        case "farmtop": self = .farmtop
        default: return nil
        }
    }
}
