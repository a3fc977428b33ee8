/// One field of an object of the API's JSON: its name, what it may hold, and the way from and to the value that has it. From
/// the table of an object's fields follow what is written, how it is described, and what a dashboard on another machine reads.
public struct WireField<Object>: Sendable {
    public let name: StaticString
    public let kind: WireKind
    /// False for a field that is only there where it says something.
    public var isAlwaysThere = true
    /// Nil where the field is not there.
    public let value: @Sendable (Object) -> WireValue?
    /// Nil for what nobody reads.
    let read: (@Sendable (inout Object, any WireSource) throws -> Void)?

    init(
        _ name: StaticString, _ kind: WireKind, value: @escaping @Sendable (Object) -> WireValue?,
        read: (@Sendable (inout Object, any WireSource) throws -> Void)? = nil
    ) {
        self.name = name
        self.kind = kind
        self.value = value
        self.read = read
    }

    /// The same field, there only where it says something.
    func onlyWhere(_ isThere: @escaping @Sendable (Object) -> Bool) -> Self {
        let value = value
        var field = Self(name, kind, value: { isThere($0) ? value($0) : nil }, read: read)
        field.isAlwaysThere = false
        return field
    }
}
