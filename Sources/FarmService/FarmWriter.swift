import Dispatch
import Farm
import Logging
import OAuth
import Synchronization

/// The one writer: drains a bounded mailbox, applies what it holds to a draft, commits the rows of the batch in one
/// transaction, and only then installs the state and answers. While a batch is being committed the next one gathers,
/// so that many callers share one flush to disk.
final class FarmWriter: Sendable {
    /// A command with its answer, closed over.
    struct Envelope: Sendable {
        /// Applies the command, once more where the batch before was not kept; the closure it returns answers once the batch
        /// is committed.
        var apply: @Sendable (inout FarmDraft) -> @Sendable () -> Void
        /// Answers without the command, or with what it did thrown away.
        var refuse: @Sendable (FarmError) -> Void
    }

    private struct Mailbox {
        var waiting: [Envelope] = []
        var isDraining = false
        var isClosed = false
        var whenIdle: [@Sendable () -> Void] = []
    }

    static let batchLimit = 256

    private let mailbox = Mutex(Mailbox())
    private let queue = DispatchQueue(label: "farmtop.writer", qos: .userInitiated)
    private let store: any FarmStore
    private let random: any RandomSource
    private let clock: SteadyClock
    private var elapsed: @Sendable () -> Duration { clock.clock.sinceBoot }
    private let limits: FarmLimits
    private let logger: Logger
    private let committed: Mutex<FarmState>
    private let done = Mutex(WriterFigures())
    private let faults = Mutex(RepeatedFaults())
    private let onCommit: @Sendable () -> Void
    private let notifier: (any FarmNotifier)?
    private let rules: [NotificationRule]
    private let channels: (any NotificationChannels)?
    /// How the network that is loaded scores.
    let scoring = Mutex<Scoring?>(nil)

    init(
        state: FarmState, store: any FarmStore, random: any RandomSource, limits: FarmLimits, logger: Logger,
        notifier: (any FarmNotifier)?, rules: [NotificationRule] = [], channels: (any NotificationChannels)? = nil,
        clock: SteadyClock, onCommit: @escaping @Sendable () -> Void
    ) {
        committed = Mutex(state)
        self.store = store
        self.random = random
        self.limits = limits
        self.logger = logger
        self.clock = clock
        self.onCommit = onCommit
        self.notifier = notifier
        self.rules = rules
        self.channels = channels
    }

    /// The state of the last commit.
    var state: FarmState { committed.withLock { $0 } }

    var figures: WriterFigures {
        var figures = done.withLock { $0 }
        figures.waitingChanges = mailbox.withLock { $0.waiting.count }
        return figures
    }

    private func book(_ changes: Int, since start: Duration, isCommitted: Bool) {
        let time = elapsed() - start
        done.withLock { figures in
            figures.commitTime.record(time)
            figures.changes += Int64(changes)
            if isCommitted { figures.commits += 1 } else { figures.failedCommits += 1 }
        }
    }

    /// - Throws: `unavailable` at once when the mailbox is full or closed; else what the command throws, or
    ///   `unavailable` when its batch could not be committed.
    func perform<Command: FarmCommand>(_ command: Command) async throws(FarmError) -> Command.Reply {
        let result: Result<Command.Reply, FarmError> = await withCheckedContinuation { continuation in
            enqueue(command) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// `completion` is called exactly once, on the writer's queue or at once.
    func enqueue<Command: FarmCommand>(
        _ command: Command, completion: @escaping @Sendable (Result<Command.Reply, FarmError>) -> Void
    ) {
        let envelope = Envelope(
            apply: { draft in
                let result: Result<Command.Reply, FarmError>
                do throws(FarmError) {
                    result = .success(try command.apply(to: &draft))
                } catch {
                    result = .failure(error)
                }
                return { completion(result) }
            }, refuse: { completion(.failure($0)) })
        let refusal: FarmError? = mailbox.withLock { mailbox in
            if mailbox.isClosed { return .unavailable(reason: "farmtop is stopping.", retryAfterSeconds: 5) }
            if mailbox.waiting.count >= limits.mailboxCapacity {
                return .unavailable(reason: "Too many changes wait to be stored.", retryAfterSeconds: 1)
            }
            mailbox.waiting.append(envelope)
            guard !mailbox.isDraining else { return nil }
            mailbox.isDraining = true
            queue.async { self.drain() }
            return nil
        }
        guard let refusal else { return }
        done.withLock { $0.refusedChanges += 1 }
        envelope.refuse(refusal)
    }

    /// Refuses what comes from now on; returns when all that came before is answered.
    func close() async {
        await withCheckedContinuation { continuation in
            let isIdle = mailbox.withLock { mailbox in
                mailbox.isClosed = true
                if mailbox.isDraining { mailbox.whenIdle.append { continuation.resume() } }
                return !mailbox.isDraining
            }
            if isIdle { continuation.resume() }
        }
    }

    private func drain() {
        while true {
            let (batch, whenIdle): ([Envelope], [@Sendable () -> Void]) = mailbox.withLock { mailbox in
                let batch = Array(mailbox.waiting.prefix(Self.batchLimit))
                mailbox.waiting.removeFirst(batch.count)
                guard batch.isEmpty else { return (batch, []) }
                mailbox.isDraining = false
                defer { mailbox.whenIdle = [] }
                return ([], mailbox.whenIdle)
            }
            guard !batch.isEmpty else {
                for resume in whenIdle { resume() }
                return
            }
            commit(batch)
        }
    }

    /// So many commands of a batch are put aside before the store itself is taken to be at fault.
    private static let mostPutAside = 8

    /// A command whose rows the store refuses takes no other one with it: the batch is committed again without it. Where the store
    /// can take nothing at all, every command of the batch is refused.
    private func commit(_ batch: [Envelope]) {
        var batch = batch
        // Too many were put aside, should nothing worse come.
        var notStored = FarmError.unavailable(reason: "The change could not be stored.", retryAfterSeconds: 2)
        for _ in 0...Self.mostPutAside where !batch.isEmpty {
            do {
                return try commitAll(batch)
            } catch let refused as RefusedCommand {
                log("A change could not be stored: \(refused.reason)")
                batch.remove(at: refused.place).refuse(Self.notStored(refused.reason))
                notStored = Self.notStored(refused.reason)
            } catch {
                log("Changes could not be stored: \(error)")
                notStored = Self.notStored(error)
                break
            }
        }
        for envelope in batch { envelope.refuse(notStored) }
    }

    private func log(_ fault: String) {
        let now = elapsed()
        if let line = faults.withLock({ $0.line(fault, at: now) }) { logger.error("\(line)") }
    }

    private static func notStored(_ fault: any Error) -> FarmError {
        let reason = (fault as? any StoreFault)?.reasonForClients
        return .unavailable(
            reason: "The change could not be stored\(reason.map { ": \($0)" } ?? "").", retryAfterSeconds: 2)
    }

    /// The store took the rows of the commands before this one, and may take those of the commands after it.
    private struct RefusedCommand: Error {
        /// In its batch.
        var place: Int
        var reason: any Error
    }

    /// - Throws: `RefusedCommand`, or the failure to begin or to commit; then nothing was kept and nobody answered.
    private func commitAll(_ batch: [Envelope]) throws {
        var answers: [@Sendable () -> Void] = []
        let before = state.revision
        let start = elapsed()
        do {
            var next = state
            var hasNotices = false
            var hasQueuedNotifications = false
            try store.transaction { transaction in
                var draft = FarmDraft(
                    state: next, clock: clock.read(), limits: limits, random: random, scoring: scoring.withLock { $0 },
                    hasWebhook: notifier != nil, rules: rules,
                    storedPrint: transaction.print)
                var hasRows = false
                for envelope in batch {
                    answers.append(envelope.apply(&draft))
                    guard !draft.rows.isEmpty else { continue }
                    try transaction.begin()
                    do {
                        try transaction.write(draft.rows)
                    } catch {
                        throw RefusedCommand(place: answers.count - 1, reason: error)
                    }
                    hasRows = true
                    draft.rows.removeAll(keepingCapacity: true)
                }
                // Once for all of them: it looks at all that there is to tell.
                if draft.hasNotificationNews {
                    draft.advanceNotifications()
                    if !draft.rows.isEmpty {
                        try transaction.write(draft.rows)
                        hasRows = true
                    }
                    draft.rows.removeAll()
                }
                if hasRows { try transaction.write([.clock(draft.clock)]) }
                next = draft.state
                hasNotices = draft.hasNotices
                hasQueuedNotifications = draft.hasQueuedNotifications
            }
            committed.withLock { $0 = next }
            book(batch.count, since: start, isCommitted: true)
            for answer in answers { answer() }
            if next.revision != before { onCommit() }
            if hasNotices { notifier?.wake() }
            if hasQueuedNotifications { channels?.wake() }
        } catch {
            book(batch.count, since: start, isCommitted: false)
            throw error
        }
    }
}
