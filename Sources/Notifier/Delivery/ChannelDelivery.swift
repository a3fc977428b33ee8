internal import Dispatch
internal import Farm
internal import Logging
internal import Synchronization

/// Delivers the messages of one channel, at least once each and in their order. A channel that does not work holds up no other:
/// each has its own queue, connection and task.
///
/// A message leaves the outbox when the service has it, or when it is given up: refused for good, or a day old.
final class ChannelDelivery: Sendable {
    let channel: NotifyChannel
    private let outbox: any NotificationOutbox
    private let links: NotificationLinks
    private let now: @Sendable () -> Timestamp
    private let jitter: @Sendable () -> Double
    private let sleep: @Sendable (Duration) async -> Void
    private let logger: Logger
    private let policy: DeliveryPolicy
    private let makeTransport: @Sendable () -> any ChannelTransport
    private let news = WakeSignal()
    private let currentStatus: Mutex<ChannelStatus>
    /// A test message got through: what waits need wait no longer.
    private let isBack = Mutex(false)

    private static let page = 200

    init(
        _ channel: NotifyChannel, outbox: any NotificationOutbox, pending: Int, links: NotificationLinks,
        now: @escaping @Sendable () -> Timestamp, jitter: @escaping @Sendable () -> Double,
        sleep: @escaping @Sendable (Duration) async -> Void, logger: Logger, policy: DeliveryPolicy,
        makeTransport: @escaping @Sendable () -> any ChannelTransport
    ) {
        self.channel = channel
        self.outbox = outbox
        self.links = links
        self.now = now
        self.jitter = jitter
        self.sleep = sleep
        self.logger = logger
        self.policy = policy
        self.makeTransport = makeTransport
        var status = ChannelStatus(name: channel.name, kind: channel.kind.rawValue, receiver: channel.receiver)
        status.pending = pending
        currentStatus = Mutex(status)
    }

    var status: ChannelStatus { currentStatus.withLock { $0 } }

    func wake() { news.ring() }

    // MARK: Delivery

    private struct Work {
        var queue: RetryQueue<QueuedNotification>
        /// The newest message seen.
        var last: QueuedNotificationID = 0
        /// What the outbox has not been told yet, because it could not be written.
        var unsettled: [QueueChange] = []
    }

    /// Delivers until the task is cancelled.
    func run() async {
        let transport = makeTransport()
        var work = Work(queue: RetryQueue(policy: policy))
        while !Task.isCancelled {
            do {
                try await takeNews(into: &work)
                try await step(&work, transport)
            } catch {
                logger.error("The messages of \(channel.name) cannot be read: \(error). It is tried again in 5 s.")
                await sleep(.seconds(5))
            }
        }
        await transport.close()
    }

    private func takeNews(into work: inout Work) async throws {
        while true {
            let (outbox, name, last) = (outbox, channel.name, work.last)
            let page = try await blocking {
                try outbox.queuedNotifications(of: name, after: last, limit: Self.page)
            }
            guard let newest = page.last else { break }
            work.last = newest.id
            for queued in work.queue.add(page) { drop(queued, "more than \(policy.capacity) wait", &work) }
        }
        for queued in work.queue.expire(at: now()) {
            drop(queued, "it could not be delivered for \(policy.giveUpAfter.components.seconds / 3600) h", &work)
        }
        try await settle(&work)
    }

    private func step(_ work: inout Work, _ transport: any ChannelTransport) async throws {
        let wasBack = isBack.withLock { isBack in
            defer { isBack = false }
            return isBack
        }
        if wasBack { work.queue.tryAllNow(now()) }
        let step = work.queue.next(at: now())
        note(work.queue, waitingUntil: nil)
        switch step {
        case .deliver(let queued):
            let message = await message(queued.notification)
            let outcome = await send(message, transport)
            // Ended while it was under way: it was no try, and is made again after the next start.
            if Task.isCancelled, !outcome.isSuccess { return }
            take(outcome, of: queued, &work)
            try await settle(&work)
        case .wait(let moment):
            note(work.queue, waitingUntil: moment)
            await waitForNews(atMost: .milliseconds(Int64(max(0, moment.seconds(since: now())) * 1000) + 1))
        case .idle: await waitForNews(atMost: nil)
        }
    }

    /// With the picture and the ways to answer, as they are when it is sent.
    private func message(_ notification: FarmNotification) async -> ChannelMessage {
        let words = MessageText(notification, title: channel.title, text: channel.text, clock: channel.rule.clock)
        var message = ChannelMessage(
            notification: notification, title: words.title, body: words.body,
            answers: links.answers(to: notification, channel: channel.name))
        guard channel.sendsPicture, let (printer, frame) = notification.picture else { return message }
        let outbox = outbox
        do {
            message.picture = try await blocking { try outbox.framePicture(frame) }
        } catch {
            logger.info("The picture of a message to \(channel.name) cannot be read: \(error)")
        }
        if message.picture != nil { message.pictureURL = links.picture(printer, frame) }
        return message
    }

    /// A picture that a service does not want takes no message with it.
    private func send(_ message: ChannelMessage, _ transport: any ChannelTransport) async -> DeliveryOutcome {
        let outcome = await attempt(message, transport)
        guard outcome.isFinalRefusal, message.picture != nil || message.pictureURL != nil else { return outcome }
        var plain = message
        plain.picture = nil
        plain.pictureURL = nil
        logger.info("\(channel) did not take a message with its picture: \(outcome.complaint ?? ""). It goes without.")
        return await attempt(plain, transport)
    }

    private func attempt(_ message: ChannelMessage, _ transport: any ChannelTransport) async -> DeliveryOutcome {
        switch await transport.perform(channel.call(message)) {
        case .success(let answer): channel.outcome(answer)
        case .failure(let failure): failure.outcome
        }
    }

    private func take(_ outcome: DeliveryOutcome, of queued: QueuedNotification, _ work: inout Work) {
        let moment = now()
        guard let (verdict, after) = work.queue.take(outcome, of: queued.id, at: moment, jitter: jitter()) else {
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
        let name = "message \(queued.id) (\(queued.notification.topic.rawValue))"
        switch verdict {
        case .delivered: logger.debug("\(channel.name) has \(name).")
        case .postponed(let next, let reason):
            // A service that is down for hours is worth one warning, not one each try.
            logger.log(
                level: isKnown ? .info : .warning,
                "Channel \(channel): \(reason). \(name), try \(after.tries), next at \(next).")
        case .dropped(let reason):
            logger.error("Channel \(channel): \(reason). \(name) is dropped: another try would not help.")
        }
    }

    private func drop(_ queued: QueuedNotification, _ reason: String, _ work: inout Work) {
        work.unsettled.append(.remove(queued.id))
        let moment = now()
        currentStatus.withLock { status in
            status.dropped += 1
            status.lastError = "a message was dropped: \(reason)"
            status.lastErrorAt = moment
        }
        logger.error(
            "Channel \(channel): message \(queued.id) (\(queued.notification.topic.rawValue)) is dropped after \(queued.tries) tries: \(reason)."
        )
    }

    private func settle(_ work: inout Work) async throws {
        guard !work.unsettled.isEmpty else { return }
        let (outbox, changes) = (outbox, work.unsettled)
        try await blocking { try outbox.settle(changes) }
        work.unsettled = []
    }

    private func note(_ queue: RetryQueue<QueuedNotification>, waitingUntil moment: Timestamp?) {
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

    /// Sends a message that means nothing, past the outbox.
    /// - Parameter drawn: a JPEG for a farm that has no picture yet; it has no address.
    func sendTest(picture: TestPicture?, else drawn: [UInt8]) async -> ChannelTestResult {
        let moment = now()
        let start = ContinuousClock.now
        let transport = makeTransport()
        let notification = FarmNotification.test(id: links.randomID(), at: moment)
        let words = MessageText(notification, title: channel.title, text: channel.text, clock: channel.rule.clock)
        var message = ChannelMessage(
            notification: notification, title: words.title, body: words.body,
            picture: channel.sendsPicture ? picture?.picture.jpeg ?? drawn : nil, answers: [])
        if channel.sendsPicture, let picture {
            message.pictureURL = links.picture(picture.printer, picture.picture.key)
        }
        let outcome = await send(message, transport)
        await transport.close()
        if outcome.isSuccess {
            isBack.withLock { $0 = true }
            currentStatus.withLock { $0.lastSuccessAt = moment }
            wake()
        }
        var answer: String?
        if case .accepted(let words) = outcome { answer = words }
        let time = (ContinuousClock.now - start).components
        return ChannelTestResult(
            channel: channel.name, receiver: channel.receiver, error: outcome.complaint, answer: answer,
            remark: channel.answersByLink ? links.remark : nil,
            milliseconds: Double(time.seconds) * 1000 + Double(time.attoseconds) * 1e-15)
    }
}

extension FarmNotification {
    static func test(id: String, at moment: Timestamp) -> FarmNotification {
        let occasion = Occasion(
            id: 1, topic: .restarted, severity: .info, text: "This is a test. Messages of this channel look like this.",
            openedAt: moment, openedSteady: SteadyTime(microseconds: 0))
        return FarmNotification(
            deliveryID: id, form: .test, subjects: [NotificationSubject(occasion)], createdAt: moment)
    }
}
