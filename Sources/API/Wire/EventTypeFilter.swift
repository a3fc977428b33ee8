import Farm

/// A value of `filter_by_types[]`: a type of event, or a word of Obico's for several.
enum EventTypeFilter: RawRepresentable, Equatable, Sendable {
    case one(FarmEvent.Kind)
    /// `ALERT`
    case alerts
    /// `PAUSE_RESUME`
    case pausesAndResumes

    /// All that is taken.
    static let words = FarmEvent.Kind.allCases.map(\.rawValue) + [alerts.rawValue, pausesAndResumes.rawValue]

    init?(rawValue: String) {
        switch rawValue {
        case "ALERT": self = .alerts
        case "PAUSE_RESUME": self = .pausesAndResumes
        default:
            guard let kind = FarmEvent.Kind(rawValue: rawValue) else { return nil }
            self = .one(kind)
        }
    }

    var rawValue: String {
        switch self {
        case .one(let kind): kind.rawValue
        case .alerts: "ALERT"
        case .pausesAndResumes: "PAUSE_RESUME"
        }
    }

    var kinds: [FarmEvent.Kind] {
        switch self {
        case .one(let kind): [kind]
        case .alerts: [.failureAlerted, .alertMuted, .alertUnmuted]
        case .pausesAndResumes: [.paused, .resumed]
        }
    }
}
