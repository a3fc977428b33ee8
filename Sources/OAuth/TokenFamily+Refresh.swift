public import Farm

extension TokenFamily {
    /// What comes of a refresh (RFC 6749 §6, RFC 9700 §4.14.2).
    public enum Refresh: Equatable, Sendable {
        /// The new access token has this scope, and the refresh token is replaced.
        case gives(Scope)
        /// The last refresh again, whose answer was lost or is on its way: the same tokens once more.
        case repeats
        /// A token of this family that was replaced before: either the thief or the app is here for the second time, so
        /// the whole family must end.
        case ends
        case refused(OAuthError)
    }

    /// How long after a refresh the replaced token may come again, by the same client, without being taken for a theft.
    public static let retrySeconds = 10

    /// Whether a refresh may still be answered with tokens.
    public func isLive(at now: Timestamp) -> Bool { revokedAt == nil && now < expiresAt }

    /// - Parameters:
    ///   - presented: of a refresh token with this family's key.
    ///   - asked: a scope within what was consented to; nil: all of it. What the client lost since is not given.
    ///   - last: the family's last refresh; nil when it was not in this run of the program.
    ///   - steady: now, by the clock that nobody can set; nil where it is not known.
    public func refresh(
        by presented: RefreshDigests, asked: String?, client: OAuthClient, last: LastRefresh? = nil, now: Timestamp,
        steady: SteadyTime? = nil
    ) -> Refresh {
        guard isLive(at: now), client.id == clientID, let refresh,
            constantTimeEqual(presented.key.bytes, refresh.key.bytes)
        else { return .refused(.invalidRefreshToken) }
        let isCurrent = constantTimeEqual(presented.token.bytes, refresh.token.bytes)
        guard isCurrent || isSoonAfterRefresh(last, now, steady) else { return .ends }
        // Not in this run: which token was replaced last, and by what, is not known any more. Nothing is given, and nothing
        // ends.
        guard isCurrent || last != nil else { return .refused(.invalidRefreshToken) }
        guard isCurrent || last.map({ constantTimeEqual($0.replaced.bytes, presented.token.bytes) }) == true else {
            return .ends
        }
        let allowed = scope.intersection(client.scope)
        guard !allowed.isEmpty else {
            return .refused(.invalidGrant("The client no longer has the scopes of this consent."))
        }
        do throws(OAuthError) {
            let given = try TokenGrant.granted(asked, of: allowed)
            if isCurrent { return .gives(given) }
            return given == last?.scope ? .repeats : .refused(.invalidScope(asked ?? allowed.description))
        } catch {
            return .refused(error)
        }
    }

    /// A clock that was set in between makes no retry a theft.
    private func isSoonAfterRefresh(_ last: LastRefresh?, _ now: Timestamp, _ steady: SteadyTime?) -> Bool {
        if let refreshedAt = last?.at, let steady {
            return (0...Double(Self.retrySeconds)).contains(steady.seconds(since: refreshedAt))
        }
        guard let refreshedAt else { return false }
        return refreshedAt <= now && now <= refreshedAt + .seconds(Self.retrySeconds)
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

/// What is remembered of a family's last refresh, as long as the program runs: digests, not tokens.
public struct LastRefresh: Equatable, Sendable {
    /// The refresh token that this refresh used up.
    public var replaced: TokenDigest
    /// What was given with the new refresh token.
    public var access: TokenDigest
    /// What the new access token may do; narrower than the family's where the request asked for less.
    public var scope: Scope
    /// When; nil where only the wall clock is known.
    public var at: SteadyTime?

    public init(replaced: TokenDigest, access: TokenDigest, scope: Scope, at moment: SteadyTime? = nil) {
        self.replaced = replaced
        self.access = access
        self.scope = scope
        at = moment
    }
}

extension OAuthError {
    /// One answer for unknown, foreign, expired and revoked ones.
    public static let invalidRefreshToken = OAuthError.invalidGrant(
        "The refresh token is unknown, expired, revoked or another client's.")
    /// One answer for all that can be wrong with a code, so that none can be told apart by trying.
    public static let invalidCode = OAuthError.invalidGrant(
        "The code is unknown, expired, used before or another client's.")
    /// As `invalidCode`, for the device grant.
    public static let invalidDeviceCode = OAuthError.invalidGrant(
        "The device code is unknown, used before or another client's.")
}
