/// One point of a sparkline or chart.
public struct ScorePoint: Equatable, Sendable, Codable {
    /// When the frame came.
    public var at: Timestamp
    /// Counts the frames of its print, from 1.
    public var frame: Int64
    /// `p_sum`.
    public var p: Double
    /// 0...1; nil for frames from before 0.2.
    public var failureProbability: Double?
    /// Obico's statistics, for whoever asks.
    public var ewmMean: Double
    /// Over the last 310 frames of the print, in `p_sum`.
    public var rollingMeanShort: Double
    /// Over the last 7,200 frames of the printer, in `p_sum`.
    public var rollingMeanLong: Double
    /// 0...1; thirds are clean, warning, failure.
    public var normalizedP: Double
    /// What of `p` counted for the failure probability; nil: all of it.
    public var counted: Double?
    /// The part of the picture that was judged; nil where that was not kept.
    public var region: CameraRegion?

    public init(
        at: Timestamp, frame: Int64, p: Double, failureProbability: Double?, ewmMean: Double,
        rollingMeanShort: Double = 0, rollingMeanLong: Double = 0, normalizedP: Double, counted: Double? = nil,
        region: CameraRegion? = nil
    ) {
        self.counted = counted
        self.region = region
        self.at = at
        self.frame = frame
        self.p = p
        self.failureProbability = failureProbability
        self.ewmMean = ewmMean
        self.rollingMeanShort = rollingMeanShort
        self.rollingMeanLong = rollingMeanLong
        self.normalizedP = normalizedP
    }
}

/// The last frame of the current print.
public struct LastFrame: Equatable, Sendable, Codable {
    /// From 1 in each print.
    public var number: Int64
    /// As the clock goes now: what an age is told from.
    public var receivedAt: Timestamp
    /// As it is stored.
    public var createdAt: Timestamp
    /// Pixels of the upright frame.
    public var width: Int
    /// As `width`.
    public var height: Int
    /// Highest confidence first; empty for a frame in which nothing was found.
    public var detections: [Detection]

    public init(
        number: Int64, receivedAt: Timestamp, createdAt: Timestamp? = nil, width: Int, height: Int,
        detections: [Detection]
    ) {
        self.number = number
        self.receivedAt = receivedAt
        self.createdAt = createdAt ?? receivedAt
        self.width = width
        self.height = height
        self.detections = detections
    }
}

/// A printer as the screen shows it: committed, derived, complete.
public struct PrinterSnapshot: Equatable, Sendable, Codable, Identifiable {
    /// As it is stored.
    public var printer: Printer
    /// The printer's owner; screens show it where there are several accounts.
    public var accountName: String
    /// The open print, or the last one while it counts as just done.
    public var print: Print?
    /// As the core has decided them; not to be derived again.
    public var states: PrinterStates
    /// That the open print is failing now, 0...1; nil while no print is open.
    public var failureProbability: Double?
    /// The thresholds at this printer's sensitivity.
    public var thresholds: AlertThresholds
    /// What this camera's clean pictures score; nil until something has been learnt.
    public var habit: CameraHabit?
    /// Why nobody is alerted; nil when the printer is watched.
    public var notWatchingReason: String?
    /// Nil before the first frame of the print.
    public var lastFrame: LastFrame?
    /// When a pause that is asked counts as not confirmed; nil when none is asked.
    public var pauseDeadline: Timestamp?
    /// When the frames count as missing; nil unless printing and watched.
    public var staleAt: Timestamp?
    /// When the open print began, as the clock goes now; `print.startedAt` is what it said then.
    public var runningSince: Timestamp?
    /// The last minutes of this print, oldest first, at most 240 points.
    public var recent: [ScorePoint]
    /// Nil: no machine is linked.
    public var machine: MachineSnapshot?
    /// The cameras that farmtop reads.
    public var cameras: [CameraSnapshot] = []
    /// Nothing takes pictures of the open print, as far as the farm knows: its machine has no camera, and no app sends any.
    public var hasNoCamera = false
    /// In doubt until somebody has looked.
    public var bed = BedStatus()

    public var id: PrinterID { printer.id }

    /// The one word for the printer's state on every screen; derived from the states and the print.
    public var machineWord: MachineWord {
        let word = MachineWord(machine: states.machine, print: print)
        return word == .offline && isNotHeardYet ? .notHeard : word
    }
    /// Its machine was connected just now, or farmtop started: neither a reading nor a failure has come.
    public var isNotHeardYet: Bool { machine.map { $0.reading == nil && $0.fault == nil } ?? false }
    /// Where the printer stands in the order of the overview.
    public var rank: AttentionRank {
        AttentionRank(states: states, print: print, failureProbability: failureProbability)
    }
    /// It has a picture that is fresh, and alerts are raised: what "watched" means on every screen.
    public var isWatched: Bool { notWatchingReason == nil && [.ok, .watch, .failing].contains(states.camera) }

    public init(
        printer: Printer, accountName: String, print: Print?, states: PrinterStates, failureProbability: Double?,
        thresholds: AlertThresholds, habit: CameraHabit? = nil, notWatchingReason: String?,
        lastFrame: LastFrame? = nil, pauseDeadline: Timestamp? = nil, staleAt: Timestamp? = nil,
        runningSince: Timestamp? = nil, recent: [ScorePoint] = []
    ) {
        self.printer = printer
        self.accountName = accountName
        self.print = print
        self.states = states
        self.failureProbability = failureProbability
        self.thresholds = thresholds
        self.habit = habit
        self.notWatchingReason = notWatchingReason
        self.lastFrame = lastFrame
        self.pauseDeadline = pauseDeadline
        self.staleAt = staleAt
        self.runningSince = runningSince
        self.recent = recent
    }
}

/// A client without its secret, for lists.
public struct ClientSummary: Equatable, Sendable, Codable {
    public var id: ClientID
    /// `client_id` on the wire.
    public var publicID: String
    public var name: String
    /// Whose printers its tokens reach.
    public var accountName: String
    /// It has a secret.
    public var isConfidential: Bool
    /// The most that its tokens may do.
    public var scope: Scope
    /// How it may get tokens.
    public var grants: [Grant]
    /// What a request names must match one of them; empty without authorization_code.
    public var redirectURIs: [String]
    /// Seconds that its access tokens live; nil: the configured default of the grant.
    public var tokenLifetimeSeconds: Int64?
    public var createdAt: Timestamp
    /// When it last got another secret; nil: it has its first one.
    public var rotatedAt: Timestamp?
    /// Nil: enabled.
    public var disabledAt: Timestamp?
    /// The right `machines`.
    public var mayMoveMachines: Bool
    /// When any of its tokens last opened something; nil: never.
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
        mayMoveMachines = client.mayMoveMachines
        self.lastUsedAt = lastUsedAt
        self.liveTokens = liveTokens
    }
}

/// A token without its value, for lists.
public struct TokenSummary: Equatable, Sendable, Codable {
    /// What it is good for: calls, or new tokens.
    public enum Kind: String, Sendable, Codable { case access, refresh }

    public var id: TokenID
    /// A refresh token stands for its whole family.
    public var kind: Kind
    /// How it was got.
    public var grant: Grant
    /// Whose token it is.
    public var clientID: ClientID
    /// As the client is called now.
    public var clientName: String
    /// As the account is called now.
    public var accountName: String
    /// As granted, which may be more than the client may still do.
    public var scope: Scope
    public var createdAt: Timestamp
    /// For a refresh token: if it is not used before.
    public var expiresAt: Timestamp
    /// Nil: never used.
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
    /// Smoothed over about five seconds.
    public var requestsPerSecond = 0.0
    /// Tokens and client secrets that were refused, since the start.
    public var rejectedCredentials: Int64 = 0
    /// Clients that were refused in the last 24 hours, by id; since the start.
    public var refusals: [ClientRefusals] = []
    /// The network in use; nil while there is none.
    public var model: ModelDescription?
    /// What waits for the network, and what it has done since the start.
    public var load = DetectorLoad()
    /// The release that serves; the dashboard may be another one.
    public var version = ""
    /// Nil when no webhook is configured.
    public var webhook: ChannelStatus?
    /// Those of the configuration, in its order.
    public var channels: [ChannelStatus] = []
    /// What keeps messages back, whether or not anybody is told any; nil: nothing does.
    public var hold: MessageHold?
    /// What a look at every page of the database found, and what to do; nil while nothing is known to be damaged.
    public var databaseDamage: String?

    public init() {}
}

/// The whole farm as the dashboard sees it; always a committed state.
public struct FarmSnapshot: Equatable, Sendable, Codable {
    /// Grows with every change; 0 before the first.
    public var revision: UInt64 = 0
    /// Unarchived printers by id.
    public var printers: [PrinterSnapshot] = []
    /// By id, disabled ones too.
    public var accounts: [Account] = []
    /// By id, disabled ones too.
    public var clients: [ClientSummary] = []
    /// Apps that wait for the operator's word, the oldest first.
    public var consents: [PendingConsent] = []
    /// The newest events, oldest first.
    public var events: [FarmEvent] = []
    /// The service itself: what it runs with, and how it fares.
    public var status = ServiceStatus()

    public init() {}
}

extension FarmSnapshot {
    /// How long whoever sends snapshots rests after one: a screen's picture where little changes; where so many printers change
    /// that nobody reads one by one, up to a fifth of a second, which spares the reader five of six.
    public static func rest(afterChanges count: Int) -> Duration { .milliseconds(min(200, max(33, 8 * count))) }
}
