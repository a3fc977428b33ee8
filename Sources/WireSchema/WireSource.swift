public import Farm

/// An object of the API's JSON as it was received. Each method gives nil for a field that is absent or null.
public protocol WireSource {
    func text(_ name: StaticString) throws -> String?
    func flag(_ name: StaticString) throws -> Bool?
    func whole(_ name: StaticString) throws -> Int64?
    func number(_ name: StaticString) throws -> Double?
    func time(_ name: StaticString) throws -> Timestamp?
    func texts(_ name: StaticString) throws -> [String]?
    func object(_ name: StaticString) throws -> (any WireSource)?
    /// The objects of a list.
    func list(_ name: StaticString) throws -> [any WireSource]?
    /// The members of an object whose names are open, in the order of their names: `tool2` before `tool10`.
    func objects(_ name: StaticString) throws -> [(name: String, value: any WireSource)]?
}

/// What is read out of an answer.
public protocol WireReadable: Sendable {
    /// - Throws: `WireError` where a field is missing or holds something else; whatever the source throws.
    init(reading source: any WireSource) throws
}

/// Why an answer of a farm cannot be read.
public enum WireError: Error, Equatable, Sendable, CustomStringConvertible {
    case missing(field: String)
    case unknownWord(field: String, word: String)
    /// A number where a text should be, or the like.
    case otherKind(field: String)
    case notAnObject

    public var description: String {
        switch self {
        case .missing(let field): "The answer lacks the field \(field)."
        case .unknownWord(let field, let word): "\(word.debugDescription) is no word of the field \(field)."
        case .otherKind(let field): "The field \(field) holds another kind of value."
        case .notAnObject: "The answer is no object."
        }
    }
}

extension WireSource {
    /// The value of a field that must be there.
    /// - Throws: `WireError.missing` without one.
    public func required<Value>(_ name: StaticString, _ value: Value?) throws(WireError) -> Value {
        guard let value else { throw .missing(field: name.description) }
        return value
    }

    func word<Choice: RawRepresentable<String> & Sendable>(_ name: StaticString, _: Choice.Type) throws -> Choice? {
        guard let word = try text(name) else { return nil }
        guard let choice = Choice(rawValue: word) else {
            throw WireError.unknownWord(field: name.description, word: word)
        }
        return choice
    }
}
