/// Carries messages to people, and tells the operator how that goes.
public protocol NotificationChannels: Sendable {
    /// In the order of the configuration.
    var statuses: [ChannelStatus] { get }
    /// New messages are in the outbox. Returns at once.
    func wake()
    /// Sends a real message with a picture, past the outbox.
    /// - Parameter channel: nil: each one in turn.
    /// - Returns: empty where there is no channel of that name.
    func sendTest(channel: String?, picture: [UInt8]?) async -> [ChannelTestResult]
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
    public var failedTries: Int64 = 0
    public var lastSuccessAt: Timestamp?
    public var lastError: String?
    public var lastErrorAt: Timestamp?
    /// When something will be tried again; nil when nothing waits for a moment to come.
    public var nextTryAt: Timestamp?

    public init(name: String, kind: String, receiver: String) {
        self.name = name
        self.kind = kind
        self.receiver = receiver
    }

    /// The last that was heard of the service was an error.
    public var isFailing: Bool {
        guard let lastErrorAt else { return false }
        return lastSuccessAt.map { $0 < lastErrorAt } ?? true
    }
}

/// What came of a test message.
public struct ChannelTestResult: Equatable, Sendable, Codable {
    public var channel: String
    public var receiver: String
    /// Nil when the service took it.
    public var error: String?
    /// What it said: `200`, `250 OK`, `exit code 0`.
    public var answer: String?
    public var milliseconds: Double

    public init(channel: String, receiver: String, error: String?, answer: String?, milliseconds: Double) {
        self.channel = channel
        self.receiver = receiver
        self.error = error
        self.answer = answer
        self.milliseconds = milliseconds
    }
}

/// How answers came in since the start.
public struct AnswerFigures: Equatable, Sendable, Codable {
    /// By the kind of who answered: `person`, `channel`, `client`.
    public var count: [String: Int64] = [:]
    /// From the first message to the answer. Unit: seconds.
    public var seconds: [String: Double] = [:]

    public init() {}

    /// - Parameter time: from the first message to the answer. Unit: seconds.
    public mutating func record(_ actor: EventActor, after time: Double) {
        count[actor.kind, default: 0] += 1
        seconds[actor.kind, default: 0] += time
    }
}
