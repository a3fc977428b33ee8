public import Farm

extension TokenFamily {
    /// What comes of a refresh (RFC 6749 §6, RFC 9700 §4.14.2).
    public enum Refresh: Equatable, Sendable {
        /// The new access token has this scope, and the refresh token is replaced.
        case gives(Scope)
        /// A token of this family that was replaced before: either the thief or the app is here for the second time, so
        /// the whole family must end.
        case ends
        case refused(OAuthError)
    }

    public func isLive(at now: Timestamp) -> Bool { revokedAt == nil && now < expiresAt }

    /// - Parameters:
    ///   - presented: of a refresh token with this family's key.
    ///   - asked: a scope within what was consented to; nil: all of it. What the client lost since is not given.
    public func refresh(
        by presented: RefreshDigests, asked: String?, client: OAuthClient, now: Timestamp
    ) -> Refresh {
        guard isLive(at: now), client.id == clientID, let refresh,
            constantTimeEqual(presented.key.bytes, refresh.key.bytes)
        else { return .refused(.invalidRefreshToken) }
        guard constantTimeEqual(presented.token.bytes, refresh.token.bytes) else { return .ends }
        let allowed = scope.intersection(client.scope)
        guard !allowed.isEmpty else {
            return .refused(.invalidGrant("The client no longer has the scopes of this consent."))
        }
        do throws(OAuthError) {
            return .gives(try TokenGrant.granted(asked, of: allowed))
        } catch {
            return .refused(error)
        }
    }

    /// The family after a refresh.
    /// - Parameter lifetimeSeconds: how long the new refresh token may lie unused.
    public func refreshed(to token: TokenDigest, lifetimeSeconds: Int64, now: Timestamp) -> TokenFamily {
        var next = self
        next.refresh?.token = token
        next.refreshedAt = now
        next.expiresAt = now + .seconds(lifetimeSeconds)
        return next
    }
}

extension OAuthError {
    /// One answer for unknown, foreign, expired and revoked ones.
    public static let invalidRefreshToken = OAuthError.invalidGrant(
        "The refresh token is unknown, expired, revoked or another client's.")
    public static let invalidCode = OAuthError.invalidGrant(
        "The code is unknown, expired, used before or another client's.")
    public static let invalidDeviceCode = OAuthError.invalidGrant(
        "The device code is unknown, used before or another client's.")
}
