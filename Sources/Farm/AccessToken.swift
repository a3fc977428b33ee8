/// Numbers tokens, and the families of those that one consent gave; nothing of a token's text follows from it.
public typealias TokenID = Identifier<AccessToken>

/// SHA-256 of a token's text: all that is kept of it.
public struct TokenDigest: Hashable, Sendable, Codable {
    /// 32 of them.
    public var bytes: [UInt8]
    public init(bytes: [UInt8]) { self.bytes = bytes }
}

/// A bearer token of a client, known by its digest only.
public struct AccessToken: Equatable, Sendable, Codable {
    public var id: TokenID
    /// SHA-256 of the token, by which a request's token is found.
    public var digest: TokenDigest
    /// Disabling or removing this client ends the token's use.
    public var clientID: ClientID
    /// Always that of the client; kept here so that a request needs no look at the client.
    public var accountID: AccountID
    /// How it was got; `refreshToken` for one that a refresh gave.
    public var grant: Grant
    /// The family of the tokens that one consent gave; nil with client_credentials.
    public var familyID: TokenID?
    /// As granted; what the client has lost since is taken off at each request.
    public var scope: Scope
    public var createdAt: Timestamp
    /// From this moment on the token is refused; tokens are never prolonged.
    public var expiresAt: Timestamp
    /// Nil: not revoked. A revoked token stays for a while, for lists.
    public var revokedAt: Timestamp?
    /// Kept in memory, stored once a minute.
    public var lastUsedAt: Timestamp?

    public init(
        id: TokenID, digest: TokenDigest, clientID: ClientID, accountID: AccountID, grant: Grant = .clientCredentials,
        familyID: TokenID? = nil, scope: Scope, createdAt: Timestamp, expiresAt: Timestamp
    ) {
        self.id = id
        self.digest = digest
        self.clientID = clientID
        self.accountID = accountID
        self.grant = grant
        self.familyID = familyID
        self.scope = scope
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
