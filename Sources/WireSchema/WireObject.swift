/// A value that the API has as an object of JSON.
public protocol WireObject: WireReadable {
    /// The name of its schema in the description of the API.
    static var schemaName: String { get }
    /// In the order of the JSON.
    static var fields: WireTable<Self> { get }
    /// What is read into: every field that must be there replaces a part of it.
    static var blank: Self { get }
}

extension WireObject {
    /// The object of an answer, as its table of fields says.
    public init(reading source: any WireSource) throws {
        self = Self.blank
        for field in Self.fields { try field.read?(&self, source) }
    }
}
