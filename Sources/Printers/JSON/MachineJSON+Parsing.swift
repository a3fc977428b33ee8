/// Why bytes from a machine are no JSON that is taken. Holds nothing of the text.
public enum MachineJSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// At this byte.
    case malformed(at: Int)
    /// NaN, Infinity, or more than a double holds.
    case notANumber(at: Int)
    case nestedTooDeeply(limit: Int)
    case tooManyValues(limit: Int)
    case tooLarge(limit: Int)

    public var description: String {
        switch self {
        case .malformed(let place): "no JSON from byte \(place) on"
        case .notANumber(let place): "no number at byte \(place)"
        case .nestedTooDeeply(let limit): "nested more than \(limit) levels deep"
        case .tooManyValues(let limit): "more than \(limit) values"
        case .tooLarge(let limit): "more than \(limit) bytes"
        }
    }
}

extension MachineJSON {
    /// Bytes of one message or answer.
    public static let sizeLimit = 8 << 20
    /// Arrays and objects inside each other.
    public static let depthLimit = 32
    /// Values in one text, so that eight megabytes of brackets do not become a gigabyte.
    public static let countLimit = 400_000

    /// Reads one JSON text (RFC 8259). Structure is strict; texts are lenient, as they are only shown: bytes that are no UTF-8 and
    /// lone surrogates become U+FFFD, and control characters may stand unescaped. The last of two equal names counts.
    public init(parsing bytes: [UInt8]) throws(MachineJSONError) {
        guard bytes.count <= Self.sizeLimit else { throw .tooLarge(limit: Self.sizeLimit) }
        var reader = MachineJSONReader(bytes)
        self = try reader.read()
    }
}

private struct MachineJSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private var count = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func read() throws(MachineJSONError) -> MachineJSON {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        skipBlanks()
        let value = try value(depth: 0)
        skipBlanks()
        guard position == bytes.count else { throw .malformed(at: position) }
        return value
    }

    private mutating func value(depth: Int) throws(MachineJSONError) -> MachineJSON {
        count += 1
        guard count <= MachineJSON.countLimit else { throw .tooManyValues(limit: MachineJSON.countLimit) }
        guard position < bytes.count else { throw .malformed(at: position) }
        switch bytes[position] {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "N"), UInt8(ascii: "I"): throw .notANumber(at: position)
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: MachineJSON) throws(MachineJSONError) -> MachineJSON {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, word.description.utf8.elementsEqual(bytes[position..<end]) else {
            throw .malformed(at: position)
        }
        position = end
        return value
    }

    private mutating func array(depth: Int) throws(MachineJSONError) -> MachineJSON {
        try enter(depth)
        var elements: [MachineJSON] = []
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw .malformed(at: position) }
            skipBlanks()
        }
    }

    private mutating func object(depth: Int) throws(MachineJSONError) -> MachineJSON {
        try enter(depth)
        var members: [String: MachineJSON] = [:]
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw .malformed(at: position)
            }
            let name = try string()
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw .malformed(at: position) }
            skipBlanks()
            members[name] = try value(depth: depth + 1)
            skipBlanks()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw .malformed(at: position) }
            skipBlanks()
        }
    }

    private mutating func enter(_ depth: Int) throws(MachineJSONError) {
        guard depth < MachineJSON.depthLimit else { throw .nestedTooDeeply(limit: MachineJSON.depthLimit) }
        position += 1
        skipBlanks()
    }

    private mutating func number() throws(MachineJSONError) -> MachineJSON {
        let start = position
        if take(UInt8(ascii: "-")), position < bytes.count, bytes[position] == UInt8(ascii: "I") {
            throw .notANumber(at: start)
        }
        let wholeStart = position
        let wholeDigits = skipDigits()
        guard wholeDigits > 0, wholeDigits == 1 || bytes[wholeStart] != UInt8(ascii: "0") else {
            throw .malformed(at: start)
        }
        if take(UInt8(ascii: ".")) {
            guard skipDigits() > 0 else { throw .malformed(at: position) }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() > 0 else { throw .malformed(at: position) }
        }
        guard position - start <= 400, let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)),
            value.isFinite
        else { throw .notANumber(at: start) }
        return .number(value)
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while position < bytes.count, (48...57).contains(bytes[position]) { position += 1 }
        return position - start
    }

    private mutating func string() throws(MachineJSONError) -> String {
        let start = position
        position += 1
        let contentStart = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\") {
            position += 1
        }
        // Nothing to decode in most strings: take the bytes as they are.
        if take(UInt8(ascii: "\"")) { return String(decoding: bytes[contentStart..<(position - 1)], as: UTF8.self) }
        var content = Array(bytes[contentStart..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: content, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                content.append(contentsOf: try escape())
            } else {
                content.append(byte)
            }
        }
        throw .malformed(at: start)
    }

    private mutating func escape() throws(MachineJSONError) -> [UInt8] {
        guard position < bytes.count else { throw .malformed(at: position) }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(try escapedScalar()).utf8)
        default: throw .malformed(at: position - 1)
        }
    }

    /// `XXXX` behind `\u`, with the other half of a surrogate pair where one follows.
    private mutating func escapedScalar() throws(MachineJSONError) -> Character {
        let first = try hexUnit()
        if let scalar = Unicode.Scalar(first) { return Character(scalar) }
        let afterFirst = position
        if first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
            let second = try hexUnit()
            if (0xDC00...0xDFFF).contains(second),
                let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
            {
                return Character(scalar)
            }
        }
        position = afterFirst
        return "\u{FFFD}"
    }

    private mutating func hexUnit() throws(MachineJSONError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw .malformed(at: position) }
        var unit: UInt32 = 0
        for byte in bytes[position..<(position + 4)] {
            let digit: UInt8
            switch byte {
            case 48...57: digit = byte - 48
            case 65...70: digit = byte - 55
            case 97...102: digit = byte - 87
            default: throw .malformed(at: position)
            }
            unit = unit << 4 | UInt32(digit)
        }
        position += 4
        return unit
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }
}
