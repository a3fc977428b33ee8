internal import Farm

/// What waits in an outbox for its delivery.
protocol OutboxItem: Equatable, Sendable {
    var id: Identifier<Self> { get }
    var createdAt: Timestamp { get }
    /// The same moment on the farm's own line of time; nil where it is not known there.
    var createdSteady: SteadyTime? { get }
    var tries: Int64 { get set }
    /// How often the service had it and did not take it.
    var refusals: Int64 { get set }
    var nextTryAt: Timestamp { get set }
    /// What has the same one is sent in its order.
    var line: Int64 { get }
}

extension OutboxItem {
    /// By the line of time that nobody can set, where both ends are known on it.
    func age(at now: Timestamp, _ steady: SteadyTime?) -> Duration {
        guard let steady, let createdSteady else { return .microseconds(now.microseconds - createdAt.microseconds) }
        return .microseconds(steady.microseconds - createdSteady.microseconds)
    }
}

/// Decides which message is sent when: an outcome goes in, what to do with the message comes out. No clock, no random
/// numbers, no I/O.
///
/// Messages of one line go in their order: one that waits for its next try holds up the later ones of its line, until
/// the receiver has refused it a few times. Those of other lines pass it. While the receiver cannot be reached at
/// all, or has asked for a pause, nothing is sent.
struct RetryQueue<Item: OutboxItem>: Sendable {
    enum Step: Equatable, Sendable {
        case deliver(Item)
        case wait(until: Timestamp)
        /// Nothing is left to send.
        case idle
    }

    /// What became of a message.
    enum Verdict: Equatable, Sendable {
        case delivered
        /// Tried again at that moment.
        case postponed(until: Timestamp, reason: String)
        case dropped(reason: String)
    }

    let policy: DeliveryPolicy
    /// By id, which is by age.
    private(set) var items: [Item] = []
    /// Nothing is sent before.
    private(set) var quietUntil: Timestamp?
    private var failedConnections: Int64 = 0
    private var lastLook: Timestamp?

    init(policy: DeliveryPolicy = DeliveryPolicy()) { self.policy = policy }

    /// Takes messages that are newer than all it has.
    /// - Returns: the oldest ones, for which there is no more room.
    mutating func add(_ new: [Item]) -> [Item] {
        items += new
        let excess = max(0, items.count - policy.capacity)
        defer { items.removeFirst(excess) }
        return Array(items.prefix(excess))
    }

    /// Takes out what is too old.
    mutating func expire(at now: Timestamp, steady: SteadyTime? = nil) -> [Item] {
        let isTooOld = { [policy] (pending: Item) in pending.age(at: now, steady) >= policy.giveUpAfter }
        guard items.contains(where: isTooOld) else { return [] }
        defer { items.removeAll(where: isTooOld) }
        return items.filter(isTooOld)
    }

    /// It need not be said any more.
    mutating func remove(_ id: Identifier<Item>) { items.removeAll { $0.id == id } }

    /// Nobody waits any longer, as when the receiver is known to be there.
    mutating func tryAllNow(_ now: Timestamp) {
        quietUntil = nil
        failedConnections = 0
        for index in items.indices { items[index].nextTryAt = min(items[index].nextTryAt, now) }
    }

    mutating func next(at now: Timestamp, steady: SteadyTime? = nil) -> Step {
        // The clock was set back: the moments that were waited for are too far off by as much.
        if let lastLook, now < lastLook { tryAllNow(now) }
        lastLook = now
        guard let oldest = items.first else { return .idle }
        // Whatever happens, the oldest is given up then.
        var earliest = now + (policy.giveUpAfter - oldest.age(at: now, steady))
        if let quietUntil, quietUntil > now { return .wait(until: min(quietUntil, earliest)) }
        var heldUp: Set<Int64> = []
        for pending in items where !heldUp.contains(pending.line) {
            // No wait is that long: the clock was set back while the farm was not running.
            let isFarOff = pending.nextTryAt > now + policy.giveUpAfter
            if pending.nextTryAt <= now || isFarOff { return .deliver(pending) }
            earliest = min(earliest, pending.nextTryAt)
            if pending.refusals < policy.refusalsBeforeStandingAside { heldUp.insert(pending.line) }
        }
        return .wait(until: earliest)
    }

    /// - Parameter jitter: 0..<1.
    /// - Returns: what became of it, and the message as the outbox must have it; nil when it is not in the queue.
    mutating func take(
        _ outcome: DeliveryOutcome, of id: Identifier<Item>, at now: Timestamp, jitter: Double
    ) -> (verdict: Verdict, pending: Item)? {
        guard let index = items.firstIndex(where: { $0.id == id }) else { return nil }
        items[index].tries += 1
        if case .unreachable = outcome {
            failedConnections += 1
        } else {
            failedConnections = 0
            quietUntil = nil
        }
        guard let reason = outcome.complaint else { return (.delivered, items.remove(at: index)) }
        if outcome.isFinalRefusal { return (.dropped(reason: reason), items.remove(at: index)) }
        let next = nextTry(of: index, after: outcome, at: now, jitter: jitter)
        items[index].nextTryAt = next
        return (.postponed(until: next, reason: reason), items[index])
    }

    private mutating func nextTry(
        of index: Int, after outcome: DeliveryOutcome, at now: Timestamp, jitter: Double
    ) -> Timestamp {
        switch outcome {
        case .unreachable:
            let next = now + policy.delay(afterFailures: failedConnections, jitter: jitter)
            quietUntil = next
            return next
        case .declined(_, let seconds, _, let isForAll):
            items[index].refusals += 1
            let own = now + policy.delay(afterFailures: items[index].refusals, jitter: jitter)
            let asked = seconds.map { max(own, now + min(.seconds(max(0, $0)), policy.giveUpAfter)) } ?? own
            if isForAll { quietUntil = asked }
            return asked
        case .accepted, .acceptedInPart, .unanswered:
            items[index].refusals += 1
            return now + policy.delay(afterFailures: items[index].refusals, jitter: jitter)
        }
    }
}

extension RetryQueue.Verdict {
    func change(_ item: Item) -> OutboxChange<Item> {
        if case .postponed = self { return .postpone(item) }
        return .remove(item.id)
    }
}
