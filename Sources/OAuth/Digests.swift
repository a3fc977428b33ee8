import Crypto
public import Farm

extension TokenDigest {
    /// SHA-256 of the token's text. Unsalted, as it is looked up by; 256 random bits cannot be guessed from it.
    public init(of token: String) { self.init(bytes: Array(SHA256.hash(data: Array(token.utf8)))) }
}

extension SecretDigest {
    /// SHA-256 of salt and secret.
    /// - Parameter salt: 16 random bytes.
    public init(of secret: String, salt: [UInt8]) {
        self.init(salt: salt, digest: Array(SHA256.hash(data: salt + Array(secret.utf8))))
    }

    /// Compares in a time that does not depend on where the digests differ.
    public func matches(_ secret: String) -> Bool {
        constantTimeEqual(SecretDigest(of: secret, salt: salt).digest, digest)
    }

    /// What an unknown client is compared with. No secret has it: a digest of zeros has no known preimage.
    static let ofNobody = SecretDigest(salt: Array(repeating: 0, count: 16), digest: Array(repeating: 0, count: 32))
}

/// Reads every byte whatever the first ones say. Lengths are not secret.
func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    var difference: UInt8 = 0
    for index in a.indices { difference |= a[index] ^ b[index] }
    return difference == 0
}
