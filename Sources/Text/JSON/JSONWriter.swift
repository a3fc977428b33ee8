/// Writes JSON as bytes, compact. Members come in the order they are written in; doubles in the shortest form that reads
/// back as the same number.
///
///     var json = JSONWriter()
///     json.object { json in
///         json.member("id", 5)
///         json.member("result") { $0.object { … } }
///     }
public struct JSONWriter: Sendable {
    @usableFromInline var buffer: [UInt8] = []
    /// A value has been written on this level, so a comma must come before the next.
    @usableFromInline var needsComma = false

    public init(capacity: Int = 256) { buffer.reserveCapacity(capacity) }

    /// What was written so far.
    @inlinable public var bytes: [UInt8] { buffer }

    // MARK: Containers

    /// An object whose members `members` writes.
    @inlinable public mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        try container(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
    }

    /// An array whose elements `elements` writes.
    @inlinable public mutating func array(_ elements: (inout JSONWriter) throws -> Void) rethrows {
        try container(UInt8(ascii: "["), UInt8(ascii: "]"), elements)
    }

    @inlinable mutating func container(
        _ opening: UInt8, _ closing: UInt8, _ content: (inout JSONWriter) throws -> Void
    ) rethrows {
        separate()
        buffer.append(opening)
        needsComma = false
        try content(&self)
        buffer.append(closing)
        needsComma = true
    }

    /// A member whose value `write` writes.
    @inlinable public mutating func member(_ name: StaticString, _ write: (inout JSONWriter) throws -> Void) rethrows {
        key(name)
        try write(&self)
    }

    @inlinable mutating func key(_ name: StaticString) {
        separate()
        buffer.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { buffer.append(contentsOf: $0) }
        buffer.append(UInt8(ascii: "\""))
        buffer.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A name as it stands behind another member, `,"name":`, for those that are written again and again.
    public static func key(_ name: StaticString) -> [UInt8] {
        var json = JSONWriter()
        json.needsComma = true
        json.key(name)
        return json.buffer
    }

    /// The name of the next value, as `JSONWriter.key` made it.
    @inlinable public mutating func key(_ encoded: [UInt8]) {
        if needsComma { buffer.append(contentsOf: encoded) } else { buffer.append(contentsOf: encoded.dropFirst()) }
        needsComma = false
    }

    /// Members that were encoded before: for each a name, as `JSONWriter.key` made it, and its value.
    @inlinable public mutating func members(_ encoded: [UInt8]) {
        key(encoded)
        needsComma = true
    }

    /// A member with a name known only at run time.
    @inlinable public mutating func member(named name: String, _ write: (inout JSONWriter) throws -> Void) rethrows {
        value(name)
        buffer.append(UInt8(ascii: ":"))
        needsComma = false
        try write(&self)
    }

    /// `null` without a text.
    @inlinable public mutating func member(_ name: StaticString, _ text: String?) { member(name) { $0.value(text) } }
    /// A member that is true or false.
    @inlinable public mutating func member(_ name: StaticString, _ flag: Bool) { member(name) { $0.value(flag) } }
    /// A member that is a whole number.
    @inlinable public mutating func member(_ name: StaticString, _ number: Int64) { member(name) { $0.value(number) } }
    /// `null` without a number, and for what JSON cannot say.
    @inlinable public mutating func member(_ name: StaticString, _ number: Double?) {
        member(name) { $0.value(number) }
    }
    /// A member that is null.
    @inlinable public mutating func null(_ name: StaticString) { member(name) { $0.null() } }

    // MARK: Values

    /// The value `null`.
    @inlinable public mutating func null() { literal("null") }

    /// `true` or `false`.
    @inlinable public mutating func value(_ flag: Bool) { literal(flag ? "true" : "false") }

    /// `null` without a number.
    @inlinable public mutating func value(_ number: Int64?) {
        guard let number else { return null() }
        separate()
        buffer.append(contentsOf: String(number).utf8)
        needsComma = true
    }

    /// `null` for what JSON cannot say: infinities and NaN.
    @inlinable public mutating func value(_ number: Double?) {
        guard let number, number.isFinite else { return null() }
        separate()
        buffer.append(contentsOf: number.description.utf8)
        needsComma = true
    }

    /// A moment as text, as `RFC3339` writes it.
    /// - Parameter microseconds: since 1970-01-01 00:00 UTC.
    public mutating func moment(microseconds: Int64) {
        separate()
        buffer.append(UInt8(ascii: "\""))
        RFC3339.append(microseconds: microseconds, to: &buffer)
        buffer.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// A text with what JSON must have escaped; `null` without one.
    public mutating func value(_ text: String?) {
        guard let text else { return null() }
        separate()
        JSONString.append(text, to: &buffer)
        needsComma = true
    }

    /// A value as it was read; the members of objects in the order of their names.
    public mutating func json(_ json: JSONValue) {
        switch json {
        case .null: null()
        case .bool(let flag): value(flag)
        case .integer(let number): value(number)
        case .bigInteger(let digits): encoded(Array(digits.utf8))
        case .double(let number): value(number)
        case .string(let text): value(text)
        case .array(let elements): array { json in for element in elements { json.json(element) } }
        case .object(let members):
            object { json in
                for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                    json.member(named: name) { $0.json(member) }
                }
            }
        }
    }

    /// An array of texts.
    @inlinable public mutating func texts(_ texts: [String]) {
        array { json in for text in texts { json.value(text) } }
    }

    /// A value that was encoded before.
    @inlinable public mutating func encoded(_ json: [UInt8]) {
        separate()
        buffer.append(contentsOf: json)
        needsComma = true
    }

    @inlinable mutating func literal(_ word: StaticString) {
        separate()
        word.withUTF8Buffer { buffer.append(contentsOf: $0) }
        needsComma = true
    }

    @inlinable mutating func separate() {
        if needsComma { buffer.append(UInt8(ascii: ",")) }
    }
}

extension JSONWriter {
    /// The bytes of one value.
    @inlinable public static func bytes(
        capacity: Int = 256, _ write: (inout JSONWriter) throws -> Void
    ) rethrows -> [UInt8] {
        var writer = JSONWriter(capacity: capacity)
        try write(&writer)
        return writer.bytes
    }
}
