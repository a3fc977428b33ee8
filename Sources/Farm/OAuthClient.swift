/// Internal; apps know a client by its `publicID`.
public typealias ClientID = Identifier<OAuthClient>

/// What a token may do. `read` for GET and HEAD, `write` otherwise. The wire form is a space-separated list, read first.
public struct Scope: OptionSet, Hashable, Sendable, Codable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// GET and HEAD.
    public static let read = Scope(rawValue: 1)
    /// Whatever is neither GET nor HEAD.
    public static let write = Scope(rawValue: 2)
    /// Both scopes.
    public static let all: Scope = [.read, .write]
}

extension Scope: CustomStringConvertible {
    /// Nil when a word is not a scope. Words may repeat; an empty list is an empty scope.
    public init?(_ list: String) {
        var scope: Scope = []
        for word in list.split(separator: " ") {
            switch word {
            case "read": scope.insert(.read)
            case "write": scope.insert(.write)
            default: return nil
            }
        }
        self = scope
    }
    public var description: String {
        [contains(.read) ? "read" : nil, contains(.write) ? "write" : nil].compactMap(\.self).joined(separator: " ")
    }
}

/// How a client gets tokens (RFC 6749, RFC 8628).
public enum Grant: String, Sendable, Codable, CaseIterable {
    case clientCredentials = "client_credentials"
    case authorizationCode = "authorization_code"
    case refreshToken = "refresh_token"
    case deviceCode = "urn:ietf:params:oauth:grant-type:device_code"
}

/// A salted SHA-256 of a client secret; the secret itself is shown once and kept nowhere.
public struct SecretDigest: Equatable, Sendable, Codable {
    /// Random, others for each secret.
    public var salt: [UInt8]  // 16 bytes
    /// By which a secret is checked; it cannot be had back from this.
    public var digest: [UInt8]  // 32 bytes, SHA-256 of salt + secret

    public init(salt: [UInt8], digest: [UInt8]) {
        self.salt = salt
        self.digest = digest
    }
}

/// An app that may ask for tokens, acting for one account.
public struct OAuthClient: Equatable, Sendable, Codable {
    public var id: ClientID
    /// `client_id` on the wire: random, URL-safe.
    public var publicID: String
    public var name: String
    /// Fixed when the client is made.
    public var accountID: AccountID
    /// Nil: a public client, which has no secret.
    public var secret: SecretDigest?
    /// The most that its tokens may do.
    public var scope: Scope
    /// How it may get tokens; not empty.
    public var grants: [Grant]
    /// Where browsers may be sent back to; empty without authorization_code.
    public var redirectURIs: [String]
    /// Seconds; nil: the configured default of the grant.
    public var tokenLifetimeSeconds: Int64?
    public var createdAt: Timestamp
    /// When it last got another secret; nil: it has its first one.
    public var rotatedAt: Timestamp?
    /// Nil: enabled. While disabled, its tokens are refused but kept.
    public var disabledAt: Timestamp?
    /// The right `machines`: it may pause, start and stop the machines of linked printers.
    public var mayMoveMachines = false

    public init(
        id: ClientID, publicID: String, name: String, accountID: AccountID, secret: SecretDigest?, scope: Scope,
        grants: [Grant], redirectURIs: [String], tokenLifetimeSeconds: Int64?, createdAt: Timestamp
    ) {
        self.id = id
        self.publicID = publicID
        self.name = name
        self.accountID = accountID
        self.secret = secret
        self.scope = scope
        self.grants = grants
        self.redirectURIs = redirectURIs
        self.tokenLifetimeSeconds = tokenLifetimeSeconds
        self.createdAt = createdAt
    }
}
