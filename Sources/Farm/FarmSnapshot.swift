/// A printer's state in one word, worst first. A sign and a word go with every colour.
public enum PrinterCondition: Int, Sendable, Codable, Comparable, CaseIterable {
    case failing  // a pause is asked, or normalized_p ≥ 2/3
    case warning  // an alert nobody acknowledged, or normalized_p ≥ 1/3
    case stale  // printing and watched, but no frame for three median intervals
    case paused
    case printing
    case done  // ended within the last 10 minutes
    case idle

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// One point of a sparkline or chart.
public struct ScorePoint: Equatable, Sendable, Codable {
    public var at: Timestamp
    public var frame: Int64
    /// `p_sum`.
    public var p: Double
    public var ewmMean: Double
    public var normalizedP: Double

    public init(at: Timestamp, frame: Int64, p: Double, ewmMean: Double, normalizedP: Double) {
        self.at = at
        self.frame = frame
        self.p = p
        self.ewmMean = ewmMean
        self.normalizedP = normalizedP
    }
}

/// The last frame of the current print.
public struct LastFrame: Equatable, Sendable, Codable {
    public var number: Int64
    public var receivedAt: Timestamp
    /// Pixels of the upright frame.
    public var width: Int
    public var height: Int
    public var detections: [Detection]

    public init(number: Int64, receivedAt: Timestamp, width: Int, height: Int, detections: [Detection]) {
        self.number = number
        self.receivedAt = receivedAt
        self.width = width
        self.height = height
        self.detections = detections
    }
}

/// A printer as the screen shows it: committed, derived, complete.
public struct PrinterSnapshot: Equatable, Sendable, Codable, Identifiable {
    public var printer: Printer
    public var accountName: String
    /// The open print, or the last one while it counts as just done.
    public var print: Print?
    public var condition: PrinterCondition
    /// max(normalized_p, 2/3 while an alert stands, 1 while a pause is asked). 0...1.
    public var risk: Double
    /// Why nobody is alerted; nil when the printer is watched.
    public var notWatchingReason: String?
    public var thresholds: FailureThresholds
    /// At escalation 1; nil when nothing is printing.
    public var decision: Decision?
    /// At escalation 1.75.
    public var pauseDecision: Decision?
    public var lastFrame: LastFrame?
    /// Until then a further alert is held back.
    public var coolDownUntil: Timestamp?
    /// When the frames count as missing; nil unless printing and watched.
    public var staleAt: Timestamp?
    /// The last minutes of this print, oldest first, at most 240 points.
    public var recent: [ScorePoint]

    public var id: PrinterID { printer.id }

    public init(
        printer: Printer, accountName: String, print: Print?, condition: PrinterCondition, risk: Double,
        notWatchingReason: String?, thresholds: FailureThresholds, decision: Decision? = nil,
        pauseDecision: Decision? = nil, lastFrame: LastFrame? = nil, coolDownUntil: Timestamp? = nil,
        staleAt: Timestamp? = nil, recent: [ScorePoint] = []
    ) {
        self.printer = printer
        self.accountName = accountName
        self.print = print
        self.condition = condition
        self.risk = risk
        self.notWatchingReason = notWatchingReason
        self.thresholds = thresholds
        self.decision = decision
        self.pauseDecision = pauseDecision
        self.lastFrame = lastFrame
        self.coolDownUntil = coolDownUntil
        self.staleAt = staleAt
        self.recent = recent
    }
}

/// A client without its secret, for lists.
public struct ClientSummary: Equatable, Sendable, Codable {
    public var id: ClientID
    public var publicID: String
    public var name: String
    public var accountName: String
    public var isConfidential: Bool
    public var scope: Scope
    public var grants: [Grant]
    public var redirectURIs: [String]
    public var tokenLifetimeSeconds: Int64?
    public var createdAt: Timestamp
    public var rotatedAt: Timestamp?
    public var disabledAt: Timestamp?
    public var lastUsedAt: Timestamp?
    /// Access and refresh tokens.
    public var liveTokens: Int

    public init(_ client: OAuthClient, accountName: String, lastUsedAt: Timestamp?, liveTokens: Int) {
        id = client.id
        publicID = client.publicID
        name = client.name
        self.accountName = accountName
        isConfidential = client.secret != nil
        scope = client.scope
        grants = client.grants
        redirectURIs = client.redirectURIs
        tokenLifetimeSeconds = client.tokenLifetimeSeconds
        createdAt = client.createdAt
        rotatedAt = client.rotatedAt
        disabledAt = client.disabledAt
        self.lastUsedAt = lastUsedAt
        self.liveTokens = liveTokens
    }
}

/// A token without its value, for lists.
public struct TokenSummary: Equatable, Sendable, Codable {
    public enum Kind: String, Sendable, Codable { case access, refresh }

    public var id: TokenID
    public var kind: Kind
    /// How it was got.
    public var grant: Grant
    public var clientID: ClientID
    public var clientName: String
    public var accountName: String
    public var scope: Scope
    public var createdAt: Timestamp
    public var expiresAt: Timestamp
    public var lastUsedAt: Timestamp?

    public init(_ token: AccessToken, clientName: String, accountName: String) {
        id = token.id
        kind = .access
        grant = token.grant
        clientID = token.clientID
        self.clientName = clientName
        self.accountName = accountName
        scope = token.scope
        createdAt = token.createdAt
        expiresAt = token.expiresAt
        lastUsedAt = token.lastUsedAt
    }

    /// The refresh token of a family.
    public init(_ family: TokenFamily, clientName: String, accountName: String) {
        id = family.id
        kind = .refresh
        grant = family.grant
        clientID = family.clientID
        self.clientName = clientName
        self.accountName = accountName
        scope = family.scope
        createdAt = family.createdAt
        expiresAt = family.expiresAt
        lastUsedAt = family.refreshedAt
    }
}

/// What the serving process says of itself.
public struct ServiceStatus: Equatable, Sendable, Codable {
    /// `http://127.0.0.1:3334`, or nil while nothing listens.
    public var address: String?
    public var requestsPerSecond = 0.0
    public var rejectedCredentials: Int64 = 0
    /// Clients that were refused in the last 24 hours, by id; since the start.
    public var refusals: [ClientRefusals] = []
    public var model: ModelDescription?
    public var load = DetectorLoad()
    public var version = ""
    /// Nil when no webhook is configured.
    public var webhook: WebhookStatus?

    public init() {}
}

/// The whole farm as the dashboard sees it; always a committed state.
public struct FarmSnapshot: Equatable, Sendable, Codable {
    /// Grows with every change; 0 before the first.
    public var revision: UInt64 = 0
    /// Unarchived printers by id.
    public var printers: [PrinterSnapshot] = []
    public var accounts: [Account] = []
    public var clients: [ClientSummary] = []
    /// Apps that wait for the operator's word, the oldest first.
    public var consents: [PendingConsent] = []
    /// The newest events, oldest first.
    public var events: [FarmEvent] = []
    public var status = ServiceStatus()

    public init() {}
}
