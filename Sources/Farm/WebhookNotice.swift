/// What a webhook is told of one event. It waits in the outbox until the receiver has it.
public struct WebhookNotice: Equatable, Sendable, Codable {
    /// The words of the wire.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case started = "PrintStarted"
        case done = "PrintDone"
        case cancelled = "PrintCancelled"
        case paused = "PrintPaused"
        case resumed = "PrintResumed"
        case failure = "PrintFailure"
        case notWatched = "NotWatched"
        case pauseNotConfirmed = "PauseNotConfirmed"
        /// A person asks for a pause; the detector's request is a `PrintFailure` that says so.
        case pauseRequested = "PauseRequested"
        /// The machine of an open print has been offline for a minute, and is back.
        case offline = "PrinterOffline"
        case online = "PrinterOnline"
        /// A person must go to the machine, whether it prints or not.
        case attention = "PrinterAttention"
    }
    /// The same at every try, so that a receiver can tell a repetition: 32 hex digits.
    public var deliveryID: String
    /// Wire: the raw value, as Obico's webhooks have it.
    public var kind: Kind
    /// With a failure: it may be one; nobody is asked to pause for it.
    public var isWarning: Bool
    /// With a failure: the pause is confirmed.
    public var isPrintPaused: Bool
    /// With a failure: a pause is asked, and nobody has confirmed it.
    public var isPauseRequested: Bool
    /// In this farm; names change, it does not.
    public var printerID: PrinterID
    /// As it was then. Untrusted text.
    public var printerName: String
    /// Nil: it is about no print. Then there is no file, no start and no end either.
    public var printID: PrintID?
    /// Untrusted text.
    public var filename: String
    /// When the print began; the moment of the event where it is about none.
    public var startedAt: Timestamp
    /// Nil while the print is open.
    public var endedAt: Timestamp?
    /// The frame whose picture goes with it.
    public var frame: Int64?
    public var createdAt: Timestamp
    /// The same moment on the farm's own line of time; nil in notices of earlier versions.
    public var createdSteady: SteadyTime?

    public init(
        deliveryID: String, kind: Kind, isWarning: Bool = false, isPrintPaused: Bool = false,
        isPauseRequested: Bool = false,
        printerID: PrinterID,
        printerName: String, printID: PrintID?, filename: String, startedAt: Timestamp, endedAt: Timestamp? = nil,
        frame: Int64? = nil, createdAt: Timestamp, createdSteady: SteadyTime? = nil
    ) {
        self.deliveryID = deliveryID
        self.kind = kind
        self.isWarning = isWarning
        self.isPrintPaused = isPrintPaused
        self.isPauseRequested = isPauseRequested
        self.printerID = printerID
        self.printerName = printerName
        self.printID = printID
        self.filename = filename
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.frame = frame
        self.createdAt = createdAt
        self.createdSteady = createdSteady
    }

    /// Tells of a machine that needs a person while no print is open; nil for the other events without a print.
    public init?(_ event: FarmEvent, printerName: String, deliveryID: @autoclosure () -> String) {
        guard event.kind == .attention else { return nil }
        self.init(
            deliveryID: deliveryID(), kind: .attention, printerID: event.printerID, printerName: printerName,
            printID: nil, filename: "", startedAt: event.createdAt, createdAt: event.createdAt)
    }

    /// Nil for events that no webhook is told of.
    /// - Parameter print: as the event left it.
    public init?(_ event: FarmEvent, print: Print, printerName: String, deliveryID: @autoclosure () -> String) {
        let kind: Kind
        switch event.kind {
        case .started: kind = .started
        case .ended: kind = print.cancelledAt == nil ? .done : .cancelled
        case .paused: kind = .paused
        case .resumed: kind = .resumed
        case .failureAlerted: kind = .failure
        case .notWatched: kind = .notWatched
        case .pauseNotConfirmed: kind = .pauseNotConfirmed
        case .offline: kind = .offline
        case .online: kind = .online
        case .attention: kind = .attention
        case .pauseRequested: kind = event.actor == .farmtop ? .failure : .pauseRequested
        case .alertMuted, .alertUnmuted, .acknowledged, .verdict, .settings, .command:
            return nil
        }
        let isFailure = kind == .failure
        self.init(
            deliveryID: deliveryID(), kind: kind, isWarning: isFailure && event.severity == .warning,
            isPrintPaused: isFailure && print.pausedAt != nil, isPauseRequested: isFailure && print.awaitsPause,
            printerID: event.printerID, printerName: printerName,
            printID: print.id, filename: print.filename, startedAt: print.startedAt, endedAt: print.endedAt,
            frame: event.frame ?? (print.frameCount > 0 ? print.frameCount : nil), createdAt: event.createdAt)
    }
}
