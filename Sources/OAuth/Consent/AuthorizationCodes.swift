public import Farm

/// Authorization codes that were given to browsers, by digest. That a code works once is decided where its tokens are
/// stored, which also outlives a restart; here it only grows old.
public struct AuthorizationCodes: Sendable {
    /// Unit: seconds (RFC 6749 §4.1.2 allows ten minutes).
    public static let lifetimeSeconds = 60

    private struct Issued {
        var request: AuthorizationRequest
        var expiresAt: SteadyTime
    }
    private var issued: [TokenDigest: Issued] = [:]

    public init() {}

    /// The code of this digest is good once, for `lifetimeSeconds` from `now`.
    public mutating func issue(_ digest: TokenDigest, for request: AuthorizationRequest, now: SteadyTime) {
        issued[digest] = Issued(request: request, expiresAt: now + .seconds(Self.lifetimeSeconds))
    }

    /// What was consented to with this code; nil when it is unknown or too old.
    public func request(_ digest: TokenDigest, now: SteadyTime) -> AuthorizationRequest? {
        issued[digest].flatMap { now < $0.expiresAt ? $0.request : nil }
    }

    /// What could still be presented.
    public func usable(_ now: SteadyTime) -> Set<TokenDigest> {
        Set(issued.lazy.filter { now < $0.value.expiresAt }.map(\.key))
    }

    /// Forgets codes that are too old.
    public mutating func expire(_ now: SteadyTime) {
        guard !issued.isEmpty else { return }
        issued = issued.filter { now < $0.value.expiresAt }
    }
}
