public import Farm
public import Logging
internal import Synchronization

/// All channels: a delivery for each, and the reading of answers where a service has to be asked for them.
public final class ChannelNotifier: NotificationChannels {
    private let deliveries: [ChannelDelivery]
    private let polls: [TelegramPoll]
    private let testPicture: [UInt8]

    /// From the connection to the end of the answer; a picture has to be sent meanwhile.
    static let deadline = Duration.seconds(30)

    /// Counts what waits, which blocks for a moment. Messages of channels that are no longer configured are removed.
    /// - Parameters:
    ///   - testPicture: a JPEG, for test messages of a farm that has no picture yet.
    ///   - temporaryFolder: where files for programs lie for a moment.
    /// - Throws: what the outbox throws.
    public convenience init(
        _ channels: [NotifyChannel], outbox: any NotificationOutbox, links: NotificationLinks, version: String,
        testPicture: [UInt8], temporaryFolder: String, now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) throws {
        let agent = "farmtop/\(version)"
        try self.init(
            channels, outbox: outbox, links: links, testPicture: testPicture, now: now, logger: logger,
            policy: DeliveryPolicy(), jitter: { Double.random(in: 0..<1) },
            sleep: { duration in
                // Cancelled: whoever sleeps looks for that himself.
                try? await Task.sleep(for: duration)
            },
            makeTransport: { deadline in
                LiveTransport(userAgent: agent, deadline: deadline, folder: temporaryFolder, now: now)
            })
    }

    /// - Parameters:
    ///   - jitter: 0..<1, a new one at each call.
    ///   - sleep: returns early when the task is cancelled.
    init(
        _ channels: [NotifyChannel], outbox: any NotificationOutbox, links: NotificationLinks, testPicture: [UInt8],
        now: @escaping @Sendable () -> Timestamp, logger: Logger, policy: DeliveryPolicy,
        jitter: @escaping @Sendable () -> Double, sleep: @escaping @Sendable (Duration) async -> Void,
        makeTransport: @escaping @Sendable (Duration) -> any ChannelTransport
    ) throws {
        let waiting = try outbox.queuedNotificationCounts()
        for (name, count) in waiting where !channels.contains(where: { $0.name == name }) {
            logger.warning("\(count) messages of the channel \(name), which is no longer configured, are removed.")
            try outbox.removeQueuedNotifications(of: name)
        }
        deliveries = channels.map { channel in
            ChannelDelivery(
                channel, outbox: outbox, pending: waiting[channel.name] ?? 0, links: links, now: now, jitter: jitter,
                sleep: sleep, logger: logger, policy: policy, makeTransport: { makeTransport(Self.deadline) })
        }
        polls = channels.filter { $0.kind == .telegram && !$0.rule.answers.isEmpty }.map { channel in
            TelegramPoll(
                channel, links: links, sleep: sleep, logger: logger,
                makeTransport: { makeTransport(TelegramPoll.deadline) })
        }
        self.testPicture = testPicture
    }

    public var statuses: [ChannelStatus] { deliveries.map(\.status) }

    public func wake() { for delivery in deliveries { delivery.wake() } }

    /// Delivers, and reads answers, until the task is cancelled.
    /// - Parameter answer: carries an answer out and says in a sentence what came of it.
    public func run(answer: @escaping AnswerHandler) async {
        await withTaskGroup(of: Void.self) { tasks in
            for delivery in deliveries { tasks.addTask { await delivery.run() } }
            for poll in polls { tasks.addTask { await poll.run(answer) } }
        }
    }

    public func sendTest(channel: String?, picture: TestPicture?) async -> [ChannelTestResult] {
        var results: [ChannelTestResult] = []
        for delivery in deliveries where channel == nil || delivery.channel.name == channel {
            results.append(await delivery.sendTest(picture: picture, else: testPicture))
        }
        return results
    }
}
