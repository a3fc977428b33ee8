public import Text

/// One field of an object of the API's JSON: its name, what it may hold, and the way from and to the value that has it. From
/// the table of an object's fields follow what is written, how it is described, and what a dashboard on another machine reads.
public struct WireField<Object>: Sendable {
    /// Puts a member into the JSON. The object comes as `inout` only because it would otherwise be copied for each field, a kilobyte
    /// of a printer; nothing changes it.
    typealias Writer = @Sendable (inout Object, inout JSONWriter) -> Void
    typealias Reader = @Sendable (inout Object, any WireSource) throws -> Void

    public let name: StaticString
    /// From it follow the schema in openapi.json, and what a reader accepts.
    public let kind: WireKind
    /// False for a field that is only there where it says something.
    public let isAlwaysThere: Bool
    /// Name and value where that is the same for every object.
    let constant: [UInt8]?
    let write: Writer
    /// Nil for what nobody reads.
    let read: Reader?

    init(_ name: StaticString, _ kind: WireKind, write: @escaping Writer, read: Reader? = nil) {
        self.name = name
        self.kind = kind
        self.read = read
        constant = nil
        isAlwaysThere = true
        let key = JSONWriter.key(name)
        self.write = { object, json in
            json.key(key)
            write(&object, &json)
        }
    }

    /// The same field, there only where it says something.
    func onlyWhere(_ isThere: @escaping @Sendable (inout Object) -> Bool) -> WireField {
        WireField(copying: self, isThere: isThere)
    }

    private init(copying field: WireField, isThere: @escaping @Sendable (inout Object) -> Bool) {
        name = field.name
        kind = field.kind
        read = field.read
        constant = nil
        isAlwaysThere = false
        write = { [write = field.write] object, json in
            if isThere(&object) { write(&object, &json) }
        }
    }

    /// A field of Obico's that has one value here, whatever the object.
    init(_ name: StaticString, _ kind: WireKind, always value: (inout JSONWriter) -> Void) {
        self.name = name
        self.kind = kind
        let member = JSONWriter.key(name) + JSONWriter.bytes(value)
        constant = member
        isAlwaysThere = true
        write = { _, json in json.members(member) }
        read = nil
    }
}

/// The fields of an object, in the order of the JSON, and one function that writes them all.
public struct WireTable<Object>: Sendable, RandomAccessCollection, ExpressibleByArrayLiteral {
    private let fields: [WireField<Object>]
    @usableFromInline let write: @Sendable (inout Object, inout JSONWriter) -> Void

    init(_ fields: [WireField<Object>]) {
        self.fields = fields
        write = Self.joined(Self.writers(fields)[...])
    }

    public init(arrayLiteral fields: WireField<Object>...) { self.init(fields) }

    /// Always 0.
    public var startIndex: Int { fields.startIndex }
    /// How many fields there are.
    public var endIndex: Int { fields.endIndex }
    /// The field at a place of the JSON, from 0.
    public subscript(index: Int) -> WireField<Object> { fields[index] }

    /// Around a function, so that an array of them does not wrap each in another function.
    private struct Step { var write: WireField<Object>.Writer }

    /// One for each field; fields that are always the same, one after another, are one piece of text.
    private static func writers(_ fields: [WireField<Object>]) -> [Step] {
        var writers: [Step] = []
        var text: [UInt8] = []
        func endText() {
            guard !text.isEmpty else { return }
            writers.append(Step { [text] _, json in json.members(text) })
            text = []
        }
        for field in fields {
            if let constant = field.constant {
                text += constant
            } else {
                endText()
                writers.append(Step(write: field.write))
            }
        }
        endText()
        return writers
    }

    /// A tree of functions in place of a loop: going through an array of functions counts references up and down for each, which
    /// takes as long as the writing of a short field.
    private static func joined(_ writers: ArraySlice<Step>) -> WireField<Object>.Writer {
        guard let first = writers.first else { return { _, _ in } }
        guard writers.count > 1 else { return first.write }
        let middle = writers.startIndex + writers.count / 2
        let (left, right) = (joined(writers[..<middle]), joined(writers[middle...]))
        return { object, json in
            left(&object, &json)
            right(&object, &json)
        }
    }
}

extension JSONWriter {
    // Inlinable, so that they are compiled for each object: unspecialized code would copy the object.

    /// An object as its table of fields says.
    @inlinable public mutating func object<Object: WireObject>(_ object: consuming Object) {
        self.object(Object.fields, in: &object)
    }

    /// An object as this table of fields says.
    @inlinable public mutating func object<Object>(_ fields: WireTable<Object>, of object: consuming Object) {
        self.object(fields, in: &object)
    }

    @inlinable mutating func object<Object>(_ fields: WireTable<Object>, in object: inout Object) {
        self.object { json in fields.write(&object, &json) }
    }
}
