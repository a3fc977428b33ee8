internal import Dispatch
public import Farm
public import Logging
internal import Synchronization
internal import Text

/// Delivers the notices of the outbox to one webhook, at least once each and in the order of their printer.
///
/// A notice leaves the outbox when the receiver has answered 2xx. A process that ends between the answer and that sends it
/// again after its next start, with the same `X-Farmtop-Delivery`.
public final class WebhookNotifier: FarmNotifier {
    /// The address of a frame's picture, made when it is sent: it holds for a day from then.
    public typealias PictureAddress = @Sendable (PrinterID, FrameKey) -> String

    private let target: WebhookTarget
    private let outbox: any WebhookOutbox
    private let userAgent: String
    private let pictureAddress: PictureAddress
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let policy: DeliveryPolicy
    private let jitter: @Sendable () -> Double
    private let sleep: @Sendable (Duration) async -> Void
    private let makeTransport: @Sendable () -> any WebhookTransport
    private let news = WakeSignal()
    private let currentStatus: Mutex<WebhookStatus>
    /// A test message got through: what waits need wait no longer.
    private let isReceiverBack = Mutex(false)

    /// From the connection to the end of the answer.
    static let deadline = Duration.seconds(10)
    private static let page = 1000

    /// Counts what waits, which blocks for a moment.
    /// - Throws: what the outbox throws.
    public convenience init(
        target: WebhookTarget, outbox: any WebhookOutbox, version: String, pictureAddress: @escaping PictureAddress,
        now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) throws {
        try self.init(
            target: target, outbox: outbox, version: version, pictureAddress: pictureAddress, now: now, logger: logger,
            policy: DeliveryPolicy(), jitter: { Double.random(in: 0..<1) },
            sleep: { duration in
                // Cancelled: whoever sleeps looks for that himself.
                try? await Task.sleep(for: duration)
            }, makeTransport: { HTTPTransport(target, deadline: Self.deadline, now: now) })
    }

    /// - Parameters:
    ///   - jitter: 0..<1, a new one at each call.
    ///   - sleep: returns early when the task is cancelled.
    init(
        target: WebhookTarget, outbox: any WebhookOutbox, version: String, pictureAddress: @escaping PictureAddress,
        now: @escaping @Sendable () -> Timestamp, logger: Logger, policy: DeliveryPolicy,
        jitter: @escaping @Sendable () -> Double, sleep: @escaping @Sendable (Duration) async -> Void,
        makeTransport: @escaping @Sendable () -> any WebhookTransport
    ) throws {
        self.target = target
        self.outbox = outbox
        userAgent = "farmtop/\(version)"
        self.pictureAddress = pictureAddress
        self.now = now
        self.logger = logger
        self.policy = policy
        self.jitter = jitter
        self.sleep = sleep
        self.makeTransport = makeTransport
        var status = WebhookStatus(receiver: target.origin, isSigned: target.secret != nil)
        status.pending = try outbox.pendingNoticeCount()
        currentStatus = Mutex(status)
    }

    public var status: WebhookStatus { currentStatus.withLock { $0 } }

    public func wake() { news.ring() }

    // MARK: Delivery

    /// Delivers until the task is cancelled.
    public func run() async {
        let transport = makeTransport()
        var work = Work(queue: DeliveryQueue(policy: policy))
        while !Task.isCancelled {
            do {
                try await takeNews(into: &work)
                try await step(&work, transport)
            } catch {
                logger.error("The webhook's queue cannot be used: \(error). It is tried again in 5 s.")
                await sleep(.seconds(5))
            }
        }
        await transport.close()
    }

    /// What the loop carries from step to step.
    private struct Work {
        var queue: DeliveryQueue
        /// The newest notice seen.
        var last: NoticeID = 0
        /// What the outbox has not been told yet, because it could not be written.
        var unsettled: [OutboxChange] = []
    }

    private func takeNews(into work: inout Work) async throws {
        while true {
            let (outbox, last) = (outbox, work.last)
            let page = try await blocking { try outbox.pendingNotices(after: last, limit: Self.page) }
            guard let newest = page.last else { break }
            work.last = newest.id
            for pending in work.queue.add(page) {
                drop(pending, "more than \(policy.capacity) wait", &work)
            }
        }
        for pending in work.queue.expire(at: now()) {
            drop(pending, "it could not be delivered for \(policy.giveUpAfter.components.seconds / 3600) h", &work)
        }
        try await settle(&work)
    }

    private func step(_ work: inout Work, _ transport: any WebhookTransport) async throws {
        if isReceiverBack.withLock({ isBack in
            defer { isBack = false }
            return isBack
        }) {
            work.queue.tryAllNow(now())
        }
        let step = work.queue.next(at: now())
        note(work.queue, waitingUntil: nil)
        switch step {
        case .deliver(let pending):
            let start = now()
            let outcome = await deliver(pending, transport)
            // Ended while it was under way: it was no try, and is made again after the next start.
            if Task.isCancelled, !outcome.isSuccess { return }
            // A clock that is set back meanwhile makes no negative time.
            currentStatus.withLock { $0.trySeconds += max(0, now().seconds(since: start)) }
            take(outcome, of: pending, &work)
            try await settle(&work)
        case .wait(let moment):
            note(work.queue, waitingUntil: moment)
            await waitForNews(atMost: .milliseconds(Int64(max(0, moment.seconds(since: now())) * 1000) + 1))
        case .idle: await waitForNews(atMost: nil)
        }
    }

    private func deliver(_ pending: PendingNotice, _ transport: any WebhookTransport) async -> DeliveryOutcome {
        let notice = pending.notice
        let picture = notice.frame.map { FrameKey(printID: notice.printID, number: $0) }
        let payload = WebhookPayload(
            notice: notice, imageURL: picture.map { pictureAddress(notice.printerID, $0) } ?? "")
        do {
            let body = try payload.encoded()
            return await transport.post(
                body, headers: headers(of: body, delivery: notice.deliveryID, event: notice.kind.rawValue))
        } catch {
            return .unanswered(reason: "the message could not be written: \(error)")
        }
    }

    private func take(_ outcome: DeliveryOutcome, of pending: PendingNotice, _ work: inout Work) {
        let moment = now()
        guard let (verdict, after) = work.queue.take(outcome, of: pending.id, at: moment, jitter: jitter()) else {
            return
        }
        work.unsettled.append(verdict.change(after))
        let isKnown = currentStatus.withLock { status in
            let isKnown = status.isFailing && status.lastError == outcome.complaint
            status.pending = work.queue.notices.count
            switch verdict {
            case .delivered:
                status.delivered += 1
                status.lastSuccessAt = moment
            case .postponed(_, let reason), .dropped(let reason):
                status.lastError = reason
                status.lastErrorAt = moment
                status.failedTries += 1
                if case .dropped = verdict { status.dropped += 1 }
            }
            return isKnown
        }
        let name = "\(pending.notice.kind.rawValue) of print \(pending.notice.printID)"
        switch verdict {
        case .delivered: logger.debug("Delivered \(name) to the webhook.")
        case .postponed(let next, let reason):
            // A receiver that is down for hours is worth one warning, not one each try.
            logger.log(
                level: isKnown ? .info : .warning,
                "Webhook \(target): \(reason). \(name), try \(after.tries), next at \(next).")
        case .dropped(let reason):
            logger.error("Webhook \(target): \(reason). \(name) is dropped, as another try would not help.")
        }
    }

    private func drop(_ pending: PendingNotice, _ reason: String, _ work: inout Work) {
        work.unsettled.append(.remove(pending.id))
        currentStatus.withLock { $0.dropped += 1 }
        let notice = pending.notice
        let name = "\(notice.kind.rawValue) of print \(notice.printID)"
        logger.error("Webhook \(target): \(name) is dropped after \(pending.tries) tries: \(reason).")
    }

    private func settle(_ work: inout Work) async throws {
        guard !work.unsettled.isEmpty else { return }
        let (outbox, changes) = (outbox, work.unsettled)
        try await blocking { try outbox.settle(changes) }
        work.unsettled = []
    }

    private func note(_ queue: DeliveryQueue, waitingUntil moment: Timestamp?) {
        currentStatus.withLock { status in
            status.pending = queue.notices.count
            status.nextTryAt = moment
        }
    }

    private func waitForNews(atMost duration: Duration?) async {
        guard let duration else { return await news.wait() }
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { [news] in await news.wait() }
            tasks.addTask { [sleep] in await sleep(duration) }
            await tasks.next()
            tasks.cancelAll()
        }
    }

    /// SQLite waits for the disk: not on the threads that tasks share.
    private func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { continuation.resume(with: Result { try body() }) }
        }
    }

    // MARK: Test

    public func sendTest() async -> WebhookTestResult {
        let transport = makeTransport()
        let start = now()
        let id = Hexadecimal.text((0..<16).map { _ in UInt8.random(in: .min ... .max) })
        let body = WebhookPayload.test
        let outcome = await transport.post(
            body, headers: headers(of: body, delivery: id, event: "TestEvent"))
        await transport.close()
        if outcome.isSuccess {
            isReceiverBack.withLock { $0 = true }
            wake()
        }
        var status: Int?
        if case .answered(let code, _) = outcome { status = code }
        return WebhookTestResult(
            receiver: target.origin, status: status, error: outcome.complaint,
            milliseconds: max(0, now().seconds(since: start) * 1000))
    }

    private func headers(of body: [UInt8], delivery: String, event: String) -> [(name: String, value: String)] {
        var headers = [
            (name: "Content-Type", value: "application/json"), (name: "User-Agent", value: userAgent),
            (name: "X-Farmtop-Event", value: event), (name: "X-Farmtop-Delivery", value: delivery),
        ]
        if let secret = target.secret {
            headers.append((name: "X-Farmtop-Signature", value: WebhookSignature.header(of: body, secret: secret)))
        }
        return headers
    }
}
