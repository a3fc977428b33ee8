/// Bytes as text in 64 or 32 characters (RFC 4648).
public enum BaseEncoding {
    private static let shared = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    private static let plain = Array((shared + "+/").utf8)
    private static let url = Array((shared + "-_").utf8)
    private static let lowerCase32 = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    /// base64 (§4), padded with `=`.
    public static func base64(_ bytes: some Sequence<UInt8>) -> String {
        var text = encode(Array(bytes), bitsPerDigit: 6, digits: plain)
        while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    /// base64url (§5) without padding.
    public static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: encode(Array(bytes), bitsPerDigit: 6, digits: url), as: UTF8.self)
    }

    /// base32 (§6) in lower case, without padding.
    public static func base32(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: encode(Array(bytes), bitsPerDigit: 5, digits: lowerCase32), as: UTF8.self)
    }

    /// Not generic, as it would not be specialised for its callers in other targets.
    private static func encode(_ bytes: [UInt8], bitsPerDigit: Int, digits: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 8 / bitsPerDigit + 4)
        var buffer = 0
        var bits = 0
        for byte in bytes {
            buffer = (buffer << 8 | Int(byte)) & 0xFFFF
            bits += 8
            while bits >= bitsPerDigit {
                bits -= bitsPerDigit
                text.append(digits[buffer >> bits & (digits.count - 1)])
            }
        }
        if bits > 0 { text.append(digits[buffer << (bitsPerDigit - bits) & (digits.count - 1)]) }
        return text
    }

    /// base64 (§4), padded or not; nil for any other character or an impossible length.
    public static func decodeBase64(_ text: some StringProtocol) -> [UInt8]? {
        var digits = Array(text.utf8)
        if digits.count % 4 == 0 {
            for _ in 0..<2 where digits.last == UInt8(ascii: "=") { digits.removeLast() }
        }
        guard digits.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        var buffer = 0
        var bits = 0
        for digit in digits {
            guard let value = base64Value(digit) else { return nil }
            buffer = (buffer << 6 | value) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        return bytes
    }

    /// base64url (§5) without padding; nil for any other character or an impossible length.
    public static func decodeBase64URL(_ text: String) -> [UInt8]? {
        guard text.utf8.allSatisfy(isURLDigit) else { return nil }
        return decodeBase64(text.replacing("-", with: "+").replacing("_", with: "/"))
    }

    /// A digit of base64url (§5).
    public static func isURLDigit(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private static func base64Value(_ digit: UInt8) -> Int? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
