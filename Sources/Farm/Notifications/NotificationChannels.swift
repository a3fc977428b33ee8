/// Carries messages to people, and tells the operator how that goes.
public protocol NotificationChannels: Sendable {
    /// In the order of the configuration.
    var statuses: [ChannelStatus] { get }
    /// New messages are in the outbox. Returns at once.
    func wake()
    /// Sends a real message with a picture, past the outbox.
    /// - Parameter channel: nil: each one in turn.
    /// - Returns: empty where there is no channel of that name.
    func sendTest(channel: String?, picture: TestPicture?) async -> [ChannelTestResult]
}

/// The newest picture of the farm, for a test message.
public struct TestPicture: Equatable, Sendable {
    /// Whose picture it is; the message names it.
    public var printer: PrinterID
    /// With the boxes that were found in it.
    public var picture: FramePicture

    public init(printer: PrinterID, picture: FramePicture) {
        self.printer = printer
        self.picture = picture
    }
}

/// What a person has to say before a farm that was restored from a backup sends anything: the farm that was backed up may run on,
/// and tell the same people the same.
public enum MessageHold: String, Equatable, Sendable, Codable {
    /// That no other farm uses the machines and cameras of some printers.
    case printers
    /// That the farm that was backed up is off.
    case farm
}

/// How a channel fares. No secret is in it.
public struct ChannelStatus: Equatable, Sendable, Codable {
    public var name: String
    /// `ntfy`, `telegram`, …
    public var kind: String
    /// Where it goes: scheme and host, a program's name, a mail server.
    public var receiver: String
    /// Messages in the outbox.
    public var pending = 0
    /// Since the start, as the next ones.
    public var delivered: Int64 = 0
    /// Refused for good, too old, or too many.
    public var dropped: Int64 = 0
    /// Tries that the service did not take.
    public var failedTries: Int64 = 0
    /// What all tries took together. Unit: seconds.
    public var trySeconds = 0.0
    /// When the service last took a message; nil: never yet.
    public var lastSuccessAt: Timestamp?
    /// What the last failed try met, without secrets; nil: none has failed.
    public var lastError: String?
    /// When that was.
    public var lastErrorAt: Timestamp?
    /// The last that was heard of the service was an error; no comparison of times, as a clock may be set back.
    public private(set) var isFailing = false
    /// Since when the service has taken nothing of what it was sent; nil while it takes what comes.
    public var failingSince: Timestamp?
    /// What was wrong with the last message that the service took: somebody did not get it.
    public var remark: String?
    /// A message was given up since the service last took one.
    public var hasGivenUp = false
    /// When something will be tried again; nil when nothing waits for a moment to come.
    public var nextTryAt: Timestamp?
    /// Why nothing is sent; nil: what there is to say is sent.
    public var hold: MessageHold?
    /// When its hour has room again; nil while the limit of its rule holds nothing back.
    public var fullUntil: Timestamp?
    /// The limit of its rule: messages in an hour.
    public var perHour: Int?
    /// Its messages prove who sent them.
    public var isSigned = false
    /// The printers that its rule names; empty: all, or those of its tags.
    public var printers: [String] = []
    /// What its rule names and the farm does not have.
    public var missing: MissingNames?

    public init(name: String, kind: String, receiver: String) {
        self.name = name
        self.kind = kind
        self.receiver = receiver
    }

    /// The status of `[webhook]` in the configuration.
    /// - Parameter receiver: `https://hooks.example.org`
    public static func webhook(receiver: String, isSigned: Bool) -> Self {
        var status = Self(name: "webhook", kind: "webhook", receiver: receiver)
        status.isSigned = isSigned
        return status
    }

    /// `20 messages in an hour, as many as per_hour allows; alerts may be as many again`; nil while the hour has room.
    public var limitWords: String? {
        guard fullUntil != nil, let perHour else { return nil }
        let messages = perHour == 1 ? "1 message" : "\(perHour) messages"
        return "\(messages) in an hour, as many as per_hour allows; alerts may be as many again"
    }

    /// A service may be gone for so long before that is an operator's business.
    public static let patience = Duration.seconds(600)

    /// Nobody hears what this channel has to say, and somebody should see to it: for long nothing was taken while messages wait, or
    /// one was given up. Over once the service takes something.
    public func isDead(at now: Timestamp) -> Bool {
        guard isFailing else { return false }
        return hasGivenUp || (pending > 0 && failingSince.map { now >= $0 + Self.patience } ?? false)
    }

    /// `phone delivers nothing, 3 messages wait: answered 403`; nil while it is not dead.
    public func deadWords(at now: Timestamp) -> String? {
        guard isDead(at: now) else { return nil }
        let waiting = pending == 1 ? "1 message waits" : "\(pending) messages wait"
        let state = pending > 0 ? waiting : "a message was given up"
        return "\(name) delivers nothing, \(state): \(lastError ?? "no reason is known")"
    }

    /// What became of a try, or of a message that was given up.
    public mutating func noteFailure(_ reason: String, at moment: Timestamp, isGivenUp: Bool) {
        // The earlier one: a clock that was set back would put the end of the patience off.
        failingSince = isFailing ? min(failingSince ?? moment, moment) : moment
        isFailing = true
        hasGivenUp = hasGivenUp || isGivenUp
        lastError = reason
        lastErrorAt = moment
    }

    /// What waits was tried in vain before this start.
    /// - Parameter moment: since when, at the least.
    public mutating func noteFailureBeforeStart(since moment: Timestamp) {
        failingSince = moment
        isFailing = true
        lastError = "what waits could not be delivered before farmtop was started again"
        lastErrorAt = moment
    }

    /// - Parameter remark: what is wrong all the same.
    public mutating func noteSuccess(at moment: Timestamp, remark: String? = nil) {
        lastSuccessAt = moment
        self.remark = remark
        failingSince = nil
        isFailing = false
        hasGivenUp = false
    }
}

/// What came of a test message.
public struct ChannelTestResult: Equatable, Sendable, Codable {
    /// By its name in the configuration.
    public var channel: String
    /// Where it went, without what could open something.
    public var receiver: String
    /// Nil when the service took it.
    public var error: String?
    /// What it said: `200`, `250 OK`, `exit code 0`.
    public var answer: String?
    /// What real messages of this channel will lack, and what to do: a sentence.
    public var remark: String?
    /// The status code of HTTP; nil when there was no answer, or none of HTTP.
    public var status: Int?
    /// From the beginning of the try to the answer.
    public var milliseconds: Double

    public init(
        channel: String, receiver: String, error: String?, answer: String?, remark: String? = nil, milliseconds: Double
    ) {
        self.remark = remark
        self.channel = channel
        self.receiver = receiver
        self.error = error
        self.answer = answer
        self.milliseconds = milliseconds
    }
}

/// How answers came in since the start.
public struct AnswerFigures: Equatable, Sendable {
    /// From half a minute, a phone in the hand, to a day, which is as long as a button is good. Unit: seconds.
    public static let bounds = [30.0, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400]

    /// From the first message to the answer, by the kind of who answered: `person`, `channel`, `client`.
    public private(set) var times: [String: DurationHistogram] = [:]

    public init() {}

    /// - Parameter time: from the first message to the answer.
    public mutating func record(_ actor: EventActor, after time: Duration) {
        times[actor.kind, default: DurationHistogram(bounds: Self.bounds)].record(time)
    }
}
