/// 1 and above, in the order in which prints were started; never used again.
public typealias PrintID = Identifier<Print>

/// What a person said of an alert. Wire and SQL: `FAILED`, `NOT_FAILED`.
public enum AlertVerdict: String, Sendable, Codable, CaseIterable {
    case failed = "FAILED"
    case notFailed = "NOT_FAILED"
}

/// How a print ended. Wire and SQL: the raw value.
public enum PrintResult: String, Sendable, Codable, CaseIterable {
    case success
    case cancelled
    /// A person said that it failed.
    case failed
    /// Another print was started over it.
    case replaced
    /// It ended while nobody looked.
    case unknown

    /// On Obico's fields a print is either cancelled or finished: `failed` counts as cancelled, the others as finished.
    public var isCancelledOnWire: Bool { self == .cancelled || self == .failed }
}

/// One print on one printer, open until it is finished or cancelled.
public struct Print: Equatable, Sendable, Codable {
    public var id: PrintID
    /// Stays when the printer is deleted.
    public var printerID: PrinterID
    /// That of the printer.
    public var accountID: AccountID
    /// 1...1000 Unicode scalars, trimmed.
    public var filename: String
    /// By the clock on the wall, when farmtop was told of it.
    public var startedAt: Timestamp
    /// The same moment by the clock that nobody can set; nil for prints from before it was kept.
    public var startedSteady: SteadyTime?
    /// Nil while it is open.
    public private(set) var end: End?
    /// When the last alert was raised; stays after it was answered.
    public var alertedAt: Timestamp?
    /// When an alert would have been raised first if no box had counted less for an earlier verdict; nil: that made no difference.
    public var alertWithheldAt: Timestamp?
    /// When somebody answered the last alert, whatever the answer; nil while it is unanswered.
    public var alertAcknowledgedAt: Timestamp?
    /// Since when no alert of this print is raised; nil: alerts are on.
    public var alertMutedAt: Timestamp?
    /// Whether an alert stands, and what the last answer was.
    public var alertState = AlertState.none
    /// When the pause was confirmed: by the app, the machine, or a person at the screen. Cleared by a resume.
    public var pausedAt: Timestamp?
    /// Since when a pause is asked that nobody has confirmed.
    public var pauseRequestedAt: Timestamp?
    /// When the deadline of that request passed; until the pause is confirmed, taken back, or asked for anew.
    public var pauseNotConfirmedAt: Timestamp?
    /// A pause was asked for this rise of the number; no other one is until the pictures are clear or the alert is
    /// dismissed.
    public var isPauseSpent = false
    /// A person's word on whether the alert was right; nil: nobody has said.
    public var alertOverwrite: AlertVerdict?
    /// Grams; nil: nobody has told.
    public var filamentUsed: Double?
    /// Seconds, set at the end.
    public var printTime: Double?
    /// The machine was booted anew meanwhile, so that `printTime` goes by the wall clock.
    public var isPrintTimeApproximate = false
    /// Frames analysed so far.
    public var frameCount: Int64 = 0
    /// Highest `normalized_p` of any frame, 0...1.
    public var maxNormalizedP = 0.0
    /// Highest failure probability of any frame, 0...1; nil before the first frame and for prints from before 0.2.
    public var maxFailureProbability: Double?
    /// When pictures had stayed away for too long; nil while they come.
    public var notWatchedAt: Timestamp?
    /// It is shown to those alone who ask for deleted prints.
    public var deletedAt: Timestamp?
    /// What its printer is called now, also an archived or removed one; nil where that was not looked up.
    public var printerName: String?

    public init(
        id: PrintID, printerID: PrinterID, accountID: AccountID, filename: String, startedAt: Timestamp,
        startedSteady: SteadyTime? = nil
    ) {
        self.id = id
        self.printerID = printerID
        self.accountID = accountID
        self.filename = filename
        self.startedAt = startedAt
        self.startedSteady = startedSteady
    }

    /// How and when a print ended.
    public struct End: Equatable, Sendable, Codable {
        /// By the clock on the wall.
        public var at: Timestamp
        /// How it ended, as told by app, machine or person.
        public var result: PrintResult
        /// What a person gave as the cause of a failure. Untrusted text, 1...200 Unicode scalars.
        public var failureReason: String?

        public init(at moment: Timestamp, result: PrintResult, failureReason: String? = nil) {
            at = moment
            self.result = result
            self.failureReason = failureReason
        }
    }

    /// Ends the print, and with it every request and alert that was open.
    public mutating func close(_ end: End) {
        self.end = end
        alertState = .none
        pauseRequestedAt = nil
        pauseNotConfirmedAt = nil
    }

    /// Nil while it is open.
    public var endedAt: Timestamp? { end?.at }
    /// Nil while it is open.
    public var result: PrintResult? { end?.result }
    /// Nil while it is open, and where nobody gave a cause.
    public var failureReason: String? { end?.failureReason }
    /// Obico's two fields: at most one is set.
    public var finishedAt: Timestamp? { end.flatMap { $0.result.isCancelledOnWire ? nil : $0.at } }
    /// The other one of the two: the end of a print that Obico's API calls cancelled.
    public var cancelledAt: Timestamp? { end.flatMap { $0.result.isCancelledOnWire ? $0.at : nil } }
    /// It is printing or paused; a printer has at most one such print.
    public var isOpen: Bool { end == nil }
    /// No alert is raised for it until it ends or is unmuted.
    public var isMuted: Bool { alertMutedAt != nil }
    /// An alert was raised, and nobody has answered it.
    public var hasStandingAlert: Bool { alertState == .standing }
    /// A pause is asked, and nobody has confirmed it.
    public var awaitsPause: Bool { pauseRequestedAt != nil }
    /// The deadline of the pause has passed. Behind every earlier answer, though the clock was set back since.
    public mutating func missPause(at now: Timestamp) {
        guard let answered = alertAcknowledgedAt, answered >= now else { return pauseNotConfirmedAt = now }
        pauseNotConfirmedAt = answered + .microseconds(1)
    }

    /// The deadline of the pause has passed, and nobody has answered that.
    public var hasStandingPause: Bool {
        guard let pauseNotConfirmedAt else { return false }
        guard let alertAcknowledgedAt else { return true }
        return alertAcknowledgedAt < pauseNotConfirmedAt
    }
    /// It was alerted, has ended, and nobody has said whether rightly.
    public var needsVerdict: Bool { alertedAt != nil && !isOpen && alertOverwrite == nil && result != .failed }
}
