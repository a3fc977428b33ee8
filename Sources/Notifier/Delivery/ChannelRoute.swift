internal import Farm
internal import Logging

/// The messages of one channel.
struct ChannelRoute: DeliveryRoute {
    let channel: NotifyChannel
    let outbox: any NotificationOutbox
    let links: NotificationLinks
    var steady: @Sendable () -> SteadyTime? = { nil }
    let logger: Logger

    /// A picture has to be sent meanwhile.
    var deadline: Duration { .seconds(30) }
    /// What is sent later than that says when it was written.
    static let freshFor = Duration.seconds(300)

    var title: String { "Channel \(channel)" }

    var freshStatus: ChannelStatus {
        ChannelStatus(name: channel.name, kind: channel.kind.rawValue, receiver: channel.receiver)
    }

    func name(of queued: QueuedNotification) -> String {
        "message \(queued.id) (\(queued.notification.topic.rawValue))"
    }

    func waiting(after id: QueuedNotificationID, limit: Int) throws -> [QueuedNotification] {
        try outbox.queuedNotifications(of: channel.name, after: id, limit: limit)
    }

    func settle(_ changes: [OutboxChange<QueuedNotification>]) throws { try outbox.settle(changes) }

    /// With the picture and the ways to answer, as they are when it is sent; and without the picture, for a service that does not
    /// want it.
    func calls(
        for queued: QueuedNotification, in queue: [QueuedNotification], at now: Timestamp
    ) throws -> [ChannelCall] {
        var notification = queued.notification
        let age = try age(of: queued, at: now)
        if notification.form.isRepetition, age == .over || isRepeated(queued, in: queue) { return [] }
        // Nobody need be woken for it now.
        if age == .over { notification.severity = .info }
        let words = MessageText(
            notification, title: channel.title, text: channel.text, clock: channel.rule.clock, age: age)
        let isAnswered = try isAnswered(notification)
        var message = ChannelMessage(
            notification: notification, title: words.title, body: words.body,
            answers: age == .over || isAnswered ? [] : links.answers(to: notification, channel: channel.name))
        guard channel.sendsPicture, let (printer, frame) = notification.picture else { return [channel.call(message)] }
        do {
            message.picture = try outbox.framePicture(frame)
        } catch {
            logger.info("The picture of a message to \(channel.name) cannot be read: \(error)")
        }
        guard message.picture != nil else { return [channel.call(message)] }
        message.pictureURL = links.picture(printer, frame)
        return [channel.call(message), channel.call(message.withoutPicture)]
    }

    private func age(of queued: QueuedNotification, at now: Timestamp) throws -> MessageAge {
        let notification = queued.notification
        let standing = notification.subjects.filter { !$0.topic.isNews }
        // Nobody knows about what is not listed.
        if notification.form != .recovery, !standing.isEmpty, standing.count == notification.count {
            let ids = standing.map(\.occasionID)
            if try outbox.standing(ids).isDisjoint(with: ids) { return .over }
        }
        return queued.age(at: now, steady()) >= Self.freshFor ? .late : .fresh
    }

    /// That a pause was asked stays true, but the alert that its buttons answer may be over.
    private func isAnswered(_ notification: FarmNotification) throws -> Bool {
        guard notification.topic == .pauseAsked, !notification.answers.isEmpty else { return false }
        return try outbox.standing(notification.subjects.map(\.occasionID)).isEmpty
    }

    /// A later repetition of the same waits as well, as after a time without a connection.
    private func isRepeated(_ queued: QueuedNotification, in queue: [QueuedNotification]) -> Bool {
        queue.contains { other in
            other.id > queued.id && other.notification.form.isRepetition
                && other.notification.subjects.map(\.occasionID) == queued.notification.subjects.map(\.occasionID)
        }
    }

    func testRemark(at now: Timestamp) -> String? {
        let remarks = [channel.answersByLink ? links.remark : nil, channel.rule.quietWords(at: now)].compactMap(\.self)
        return remarks.isEmpty ? nil : remarks.joined(separator: " ")
    }

    func testCalls(at now: Timestamp, picture: TestPicture?, else drawn: [UInt8]) -> [ChannelCall] {
        let notification = FarmNotification.test(id: links.randomID(), at: now)
        let words = MessageText(notification, title: channel.title, text: channel.text, clock: channel.rule.clock)
        var message = ChannelMessage(
            notification: notification, title: words.title, body: words.body,
            picture: channel.sendsPicture ? picture?.picture.jpeg ?? drawn : nil, answers: [])
        if channel.sendsPicture, let picture {
            message.pictureURL = links.picture(picture.printer, picture.picture.key)
        }
        return message.picture == nil
            ? [channel.call(message)] : [channel.call(message), channel.call(message.withoutPicture)]
    }

    func outcome(_ answer: ChannelAnswer) -> DeliveryOutcome { channel.outcome(answer) }
}

extension QueuedNotification: OutboxItem {
    var createdAt: Timestamp { notification.createdAt }
    var createdSteady: SteadyTime? { notification.createdSteady }
    /// A channel has one.
    var line: Int64 { 0 }
}

extension FarmNotification.Form {
    /// Said before, here or on another channel.
    fileprivate var isRepetition: Bool {
        switch self {
        case .reminder, .escalation: true
        case .first, .recovery, .digest, .test: false
        }
    }
}

extension ChannelMessage {
    fileprivate var withoutPicture: ChannelMessage {
        var plain = self
        plain.picture = nil
        plain.pictureURL = nil
        return plain
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
