public typealias PrintID = Identifier<Print>

/// What a person said of an alert. Wire and SQL: `FAILED`, `NOT_FAILED`.
public enum AlertVerdict: String, Sendable, Codable, CaseIterable {
    case failed = "FAILED"
    case notFailed = "NOT_FAILED"
}

/// How a print ended. Wire: `success`, `cancelled`.
public enum PrintResult: String, Sendable, Codable, CaseIterable {
    case success
    case cancelled
}

/// One print on one printer, open until it is finished or cancelled.
public struct Print: Equatable, Sendable, Codable {
    public var id: PrintID
    public var printerID: PrinterID
    public var accountID: AccountID
    /// 1...1000 Unicode scalars, trimmed.
    public var filename: String
    public var startedAt: Timestamp
    public var finishedAt: Timestamp?
    public var cancelledAt: Timestamp?
    /// Of the last alert.
    public var alertedAt: Timestamp?
    public var alertAcknowledgedAt: Timestamp?
    public var alertMutedAt: Timestamp?
    /// Set by a pause request and by `pause_print`; cleared by `resume_print`.
    public var pausedAt: Timestamp?
    /// When the app was asked to pause; kept for the rest of the print, as a print is paused by the detector once.
    public var pauseRequestedAt: Timestamp?
    /// True once the app called `pause_print` after the request.
    public var pauseConfirmed = false
    public var alertOverwrite: AlertVerdict?
    public var filamentUsed: Double?
    /// Seconds, set at the end.
    public var printTime: Double?
    public var frameCount: Int64 = 0
    /// Highest `normalized_p` of any frame, 0...1.
    public var maxNormalizedP = 0.0
    public var notWatchedAt: Timestamp?

    public init(id: PrintID, printerID: PrinterID, accountID: AccountID, filename: String, startedAt: Timestamp) {
        self.id = id
        self.printerID = printerID
        self.accountID = accountID
        self.filename = filename
        self.startedAt = startedAt
    }

    public var endedAt: Timestamp? { cancelledAt ?? finishedAt }
    public var isOpen: Bool { endedAt == nil }
    public var result: PrintResult? {
        if cancelledAt != nil { return .cancelled }
        return finishedAt == nil ? nil : .success
    }
    public var isMuted: Bool { alertMutedAt != nil }

    /// An alert stands until it is acknowledged.
    public var hasStandingAlert: Bool {
        guard let alertedAt else { return false }
        guard let alertAcknowledgedAt else { return true }
        return alertAcknowledgedAt < alertedAt
    }

    /// A pause was asked for and the app has neither paused nor resumed since.
    public var awaitsPause: Bool { pauseRequestedAt != nil && pausedAt != nil && !pauseConfirmed }
}
