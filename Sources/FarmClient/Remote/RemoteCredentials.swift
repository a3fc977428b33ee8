/// What a client shows to get tokens (RFC 6749 §2.3.1). The secret is never part of a message.
public struct RemoteCredentials: Sendable {
    public var clientID: String
    public var clientSecret: String

    public init(clientID: String, clientSecret: String) {
        self.clientID = clientID
        self.clientSecret = clientSecret
    }
}
