/// 1 and above; never used again, also not after the printer was deleted.
public typealias PrinterID = Identifier<Printer>

/// What the app is asked to do when a print is failing. Wire and SQL: `NONE`, `PAUSE`.
public enum FailureAction: String, Sendable, Codable, CaseIterable {
    case none = "NONE"
    case pause = "PAUSE"
}

/// What a printer's owner may set.
public struct PrinterSettings: Equatable, Sendable, Codable {
    /// 1...256 Unicode scalars, trimmed.
    public var name: String
    /// What happens beside the alert when a print fails.
    public var actionOnFailure = FailureAction.pause
    /// False: nobody is alerted, and the camera state is `off`.
    public var watchingEnabled = true
    /// For the app that pauses: it switches the nozzles' heaters off meanwhile.
    public var toolsOffOnPause = true
    /// For the app that pauses: it switches the bed's heater off meanwhile; parts may come loose.
    public var bedOffOnPause = false
    /// Millimetres, 0...100.
    public var retractOnPause = 6.5
    /// Millimetres, 0...100.
    public var liftZOnPause = 2.5
    /// Factor on the score, 0.8...1.2; higher alerts sooner.
    public var detectiveSensitivity = 1.0
    /// -1 or more.
    public var minTimelapseSecsOnFinish: Int64 = 600
    /// -1 or more.
    public var minTimelapseSecsOnCancel: Int64 = 300

    /// The groups that it is in.
    public var tags: PrinterTags = []

    /// What is judged of the pictures of the camera that may alert.
    public var cameraRegion = CameraRegion.whole

    public init(name: String) { self.name = name }
}

/// A printer of one account. `deletedAt` makes it a tombstone: gone from every list, kept for its prints.
public struct Printer: Equatable, Sendable, Codable {
    public var id: PrinterID
    /// Fixed when the printer is made.
    public var accountID: AccountID
    /// Within their limits; whatever sets them has checked that.
    public var settings: PrinterSettings
    public var createdAt: Timestamp
    /// Nil: in use. Archiving cancels the open print; the printer can be taken back.
    public var archivedAt: Timestamp?
    /// Nil: not deleted. There is no way back.
    public var deletedAt: Timestamp?
    /// 20 lower-case hex characters: an identifier for agents; it opens nothing.
    public var authToken: String
    /// The open print, if any.
    public var currentPrintID: PrintID?
    /// Carried over from frame to frame; parts of it from print to print.
    public var statistics = TemporalStatistics()
    /// Its camera still has to learn from the prints that an earlier farmtop stored.
    public var needsTeaching = false

    public init(
        id: PrinterID, accountID: AccountID, settings: PrinterSettings, createdAt: Timestamp, authToken: String
    ) {
        self.id = id
        self.accountID = accountID
        self.settings = settings
        self.createdAt = createdAt
        self.authToken = authToken
    }
}
