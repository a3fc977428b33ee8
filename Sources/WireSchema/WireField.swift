public import Text

/// One field of an object of the API's JSON: its name, what it may hold, and the way from and to the value that has it. From
/// the table of an object's fields follow what is written, how it is described, and what a dashboard on another machine reads.
///
/// A class, so that going through a table copies references and not the fields.
public final class WireField<Object>: Sendable {
    public let name: StaticString
    public let kind: WireKind
    /// `"name":`, and behind it the value where that is always the same.
    @usableFromInline let key: [UInt8]
    /// Nil for a field that is always there.
    @usableFromInline let isThere: (@Sendable (inout Object) -> Bool)?
    /// Writes the value. The object comes as `inout` only because it would otherwise be copied for each field, a kilobyte of
    /// a printer; nothing changes it.
    /// Nil where the value is always the same.
    @usableFromInline let write: (@Sendable (inout Object, inout JSONWriter) -> Void)?
    /// Nil for what nobody reads.
    let read: (@Sendable (inout Object, any WireSource) throws -> Void)?

    init(
        _ name: StaticString, _ kind: WireKind, write: @escaping @Sendable (inout Object, inout JSONWriter) -> Void,
        read: (@Sendable (inout Object, any WireSource) throws -> Void)? = nil,
        isThere: (@Sendable (inout Object) -> Bool)? = nil
    ) {
        self.name = name
        self.kind = kind
        key = JSONWriter.key(name)
        self.write = write
        self.read = read
        self.isThere = isThere
    }

    /// A field of Obico's that has one value here, whatever the object.
    init(_ name: StaticString, _ kind: WireKind, always value: (inout JSONWriter) -> Void) {
        self.name = name
        self.kind = kind
        key = JSONWriter.key(name) + JSONWriter.bytes(value)
        write = nil
        read = nil
        isThere = nil
    }

    /// False for a field that is only there where it says something.
    public var isAlwaysThere: Bool { isThere == nil }

    /// The same field, there only where it says something.
    func onlyWhere(_ isThere: @escaping @Sendable (inout Object) -> Bool) -> WireField {
        guard let write else { return self }
        return WireField(name, kind, write: write, read: read, isThere: isThere)
    }

    @inlinable func write(_ object: inout Object, to json: inout JSONWriter) {
        if let isThere, !isThere(&object) { return }
        guard let write else { return json.member(key) }
        json.key(key)
        write(&object, &json)
    }
}

extension JSONWriter {
    // Inlinable, so that they are compiled for each object: unspecialized code would copy the fields.

    /// An object as its table of fields says.
    @inlinable public mutating func object<Object: WireObject>(_ object: consuming Object) {
        self.object(Object.fields, in: &object)
    }

    /// An object as this table of fields says.
    @inlinable public mutating func object<Object>(_ fields: [WireField<Object>], of object: consuming Object) {
        self.object(fields, in: &object)
    }

    @inlinable mutating func object<Object>(_ fields: [WireField<Object>], in object: inout Object) {
        self.object { json in
            for field in fields { field.write(&object, to: &json) }
        }
    }
}
