public import Farm
public import OAuth
import Synchronization

/// The token endpoint's work.
extension FarmService {
    /// Gives tokens to a client that has been authenticated.
    /// - Throws: `OAuthError` when it may not have them, `FarmError.unavailable` when they cannot be stored.
    public func issueToken(_ request: TokenRequest, client: OAuthClient) async throws -> TokenResponse {
        guard let account = state.accounts[client.accountID] else {
            throw OAuthError.invalidClient(usedBasic: request.client.usedBasic)
        }
        if request.grant != .clientCredentials {
            try TokenGrant.check(request, client: client, account: account)
        }
        do {
            switch request.grant {
            case .clientCredentials: return try await clientCredentials(request, client, account)
            case .authorizationCode: return try await redeemCode(request, client)
            case .deviceCode: return try await redeemDeviceCode(request, client)
            case .refreshToken: return try await refresh(request, client)
            }
        } catch FarmError.noSuchClient {
            throw OAuthError.invalidClient(usedBasic: request.client.usedBasic)
        }
    }

    private func clientCredentials(
        _ request: TokenRequest, _ client: OAuthClient, _ account: Account
    ) async throws -> TokenResponse {
        let grant = try TokenGrant.clientCredentials(
            request, client: client, account: account,
            defaultLifetimeSeconds: limits.clientCredentialsLifetimeSeconds)
        let token = random.token()
        try await perform(IssueToken(client: ProvedClient(client), grant: grant, digest: TokenDigest(of: token)))
        return TokenResponse(accessToken: token, grant: grant)
    }

    private func redeemCode(_ request: TokenRequest, _ client: OAuthClient) async throws -> TokenResponse {
        let digest = TokenDigest(of: try request.required("code"))
        let moment = shownMoment.steady
        let authorization = consentStore.withLock { $0.codes.request(digest, now: moment) }
        let decision = Result { () throws(OAuthError) in
            try TokenGrant.authorizationCode(
                request, authorization: authorization, client: client,
                defaultLifetimeSeconds: limits.accessTokenLifetimeSeconds)
        }
        return try await redeem(digest, decision, client)
    }

    private func redeemDeviceCode(_ request: TokenRequest, _ client: OAuthClient) async throws -> TokenResponse {
        let digest = TokenDigest(of: try request.required("device_code"))
        let moment = shownMoment.steady
        let answer = consentStore.withLock { $0.consents.ask(device: digest, client: client.id, now: moment) }
        let decision = Result { () throws(OAuthError) in
            try TokenGrant.deviceCode(
                answer, client: client, defaultLifetimeSeconds: limits.accessTokenLifetimeSeconds)
        }
        return try await redeem(digest, decision, client)
    }

    /// A code that gives nothing now may have given something before, which then ends.
    private func redeem(
        _ code: TokenDigest, _ decision: Result<TokenGrant, OAuthError>, _ client: OAuthClient
    ) async throws -> TokenResponse {
        let (grant, refusal): (TokenGrant?, OAuthError) =
            switch decision {
            case .success(let grant): (grant, grant.grant == .deviceCode ? .invalidDeviceCode : .invalidCode)
            case .failure(let error): (nil, error)
            }
        if grant == nil, state.familiesByCode[code] == nil { throw refusal }
        let (token, refresh) = (random.token(), RefreshToken(random: random))
        let outcome = try await perform(
            RedeemCode(
                client: ProvedClient(client), code: code, grant: grant, digest: TokenDigest(of: token),
                refresh: refresh.digests,
                refusal: refusal))
        return try response(outcome, token, refresh)
    }

    private func refresh(_ request: TokenRequest, _ client: OAuthClient) async throws -> TokenResponse {
        guard let presented = RefreshToken(try request.required("refresh_token")) else {
            throw OAuthError.invalidRefreshToken
        }
        let (token, next) = (random.token(), presented.next(random: random))
        let digest = next.digests.token
        // Before it is done: a retry may be the very next thing that is done.
        let running = elapsed()
        retries.withLock { $0.keep(token, next, now: running) }
        var isGiven = false
        defer { if !isGiven { retries.withLock { $0.forget(digest) } } }
        let outcome = try await perform(
            RefreshTokens(
                client: ProvedClient(client), presented: presented.digests, scope: request.scope,
                digest: TokenDigest(of: token), next: digest))
        if case .given = outcome {
            isGiven = true
            let moment = now()
            authenticator.noteUse(of: client.id, at: moment)
        }
        return try response(outcome, token, next)
    }

    private func response(
        _ outcome: FamilyOutcome, _ token: String, _ refresh: RefreshToken
    ) throws(OAuthError) -> TokenResponse {
        switch outcome {
        case .refused(let error): throw error
        case .given(let grant, let canRefresh):
            return TokenResponse(accessToken: token, grant: grant, refreshToken: canRefresh ? refresh.text : nil)
        case .repeated(let access, let digest):
            guard let given = retries.withLock({ $0.tokens(digest) }) else { throw .invalidRefreshToken }
            return TokenResponse(
                accessToken: given.accessToken, token: access, refreshToken: given.refreshToken.text, now: now())
        }
    }

    // MARK: Tokens that exist

    /// A live token of a client, told by its text: what revocation and introspection look for, whatever they were told
    /// it is (RFC 7009 §2.1).
    public enum HeldToken: Equatable, Sendable {
        case access(AccessToken)
        case refresh(TokenFamily)

        public var id: TokenID {
            switch self {
            case .access(let token): token.id
            case .refresh(let family): family.id
            }
        }
    }

    /// Nil when it is unknown, ended or another client's. A refresh token that was replaced is ended; asking for it here
    /// is no use of it.
    public func token(_ text: String, of client: OAuthClient) -> HeldToken? {
        let (state, moment) = (state, now())
        if let token = state.tokens[TokenDigest(of: text)] {
            return token.clientID == client.id && token.isLive(at: moment) ? .access(token) : nil
        }
        guard let digests = RefreshToken(text)?.digests, let family = state.family(of: digests),
            family.clientID == client.id, family.refresh == digests, family.isLive(at: moment)
        else { return nil }
        return .refresh(family)
    }
}
