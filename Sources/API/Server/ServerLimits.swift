/// What a connection may cost.
public struct ServerLimits: Equatable, Sendable {
    /// A connection on which nothing happens is closed.
    public var idleTimeout = Duration.seconds(60)
    /// From the opening of a connection, or a later request's first byte, to the end of the head.
    public var headDeadline = Duration.seconds(10)
    /// From a request's first byte after its head to its last. Under the idle timeout, which ends a connection without a word.
    public var requestDeadline = Duration.seconds(55)
    /// How long a client may leave a response unread.
    public var stalledWriteDeadline = Duration.seconds(30)
    /// How long an answer may take to a request whose rest will not come; the connection then ends without one.
    public var refusalDeadline = Duration.seconds(5)
    /// How long a connection that the server has ended stays for the client to read the last answer.
    public var lingering = Duration.seconds(2)
    /// The size of a request line with its fields.
    public var headerBytes = 32 * 1024
    /// How many fields a head may have; beyond it the request is refused.
    public var headerCount = 100
    /// How many one listener may have open at the same time.
    public var connections = 1024
    /// An IPv6 /64 counts as one address.
    public var connectionsPerAddress = 256

    public init() {}
}
