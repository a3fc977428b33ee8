/// Bytes as hexadecimal digits, two a byte.
public enum Hexadecimal {
    /// In small letters: `00ff`.
    public static func text(_ bytes: some Sequence<UInt8>) -> String {
        var digits: [UInt8] = []
        for byte in Array(bytes) { append(byte, to: &digits) }
        return String(decoding: digits, as: UTF8.self)
    }

    /// In capitals, with colons between the bytes, as browsers show the fingerprint of a certificate: `00:FF`.
    public static func fingerprint(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { text([$0]).uppercased() }.joined(separator: ":")
    }

    /// The bytes of an even number of digits, in either case; nil for anything else.
    public static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = ASCII.hexValue(digits[index]), let low = ASCII.hexValue(digits[index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// A number in small letters with zeros before it, at least so many digits: `00a4`.
    public static func text(_ number: UInt32, digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    static func append(_ byte: UInt8, to digits: inout [UInt8]) {
        digits.append(digit(byte >> 4))
        digits.append(digit(byte & 15))
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
