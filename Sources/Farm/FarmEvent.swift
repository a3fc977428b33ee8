/// 1 and above, in the order in which events were written; never used again.
public typealias EventID = Identifier<FarmEvent>

/// Something that happened to a print, kept in the history.
public struct FarmEvent: Equatable, Sendable, Codable {
    /// Before the command's name in the titles of events that tell what became of one.
    public static let commandTitle = "Command "

    /// What happened. Wire and SQL: the raw value.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case started = "STARTED"
        case ended = "ENDED"
        case paused = "PAUSED"
        case resumed = "RESUMED"
        case failureAlerted = "FAILURE_ALERTED"
        case alertMuted = "ALERT_MUTED"
        case alertUnmuted = "ALERT_UNMUTED"
        case notWatched = "NOT_WATCHED"
        case pauseRequested = "PAUSE_REQUESTED"
        case pauseNotConfirmed = "PAUSE_NOT_CONFIRMED"
        case acknowledged = "ACKNOWLEDGED"
        case verdict = "VERDICT"
        case settings = "SETTINGS"
        case offline = "OFFLINE"
        case online = "ONLINE"
        case attention = "ATTENTION"
        case command = "COMMAND"

        /// The types that a client of Obico knows; without a filter only these are listed on the wire.
        public static let ofObico: [Kind] = [
            .started, .ended, .paused, .resumed, .failureAlerted, .alertMuted, .alertUnmuted, .notWatched,
        ]
    }
    /// How grave it is. Wire and SQL: the raw value.
    public enum Severity: String, Sendable, Codable, CaseIterable {
        case error = "ERROR"
        case warning = "WARNING"
        case success = "SUCCESS"
        case info = "INFO"
    }
    public var id: EventID
    /// What happened; programs go by it, while `title` and `text` are for people.
    public var kind: Kind
    /// Decides how it is coloured and filtered, not who is notified.
    public var severity: Severity
    /// Who did it.
    public var actor: EventActor
    /// Two to five words, as `Print Job Started`; the text says the rest.
    public var title: String
    /// Plain text; may hold a file name, which is untrusted.
    public var text: String
    public var createdAt: Timestamp
    /// That of the printer; apps of other accounts do not see the event.
    public var accountID: AccountID
    /// Stays when the printer is deleted.
    public var printerID: PrinterID
    /// Nil when no print ran, or once the print is deleted from the history.
    public var printID: PrintID?
    /// The frame that the event is about, for its picture.
    public var frame: Int64?

    public init(
        id: EventID, kind: Kind, severity: Severity, actor: EventActor = .farmtop, title: String, text: String,
        createdAt: Timestamp,
        accountID: AccountID, printerID: PrinterID, printID: PrintID?, frame: Int64? = nil
    ) {
        self.id = id
        self.kind = kind
        self.severity = severity
        self.actor = actor
        self.title = title
        self.text = text
        self.createdAt = createdAt
        self.accountID = accountID
        self.printerID = printerID
        self.printID = printID
        self.frame = frame
    }
}
