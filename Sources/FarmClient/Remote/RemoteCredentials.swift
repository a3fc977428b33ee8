/// What a client shows to get tokens (RFC 6749 §2.3.1). The secret is never part of a message.
public struct RemoteCredentials: Sendable {
    /// `client_id` as the farm shows it when the client is made.
    public var clientID: String
    /// The farm shows it once, when the client is made.
    public var clientSecret: String

    public init(clientID: String, clientSecret: String) {
        self.clientID = clientID
        self.clientSecret = clientSecret
    }
}
