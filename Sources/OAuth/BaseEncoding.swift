/// The text forms of bytes that OAuth needs (RFC 4648).
enum BaseEncoding {
    private static let url = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let lowerCase32 = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
    private static let lowerCase16 = Array("0123456789abcdef".utf8)

    /// base64url without padding (§5).
    static func base64URL(_ bytes: [UInt8]) -> String { encode(bytes, bitsPerDigit: 6, digits: url) }
    /// base32 (§6) in lower case, without padding.
    static func base32(_ bytes: [UInt8]) -> String { encode(bytes, bitsPerDigit: 5, digits: lowerCase32) }
    /// Lower-case hexadecimal.
    static func hex(_ bytes: [UInt8]) -> String { encode(bytes, bitsPerDigit: 4, digits: lowerCase16) }

    private static func encode(_ bytes: [UInt8], bitsPerDigit: Int, digits: [UInt8]) -> String {
        var text: [UInt8] = []
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
        return String(decoding: text, as: UTF8.self)
    }

    /// base64 (§4), padded or not; nil for any other character or an impossible length.
    static func decodeBase64(_ text: some StringProtocol) -> [UInt8]? {
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
    static func decodeBase64URL(_ text: String) -> [UInt8]? {
        guard text.utf8.allSatisfy(isURLDigit) else { return nil }
        return decodeBase64(text.replacing("-", with: "+").replacing("_", with: "/"))
    }

    /// A digit of base64url (§5).
    static func isURLDigit(_ byte: UInt8) -> Bool { url.contains(byte) }

    /// For the query of an address: every byte that is not unreserved (RFC 3986 §2.3) as `%XX`.
    static func percent(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            if isURLDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "~") {
                result.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                result += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
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
