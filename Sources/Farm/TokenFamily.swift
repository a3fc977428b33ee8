/// What one consent gave: the tokens that came of it end together (RFC 9700 §4.14.2).
///
/// Its refresh token is the family's key, which stays, followed by a secret that each refresh replaces. So a token that
/// was used before is known by its key for as long as the family lives, and only two digests are kept of it.
public struct TokenFamily: Equatable, Sendable, Codable {
    /// Numbered together with the access tokens, so that one number names one token of either kind.
    public var id: TokenID
    /// Only this client may refresh it.
    public var clientID: ClientID
    /// That of the client.
    public var accountID: AccountID
    /// What gave it: the authorization code or the device grant.
    public var grant: Grant
    /// What was consented to; a refresh never changes it.
    public var scope: Scope
    /// The digest of the authorization code or device code that was exchanged: who uses it again ends the family.
    public var codeDigest: TokenDigest
    /// Nil when the client may not refresh.
    public var refresh: RefreshDigests?
    public var createdAt: Timestamp
    /// Nothing of it can be used any more from then on.
    public var expiresAt: Timestamp
    /// Nil: its first refresh token is still unused.
    public var refreshedAt: Timestamp?
    /// Nil: not revoked. Revoking ends its access tokens as well.
    public var revokedAt: Timestamp?

    public init(
        id: TokenID, clientID: ClientID, accountID: AccountID, grant: Grant, scope: Scope, codeDigest: TokenDigest,
        refresh: RefreshDigests?, createdAt: Timestamp, expiresAt: Timestamp
    ) {
        self.id = id
        self.clientID = clientID
        self.accountID = accountID
        self.grant = grant
        self.scope = scope
        self.codeDigest = codeDigest
        self.refresh = refresh
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// All that is kept of a refresh token.
public struct RefreshDigests: Equatable, Sendable, Codable {
    /// SHA-256 of the part that names the family.
    public var key: TokenDigest
    /// SHA-256 of the whole text of the one that may be used next.
    public var token: TokenDigest

    public init(key: TokenDigest, token: TokenDigest) {
        self.key = key
        self.token = token
    }
}
