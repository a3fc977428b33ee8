/// Unique until the program ends.
public typealias KeyRequestID = Identifier<KeyRequest>

/// farmtop has asked a machine's server for a key, and a person there presses Allow or not. The key itself is told to nobody:
/// `GivenCredentials.allowed` names it by this request.
public struct KeyRequest: Equatable, Sendable, Codable {
    /// What has become of it.
    public enum Answer: Equatable, Sendable, Codable {
        case undecided
        case allowed
        case denied
        case failed(LinkFault)
    }
    public var id: KeyRequestID
    /// Where the page with Allow is.
    public var address: LinkAddress
    /// What has come of it so far.
    public var answer: Answer
    /// Then farmtop stops waiting.
    public var expiresAt: Timestamp

    public init(id: KeyRequestID, address: LinkAddress, answer: Answer = .undecided, expiresAt: Timestamp) {
        self.id = id
        self.address = address
        self.answer = answer
        self.expiresAt = expiresAt
    }
}
