public import Farm
import OAuth

/// Everything that lives in memory: a value, replaced as a whole when a batch of commands has been committed.
public struct FarmState: Sendable {
    /// Grows with every committed change.
    public internal(set) var revision: UInt64 = 0
    /// Disabled ones too.
    public internal(set) var accounts: [AccountID: Account] = [:]
    /// With archived ones and tombstones.
    public internal(set) var printers = LivePrinters()
    /// Disabled ones too.
    public internal(set) var clients: [ClientID: OAuthClient] = [:]
    /// Live and not seen to expire.
    public internal(set) var tokens: [TokenDigest: AccessToken] = [:]
    /// Live ones, and ended ones whose code could still be presented.
    public internal(set) var families: [TokenID: TokenFamily] = [:]
    /// Each client's last use of a token, also of one that has ended since.
    var lastUses: [ClientID: Timestamp] = [:]
    var familiesByCode: [TokenDigest: TokenID] = [:]
    var familiesByRefreshKey: [TokenDigest: TokenID] = [:]
    /// The last refresh of each family that was refreshed in this run.
    var lastRefreshes: [TokenID: LastRefresh] = [:]
    /// The newest events, oldest first, at most `eventLimit`.
    public internal(set) var events: [FarmEvent] = []
    /// Since the start.
    public internal(set) var recordedEvents: [FarmEvent.Kind: Int64] = [:]
    /// Commands to machines by their name and what became of them, since the start: `pause` and `confirmed`.
    public internal(set) var recordedCommands: [CommandRecord: Int64] = [:]
    var clientsByPublicID: [String: ClientID] = [:]
    var tokenDigests: [TokenID: TokenDigest] = [:]
    var ids = HighestIDs()
    var notifications = NotificationState()
    /// When it was restored from a backup, as long as nobody has confirmed that it may send messages.
    public internal(set) var restoredAt: Timestamp?

    static let eventLimit = 200

    init() {}

    /// After a restore nothing is sent to anybody until a person has said of each printer with a machine or camera that no other farm
    /// uses it; or, where there is none, that the other farm is off. Takes constant time: every event asks.
    public var hold: MessageHold? {
        if printers.waitingCount > 0 { return .printers }
        return restoredAt == nil ? nil : .farm
    }

    /// Names are unique and compared exactly.
    public func account(named name: String) -> Account? { accounts.values.first { $0.name == name } }

    /// The client that an app means by its `client_id`.
    public func client(publicID: String) -> OAuthClient? { clientsByPublicID[publicID].flatMap { clients[$0] } }

    /// A token that is known, also one that is no longer good.
    public func token(_ id: TokenID) -> AccessToken? { tokenDigests[id].flatMap { tokens[$0] } }

    /// What a token may do at this moment; nil when it, its client or its account is not valid.
    public func effectiveScope(of token: AccessToken, at now: Timestamp) -> Scope? {
        token.effectiveScope(client: clients[token.clientID], account: accounts[token.accountID], at: now)
    }

    /// The family of a refresh token, the one that may be used next or an earlier one.
    public func family(of refresh: RefreshDigests) -> TokenFamily? {
        familiesByRefreshKey[refresh.key].flatMap { families[$0] }
    }

    /// A printer as the caller may see it. Tombstones are gone; archived ones only where asked for.
    /// - Throws: `noSuchPrinter`, or `forbidden` for another account's.
    public func printer(
        _ id: PrinterID, for caller: Caller, includeArchived: Bool = false
    ) throws(FarmError) -> LivePrinter {
        guard let live = printers[id], live.printer.deletedAt == nil, includeArchived || live.printer.archivedAt == nil
        else { throw .noSuchPrinter }
        guard caller.mayAccess(live.printer.accountID) else { throw .forbidden }
        return live
    }

    /// The caller's printers, oldest first.
    public func printers(for caller: Caller, includeArchived: Bool = false) -> [LivePrinter] {
        printers.values
            .filter {
                $0.printer.deletedAt == nil && (includeArchived || $0.printer.archivedAt == nil)
                    && caller.mayAccess($0.printer.accountID)
            }
            .sorted { $0.printer.id < $1.printer.id }
    }
}

/// The highest id ever given of each kind; ids are never used again.
struct HighestIDs: Sendable {
    var account: AccountID = 0
    var printer: PrinterID = 0
    var print: PrintID = 0
    var client: ClientID = 0
    var token: TokenID = 0
    var event: EventID = 0
    var camera: CameraID = 0
    var keptBed: KeptBedID = 0
    var verdict: VerdictID = 0

    static func next<Entity>(_ id: inout Identifier<Entity>) -> Identifier<Entity> {
        id = Identifier(id.rawValue + 1)
        return id
    }
}

/// A printer with what belongs to its current print, and what the screen derives from it.
public struct LivePrinter: Sendable, Equatable {
    /// As it is stored.
    public internal(set) var printer: Printer
    /// The open one, paused or not.
    public internal(set) var currentPrint: Print?
    /// The one that ended last, while it counts as just done.
    public internal(set) var lastPrint: Print?
    /// When that one ended.
    var lastEndedAt: SteadyTime?
    /// The last one of the open print; nil before its first.
    public internal(set) var lastFrame: LastFrame?
    var lastFrameAt: SteadyTime?
    /// From when on the next frame is waited for: the last one, or the moment since when the printer is watched.
    var framesAwaitedSince: SteadyTime?
    /// Since when the open print is paused, and since when a pause is asked.
    var pausedSince: SteadyTime?
    var pauseAskedSince: SteadyTime?
    /// The frame whose picture is the printer's snapshot; outlives its print.
    public internal(set) var snapshotKey: FrameKey?
    /// The snapshot is of a print that has ended, at an alert: it stays for the history when another takes its place.
    var isSnapshotKept = false
    /// Sparkline of the current print, oldest first.
    public internal(set) var recent: [ScorePoint] = []
    /// Pictures kept so far of the current print, oldest first.
    var pictures: [Int64] = []
    /// Frames with an alert in the current print: the pictures around them stay.
    var alertFrames: [Int64] = []
    /// Seconds between the last frames, at most 16.
    var intervals: [Double] = []
    /// What the pictures of the open print have shown; nil before the first one.
    public internal(set) var evidence: FailureEvidence?
    /// The same as it would be if no box had counted less for a verdict; nil as long as none has.
    public internal(set) var evidenceWithoutMemory: FailureEvidence?
    /// The camera that took the last picture of the open print.
    var camera: CameraKey?
    /// What each camera's clean pictures score.
    var cameras: [CameraKey: CameraHistory] = [:]
    /// The number has been at the alert threshold and not under the clear threshold since.
    var isFailing = false
    var pictureRun = PictureRun()
    /// Nil: no machine is linked, only prints are known.
    public internal(set) var machine: LiveMachine?
    /// Those that farmtop reads, by id.
    public internal(set) var ownCameras: [LiveCamera] = []
    /// An app has sent pictures of it, since the start and since a camera of farmtop's own judged it last.
    var hasAppPictures = false
    /// Pictures of the empty bed, by id.
    public internal(set) var keptBeds: [KeptBed] = []
    /// What people have said is no failure, by id.
    public internal(set) var verdicts: [RememberedVerdict] = []
    /// Prints whose alert was dismissed, and of which it is still to be remembered what was seen.
    var toRemember: [PrintID] = []
    /// What the last look at the bed found; nil before it, and once a print has begun.
    public internal(set) var bedLook: BedLook?
    /// Grows with every change of this printer: what was encoded of an earlier revision is out of date.
    public internal(set) var revision: UInt64 = 0

    init(_ printer: Printer) { self.printer = printer }

    /// Keeps the steady times beside those that a print carries by the wall clock.
    mutating func follow(from before: Print?, at steady: SteadyTime) {
        if currentPrint?.pausedAt != before?.pausedAt || currentPrint?.id != before?.id {
            pausedSince = currentPrint?.pausedAt == nil ? nil : steady
        }
        if currentPrint?.pauseRequestedAt != before?.pauseRequestedAt || currentPrint?.id != before?.id {
            pauseAskedSince = currentPrint?.pauseRequestedAt == nil ? nil : steady
        }
    }

    var isWatched: Bool { notWatchingReason == nil }

    /// Pictures are expected. A mute changes nothing: it is about alerts.
    var awaitsFrames: Bool {
        printer.settings.watchingEnabled && currentPrint.map { $0.pausedAt == nil } ?? false
    }

    /// Why nobody is alerted, in the words of the wire contract; nil when the printer is watched.
    public var notWatchingReason: String? {
        if !printer.settings.watchingEnabled { return "AI failure detection is disabled" }
        guard let currentPrint, currentPrint.pausedAt == nil else { return "Printer is not actively printing" }
        return currentPrint.isMuted ? "Alerts are muted for current print" : nil
    }
}
