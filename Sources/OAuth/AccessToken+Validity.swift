public import Farm

extension AccessToken {
    /// Neither revoked nor expired.
    public func isLive(at now: Timestamp) -> Bool { revokedAt == nil && now < expiresAt }

    /// What the token may do now; nil when it is not valid. Disabling a client or account suspends its tokens, and a
    /// narrowed client narrows them.
    public func effectiveScope(client: OAuthClient?, account: Account?, at now: Timestamp) -> Scope? {
        guard isLive(at: now), let client, client.id == clientID, client.disabledAt == nil,
            let account, account.id == accountID, account.disabledAt == nil
        else { return nil }
        return scope.intersection(client.scope)
    }
}
