/// A text as a JSON string (RFC 8259 §7), which is a basic string of TOML too.
public enum JSONString {
    /// What is escaped beside quotes and backslashes.
    public enum Escaping: Sendable {
        /// Control characters and DEL.
        case controls
        /// What hides or turns text round in an editor too: controls, formats, separators of lines and paragraphs.
        case invisible
        /// All but printable ASCII: the reader may be a terminal.
        case nonASCII
    }

    /// With its quotes.
    public static func quoted(_ text: String, escaping: Escaping = .controls) -> String {
        var bytes: [UInt8] = []
        append(text, escaping: escaping, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    static func append(_ text: String, escaping: Escaping, to bytes: inout [UInt8]) {
        guard escaping != .controls else { return append(text, to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            if let byte = UInt8(exactly: scalar.value), byte < 0x80 {
                if isPlain(byte) { bytes.append(byte) } else { escape(byte, to: &bytes) }
            } else if escaping == .nonASCII || isInvisible(scalar) {
                for unit in UTF16.encode(scalar).map({ Array($0) }) ?? [] {
                    bytes.append(contentsOf: "\\u".utf8)
                    Hexadecimal.append(UInt8(unit >> 8), to: &bytes)
                    Hexadecimal.append(UInt8(unit & 0xFF), to: &bytes)
                }
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Most texts need no escape and are copied in one piece.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var plainStart = 0
            for (index, byte) in utf8.enumerated() where !isPlain(byte) {
                bytes.append(contentsOf: utf8[plainStart..<index])
                escape(byte, to: &bytes)
                plainStart = index + 1
            }
            bytes.append(contentsOf: utf8[plainStart...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x22 && byte != 0x5C && byte != 0x7F }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    private static func escape(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            Hexadecimal.append(byte, to: &bytes)
        }
    }
}
