/// 1 and above, in the order in which occasions were opened.
public typealias OccasionID = Identifier<Occasion>

/// Something that people are told of, with what became of it. It is opened by an event, in the event's transaction:
///
///     opened ──holds──▶ over ──▶ forgotten        (news is over as it is opened)
///        ▲                │
///        └── holds again ─┘                        (a relapse: not told anew)
///
/// All channels share it: the first answer, whoever gives it and wherever, is the answer.
public struct Occasion: Equatable, Sendable, Codable {
    /// Random, so that an old answer never meets another occasion.
    public var id: OccasionID
    /// Channels choose what they tell by it.
    public var topic: NotificationTopic
    /// How urgent it is; decides whether quiet hours hold it back.
    public var severity: NotificationSeverity
    /// Nil: it is about the whole farm.
    public var printerID: PrinterID?
    /// Nil: it is about no print.
    public var printID: PrintID?
    /// As it was then. Untrusted text.
    public var printerName: String
    /// Untrusted text.
    public var filename: String?
    /// What happened, in a sentence. May hold untrusted text.
    public var text: String
    /// The frame whose picture goes with it.
    public var frame: Int64?
    /// For people, by the clock on the wall.
    public var openedAt: Timestamp
    /// The same moment, for reminders and escalation.
    public var openedSteady: SteadyTime
    /// Since when it holds no longer. News is over as it is opened.
    public var overSince: SteadyTime?
    /// How often it held again after it was over.
    public var relapses: Int64 = 0
    /// Nil: nobody has answered.
    public var answer: OccasionAnswer?

    public init(
        id: OccasionID, topic: NotificationTopic, severity: NotificationSeverity, printerID: PrinterID? = nil,
        printID: PrintID? = nil, printerName: String = "", filename: String? = nil, text: String, frame: Int64? = nil,
        openedAt: Timestamp, openedSteady: SteadyTime
    ) {
        self.id = id
        self.topic = topic
        self.severity = severity
        self.printerID = printerID
        self.printID = printID
        self.printerName = printerName
        self.filename = filename
        self.text = text
        self.frame = frame
        self.openedAt = openedAt
        self.openedSteady = openedSteady
        if topic.isNews { overSince = openedSteady }
    }

    /// Over as it was opened, and told all the same.
    public var isNews: Bool { overSince == openedSteady }

    /// It holds no longer. What ends in the moment in which it began is no news.
    public mutating func end(at moment: SteadyTime) { overSince = max(moment, openedSteady + .microseconds(1)) }
}

/// The first answer to an occasion.
public struct OccasionAnswer: Equatable, Sendable, Codable {
    /// Who answered, from whichever channel or screen.
    public var actor: EventActor
    /// `dismissed`, `acknowledged`, `muted`.
    public var verb: String
    /// By the clock on the wall.
    public var at: Timestamp

    public init(actor: EventActor, verb: String, at moment: Timestamp) {
        self.actor = actor
        self.verb = verb
        at = moment
    }

    /// `dismissed by phone`, `acknowledged at the screen`. A name is untrusted text.
    public var words: String {
        switch actor {
        case .client(let name), .channel(let name): "\(verb) by \(name)"
        case .person: "\(verb) by the operator"
        case .machine: "\(verb) by the printer"
        case .farmtop: "\(verb) by farmtop"
        }
    }
}

/// What one channel has said of one occasion.
public struct Telling: Equatable, Sendable, Codable {
    /// When the channel first told it; escalation counts from here.
    public var firstAt: SteadyTime
    /// When the channel last told it; reminders count from here.
    public var lastAt: SteadyTime
    /// Messages, reminders among them.
    public var count: Int64
    /// The other channel has been told, once and for all.
    public var isEscalated = false
    /// That it is over has been told.
    public var isRecovered = false

    public init(at moment: SteadyTime) {
        firstAt = moment
        lastAt = moment
        count = 1
    }
}

/// What one channel has said so far, and how much of it in the last hour.
public struct ChannelLedger: Equatable, Sendable {
    /// What this channel has told of each occasion that is still kept.
    public var tellings: [OccasionID: Telling] = [:]
    /// Messages of the last hour, oldest first.
    public var sent: [SteadyTime] = []

    public init() {}

    /// Messages of the hour that ends at `now`, oldest first.
    public func sentInHour(before now: SteadyTime) -> [SteadyTime] {
        sent.filter { $0 + .seconds(3600) > now && $0 <= now }
    }

    /// When the hour has room again for a message that nobody has to act on; nil while it has.
    /// - Parameter limit: messages in an hour, 1 or more.
    public func fullUntil(limit: Int, at now: SteadyTime) -> SteadyTime? {
        let sent = sentInHour(before: now)
        return sent.count < limit ? nil : sent[sent.count - limit] + .seconds(3600)
    }
}

/// What the channels have said and what there is to say: as read at the start.
public struct StoredNotifications: Equatable, Sendable {
    /// Those that the store still has, open or over.
    public var occasions: [Occasion] = []
    /// By the channel's name.
    public var ledgers: [String: ChannelLedger] = [:]

    public init() {}
}

/// A row of the notifications.
public enum NotificationRow: Equatable, Sendable {
    case occasion(Occasion)
    /// With what was told of it.
    case removeOccasion(OccasionID)
    case telling(channel: String, OccasionID, Telling)
    case sent(channel: String, [SteadyTime])
    /// Puts a message into the outbox, behind the others of its channel.
    case queue(channel: String, FarmNotification)
}
