public import Farm
public import Logging

/// All channels: a delivery for each, and the reading of answers where a service has to be asked for them.
public final class ChannelNotifier: NotificationChannels {
    private let deliveries: [Delivery<ChannelRoute>]
    private let polls: [TelegramPoll]
    private let testPicture: [UInt8]

    /// Counts what waits, which blocks for a moment. Messages of channels that are no longer configured are removed.
    /// - Parameters:
    ///   - testPicture: a JPEG, for test messages of a farm that has no picture yet.
    ///   - temporaryFolder: where files for programs lie for a moment.
    ///   - steady: by which messages grow old.
    /// - Throws: what the outbox throws.
    public convenience init(
        _ channels: [NotifyChannel], outbox: any NotificationOutbox, links: NotificationLinks, version: String,
        testPicture: [UInt8], temporaryFolder: String, now: @escaping @Sendable () -> Timestamp, steady: SteadySource,
        logger: Logger
    ) throws {
        var tools = DeliveryTools.live(version: version, temporaryFolder: temporaryFolder, now: now, logger: logger)
        tools.steady = { steady.now }
        try self.init(channels, outbox: outbox, links: links, testPicture: testPicture, tools: tools)
    }

    init(
        _ channels: [NotifyChannel], outbox: any NotificationOutbox, links: NotificationLinks, testPicture: [UInt8],
        tools: DeliveryTools
    ) throws {
        let waiting = try outbox.queuedNotificationCounts()
        for (name, count) in waiting where !channels.contains(where: { $0.name == name }) {
            tools.logger.warning(
                "\(count) messages of the channel \(name), which is no longer configured, are removed.")
            try outbox.removeQueuedNotifications(of: name)
        }
        deliveries = channels.map { channel in
            Delivery(
                ChannelRoute(
                    channel: channel, outbox: outbox, links: links, steady: tools.steady, logger: tools.logger),
                pending: waiting[channel.name] ?? 0, tools: tools)
        }
        polls = channels.filter { $0.kind == .telegram && !$0.rule.answers.isEmpty }.map { channel in
            TelegramPoll(
                channel, links: links, sleep: tools.sleep, logger: tools.logger,
                makeTransport: { tools.makeTransport(TelegramPoll.deadline) })
        }
        self.testPicture = testPicture
    }

    public var statuses: [ChannelStatus] { deliveries.map(\.status) }

    public func wake() { for delivery in deliveries { delivery.wake() } }

    /// Delivers, and reads answers, until the task is cancelled.
    /// - Parameters:
    ///   - isHeld: nothing is sent, as after a restore: then the answers of the same bot are another farm's.
    ///   - answer: carries an answer out and says in a sentence what came of it.
    public func run(isHeld: @escaping @Sendable () -> Bool = { false }, answer: @escaping AnswerHandler) async {
        await withTaskGroup(of: Void.self) { tasks in
            for delivery in deliveries { tasks.addTask { await delivery.run() } }
            for poll in polls { tasks.addTask { await poll.run(isHeld: isHeld, answer) } }
        }
    }

    public func sendTest(channel: String?, picture: TestPicture?) async -> [ChannelTestResult] {
        var results: [ChannelTestResult] = []
        for delivery in deliveries where channel == nil || delivery.route.channel.name == channel {
            results.append(await delivery.sendTest(picture: picture, else: testPicture))
        }
        return results
    }
}
