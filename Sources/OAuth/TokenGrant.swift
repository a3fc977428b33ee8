public import Farm

/// What a token request is given.
public struct TokenGrant: Equatable, Sendable {
    /// How the token is got.
    public var grant: Grant
    /// What it may do: what was asked for and the client may have.
    public var scope: Scope
    /// 1 or more; of the access token.
    public var lifetimeSeconds: Int64

    /// The life of a client_credentials token where neither configuration nor client says less: a hundred years.
    public static let longestLifetimeSeconds = TokenLifetime.guideSeconds

    init(_ grant: Grant, scope: Scope, client: OAuthClient, defaultLifetimeSeconds: Int64) {
        self.grant = grant
        self.scope = scope
        let configured = min(defaultLifetimeSeconds, Self.longestLifetimeSeconds)
        lifetimeSeconds = max(1, min(client.tokenLifetimeSeconds ?? configured, configured))
    }

    /// Whether the client may use the grant that it asks for.
    /// - Throws: `invalidClient` when it, or its account, is disabled; `unauthorizedClient`.
    public static func check(_ request: TokenRequest, client: OAuthClient, account: Account) throws(OAuthError) {
        guard client.disabledAt == nil, account.disabledAt == nil else {
            throw .invalidClient(usedBasic: request.client.usedBasic)
        }
        guard client.grants.contains(request.grant) else { throw .unauthorizedClient }
    }

    /// Decides a `client_credentials` request of a client that has been authenticated (RFC 6749 §4.4).
    /// - Parameter defaultLifetimeSeconds: the configured life, 1 or more; the client's own can only shorten it.
    /// - Throws: `invalidClient` for a public or disabled client, `unauthorizedClient` when the client may not use the
    ///   asked grant, `unsupportedGrantType` when that is another one, `invalidScope` when more is asked than it has.
    public static func clientCredentials(
        _ request: TokenRequest, client: OAuthClient, account: Account, defaultLifetimeSeconds: Int64
    ) throws(OAuthError) -> TokenGrant {
        guard client.secret != nil else { throw .invalidClient(usedBasic: request.client.usedBasic) }
        try check(request, client: client, account: account)
        guard request.grant == .clientCredentials else { throw .unsupportedGrantType }
        return TokenGrant(
            .clientCredentials, scope: try granted(request.scope, of: client.scope), client: client,
            defaultLifetimeSeconds: defaultLifetimeSeconds)
    }

    /// Decides an `authorization_code` request (RFC 6749 §4.1.3, RFC 7636 §4.6). That the code was not used before is for
    /// the caller to know.
    /// - Parameter authorization: what was consented to with that code; nil when there is none.
    public static func authorizationCode(
        _ request: TokenRequest, authorization: AuthorizationRequest?, client: OAuthClient,
        defaultLifetimeSeconds: Int64
    ) throws(OAuthError) -> TokenGrant {
        _ = try request.required("code")
        let verifier = try request.required("code_verifier")
        guard let authorization, authorization.clientID == client.id else { throw .invalidCode }
        if let redirectURI = request.value("redirect_uri") {
            guard redirectURI == authorization.redirectURI else {
                throw .invalidGrant("The redirect_uri is not the one that the code was given for.")
            }
        } else if authorization.namesRedirectURI {
            throw .invalidRequest("The parameter 'redirect_uri' is missing: the authorization request had it.")
        }
        guard authorization.isProved(by: verifier) else {
            throw .invalidGrant("The code_verifier does not belong to the code_challenge.")
        }
        return try afterConsent(
            .authorizationCode, consented: authorization.scope, client: client,
            defaultLifetimeSeconds: defaultLifetimeSeconds)
    }

    /// Decides a request of the device grant (RFC 8628 §3.5).
    public static func deviceCode(
        _ answer: DeviceAnswer, client: OAuthClient, defaultLifetimeSeconds: Int64
    ) throws(OAuthError) -> TokenGrant {
        switch answer {
        case .pending: throw .authorizationPending
        case .slowDown: throw .slowDown
        case .expired: throw .expiredToken
        case .denied: throw .accessDenied
        case .unknown: throw .invalidDeviceCode
        case .approved(let scope):
            return try afterConsent(
                .deviceCode, consented: scope, client: client, defaultLifetimeSeconds: defaultLifetimeSeconds)
        }
    }

    /// The client may have lost some of its scope since the operator agreed.
    private static func afterConsent(
        _ grant: Grant, consented: Scope, client: OAuthClient, defaultLifetimeSeconds: Int64
    ) throws(OAuthError) -> TokenGrant {
        let scope = consented.intersection(client.scope)
        guard !scope.isEmpty else { throw .invalidGrant("The client no longer has the scopes of this consent.") }
        return TokenGrant(grant, scope: scope, client: client, defaultLifetimeSeconds: defaultLifetimeSeconds)
    }

    /// What a refresh gives, once its family has agreed.
    public static func refresh(scope: Scope, client: OAuthClient, defaultLifetimeSeconds: Int64) -> TokenGrant {
        TokenGrant(.refreshToken, scope: scope, client: client, defaultLifetimeSeconds: defaultLifetimeSeconds)
    }

    /// The asked scope if it is within the allowed one; the allowed one when none is asked (RFC 6749 §3.3).
    static func granted(_ asked: String?, of allowed: Scope) throws(OAuthError) -> Scope {
        guard let asked else { return allowed }
        guard let scope = Scope(asked), !scope.isEmpty, allowed.isSuperset(of: scope) else {
            throw .invalidScope(asked)
        }
        return scope
    }

    /// What a device asks for, of what its client may have.
    public static func deviceScope(_ asked: String?, client: OAuthClient) throws(OAuthError) -> Scope {
        try granted(asked, of: client.scope)
    }

    /// The row to store for a token given now.
    public func accessToken(
        id: TokenID, digest: TokenDigest, family: TokenID? = nil, client: OAuthClient, now: Timestamp
    ) -> AccessToken {
        AccessToken(
            id: id, digest: digest, clientID: client.id, accountID: client.accountID, grant: grant, familyID: family,
            scope: scope, createdAt: now, expiresAt: now + .seconds(lifetimeSeconds))
    }
}

/// The body of a successful token reply (RFC 6749 §5.1). `scope` is always said, so that a client need not guess.
public struct TokenResponse: Equatable, Sendable, Codable {
    /// 43 URL-safe characters; only their digest is stored.
    public var accessToken: String
    /// Seconds.
    public var expiresIn: Int64
    /// No other type is given (RFC 6750).
    public var tokenType = "Bearer"
    /// Space-separated, read first.
    public var scope: String
    /// Absent with client_credentials (RFC 6749 §4.4.3).
    public var refreshToken: String?

    public init(accessToken: String, grant: TokenGrant, refreshToken: String? = nil) {
        self.accessToken = accessToken
        expiresIn = grant.lifetimeSeconds
        scope = grant.scope.description
        self.refreshToken = refreshToken
    }

    /// Tells of a token that was given before: what is left of its life.
    public init(accessToken: String, token: AccessToken, refreshToken: String?, now: Timestamp) {
        self.accessToken = accessToken
        expiresIn = max(1, Int64(token.expiresAt.seconds(since: now)))
        scope = token.scope.description
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
