/// Bytes as `%XX` where an address or a form cannot hold them (RFC 3986 §2.1).
public enum PercentEncoding {
    /// Why a text cannot be decoded.
    public enum Fault: Error, Equatable, Sendable {
        /// A `%` that two hexadecimal digits do not follow.
        case badEscape
        case notUTF8
    }

    /// For the query of an address, a form's value, a Basic credential (RFC 6749 §2.3.1), a part of a path or the host of a
    /// unix socket's URL: every byte but the unreserved ones (RFC 3986 §2.3) is encoded.
    public static func component(_ text: String) -> String { encode(text) { _ in false } }

    /// For a whole path: slashes stay.
    public static func path(_ text: String) -> String { encode(text) { $0 == UInt8(ascii: "/") } }

    private static func encode(_ text: String, keeping isKept: (UInt8) -> Bool) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if BaseEncoding.isURLDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "~") || isKept(byte) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(contentsOf: Hexadecimal.text([byte]).uppercased().utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// - Parameter plusIsBlank: as in `application/x-www-form-urlencoded` (WHATWG URL §5.1).
    /// - Throws: `badEscape` and `notUTF8`; nothing is guessed.
    public static func decode(_ text: some Collection<UInt8>, plusIsBlank: Bool = false) throws(Fault) -> String {
        let text = Array(text)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+") where plusIsBlank: bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(ASCII.hexValue), let low = rest.next().flatMap(ASCII.hexValue)
                else {
                    throw .badEscape
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        guard let string = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        return string
    }

    /// What is no escape stays as it is, and bytes that are no UTF-8 become U+FFFD: for what people type.
    public static func repaired(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).compactMap(ASCII.hexValue)
            if byte == UInt8(ascii: "%"), digits.count == 2 {
                bytes.append(digits[0] << 4 | digits[1])
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
