public import FailureDetection
public import Farm
public import Logging
public import OAuth
import Synchronization

/// The one owner of the live farm: commands in, committed snapshots out.
///
/// Reads see the state of the last commit and never wait for a writer; writes go through one mailbox and return when
/// they are on disk. Clock, store, detector and randomness are passed in.
public final class FarmService: Sendable {
    /// Counts that are not stored: they begin at 0 with each start.
    public let traffic = TrafficCounters()
    let store: any FarmStore
    let writer: FarmWriter
    let limits: FarmLimits
    let logger: Logger
    let version: String
    /// The clock on the wall.
    let now: @Sendable () -> Timestamp
    /// Monotonic time since launch.
    public let elapsed: @Sendable () -> Duration
    private let steadyClock: SteadyClock
    let revisions = RevisionSignal()
    /// Wakes the browsers that wait for an answer.
    let consentRevisions = RevisionSignal()
    let consentStore: Mutex<ConsentStore>
    let retries = Mutex(RefreshRetries())
    let random: any RandomSource
    let notifier: (any FarmNotifier)?
    let channels: (any NotificationChannels)?
    let rules: [NotificationRule]
    private let detector: Mutex<(any FrameDetector)?>
    private let damage = Mutex<String?>(nil)
    private let faults = Mutex(RepeatedFaults())
    let authenticator: Authenticator
    private let ticks = Mutex(TickMemory())
    private let clockWatch = Mutex(ClockWatch())
    let machineAccess = Mutex<MachineAccess?>(nil)
    let lookTaker = Mutex<LookTaker?>(nil)
    let verdictTries = Mutex(VerdictTries())
    private let frameNumbers = Atomic<UInt64>(0)

    /// What the last tick saw, to tell whether the screen has news.
    private struct TickMemory {
        var status = ServiceStatus()
        var states: [PrinterID: PrinterStates] = [:]
        var consents: [PendingConsent] = []
        var secondsSinceFlush = 0
        /// What the channels were told of waiting apps; nil: of those of an earlier run.
        var consentTexts: [String]?
        /// What the log has of the channels' rules, by channel.
        var missingNames: [String: MissingNames] = [:]
    }

    /// Loads the farm; a first run makes the account `operator`. Blocks until that is on disk.
    /// - Parameters:
    ///   - failureModel: of the detector's network.
    ///   - rules: what the channels are told, and when; one for each channel.
    /// - Throws: what the store throws.
    public init(
        store: any FarmStore, detector: (any FrameDetector)?, failureModel: FailureModel = FailureModel(),
        limits: FarmLimits = FarmLimits(),
        notifier: (any FarmNotifier)? = nil, rules: [NotificationRule] = [],
        channels: (any NotificationChannels)? = nil, randomSource: any RandomSource = SystemRandomSource(),
        clock: FarmClock, logger: Logger, version: String
    ) throws {
        let start = clock.wall()
        let stored = try store.load(
            recentSince: start - limits.doneFor, eventLimit: FarmState.eventLimit,
            predictionLimit: limits.recentPoints)
        let steadyClock = SteadyClock(clock, after: stored.clock)
        var state = FarmState(stored, limits: limits, now: steadyClock.read())
        if state.accounts.isEmpty {
            let account = Account(id: HighestIDs.next(&state.ids.account), name: Account.firstName, createdAt: start)
            try store.transaction { try $0.write([.account(account)]) }
            state.accounts[account.id] = account
            state.revision += 1
        }
        let newChannels = state.notifications.meet(rules.map(\.channel))
        if !newChannels.isEmpty {
            // Not worth a farm that does not start: a full disk is no news to those channels, and the next start meets them again.
            do { try store.transaction { try $0.write(newChannels.map(FarmRow.notification)) } } catch {
                logger.warning("That new channels of notifications are known could not be stored: \(error)")
            }
        }
        let revisions = revisions
        writer = FarmWriter(
            state: state, store: store, random: randomSource, limits: limits, logger: logger,
            notifier: notifier, rules: rules, channels: channels, clock: steadyClock,
            onCommit: { revisions.advance() })
        authenticator = Authenticator(
            traffic: traffic, lastUses: LastUses(stored.lastUses), onNews: { revisions.advance() })
        self.store = store
        self.notifier = notifier
        self.channels = channels
        self.rules = rules
        self.limits = limits
        self.logger = logger
        self.version = version
        self.steadyClock = steadyClock
        now = clock.wall
        elapsed = clock.sinceBoot
        random = randomSource
        consentStore = Mutex(ConsentStore(limits: limits.consents))
        self.detector = Mutex(detector)
        if let detector {
            writer.scoring.withLock { $0 = Scoring(modelDigest: detector.model.digest, failureModel: failureModel) }
        }
    }

    /// The committed state: a cheap copy, from any thread.
    public var state: FarmState { writer.state }

    /// What was stored since the start.
    public var writerFigures: WriterFigures { writer.figures }

    /// Runs a command; returns when it is on disk.
    /// - Throws: what the command throws, or `unavailable`; then nothing has changed.
    public func perform<Command: FarmCommand>(_ command: Command) async throws(FarmError) -> Command.Reply {
        try await writer.perform(command)
    }

    /// For a network that was loaded after the start. Until then frames are refused with `unavailable`. What earlier prints
    /// can teach of this network's cameras is learnt first.
    public func setDetector(_ detector: any FrameDetector, failureModel: FailureModel) async {
        writer.scoring.withLock { $0 = Scoring(modelDigest: detector.model.digest, failureModel: failureModel) }
        await learnFromStoredPrints()
        self.detector.withLock { $0 = detector }
        revisions.advance()
    }

    /// What a look at the whole database found, for every screen; nil: it is well.
    public var databaseDamage: String? {
        get { damage.withLock { $0 } }
        set {
            let isNews = damage.withLock { damage in
                defer { damage = newValue }
                return damage != newValue
            }
            if isNews { revisions.advance() }
        }
    }

    /// For a farm that is opened for one command: prints that end and alerts that are dismissed teach as they do while
    /// pictures come.
    public func setScoring(_ scoring: Scoring) { writer.scoring.withLock { $0 = scoring } }

    var scoring: Scoring? { writer.scoring.withLock { $0 } }

    func nextFrameNumber() -> UInt64 { frameNumbers.add(1, ordering: .relaxed).newValue }

    var currentDetector: (any FrameDetector)? { detector.withLock { $0 } }

    /// Once a second: missing frames, expired tokens, last uses, the request rate.
    public func tick() async {
        traffic.tick()
        watchClock()
        let running = elapsed()
        retries.withLock { $0.expire(running) }
        do {
            try await writer.perform(
                ExpireStaleFrames { [self] moment in consentStore.withLock { $0.usableCodes(moment) } })
        } catch {
            let now = elapsed()
            if let line = faults.withLock({ $0.line("The check for missing frames failed: \(error)", at: now) }) {
                logger.error("\(line)")
            }
        }
        let isFlushDue = ticks.withLock { memory in
            memory.secondsSinceFlush += 1
            guard memory.secondsSinceFlush >= 60 else { return false }
            memory.secondsSinceFlush = 0
            return true
        }
        if isFlushDue { await storeLastUses() }
        noticeChanges()
        await tellOfConsents()
    }

    private func tellOfConsents() async {
        guard !rules.isEmpty else { return }
        let texts = waitingConsents.map { "\($0.clientName) asks for access to the account \($0.accountName)." }
        guard ticks.withLock({ $0.consentTexts != texts }) else { return }
        do {
            try await writer.perform(ReportConditions(.consent, .warning, texts: texts))
            ticks.withLock { $0.consentTexts = texts }
        } catch {
            logger.warning("What the channels tell of waiting apps could not be stored and is tried again: \(error)")
        }
    }

    /// Whether the clock on the wall has run undisturbed for an hour, and so can be believed about what is old.
    public var isClockSteady: Bool { clockWatch.withLock { $0.isSteady } }

    private func watchClock() {
        let reading = steadyClock.read()
        let (observation, isShownAnew) = clockWatch.withLock { watch in
            let isShownAnew = watch.follow(reading)
            return (watch.observe(wall: reading.wall, elapsed: reading.sinceBoot), isShownAnew)
        }
        if isShownAnew { revisions.advance() }
        guard case .wasSet(let seconds) = observation else { return }
        logger.warning(
            """
            The clock was set \(seconds < 0 ? "back" : "forward") by \(Int(abs(seconds).rounded())) s. Durations are not \
            affected. Age-based deletion starts once the clock has been stable for an hour.
            """)
    }

    /// The farm's own line of time, for those who live beside it.
    public var steadyTime: @Sendable () -> SteadyTime {
        { [steadyClock] in steadyClock.read().steady }
    }

    /// This moment, for those who look.
    var shownMoment: ShownMoment {
        let reading = steadyClock.read()
        let shift = clockWatch.withLock { watch in
            if watch.shift == nil { _ = watch.follow(reading) }
            return watch.shift ?? .zero
        }
        return ShownMoment(reading: reading, shift: shift)
    }

    /// Wakes the screen when something changed that no command did: the load, or a state that time alone changed.
    private func noticeChanges() {
        let (status, moment, state) = (status, steadyClock.read(), state)
        let states = state.printers.mapValues { $0.states(at: moment.steady, limits: limits) }
        consentStore.withLock { $0.tidy(state, moment.steady) }
        let consents = waitingConsents
        let told = ticks.withLock { $0.missingNames }
        let missing = tellOfMissingNames(status.channels, told: told)
        let hasNews = ticks.withLock { memory in
            memory.missingNames = missing
            guard memory.status != status || memory.states != states || memory.consents != consents else {
                return false
            }
            memory.status = status
            memory.states = states
            memory.consents = consents
            return true
        }
        if hasNews { revisions.advance() }
    }

    /// Refuses new commands, lets the running ones finish and ends the streams.
    public func shutdown() async {
        // What is left is remembered after the next start.
        await rememberVerdicts(within: .seconds(2))
        await storeLastUses()
        await writer.close()
        endUpdates()
        do {
            try store.settle()
        } catch {
            logger.warning(
                "The log of the database was not taken into it at the end and stays beside it; the next start reads it. \(error)"
            )
        }
    }

    /// The farm is stopping: changes that still come hardly wait for a program that holds the database.
    public func hurry() { store.hurry() }

    /// Ends every stream of updates: nobody waits for the end of one that does not end by itself.
    public func endUpdates() {
        revisions.finish()
        consentRevisions.finish()
    }

    private func storeLastUses() async {
        let uses = authenticator.takeLastUses()
        guard !uses.isEmpty else { return }
        do {
            try await writer.perform(StoreLastUses(lastUses: uses))
        } catch {
            authenticator.restoreLastUses(uses)
            logger.warning(
                "The times when tokens were last used could not be stored; farmtop tries again in a minute: \(error)")
        }
    }
}

extension FarmService {
    /// What a bearer token stands for; nil when it is unknown, expired or suspended. Notes its use.
    public func authenticate(token: String) -> AuthenticatedClient? {
        authenticator.client(token: token, in: state, at: now())
    }

    /// The client that a request comes from, once it has proved it. A correct secret always passes.
    /// - Parameter address: of the peer, without its port.
    /// - Throws: `invalidClient`, or `tooManyAttempts` after too many failures of this client from this address.
    public func authenticateClient(
        _ presented: PresentedClient, address: String
    ) throws(OAuthError) -> OAuthClient {
        try authenticator.client(presented, address: address, in: state, at: now())
    }

    var recentRefusals: [ClientRefusals] { authenticator.recentRefusals(in: state, at: now()) }
}

/// Time since it was made, of a clock that nobody can set and that runs while the machine sleeps.
public func runningClock() -> @Sendable () -> Duration {
    let start = ContinuousClock.now
    return { ContinuousClock.now - start }
}
