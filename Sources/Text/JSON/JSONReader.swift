/// Reads one JSON text (RFC 8259). Structure is strict: no NaN or Infinity, no comment, nothing after the value. How large and deep
/// the text may be, and whether its strings must be exact, is in the rules. Errors say where, in the words of Python's `json`.
///
/// Own code in place of Foundation's: measured side by side in release mode, `JSONDecoder` into structs takes twice as long,
/// `JSONSerialization` four to five times. `JSONDecoder` names no place of a fault and takes `1.0` for a whole number; the limits of
/// neither can be set.
public struct JSONReader {
    private let bytes: [UInt8]
    private let rules: JSONRules
    private var position = 0
    private var count = 0

    private init(_ bytes: [UInt8], _ rules: JSONRules) {
        self.bytes = bytes
        self.rules = rules
    }

    /// The one value of the text.
    public static func read(_ bytes: [UInt8], rules: JSONRules = JSONRules()) throws(JSONError) -> JSONValue {
        var reader = JSONReader(bytes, rules)
        return try reader.read()
    }

    private mutating func read() throws(JSONError) -> JSONValue {
        guard bytes.count <= rules.sizeLimit else { throw error(.tooLarge(limit: rules.sizeLimit), at: 0) }
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        if rules.texts == .exact {
            if hasMark { throw error(.byteOrderMark, at: 0) }
            if let fault = firstInvalidUTF8(bytes) { throw error(.invalidUTF8(byte: bytes[fault]), at: fault) }
        } else if hasMark {
            position = 3
        }
        skipWhitespace()
        let value = try value(depth: 0)
        skipWhitespace()
        guard position == bytes.count else { throw error(.extraData, at: position) }
        return value
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        count += 1
        guard count <= rules.countLimit else { throw error(.tooManyValues(limit: rules.countLimit), at: position) }
        guard let byte = peek else { throw error(.expectingValue, at: position) }
        switch byte {
        case UInt8(ascii: "\""):
            return .string(try string())
        case UInt8(ascii: "{"):
            return try object(depth: depth)
        case UInt8(ascii: "["):
            return try array(depth: depth)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return try number()
        default:
            return try word()
        }
    }

    private mutating func word() throws(JSONError) -> JSONValue {
        if take("true") { return .bool(true) }
        if take("false") { return .bool(false) }
        if take("null") { return .null }
        for name in ["NaN", "Infinity"] where bytes[position...].starts(with: name.utf8) {
            throw error(.notANumber(name), at: position)
        }
        throw error(.expectingValue, at: position)
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        try checkDepth(depth)
        position += 1
        skipWhitespace()
        var elements: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipWhitespace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw error(.expectingComma, at: position) }
            skipWhitespace()
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        try checkDepth(depth)
        position += 1
        skipWhitespace()
        var members: [String: JSONValue] = [:]
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            guard peek == UInt8(ascii: "\"") else { throw error(.expectingPropertyName, at: position) }
            let name = try string()
            skipWhitespace()
            guard take(UInt8(ascii: ":")) else { throw error(.expectingColon, at: position) }
            skipWhitespace()
            members[name] = try value(depth: depth + 1)
            skipWhitespace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw error(.expectingComma, at: position) }
            skipWhitespace()
        }
    }

    private func checkDepth(_ depth: Int) throws(JSONError) {
        guard depth < rules.depthLimit else { throw error(.nestedTooDeeply(limit: rules.depthLimit), at: position) }
    }

    // MARK: Numbers

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        let isNegative = take(UInt8(ascii: "-"))
        if isNegative, bytes[position...].starts(with: "Infinity".utf8) {
            throw error(.notANumber("-Infinity"), at: start)
        }
        let wholeStart = position
        guard skipDigits() > 0 else { throw error(.expectingValue, at: start) }
        if bytes[wholeStart] == UInt8(ascii: "0"), position > wholeStart + 1 {
            // A leading zero ends the number, as the grammar says; the digit behind it is then one too many.
            position = wholeStart + 1
        }
        var isWhole = true
        if peek == UInt8(ascii: "."), let next = byte(at: position + 1), ASCII.isDigit(next) {
            isWhole = false
            position += 1
            skipDigits()
        }
        if skipExponent() { isWhole = false }
        guard position - start <= rules.numberLimit else { throw error(.numberOutOfRange, at: start) }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole { return Int64(text).map { .integer($0) } ?? .bigInteger(text) }
        guard let value = Double(text), value.isFinite else { throw error(.numberOutOfRange, at: start) }
        return .double(value)
    }

    @discardableResult
    private mutating func skipDigits() -> Int {
        let start = position
        while let byte = peek, ASCII.isDigit(byte) { position += 1 }
        return position - start
    }

    /// Leaves the position alone when no whole exponent follows.
    private mutating func skipExponent() -> Bool {
        guard let mark = peek, mark | 0x20 == UInt8(ascii: "e") else { return false }
        var next = position + 1
        if let sign = byte(at: next), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { next += 1 }
        guard let digit = byte(at: next), ASCII.isDigit(digit) else { return false }
        position = next
        skipDigits()
        return true
    }

    // MARK: Strings

    private mutating func string() throws(JSONError) -> String {
        let start = position
        position += 1
        let contentStart = position
        let firstPlain: UInt8 = rules.texts == .exact ? 0x20 : 0
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= firstPlain {
            position += 1
        }
        // Nothing to decode in most strings: take the bytes as they are.
        if peek == UInt8(ascii: "\"") {
            defer { position += 1 }
            return String(decoding: bytes[contentStart..<position], as: UTF8.self)
        }
        var content = Array(bytes[contentStart..<position])
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                content.append(contentsOf: try escape(ofStringAt: start))
            case ..<firstPlain:
                throw error(.invalidControlCharacter, at: position)
            default:
                content.append(byte)
                position += 1
            }
        }
        throw error(.unterminatedString, at: start)
    }

    private mutating func escape(ofStringAt start: Int) throws(JSONError) -> [UInt8] {
        guard let byte = byte(at: position + 1) else { throw error(.unterminatedString, at: start) }
        let simple: UInt8
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): simple = byte
        case UInt8(ascii: "b"): simple = 0x08
        case UInt8(ascii: "f"): simple = 0x0C
        case UInt8(ascii: "n"): simple = 0x0A
        case UInt8(ascii: "r"): simple = 0x0D
        case UInt8(ascii: "t"): simple = 0x09
        case UInt8(ascii: "u"): return Array(String(try unicodeEscape()).utf8)
        default: throw error(.invalidEscape, at: position)
        }
        position += 2
        return [simple]
    }

    /// `\uXXXX`, or two of them that make a surrogate pair.
    private mutating func unicodeEscape() throws(JSONError) -> Character {
        let start = position
        let first = try hexUnit()
        if let scalar = Unicode.Scalar(first) { return Character(scalar) }
        let afterFirst = position
        if first < 0xDC00, peek == UInt8(ascii: "\\"), byte(at: position + 1) == UInt8(ascii: "u") {
            let second = try hexUnit()
            if (0xDC00...0xDFFF).contains(second),
                let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
            {
                return Character(scalar)
            }
        }
        guard rules.texts == .repaired else { throw error(.loneSurrogate, at: start) }
        position = afterFirst
        return "\u{FFFD}"
    }

    private mutating func hexUnit() throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for offset in 2..<6 {
            guard let byte = byte(at: position + offset), let digit = ASCII.hexValue(byte) else {
                throw error(.invalidUnicodeEscape, at: position)
            }
            unit = unit << 4 | UInt32(digit)
        }
        position += 6
        return unit
    }

    // MARK: Bytes

    private var peek: UInt8? { byte(at: position) }

    private func byte(at index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func take(_ word: String) -> Bool {
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func skipWhitespace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    private func error(_ reason: JSONError.Reason, at index: Int) -> JSONError {
        var line = 1
        var column = 1
        var character = 0
        for byte in bytes[..<index] where byte & 0xC0 != 0x80 {
            character += 1
            column += 1
            if byte == 0x0A {
                line += 1
                column = 1
            }
        }
        return JSONError(reason: reason, line: line, column: column, character: character)
    }
}

/// The place of the first byte that no UTF-8 text has there (RFC 3629: no overlong forms, no surrogates); nil when valid.
private func firstInvalidUTF8(_ bytes: [UInt8]) -> Int? {
    var start = 0
    while start < bytes.count {
        let lead = bytes[start]
        let second: ClosedRange<UInt8>
        let length: Int
        switch lead {
        case 0x00...0x7F:
            start += 1
            continue
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        default: return start
        }
        for offset in 1..<length {
            let allowed = offset == 1 ? second : 0x80...0xBF
            guard start + offset < bytes.count, allowed.contains(bytes[start + offset]) else { return start }
        }
        start += length
    }
    return nil
}
