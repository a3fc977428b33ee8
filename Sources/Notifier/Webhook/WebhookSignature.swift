internal import Crypto
internal import Text

/// `X-Farmtop-Signature`: proves that a body comes from whoever has the secret (HMAC-SHA256, RFC 2104).
enum WebhookSignature {
    /// `sha256=` and 64 hex digits.
    static func header(of body: [UInt8], secret: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: secret))
        return "sha256=" + Hexadecimal.text(code)
    }
}
