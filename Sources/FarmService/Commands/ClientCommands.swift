public import Farm
import OAuth

/// Makes a client. Its secret is in the reply and nowhere else.
public struct AddClient: FarmCommand {
    public var client: NewClient

    public init(_ client: NewClient) { self.client = client }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> ClientCredentials {
        guard let account = draft.state.account(named: client.account) else { throw .noSuchAccount(client.account) }
        let faults = client.faults
        guard faults.isEmpty else { throw .invalid(faults) }
        // Without client_credentials nothing needs a secret: an app on a phone cannot keep one.
        let secret = client.grants.contains(.clientCredentials) ? draft.random.clientSecret() : nil
        var made = OAuthClient(
            id: HighestIDs.next(&draft.state.ids.client), publicID: draft.random.clientID(),
            name: client.name, accountID: account.id,
            secret: secret.map { SecretDigest(of: $0, salt: draft.random.salt()) }, scope: client.scope,
            grants: client.grants, redirectURIs: client.redirectURIs,
            tokenLifetimeSeconds: client.tokenLifetimeSeconds, createdAt: draft.now)
        if case .success(let name) = checkedText(client.name, limit: 256) { made.name = name }
        draft.keep(made)
        return ClientCredentials(
            client: ClientSummary(made, accountName: account.name, lastUsedAt: nil, liveTokens: 0), secret: secret)
    }
}

/// Gives a client a new secret; its live tokens stay unless asked.
public struct RotateClient: FarmCommand {
    public var publicID: String
    public var revokeTokens: Bool

    public init(publicID: String, revokeTokens: Bool) {
        self.publicID = publicID
        self.revokeTokens = revokeTokens
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> ClientCredentials {
        guard var client = draft.state.client(publicID: publicID) else { throw .noSuchClient }
        guard client.secret != nil else {
            throw .invalid([FieldError("client", "A public client has no secret to rotate.")])
        }
        let secret = draft.random.clientSecret()
        client.secret = SecretDigest(of: secret, salt: draft.random.salt())
        client.rotatedAt = draft.now
        draft.keep(client)
        if revokeTokens { draft.revokeTokens { $0.clientID == client.id } }
        return ClientCredentials(client: try draft.summary(of: client.id), secret: secret)
    }
}

/// Disabling suspends a client and its tokens; enabling brings both back.
public struct SetClientDisabled: FarmCommand {
    public var publicID: String
    public var disabled: Bool

    public init(publicID: String, disabled: Bool) {
        self.publicID = publicID
        self.disabled = disabled
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> ClientSummary {
        guard var client = draft.state.client(publicID: publicID) else { throw .noSuchClient }
        if (client.disabledAt != nil) != disabled {
            client.disabledAt = disabled ? draft.now : nil
            draft.keep(client)
        }
        return try draft.summary(of: client.id)
    }
}

/// Removes a client and revokes its tokens.
public struct RemoveClient: FarmCommand {
    public var publicID: String

    public init(publicID: String) { self.publicID = publicID }

    public func apply(to draft: inout FarmDraft) throws(FarmError) {
        guard let client = draft.state.client(publicID: publicID) else { throw .noSuchClient }
        draft.forgetTokens { $0.clientID == client.id }
        draft.state.clients[client.id] = nil
        draft.state.clientsByPublicID[publicID] = nil
        draft.markChanged()
        draft.write(.removeClient(client.id))
    }
}

public struct RevokeToken: FarmCommand {
    public var token: TokenID

    public init(_ token: TokenID) { self.token = token }

    public func apply(to draft: inout FarmDraft) throws(FarmError) {
        guard draft.state.token(token) != nil else { throw .noSuchToken }
        draft.revokeTokens { $0.id == token }
    }
}

/// Gives a token to a client that has been authenticated.
struct IssueToken: FarmCommand {
    var client: ClientID
    var grant: TokenGrant
    var digest: TokenDigest

    func apply(to draft: inout FarmDraft) throws(FarmError) {
        guard let client = draft.state.clients[client] else { throw .noSuchClient }
        draft.makeRoom(forTokenOf: client.id)
        let token = grant.accessToken(
            id: HighestIDs.next(&draft.state.ids.token), digest: digest, client: client, now: draft.now)
        draft.state.tokens[digest] = token
        draft.state.tokenDigests[token.id] = digest
        draft.markChanged()
        draft.write(.token(token))
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
            draft.state.tokens[digest] = token
            draft.markChanged()
            draft.write(.token(token))
        }
    }
}

extension FarmDraft {
    func summary(of id: ClientID) throws(FarmError) -> ClientSummary {
        guard let summary = state.clientSummaries(at: now).first(where: { $0.id == id }) else { throw .noSuchClient }
        return summary
    }

    fileprivate mutating func keep(_ client: OAuthClient) {
        state.clients[client.id] = client
        state.clientsByPublicID[client.publicID] = client.id
        markChanged()
        write(.client(client))
    }

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
    fileprivate mutating func makeRoom(forTokenOf client: ClientID) {
        let held = state.tokens.values.filter { $0.clientID == client }
        let excess = held.count + 1 - limits.liveTokensPerClient
        guard excess > 0 else { return }
        let oldest = held.sorted { ($0.lastUsedAt ?? $0.createdAt, $0.id) < ($1.lastUsedAt ?? $1.createdAt, $1.id) }
        let going = Set(oldest.prefix(excess).map(\.id))
        revokeTokens { going.contains($0.id) }
    }
}
