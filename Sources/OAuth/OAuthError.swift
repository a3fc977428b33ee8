/// A refusal of the token endpoint, in the vocabulary of RFC 6749 §5.2.
public enum OAuthError: Error, Equatable, Sendable {
    /// The request is malformed; says how.
    case invalidRequest(String)
    /// Unknown client, wrong secret, disabled client or account: one answer for all (RFC 6749 §10.10).
    case invalidClient(usedBasic: Bool)
    /// The code, refresh token or device code does not hold; says why.
    case invalidGrant(String)
    /// The client may not use this grant.
    case unauthorizedClient
    case unsupportedGrantType
    /// The scope as asked for; untrusted.
    case invalidScope(String)
    /// Too many failed authentications of this client from this address.
    case tooManyAttempts(retryAfterSeconds: Int)
    /// Too many requests wait for the operator; says which.
    case tooManyWaiting(ConsentLimit)
    /// A device asks (RFC 8628 §3.5), and nobody decided yet.
    case authorizationPending
    /// Nobody decided yet, and the device asks too often.
    case slowDown
    case accessDenied
    case expiredToken

    /// `error` on the wire.
    public var code: String {
        switch self {
        case .invalidRequest: "invalid_request"
        case .invalidClient: "invalid_client"
        case .invalidGrant: "invalid_grant"
        case .unauthorizedClient: "unauthorized_client"
        case .unsupportedGrantType: "unsupported_grant_type"
        case .invalidScope: "invalid_scope"
        case .tooManyAttempts, .tooManyWaiting: "temporarily_unavailable"
        case .authorizationPending: "authorization_pending"
        case .slowDown: "slow_down"
        case .accessDenied: "access_denied"
        case .expiredToken: "expired_token"
        }
    }

    /// `error_description` on the wire: only %x20-21 / %x23-5B / %x5D-7E (RFC 6749 §5.2).
    public var message: String {
        switch self {
        case .invalidRequest(let what), .invalidGrant(let what): Self.describable(what, limit: 200)
        case .invalidClient: "Client authentication failed."
        case .unauthorizedClient: "The client may not use this grant type."
        case .unsupportedGrantType: "The grant type is not supported."
        case .invalidScope(let scope):
            "The scope '\(Self.describable(scope, limit: 60))' is unknown, malformed or more than the client has."
        case .tooManyAttempts(let seconds): "Too many failed attempts. Try again in \(seconds) s."
        case .tooManyWaiting(let limit): limit.description
        case .authorizationPending: "The operator has not typed the code yet."
        case .slowDown: "Ask less often: wait 5 s more between two requests."
        case .accessDenied: "The operator denied the request."
        case .expiredToken: "The device code has expired. Ask for a new one."
        }
    }

    /// The HTTP status.
    public var status: Int {
        switch self {
        case .invalidClient: 401
        case .tooManyAttempts, .tooManyWaiting: 429
        default: 400
        }
    }

    /// The value of `WWW-Authenticate`, only where the client tried the Authorization header.
    public var challenge: String? { self == .invalidClient(usedBasic: true) ? "Basic realm=\"oauth\"" : nil }

    /// The value of `Retry-After`.
    public var retryAfterSeconds: Int? {
        switch self {
        case .tooManyAttempts(let seconds): seconds
        case .tooManyWaiting(let limit): limit.seconds
        default: nil
        }
    }

    /// Replaces what an `error_description` may not hold by `?`, and cuts at `limit` characters.
    static func describable(_ text: String, limit: Int) -> String {
        let scalars = text.unicodeScalars.prefix(limit).map { scalar -> Character in
            switch scalar.value {
            case 0x20...0x21, 0x23...0x5B, 0x5D...0x7E: Character(scalar)
            default: "?"
            }
        }
        return String(scalars) + (text.unicodeScalars.count > limit ? "..." : "")
    }
}

extension OAuthError {
    /// A body that could not be read.
    public init(_ error: FormError) { self = .invalidRequest(error.description) }
}
