internal import Dispatch
internal import Farm
internal import Logging
internal import Synchronization

/// What deliveries need of the world.
struct DeliveryTools: Sendable {
    var now: @Sendable () -> Timestamp
    /// The farm's own line of time, by which what knows its beginning there grows old; nil: all goes by `now`.
    var steady: @Sendable () -> SteadyTime? = { nil }
    /// 0..<1, a new one at each call.
    var jitter: @Sendable () -> Double
    /// Returns early when the task is cancelled.
    var sleep: @Sendable (Duration) async -> Void
    var policy = DeliveryPolicy()
    var logger: Logger
    /// - Parameter deadline: of a request.
    var makeTransport: @Sendable (_ deadline: Duration) -> any ChannelTransport

    /// Those of this machine.
    static func live(
        version: String, temporaryFolder: String, now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) -> Self {
        let agent = "farmtop/\(version)"
        return Self(
            now: now, jitter: { Double.random(in: 0..<1) },
            sleep: { duration in
                // Cancelled: whoever sleeps looks for that himself.
                try? await Task.sleep(for: duration)
            }, logger: logger,
            makeTransport: { deadline in
                LiveTransport(userAgent: agent, deadline: deadline, folder: temporaryFolder, now: now)
            })
    }
}

/// Delivers what waits in an outbox to one service, at least once each and in the order of its lines. One that does not work
/// holds up no other: each has its own queue, connection and task.
///
/// A message leaves the outbox when the service has it, or when it is given up: refused for good, or a day old. A process that
/// ends between the service's answer and that sends it again after its next start, under the same delivery id.
final class Delivery<Route: DeliveryRoute>: Sendable {
    typealias Item = Route.Item

    let route: Route
    private let tools: DeliveryTools
    private let news = WakeSignal()
    private let currentStatus: Mutex<ChannelStatus>
    /// A test message got through: what waits need wait no longer.
    private let isBack = Mutex(false)

    private static var page: Int { 200 }

    /// - Parameter pending: how many wait.
    init(_ route: Route, pending: Int, tools: DeliveryTools) {
        self.route = route
        self.tools = tools
        var status = route.freshStatus
        status.pending = pending
        currentStatus = Mutex(status)
    }

    var status: ChannelStatus { currentStatus.withLock { $0 } }

    func wake() { news.ring() }

    // MARK: Delivery

    /// What the loop carries from step to step.
    private struct Work {
        var queue: RetryQueue<Item>
        /// The newest message seen.
        var last: Identifier<Item> = 0
        /// What the outbox has not been told yet, because it could not be written.
        var unsettled: [OutboxChange<Item>] = []
    }

    /// Delivers until the task is cancelled.
    func run() async {
        let transport = tools.makeTransport(route.deadline)
        var work = Work(queue: RetryQueue(policy: tools.policy))
        while !Task.isCancelled {
            do {
                try await takeNews(into: &work)
                try await step(&work, transport)
            } catch {
                let reason = "its queue cannot be used: \(error)"
                let moment = tools.now()
                currentStatus.withLock { $0.noteFailure(reason, at: moment, isGivenUp: false) }
                tools.logger.error("\(route.title): \(reason). It is tried again in 5 s.")
                await tools.sleep(.seconds(5))
            }
        }
        await transport.close()
    }

    private func takeNews(into work: inout Work) async throws {
        while true {
            let (route, last) = (route, work.last)
            let page = try await blocking { try route.waiting(after: last, limit: Self.page) }
            guard let newest = page.last else { break }
            // Since then at the least nothing gets through: a start makes no dead channel a young one.
            if last.rawValue == 0, let tried = page.first(where: { $0.tries > 0 }) {
                currentStatus.withLock { $0.noteFailureBeforeStart(since: tried.createdAt) }
            }
            work.last = newest.id
            for item in work.queue.add(page) { drop(item, "more than \(tools.policy.capacity) wait", &work) }
        }
        for item in work.queue.expire(at: tools.now(), steady: tools.steady()) {
            let hours = tools.policy.giveUpAfter.components.seconds / 3600
            drop(item, "it could not be delivered for \(hours) h", &work)
        }
        try await settle(&work)
    }

    private func step(_ work: inout Work, _ transport: any ChannelTransport) async throws {
        let wasBack = isBack.withLock { isBack in
            defer { isBack = false }
            return isBack
        }
        if wasBack { work.queue.tryAllNow(tools.now()) }
        let step = work.queue.next(at: tools.now(), steady: tools.steady())
        note(work.queue, waitingUntil: nil)
        switch step {
        case .deliver(let item):
            let start = tools.now()
            let outcome = await deliver(item, among: work.queue.items, transport)
            // Ended while it was under way: it was no try, and is made again after the next start.
            if Task.isCancelled, outcome?.isSuccess == false { return }
            // A clock that is set back meanwhile makes no negative time.
            let seconds = max(0, tools.now().seconds(since: start))
            currentStatus.withLock { $0.trySeconds += seconds }
            if let outcome { take(outcome, of: item, &work) } else { pass(over: item, &work) }
            try await settle(&work)
        case .wait(let moment):
            note(work.queue, waitingUntil: moment)
            let left = max(0, moment.seconds(since: tools.now()))
            await waitForNews(atMost: .milliseconds(Int64(left * 1000) + 1))
        case .idle: await waitForNews(atMost: nil)
        }
    }

    /// Nil when it need not be said any more.
    private func deliver(
        _ item: Item, among waiting: [Item], _ transport: any ChannelTransport
    ) async -> DeliveryOutcome? {
        let (route, now) = (route, tools.now())
        let calls: [ChannelCall]
        do {
            calls = try await blocking { try route.calls(for: item, in: waiting, at: now) }
        } catch {
            return .unanswered(reason: "the message could not be made: \(error)")
        }
        return calls.isEmpty ? nil : await perform(calls, transport).outcome
    }

    /// - Parameter calls: not empty.
    /// - Returns: what came of it, and the status of the answer where there was one.
    private func perform(
        _ calls: [ChannelCall], _ transport: any ChannelTransport
    ) async -> (outcome: DeliveryOutcome, status: Int?) {
        var last: (outcome: DeliveryOutcome, status: Int?) = (.unanswered(reason: "there was nothing to send"), nil)
        for (index, call) in calls.enumerated() {
            switch await transport.perform(call) {
            case .success(let answer): last = (route.outcome(answer), answer.status)
            case .failure(let failure): last = (failure.outcome, nil)
            }
            guard last.outcome.isFinalRefusal, index + 1 < calls.count else { break }
            // A picture that a service does not want takes no message with it.
            tools.logger.info(
                "\(route.title) did not take a message with its picture: \(last.outcome.complaint ?? ""). It goes without."
            )
        }
        return last
    }

    private func take(_ outcome: DeliveryOutcome, of item: Item, _ work: inout Work) {
        let moment = tools.now()
        guard let (verdict, after) = work.queue.take(outcome, of: item.id, at: moment, jitter: tools.jitter()) else {
            return
        }
        work.unsettled.append(verdict.change(after))
        let waiting = work.queue.items.count
        let isKnown = currentStatus.withLock { status in
            let isKnown =
                outcome.isSuccess
                ? status.remark == outcome.remark : status.isFailing && status.lastError == outcome.complaint
            status.pending = waiting
            switch verdict {
            case .delivered:
                status.delivered += 1
                status.noteSuccess(at: moment, remark: outcome.remark)
            case .postponed(_, let reason):
                status.noteFailure(reason, at: moment, isGivenUp: false)
                status.failedTries += 1
            case .dropped(let reason):
                status.noteFailure(reason, at: moment, isGivenUp: true)
                status.failedTries += 1
                status.dropped += 1
            }
            return isKnown
        }
        let name = route.name(of: item)
        switch verdict {
        case .delivered:
            tools.logger.debug("\(route.title) has \(name).")
            if let remark = outcome.remark, !isKnown { tools.logger.warning("\(route.title): \(remark)") }
        case .postponed(let next, let reason):
            // A service that is down for hours is worth one warning, not one each try.
            tools.logger.log(
                level: isKnown ? .info : .warning,
                "\(route.title): \(reason). \(name), try \(after.tries), next at \(next).")
        case .dropped(let reason):
            tools.logger.error("\(route.title): \(reason). \(name) is dropped: another try would not help.")
        }
    }

    /// It need not be said any more.
    private func pass(over item: Item, _ work: inout Work) {
        work.queue.remove(item.id)
        work.unsettled.append(.remove(item.id))
        let waiting = work.queue.items.count
        currentStatus.withLock { $0.pending = waiting }
        tools.logger.info("\(route.title): \(route.name(of: item)) is not sent: it is out of date.")
    }

    private func drop(_ item: Item, _ reason: String, _ work: inout Work) {
        work.unsettled.append(.remove(item.id))
        let moment = tools.now()
        currentStatus.withLock { status in
            status.dropped += 1
            // Why it could not be delivered says more.
            let known = status.isFailing ? status.lastError : nil
            status.noteFailure(known ?? "a message was dropped: \(reason)", at: moment, isGivenUp: true)
        }
        tools.logger.error(
            "\(route.title): \(route.name(of: item)) is dropped after \(item.tries) tries: \(reason).")
    }

    private func settle(_ work: inout Work) async throws {
        guard !work.unsettled.isEmpty else { return }
        let (route, changes) = (route, work.unsettled)
        try await blocking { try route.settle(changes) }
        work.unsettled = []
    }

    private func note(_ queue: RetryQueue<Item>, waitingUntil moment: Timestamp?) {
        let waiting = queue.items.count
        currentStatus.withLock { status in
            status.pending = waiting
            status.nextTryAt = moment
        }
    }

    private func waitForNews(atMost duration: Duration?) async {
        guard let duration else { return await news.wait() }
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { [news] in await news.wait() }
            tasks.addTask { [sleep = tools.sleep] in await sleep(duration) }
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
    func sendTest(picture: TestPicture? = nil, else drawn: [UInt8] = []) async -> ChannelTestResult {
        let moment = tools.now()
        let start = ContinuousClock.now
        let transport = tools.makeTransport(route.deadline)
        let (outcome, status) = await perform(route.testCalls(at: moment, picture: picture, else: drawn), transport)
        await transport.close()
        if outcome.isSuccess {
            isBack.withLock { $0 = true }
            currentStatus.withLock { $0.noteSuccess(at: moment, remark: outcome.remark) }
            wake()
        }
        let time = (ContinuousClock.now - start).components
        let (name, receiver) = currentStatus.withLock { ($0.name, $0.receiver) }
        let remarks = [outcome.remark, route.testRemark(at: moment)].compactMap(\.self)
        var result = ChannelTestResult(
            channel: name, receiver: receiver, error: outcome.complaint, answer: nil,
            remark: remarks.isEmpty ? nil : remarks.joined(separator: " "),
            milliseconds: Double(time.seconds) * 1000 + Double(time.attoseconds) * 1e-15)
        result.status = status
        result.answer = outcome.acceptance
        return result
    }
}
