public import Farm
import OAuth

/// Makes a client. Its secret is in the reply and nowhere else.
public struct AddClient: FarmCommand {
    var client: NewClient

    public init(_ client: NewClient) { self.client = client }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> ClientCredentials {
        guard let account = draft.state.account(named: client.account) else { throw .noSuchAccount(client.account) }
        let faults = client.faults
        guard faults.isEmpty else { throw .invalid(faults) }
        // Without client_credentials nothing needs a secret: an app on a phone cannot keep one.
        let isConfidential = client.isConfidential || client.grants.contains(.clientCredentials)
        let secret = isConfidential ? draft.random.clientSecret() : nil
        var made = OAuthClient(
            id: HighestIDs.next(&draft.state.ids.client), publicID: draft.random.clientID(),
            name: client.name, accountID: account.id,
            secret: secret.map { SecretDigest(of: $0, salt: draft.random.salt()) }, scope: client.scope,
            grants: client.grants, redirectURIs: client.redirectURIs,
            tokenLifetimeSeconds: client.tokenLifetimeSeconds, createdAt: draft.now)
        made.mayMoveMachines = client.mayMoveMachines
        if case .success(let name) = checkedText(client.name, limit: 256) { made.name = name }
        draft.keep(made)
        return ClientCredentials(
            client: ClientSummary(made, accountName: account.name, lastUsedAt: nil, liveTokens: 0), secret: secret)
    }
}

/// Gives a client a new secret; its live tokens stay unless asked.
public struct RotateClient: FarmCommand {
    var publicID: String
    var revokeTokens: Bool

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
        if revokeTokens { draft.revokeAll(of: client.id) }
        return ClientCredentials(client: try draft.summary(of: client.id), secret: secret)
    }
}

/// Changes a client. Its id, account and secret stay; a narrowed scope narrows its live tokens.
public struct EditClient: FarmCommand {
    var publicID: String
    var patch: ClientPatch

    public init(publicID: String, patch: ClientPatch) {
        self.publicID = publicID
        self.patch = patch
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> ClientSummary {
        guard var client = draft.state.client(publicID: publicID) else { throw .noSuchClient }
        if let name = patch.name { client.name = name }
        if let scope = patch.scope { client.scope = scope }
        if let grants = patch.grants { client.grants = grants }
        if let redirectURIs = patch.redirectURIs { client.redirectURIs = redirectURIs }
        if let mayMoveMachines = patch.mayMoveMachines { client.mayMoveMachines = mayMoveMachines }
        switch patch.tokenLifetime {
        case .seconds(let seconds): client.tokenLifetimeSeconds = seconds
        case .standard: client.tokenLifetimeSeconds = nil
        case nil: break
        }
        var faults = NewClient(
            name: client.name, scope: client.scope, grants: client.grants, redirectURIs: client.redirectURIs,
            tokenLifetimeSeconds: client.tokenLifetimeSeconds
        ).faults
        if client.grants.contains(.clientCredentials), client.secret == nil {
            faults.append(
                FieldError("grants", "client_credentials needs a secret, and this client is public: add another."))
        }
        guard faults.isEmpty else { throw .invalid(faults) }
        if case .success(let name) = checkedText(client.name, limit: 256) { client.name = name }
        draft.keep(client)
        return try draft.summary(of: client.id)
    }
}

/// Disabling suspends a client and its tokens; enabling brings both back.
public struct SetClientDisabled: FarmCommand {
    var publicID: String
    var disabled: Bool

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
    var publicID: String

    public init(publicID: String) { self.publicID = publicID }

    public func apply(to draft: inout FarmDraft) throws(FarmError) {
        guard let client = draft.state.client(publicID: publicID) else { throw .noSuchClient }
        draft.forgetTokens { $0.clientID == client.id }
        draft.forgetFamilies { $0.clientID == client.id }
        draft.state.clients[client.id] = nil
        draft.state.clientsByPublicID[publicID] = nil
        draft.markChanged()
        draft.write(.removeClient(client.id))
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
}
