public import Farm

/// What a token request is given.
public struct TokenGrant: Equatable, Sendable {
    public var scope: Scope
    public var lifetimeSeconds: Int64

    /// The life of a client_credentials token where neither configuration nor client says less: a hundred years.
    public static let longestLifetimeSeconds: Int64 = 3_153_600_000

    /// Decides a `client_credentials` request of a client that has been authenticated (RFC 6749 §4.4).
    /// - Parameter defaultLifetimeSeconds: the configured life, 1 or more; the client's own can only shorten it.
    /// - Throws: `invalidClient` for a public or disabled client, `unauthorizedClient` when the client may not use the
    ///   asked grant, `unsupportedGrantType` when that is another one, `invalidScope` when more is asked than it has.
    public static func clientCredentials(
        _ request: TokenRequest, client: OAuthClient, account: Account, defaultLifetimeSeconds: Int64
    ) throws(OAuthError) -> TokenGrant {
        guard client.secret != nil, client.disabledAt == nil, account.disabledAt == nil else {
            throw .invalidClient(usedBasic: request.client.usedBasic)
        }
        guard client.grants.contains(request.grant) else { throw .unauthorizedClient }
        guard request.grant == .clientCredentials else { throw .unsupportedGrantType }
        let configured = min(defaultLifetimeSeconds, longestLifetimeSeconds)
        return TokenGrant(
            scope: try granted(request.scope, of: client.scope),
            lifetimeSeconds: max(1, min(client.tokenLifetimeSeconds ?? configured, configured)))
    }

    /// The asked scope if it is within the allowed one; the allowed one when none is asked (RFC 6749 §3.3).
    static func granted(_ asked: String?, of allowed: Scope) throws(OAuthError) -> Scope {
        guard let asked else { return allowed }
        guard let scope = Scope(asked), !scope.isEmpty, allowed.isSuperset(of: scope) else {
            throw .invalidScope(asked)
        }
        return scope
    }

    /// The row to store for a token given now.
    public func accessToken(id: TokenID, digest: TokenDigest, client: OAuthClient, now: Timestamp) -> AccessToken {
        AccessToken(
            id: id, digest: digest, clientID: client.id, accountID: client.accountID, scope: scope, createdAt: now,
            expiresAt: now + .seconds(lifetimeSeconds))
    }
}

/// The body of a successful token reply (RFC 6749 §5.1). `scope` is always said, so that a client need not guess.
public struct TokenResponse: Equatable, Sendable, Codable {
    public var accessToken: String
    /// Seconds.
    public var expiresIn: Int64
    public var tokenType = "Bearer"
    public var scope: String
    /// Absent with client_credentials (RFC 6749 §4.4.3).
    public var refreshToken: String?

    public init(accessToken: String, grant: TokenGrant, refreshToken: String? = nil) {
        self.accessToken = accessToken
        expiresIn = grant.lifetimeSeconds
        scope = grant.scope.description
        self.refreshToken = refreshToken
    }

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case expiresIn = "expires_in"
        case tokenType = "token_type"
        case scope
        case refreshToken = "refresh_token"
    }
}
