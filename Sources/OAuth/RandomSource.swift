import Text

/// Where random bytes come from; passed in, so that tests can know them.
public protocol RandomSource: Sendable {
    /// `count` bytes that nobody can predict.
    func bytes(_ count: Int) -> [UInt8]
}

/// The operating system's generator (`getrandom` on Linux).
public struct SystemRandomSource: RandomSource {
    public init() {}

    public func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        while bytes.count < count {
            let word = generator.next()
            for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return Array(bytes.prefix(count))
    }
}

/// The texts that are made up here. Tokens and secrets have 256 bits (RFC 6749 §10.10 asks for 128, better 160).
extension RandomSource {
    /// An access token: 43 URL-safe characters.
    public func token() -> String { BaseEncoding.base64URL(bytes(32)) }
    /// What binds a consent page to its browser: 22 URL-safe characters, 128 bits.
    public func consentCookie() -> String { BaseEncoding.base64URL(bytes(16)) }
    /// A client secret: 43 URL-safe characters.
    public func clientSecret() -> String { BaseEncoding.base64URL(bytes(32)) }
    /// A `client_id`: 24 lower-case letters and digits 2–7, so that no shell or option parser takes it for something
    /// else and a double click selects it.
    public func clientID() -> String { BaseEncoding.base32(bytes(15)) }
    /// The salt of a secret: 16 bytes.
    public func salt() -> [UInt8] { bytes(16) }
    /// A printer's `auth_token`: 20 hex characters.
    public func printerAuthToken() -> String { Hexadecimal.text(bytes(10)) }
    /// The id of a webhook's delivery: 32 hex characters.
    public func deliveryID() -> String { Hexadecimal.text(bytes(16)) }
}
