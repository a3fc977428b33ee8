public import Farm
import OAuth

/// Ends an access token, or a refresh token with all that came of the same consent.
public struct RevokeToken: FarmCommand {
    var token: TokenID

    public init(_ token: TokenID) { self.token = token }

    public func apply(to draft: inout FarmDraft) throws(FarmError) {
        if draft.state.token(token) != nil {
            draft.revokeTokens { $0.id == token }
        } else if let family = draft.state.families[token], family.revokedAt == nil {
            draft.revoke(family)
        } else {
            throw .noSuchToken
        }
    }
}

/// Ends every token of a client.
public struct RevokeTokens: FarmCommand {
    var publicID: String

    public init(client publicID: String) { self.publicID = publicID }

    public func apply(to draft: inout FarmDraft) throws(FarmError) {
        guard let client = draft.state.client(publicID: publicID) else { throw .noSuchClient }
        draft.revokeAll(of: client.id)
    }
}

/// A client that has proved itself, as it was then: between the proof and the command its secret may have been changed, or
/// it may have been disabled, and then the proof counts for nothing.
struct ProvedClient: Sendable {
    private let id: ClientID
    private let secret: SecretDigest?

    init(_ client: OAuthClient) {
        id = client.id
        secret = client.secret
    }

    func client(in state: FarmState) throws(FarmError) -> OAuthClient {
        guard let client = state.clients[id], client.secret == secret, client.disabledAt == nil else {
            throw .noSuchClient
        }
        return client
    }
}

/// Gives a token to a client that has been authenticated.
struct IssueToken: FarmCommand {
    var client: ProvedClient
    var grant: TokenGrant
    var digest: TokenDigest

    func apply(to draft: inout FarmDraft) throws(FarmError) {
        draft.give(grant, digest: digest, family: nil, to: try client.client(in: draft.state))
    }
}

/// What came of a command that gives tokens of a family. A refusal may have changed something: it may end the family.
enum FamilyOutcome: Equatable, Sendable {
    case given(TokenGrant, canRefresh: Bool)
    /// The tokens of the refresh before: the access token, and the digest of the refresh token.
    case repeated(AccessToken, refresh: TokenDigest)
    case refused(OAuthError)
}

/// Exchanges a code, of a browser or a device, for the first tokens of a family. A code that was exchanged before ends
/// what it gave (RFC 6749 §4.1.2).
struct RedeemCode: FarmCommand {
    var client: ProvedClient
    var code: TokenDigest
    /// Nil: the code itself holds no more, but may have given something before.
    var grant: TokenGrant?
    var digest: TokenDigest
    /// The digests of the refresh token, in case the client may have one.
    var refresh: RefreshDigests
    var refusal: OAuthError

    func apply(to draft: inout FarmDraft) throws(FarmError) -> FamilyOutcome {
        if let before = draft.state.familiesByCode[code].flatMap({ draft.state.families[$0] }) {
            if before.revokedAt == nil { draft.revoke(before) }
            return .refused(refusal)
        }
        let client = try client.client(in: draft.state)
        guard let grant, client.grants.contains(grant.grant) else { return .refused(refusal) }
        let canRefresh = client.grants.contains(.refreshToken)
        draft.makeRoom(forFamilyOf: client.id)
        let life = canRefresh ? draft.refreshLifetime(beside: grant) : grant.lifetimeSeconds
        let family = TokenFamily(
            id: HighestIDs.next(&draft.state.ids.token), clientID: client.id, accountID: client.accountID,
            grant: grant.grant, scope: grant.scope, codeDigest: code, refresh: canRefresh ? refresh : nil,
            createdAt: draft.now, expiresAt: draft.now + .seconds(life))
        draft.keep(family)
        draft.give(grant, digest: digest, family: family.id, to: client)
        return .given(grant, canRefresh: canRefresh)
    }
}

/// Exchanges a refresh token for new ones.
struct RefreshTokens: FarmCommand {
    var client: ProvedClient
    var presented: RefreshDigests
    /// The asked scope.
    var scope: String?
    /// The digests of the new tokens.
    var digest: TokenDigest
    var next: TokenDigest

    func apply(to draft: inout FarmDraft) throws(FarmError) -> FamilyOutcome {
        let client = try client.client(in: draft.state)
        guard let family = draft.state.family(of: presented) else { return .refused(.invalidRefreshToken) }
        let last = draft.state.lastRefreshes[family.id]
        let refresh = family.refresh(
            by: presented, asked: scope, client: client, last: last, now: draft.now, steady: draft.steady)
        switch refresh {
        case .refused(let error): return .refused(error)
        case .ends:
            draft.revoke(family)
            return .refused(.invalidRefreshToken)
        case .repeats:
            // Who had revoked the access token, or used it up, has had the answer.
            guard let last, let token = draft.state.tokens[last.access], token.isLive(at: draft.now),
                let current = family.refresh?.token
            else { return .refused(.invalidRefreshToken) }
            return .repeated(token, refresh: current)
        case .gives(let scope):
            let grant = TokenGrant.refresh(
                scope: scope, client: client, defaultLifetimeSeconds: draft.limits.accessTokenLifetimeSeconds)
            draft.keep(
                family.refreshed(to: next, lifetimeSeconds: draft.refreshLifetime(beside: grant), now: draft.now))
            draft.give(grant, digest: digest, family: family.id, to: client)
            draft.state.lastRefreshes[family.id] = LastRefresh(
                replaced: presented.token, access: digest, scope: scope, at: draft.steady)
            return .given(grant, canRefresh: true)
        }
    }
}

/// Stores when tokens were last used.
struct StoreLastUses: FarmCommand {
    var lastUses: [TokenID: Timestamp]

    func apply(to draft: inout FarmDraft) throws(FarmError) {
        for (id, moment) in lastUses {
            guard let digest = draft.state.tokenDigests[id], var token = draft.state.tokens[digest],
                token.lastUsedAt.map({ $0 < moment }) ?? true
            else { continue }
            token.lastUsedAt = moment
            draft.state.lastUses[token.clientID] = max(moment, draft.state.lastUses[token.clientID] ?? moment)
            draft.state.tokens[digest] = token
            draft.markChanged()
            draft.write(.token(token))
        }
    }
}

extension FarmDraft {
    fileprivate mutating func give(
        _ grant: TokenGrant, digest: TokenDigest, family: TokenID?, to client: OAuthClient
    ) {
        makeRoom(forTokenOf: client.id)
        let token = grant.accessToken(
            id: HighestIDs.next(&state.ids.token), digest: digest, family: family, client: client, now: now)
        state.tokens[digest] = token
        state.tokenDigests[token.id] = digest
        markChanged()
        write(.token(token))
    }

    /// A refresh token outlives the access token beside it.
    fileprivate func refreshLifetime(beside grant: TokenGrant) -> Int64 {
        max(limits.refreshTokenLifetimeSeconds, grant.lifetimeSeconds)
    }

    // MARK: Access tokens

    /// Takes tokens out of memory; their rows stay, marked as revoked.
    mutating func revokeTokens(where isRevoked: (AccessToken) -> Bool) {
        for var token in state.tokens.values where isRevoked(token) {
            token.revokedAt = now
            write(.token(token))
            forget(token)
        }
    }

    mutating func forgetTokens(where isForgotten: (AccessToken) -> Bool) {
        for token in state.tokens.values where isForgotten(token) { forget(token) }
    }

    private mutating func forget(_ token: AccessToken) {
        state.tokens[token.digest] = nil
        state.tokenDigests[token.id] = nil
        markChanged()
    }

    /// Above the limit of live tokens the least recently used goes.
    private mutating func makeRoom(forTokenOf client: ClientID) {
        let held = state.tokens.values.filter { $0.clientID == client }
        let excess = held.count + 1 - limits.liveTokensPerClient
        guard excess > 0 else { return }
        let oldest = held.sorted { ($0.lastUsedAt ?? $0.createdAt, $0.id) < ($1.lastUsedAt ?? $1.createdAt, $1.id) }
        let going = Set(oldest.prefix(excess).map(\.id))
        revokeTokens { going.contains($0.id) }
    }

    // MARK: Families

    fileprivate mutating func keep(_ family: TokenFamily) {
        state.families[family.id] = family
        state.familiesByCode[family.codeDigest] = family.id
        if let refresh = family.refresh { state.familiesByRefreshKey[refresh.key] = family.id }
        markChanged()
        write(.tokenFamily(family))
    }

    /// Ends a family and every access token of it. It stays in memory as long as its code could be presented again.
    mutating func revoke(_ family: TokenFamily) {
        var family = family
        family.revokedAt = now
        state.lastRefreshes[family.id] = nil
        keep(family)
        revokeTokens { $0.familyID == family.id }
    }

    /// Ends all that a client has.
    mutating func revokeAll(of client: ClientID) {
        for family in state.families.values where family.clientID == client && family.revokedAt == nil {
            revoke(family)
        }
        revokeTokens { $0.clientID == client }
    }

    mutating func forgetFamilies(where isForgotten: (TokenFamily) -> Bool) {
        for family in state.families.values where isForgotten(family) {
            state.families[family.id] = nil
            state.lastRefreshes[family.id] = nil
            state.familiesByCode[family.codeDigest] = nil
            if let refresh = family.refresh { state.familiesByRefreshKey[refresh.key] = nil }
            markChanged()
        }
    }

    /// As many families as tokens: the least recently refreshed goes.
    fileprivate mutating func makeRoom(forFamilyOf client: ClientID) {
        let held = state.families.values.filter { $0.clientID == client && $0.isLive(at: now) }
        let excess = held.count + 1 - limits.liveTokensPerClient
        guard excess > 0 else { return }
        let oldest = held.sorted { ($0.refreshedAt ?? $0.createdAt, $0.id) < ($1.refreshedAt ?? $1.createdAt, $1.id) }
        for family in oldest.prefix(excess) { revoke(family) }
    }
}
