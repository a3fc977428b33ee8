/// Tells the world outside what happens in the farm, beside it and at its own pace.
public protocol FarmNotifier: Sendable {
    var status: WebhookStatus { get }
    /// New notices are in the outbox. Returns at once.
    func wake()
    /// Sends one message that means nothing, past the outbox, and says what came of it.
    func sendTest() async -> WebhookTestResult
}

/// How a webhook fares. No secret is in it: of the address only scheme, host and port.
public struct WebhookStatus: Equatable, Sendable, Codable {
    /// `https://hooks.example.org`
    public var receiver: String
    public var isSigned: Bool
    /// Notices in the outbox.
    public var pending = 0
    /// Since the start, as the next two.
    public var delivered: Int64 = 0
    /// Notices that will not be delivered: refused for good, too old, or too many.
    public var dropped: Int64 = 0
    /// Tries since the start that were not answered 2xx.
    public var failedTries: Int64 = 0
    /// What all tries since the start took together. Unit: seconds.
    public var trySeconds = 0.0
    public var lastSuccessAt: Timestamp?
    public var lastError: String?
    public var lastErrorAt: Timestamp?
    /// When something will be tried again; nil when nothing waits for a moment to come.
    public var nextTryAt: Timestamp?
    /// The farm was restored from a backup: nothing is sent until a person has confirmed its printers.
    public var isHeld = false

    public init(receiver: String, isSigned: Bool) {
        self.receiver = receiver
        self.isSigned = isSigned
    }

    /// The last that was heard of the receiver was an error.
    public var isFailing: Bool {
        guard let lastErrorAt else { return false }
        return lastSuccessAt.map { $0 < lastErrorAt } ?? true
    }
}

/// What came of a test message.
public struct WebhookTestResult: Equatable, Sendable, Codable {
    public var receiver: String
    /// Nil when there was no answer.
    public var status: Int?
    /// Nil when the receiver took it.
    public var error: String?
    public var milliseconds: Double

    public init(receiver: String, status: Int?, error: String?, milliseconds: Double) {
        self.receiver = receiver
        self.status = status
        self.error = error
        self.milliseconds = milliseconds
    }
}
