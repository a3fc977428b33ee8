internal import Farm

/// What waits in an outbox for its delivery.
protocol OutboxItem: Sendable {
    associatedtype ID: Equatable & Sendable
    var id: ID { get }
    var createdAt: Timestamp { get }
    var tries: Int64 { get set }
    var refusals: Int64 { get set }
    var nextTryAt: Timestamp { get set }
    /// What has the same one is sent in its order.
    var line: Int64 { get }
}

extension PendingNotice: OutboxItem {
    var createdAt: Timestamp { notice.createdAt }
    /// The printer.
    var line: Int64 { notice.printerID.rawValue }
}

extension QueuedNotification: OutboxItem {
    var createdAt: Timestamp { notification.createdAt }
    /// A channel has one.
    var line: Int64 { 0 }
}

/// The queue of the webhook.
typealias DeliveryQueue = RetryQueue<PendingNotice>

/// Decides which notice is sent when: an outcome goes in, what to do with the notice comes out. No clock, no random
/// numbers, no I/O.
///
/// Notices of one line go in their order: one that waits for its next try holds up the later ones of its line, until
/// the receiver has refused it a few times. Those of other lines pass it. While the receiver cannot be reached at
/// all, or has asked for a pause, nothing is sent.
struct RetryQueue<Item: OutboxItem>: Sendable {
    enum Step: Sendable {
        case deliver(Item)
        case wait(until: Timestamp)
        /// Nothing is left to send.
        case idle
    }

    /// What became of a notice.
    enum Verdict: Equatable, Sendable {
        case delivered
        /// Tried again at that moment.
        case postponed(until: Timestamp, reason: String)
        case dropped(reason: String)
    }

    let policy: DeliveryPolicy
    /// By id, which is by age.
    private(set) var notices: [Item] = []
    /// Nothing is sent before.
    private(set) var quietUntil: Timestamp?
    private var failedConnections: Int64 = 0
    private var lastLook: Timestamp?

    init(policy: DeliveryPolicy = DeliveryPolicy()) { self.policy = policy }

    /// Takes notices that are newer than all it has.
    /// - Returns: the oldest ones, for which there is no more room.
    mutating func add(_ new: [Item]) -> [Item] {
        notices += new
        let excess = max(0, notices.count - policy.capacity)
        defer { notices.removeFirst(excess) }
        return Array(notices.prefix(excess))
    }

    /// Takes out what is too old.
    mutating func expire(at now: Timestamp) -> [Item] {
        let isTooOld = { [policy] (pending: Item) in now >= pending.createdAt + policy.giveUpAfter }
        guard notices.contains(where: isTooOld) else { return [] }
        defer { notices.removeAll(where: isTooOld) }
        return notices.filter(isTooOld)
    }

    /// Nobody waits any longer, as when the receiver is known to be there.
    mutating func tryAllNow(_ now: Timestamp) {
        quietUntil = nil
        failedConnections = 0
        for index in notices.indices { notices[index].nextTryAt = min(notices[index].nextTryAt, now) }
    }

    mutating func next(at now: Timestamp) -> Step {
        // The clock was set back: the moments that were waited for are too far off by as much.
        if let lastLook, now < lastLook { tryAllNow(now) }
        lastLook = now
        guard let oldest = notices.first else { return .idle }
        // Whatever happens, the oldest is given up then.
        var earliest = oldest.createdAt + policy.giveUpAfter
        if let quietUntil, quietUntil > now { return .wait(until: min(quietUntil, earliest)) }
        var heldUp: Set<Int64> = []
        for pending in notices where !heldUp.contains(pending.line) {
            if pending.nextTryAt <= now { return .deliver(pending) }
            earliest = min(earliest, pending.nextTryAt)
            if pending.refusals < policy.refusalsBeforeStandingAside { heldUp.insert(pending.line) }
        }
        return .wait(until: earliest)
    }

    /// - Parameter jitter: 0..<1.
    /// - Returns: what became of it, and the notice as the outbox must have it; nil when it is not in the queue.
    mutating func take(
        _ outcome: DeliveryOutcome, of id: Item.ID, at now: Timestamp, jitter: Double
    ) -> (verdict: Verdict, pending: Item)? {
        guard let index = notices.firstIndex(where: { $0.id == id }) else { return nil }
        notices[index].tries += 1
        if case .unreachable = outcome {
            failedConnections += 1
        } else {
            failedConnections = 0
            quietUntil = nil
        }
        guard let reason = outcome.complaint else { return (.delivered, notices.remove(at: index)) }
        if outcome.isFinalRefusal { return (.dropped(reason: reason), notices.remove(at: index)) }
        let next = nextTry(of: index, after: outcome, at: now, jitter: jitter)
        notices[index].nextTryAt = next
        return (.postponed(until: next, reason: reason), notices[index])
    }

    private mutating func nextTry(
        of index: Int, after outcome: DeliveryOutcome, at now: Timestamp, jitter: Double
    ) -> Timestamp {
        switch outcome {
        case .unreachable:
            let next = now + policy.delay(afterFailures: failedConnections, jitter: jitter)
            quietUntil = next
            return next
        case .answered(let status, let seconds):
            notices[index].refusals += 1
            let own = now + policy.delay(afterFailures: notices[index].refusals, jitter: jitter)
            guard let seconds else { return own }
            let asked = max(own, now + min(.seconds(max(0, seconds)), policy.giveUpAfter))
            // Too many requests, or out of service: that is meant for all of them (RFC 9110 §10.2.3).
            if status == 429 || status == 503 { quietUntil = asked }
            return asked
        case .declined(_, let seconds, _, let isForAll):
            notices[index].refusals += 1
            let own = now + policy.delay(afterFailures: notices[index].refusals, jitter: jitter)
            let asked = seconds.map { max(own, now + min(.seconds(max(0, $0)), policy.giveUpAfter)) } ?? own
            if isForAll { quietUntil = asked }
            return asked
        case .accepted, .unanswered:
            notices[index].refusals += 1
            return now + policy.delay(afterFailures: notices[index].refusals, jitter: jitter)
        }
    }
}

extension RetryQueue.Step: Equatable where Item: Equatable {}
extension RetryQueue<PendingNotice>.Verdict {
    func change(_ pending: PendingNotice) -> OutboxChange {
        if case .postponed = self { return .postpone(pending) }
        return .remove(pending.id)
    }
}

extension RetryQueue<QueuedNotification>.Verdict {
    func change(_ queued: QueuedNotification) -> QueueChange {
        if case .postponed = self { return .postpone(queued) }
        return .remove(queued.id)
    }
}
