internal import Farm

/// From an outbox to a service: what waits, how it is sent, and what the service's answer means.
protocol DeliveryRoute: Sendable {
    associatedtype Item: OutboxItem

    /// Begins every line of the log. Holds no secret.
    var title: String { get }
    /// As at the start, before anything is known of the service.
    var freshStatus: ChannelStatus { get }
    /// How long a request may take, from the connection to the end of the answer.
    var deadline: Duration { get }
    /// What it is, for the log.
    func name(of item: Item) -> String
    /// Oldest first, with ids over `id`. Blocks.
    func waiting(after id: Identifier<Item>, limit: Int) throws -> [Item]
    /// All in one transaction. Blocks.
    func settle(_ changes: [OutboxChange<Item>]) throws
    /// What is sent: the first that the service does not refuse for good. Empty: it need not be said any more. Blocks.
    /// - Parameter queue: all that wait, oldest first.
    func calls(for item: Item, in queue: [Item], at now: Timestamp) throws -> [ChannelCall]
    /// A message that means nothing.
    /// - Parameters:
    ///   - picture: the farm's newest one.
    ///   - drawn: a JPEG for a farm that has none yet; it has no address.
    func testCalls(at now: Timestamp, picture: TestPicture?, else drawn: [UInt8]) -> [ChannelCall]
    /// What is different with real messages that a test cannot show, and what to do; sentences.
    func testRemark(at now: Timestamp) -> String?
    func outcome(_ answer: ChannelAnswer) -> DeliveryOutcome
}
