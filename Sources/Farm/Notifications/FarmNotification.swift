/// A message to people, with everything that its text may need. It waits in the outbox until its channel has it.
public struct FarmNotification: Equatable, Sendable, Codable {
    /// Why it is sent.
    public enum Form: Equatable, Sendable, Codable {
        case first
        /// Said again, as nobody answered; 1 is the first repetition.
        case reminder(number: Int)
        /// Nobody answered on another channel.
        case escalation(from: String, minutes: Int)
        /// What was told is over.
        case recovery
        /// Kept back by quiet hours or by the hourly limit.
        case digest
        /// Asked for by the operator.
        case test
    }

    /// The same at every try: 32 hex digits.
    public var deliveryID: String
    /// Why it is sent: the first word on something, or a later one.
    public var form: Form
    /// A digest has that of its most important subject.
    public var topic: NotificationTopic
    /// That of its gravest subject; `info` for a recovery.
    public var severity: NotificationSeverity
    /// What it tells of, the most important first, then in the order of the printers; never empty, at most `mostSubjects`.
    public var subjects: [NotificationSubject]
    /// How many more it is about, by topic; nil: none, as in nearly all messages.
    public var more: [MoreSubjects]?
    /// Offered with it; only with one subject.
    public var answers: [NotificationAnswer]
    /// The last one that the hourly limit lets through: what comes until then is kept back.
    public var nextAfter: Timestamp?
    public var createdAt: Timestamp
    /// The same moment on the farm's own line of time; nil in messages of earlier versions, and in tests of a channel.
    public var createdSteady: SteadyTime?

    public init(
        deliveryID: String, form: Form, subjects: [NotificationSubject], answers: [NotificationAnswer] = [],
        nextAfter: Timestamp? = nil, createdAt: Timestamp, createdSteady: SteadyTime? = nil
    ) {
        let leading = subjects.max { $0.severity < $1.severity }
        self.deliveryID = deliveryID
        self.form = form
        topic = leading?.topic ?? .restarted
        severity = form == .recovery ? .info : leading?.severity ?? .info
        let sorted = subjects.sorted { $0.precedes($1) }
        self.subjects = Array(sorted.prefix(Self.mostSubjects))
        let rest = Dictionary(grouping: sorted.dropFirst(Self.mostSubjects), by: \.topic)
        more =
            rest.isEmpty
            ? nil
            : NotificationTopic.allCases.compactMap { topic in
                rest[topic].map { MoreSubjects(topic: topic, count: $0.count) }
            }
        self.answers = answers
        self.nextAfter = nextAfter
        self.createdAt = createdAt
        self.createdSteady = createdSteady
    }

    /// A message of a flood lists so many: nobody reads more, and it is stored whole.
    public static let mostSubjects = 100

    /// What it is about, with what is not listed.
    public var count: Int { (more ?? []).reduce(subjects.count) { $0 + $1.count } }

    /// For receivers: the topic's raw value; `test` for a test, which is about nothing.
    public var topicWord: String { form == .test ? "test" : topic.rawValue }

    /// The picture that goes with it; only with one subject.
    public var picture: (printer: PrinterID, frame: FrameKey)? {
        guard subjects.count == 1, let subject = subjects.first, let printer = subject.printerID,
            let print = subject.printID, let frame = subject.frame
        else { return nil }
        return (printer, FrameKey(printID: print, number: frame))
    }
}

/// Subjects of one topic that a message counts without listing them.
public struct MoreSubjects: Equatable, Sendable, Codable {
    /// The one that all of them have.
    public var topic: NotificationTopic
    /// 1 or more.
    public var count: Int

    public init(topic: NotificationTopic, count: Int) {
        self.topic = topic
        self.count = count
    }
}

/// One thing that a notification tells of, as it was when the message was made.
public struct NotificationSubject: Equatable, Sendable, Codable {
    /// What an answer to it is given to.
    public var occasionID: OccasionID
    /// Channels choose what they tell by it.
    public var topic: NotificationTopic
    /// How urgent it is; decides whether quiet hours hold it back.
    public var severity: NotificationSeverity
    /// Nil: it is about the whole farm.
    public var printerID: PrinterID?
    /// Nil: it is about no print.
    public var printID: PrintID?
    /// Untrusted text.
    public var printerName: String
    /// Untrusted text.
    public var filename: String?
    /// 0...1.
    public var probability: Double?
    /// 0...1, as a linked printer says.
    public var progress: Double?
    /// Seconds, as a linked printer estimates.
    public var secondsLeft: Double?
    /// What happened, in a sentence.
    public var text: String
    /// What farmtop did about it.
    public var done: String?
    /// What a person should do.
    public var wanted: String?
    /// Who answered, and how: `dismissed by phone`.
    public var answered: String?
    /// The frame whose picture goes with it; nil: none does.
    public var frame: Int64?
    /// When it began, by the clock on the wall.
    public var openedAt: Timestamp

    /// In a message about several: the graver one first, then the printer that was made first.
    fileprivate func precedes(_ other: Self) -> Bool {
        if severity != other.severity { return severity > other.severity }
        let (mine, others) = (printerID?.rawValue ?? 0, other.printerID?.rawValue ?? 0)
        return mine == others ? occasionID.rawValue < other.occasionID.rawValue : mine < others
    }

    public init(_ occasion: Occasion) {
        occasionID = occasion.id
        topic = occasion.topic
        severity = occasion.severity
        printerID = occasion.printerID
        printID = occasion.printID
        printerName = occasion.printerName
        filename = occasion.filename
        text = occasion.text
        frame = occasion.frame
        openedAt = occasion.openedAt
        answered = occasion.answer?.words
    }
}

/// 1 and above, in the order in which messages were queued.
public typealias QueuedNotificationID = Identifier<QueuedNotification>

/// A message in the outbox of a channel, with what has been tried so far.
public struct QueuedNotification: Equatable, Sendable {
    /// In the order in which they were made.
    public var id: QueuedNotificationID
    /// By its name in the configuration.
    public var channel: String
    /// As it was made; it does not change while it waits.
    public var notification: FarmNotification
    public var tries: Int64
    /// How often the service had it and did not take it.
    public var refusals: Int64
    /// Not before this.
    public var nextTryAt: Timestamp

    public init(
        id: QueuedNotificationID, channel: String, notification: FarmNotification, tries: Int64 = 0,
        refusals: Int64 = 0, nextTryAt: Timestamp
    ) {
        self.id = id
        self.channel = channel
        self.notification = notification
        self.tries = tries
        self.refusals = refusals
        self.nextTryAt = nextTryAt
    }
}

/// Messages that wait for their channels. Every call blocks.
public protocol NotificationOutbox: Sendable {
    /// The messages of one channel, oldest first, with ids over `after`.
    func queuedNotifications(
        of channel: String, after id: QueuedNotificationID, limit: Int
    ) throws -> [QueuedNotification]
    /// How many wait, by channel; also of channels that are no longer configured.
    func queuedNotificationCounts() throws -> [String: Int]
    /// Removes the messages of a channel that is no longer there.
    func removeQueuedNotifications(of channel: String) throws
    /// All in one transaction. What is gone already is passed over.
    func settle(_ changes: [OutboxChange<QueuedNotification>]) throws
    /// Those of these occasions that still hold, or are news: `Occasion.isNews`.
    func standing(_ ids: [OccasionID]) throws -> Set<OccasionID>
    /// The JPEG of a frame as the app sent it; nil when it is not kept.
    func framePicture(_ key: FrameKey) throws -> [UInt8]?
}
