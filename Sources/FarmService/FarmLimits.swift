import Farm
public import OAuth

/// What an operator may configure of the farm itself. The defaults are those of the wire contract.
public struct FarmLimits: Equatable, Sendable {
    /// Life of a client_credentials token unless its client says otherwise. Unit: seconds.
    public var clientCredentialsLifetimeSeconds: Int64 = 3_153_600_000
    /// Life of the access tokens of all other grants. Unit: seconds.
    public var accessTokenLifetimeSeconds: Int64 = 3600
    /// How long a refresh token may lie unused. Unit: seconds.
    public var refreshTokenLifetimeSeconds: Int64 = 90 * 86_400
    /// Neither expired nor revoked. Of more, those that lay unused longest are revoked.
    public var liveTokensPerClient = 1000
    /// How many apps may wait for the operator, and how long.
    public var consents = PendingConsents.Limits()
    /// An app confirms a pause within two median intervals of its pictures, but may take this long.
    public var pauseConfirmedWithinAtLeast = Duration.seconds(30)
    /// A frame is missed after three median intervals, but not before this.
    public var staleAfterAtLeast = Duration.seconds(60)
    /// How long an ended print counts as just done.
    public var doneFor = Duration.seconds(600)
    /// Pictures kept of a print besides those around alerts.
    public var recentPictures = 12
    /// Pictures kept on each side of an alert.
    public var picturesAroundAlert: Int64 = 5
    var recentPoints = 240
    /// Cameras of a printer whose clean pictures are remembered.
    public var camerasPerPrinter = 8
    /// Between the two pictures of a bed that have to agree before it is kept.
    public var bedCalmFor = Duration.seconds(1)
    /// Commands waiting for the writer; more are refused.
    public var mailboxCapacity = 4096

    public init() {}

    /// Whether a frame is so near an alert that its picture stays for the history.
    func keepsPicture(_ frame: Int64, aroundAny alerts: [Int64]) -> Bool {
        alerts.contains { abs($0 - frame) <= picturesAroundAlert }
    }
}
