import Crypto
public import Farm
import Text

/// Signs the addresses of pictures, which image widgets fetch without a token: HMAC-SHA256 (RFC 2104) over printer,
/// print, frame and expiry. The signature opens that one picture until then and nothing else.
public struct PictureSigner: Sendable {
    private let key: SymmetricKey

    /// - Parameter key: 32 random bytes, kept as long as addresses should hold.
    public init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

    /// 43 URL-safe characters.
    /// - Parameter expiresAt: seconds since 1970; part of the address.
    public func signature(printer: PrinterID, frame: FrameKey, expiresAt: Int64) -> String {
        BaseEncoding.base64URL(code(printer, frame, expiresAt))
    }

    /// True when the signature is of this picture and has not expired.
    public func verifies(
        _ signature: String, printer: PrinterID, frame: FrameKey, expiresAt: Int64, now: Timestamp
    ) -> Bool {
        let expected = Array(self.signature(printer: printer, frame: frame, expiresAt: expiresAt).utf8)
        return constantTimeEqual(expected, Array(signature.utf8)) && now.secondsSince1970 < Double(expiresAt)
    }

    private func code(_ printer: PrinterID, _ frame: FrameKey, _ expiresAt: Int64) -> [UInt8] {
        let text = "picture/\(printer)/\(frame.printID)/\(frame.number)/\(expiresAt)"
        return Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }
}
