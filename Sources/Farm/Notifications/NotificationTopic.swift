/// What a notification can be about. Wire, SQL and configuration: the raw value.
public enum NotificationTopic: String, Sendable, Codable, CaseIterable {
    /// The pictures look like a failing print.
    case alert
    /// A pause was asked for.
    case pauseAsked = "pause_asked"
    /// A pause was asked for, and its deadline passed.
    case notConfirmed = "not_confirmed"
    /// The print stands still.
    case paused
    /// The machine waits for a person.
    case attention
    /// The machine of a running print cannot be reached.
    case printerLost = "printer_lost"
    /// No picture of a running print comes.
    case cameraLost = "camera_lost"
    case finished
    case cancelled
    case failed
    /// A print that will soon be done.
    case finishingSoon = "finishing_soon"
    /// An app waits for consent.
    case consent
    /// The disk of the data folder is nearly full.
    case disk
    /// farmtop was started again.
    case restarted

    /// Over as it is told: nothing about it stands afterwards.
    public var isNews: Bool {
        switch self {
        case .pauseAsked, .finished, .cancelled, .failed, .restarted: true
        case .alert, .notConfirmed, .paused, .attention, .printerLost, .cameraLost, .finishingSoon, .consent, .disk:
            false
        }
    }

    /// Somebody should act: it is said again and escalated until somebody answers.
    public var wantsAnswer: Bool {
        switch self {
        case .alert, .notConfirmed, .attention, .printerLost, .cameraLost, .disk: true
        case .pauseAsked, .paused, .finished, .cancelled, .failed, .finishingSoon, .consent, .restarted: false
        }
    }

    /// That it is over is worth a message.
    public var hasRecovery: Bool { [.printerLost, .cameraLost, .disk].contains(self) }

    /// Topics that one cause can set off together share a message.
    public var family: Self { self == .printerLost ? .cameraLost : self }

    /// How long others of the same kind are waited for before the first message goes. What is urgent waits for nobody.
    public var gathersFor: Duration {
        switch self {
        case .alert, .pauseAsked, .notConfirmed, .attention, .disk, .consent, .restarted: .zero
        case .paused, .printerLost, .cameraLost, .finished, .cancelled, .failed, .finishingSoon: .seconds(20)
        }
    }

    /// What a channel tells that names no topics: what a person would get up for.
    public static let standard: [Self] = [
        .alert, .pauseAsked, .notConfirmed, .attention, .printerLost, .cameraLost, .failed, .consent, .disk,
    ]
}

/// How much it matters. Wire, SQL and configuration: the word.
public enum NotificationSeverity: String, Sendable, Codable, CaseIterable, Comparable {
    case info, warning, critical

    public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .info: 0
        case .warning: 1
        case .critical: 2
        }
    }
}

/// What a person may answer to a notification. Wire and configuration: the raw value.
public enum NotificationAnswer: String, Sendable, Codable, CaseIterable {
    /// Seen.
    case acknowledge
    /// Not a failure.
    case dismiss
    /// No more alerts of this print.
    case mute
    case pause
    case resume
    case cancel

    /// Moves a machine or ends a print: a second tap confirms it.
    public var needsConfirmation: Bool { self == .resume || self == .cancel }

    /// Words of a button.
    public var label: String {
        switch self {
        case .acknowledge: "Seen"
        case .dismiss: "Not a failure"
        case .mute: "Mute"
        case .pause: "Pause"
        case .resume: "Resume"
        case .cancel: "Cancel print"
        }
    }

    /// What it did, for later messages and the history: `dismissed by …`.
    public var done: String {
        switch self {
        case .acknowledge: "acknowledged"
        case .dismiss: "dismissed"
        case .mute: "muted"
        case .pause: asked
        case .resume: "resumed"
        case .cancel: "cancelled"
        }
    }

    /// The same where a machine was asked and has not said yet that it did: `cancel asked by …`.
    public var asked: String { "\(rawValue) asked" }

    /// The answers that make sense to a topic.
    public static func fitting(_ topic: NotificationTopic) -> [Self] {
        switch topic {
        case .alert: [.acknowledge, .dismiss, .mute, .pause, .cancel]
        case .notConfirmed: [.acknowledge, .dismiss, .mute, .pause, .cancel]
        case .paused: [.resume, .cancel]
        case .attention: [.acknowledge, .cancel]
        case .printerLost, .cameraLost, .disk: [.acknowledge]
        case .pauseAsked, .finished, .cancelled, .failed, .finishingSoon, .consent, .restarted: []
        }
    }
}
