public import Farm

/// Writes JSON as bytes, compact. Members come in the order they are written in; doubles in the shortest form that reads
/// back as the same number.
///
///     var json = JSONWriter()
///     json.object { json in
///         json.member("id", 5)
///         json.member("result") { $0.object { … } }
///     }
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8] = []
    /// A value has been written on this level, so a comma must come before the next.
    private var needsComma = false

    public init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    // MARK: Containers

    public mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        try container(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
    }

    public mutating func array(_ elements: (inout JSONWriter) throws -> Void) rethrows {
        try container(UInt8(ascii: "["), UInt8(ascii: "]"), elements)
    }

    private mutating func container(
        _ opening: UInt8, _ closing: UInt8, _ content: (inout JSONWriter) throws -> Void
    ) rethrows {
        separate()
        bytes.append(opening)
        needsComma = false
        try content(&self)
        bytes.append(closing)
        needsComma = true
    }

    /// A member whose value `write` writes.
    public mutating func member(_ name: StaticString, _ write: (inout JSONWriter) throws -> Void) rethrows {
        key(name)
        try write(&self)
    }

    private mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member with a name known only at run time.
    public mutating func member(named name: String, _ write: (inout JSONWriter) throws -> Void) rethrows {
        value(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
        try write(&self)
    }

    public mutating func member(_ name: StaticString, _ text: String?) { member(name) { $0.value(text) } }
    public mutating func member(_ name: StaticString, _ flag: Bool) { member(name) { $0.value(flag) } }
    public mutating func member(_ name: StaticString, _ number: Int64) { member(name) { $0.value(number) } }
    public mutating func member(_ name: StaticString, _ number: Double?) { member(name) { $0.value(number) } }
    public mutating func member(_ name: StaticString, _ time: Timestamp?) { member(name) { $0.value(time) } }
    public mutating func member<Entity>(_ name: StaticString, _ id: Identifier<Entity>) {
        member(name) { $0.value(id.rawValue) }
    }
    public mutating func null(_ name: StaticString) { member(name) { $0.null() } }

    // MARK: Values

    public mutating func null() { literal("null") }

    public mutating func value(_ flag: Bool) { literal(flag ? "true" : "false") }

    public mutating func value(_ number: Int64?) {
        guard let number else { return null() }
        separate()
        bytes.append(contentsOf: String(number).utf8)
        needsComma = true
    }

    /// `null` for what JSON cannot say: infinities and NaN.
    public mutating func value(_ number: Double?) {
        guard let number, number.isFinite else { return null() }
        separate()
        bytes.append(contentsOf: number.description.utf8)
        needsComma = true
    }

    public mutating func value(_ time: Timestamp?) {
        guard let time else { return null() }
        separate()
        bytes.append(UInt8(ascii: "\""))
        RFC3339.append(time, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    public mutating func value(_ text: String?) {
        guard var text else { return null() }
        separate()
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            var plainStart = 0
            for (index, byte) in utf8.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F {
                bytes.append(contentsOf: utf8[plainStart..<index])
                escape(byte)
                plainStart = index + 1
            }
            bytes.append(contentsOf: utf8[plainStart...])
        }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    public mutating func texts(_ texts: [String]) {
        array { json in for text in texts { json.value(text) } }
    }

    /// A value that was encoded before.
    public mutating func encoded(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    private mutating func literal(_ word: StaticString) {
        separate()
        word.withUTF8Buffer { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            let digits = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }
}

extension JSONWriter {
    /// The bytes of one value.
    public static func bytes(capacity: Int = 256, _ write: (inout JSONWriter) throws -> Void) rethrows -> [UInt8] {
        var writer = JSONWriter(capacity: capacity)
        try write(&writer)
        return writer.bytes
    }
}
