public import Farm
public import Text

/// An object of a JSON text that was received.
public struct JSONSource: WireSource {
    private let members: [String: JSONValue]

    /// - Throws: `JSONError` for what is no JSON, `WireError.notAnObject` for another value.
    public init(_ json: [UInt8]) throws {
        guard case .object(let members) = try JSONReader.read(json) else { throw WireError.notAnObject }
        self.members = members
    }

    public init(_ members: [String: JSONValue]) { self.members = members }

    private func value(_ name: StaticString) -> JSONValue? {
        let value = members[name.description]
        return value == .null ? nil : value
    }

    public func text(_ name: StaticString) throws -> String? {
        switch value(name) {
        case nil: return nil
        case .string(let text): return text
        default: throw WireError.otherKind(field: name.description)
        }
    }

    public func flag(_ name: StaticString) throws -> Bool? {
        switch value(name) {
        case nil: return nil
        case .bool(let flag): return flag
        default: throw WireError.otherKind(field: name.description)
        }
    }

    public func whole(_ name: StaticString) throws -> Int64? {
        switch value(name) {
        case nil: return nil
        case .integer(let number): return number
        default: throw WireError.otherKind(field: name.description)
        }
    }

    public func number(_ name: StaticString) throws -> Double? {
        switch value(name) {
        case nil: return nil
        case .double(let number): return number
        case .integer(let number): return Double(number)
        default: throw WireError.otherKind(field: name.description)
        }
    }

    public func time(_ name: StaticString) throws -> Timestamp? {
        guard let text = try text(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) else { throw WireError.otherKind(field: name.description) }
        return time
    }

    public func texts(_ name: StaticString) throws -> [String]? {
        switch value(name) {
        case nil: return nil
        case .array(let elements):
            return try elements.map { element in
                guard case .string(let text) = element else { throw WireError.otherKind(field: name.description) }
                return text
            }
        default: throw WireError.otherKind(field: name.description)
        }
    }

    public func list(_ name: StaticString) throws -> [any WireSource]? {
        switch value(name) {
        case nil: return nil
        case .array(let elements):
            return try elements.map { element in
                guard case .object(let members) = element else { throw WireError.otherKind(field: name.description) }
                return JSONSource(members)
            }
        default: throw WireError.otherKind(field: name.description)
        }
    }

    public func object(_ name: StaticString) throws -> (any WireSource)? {
        switch value(name) {
        case nil: return nil
        case .object(let members): return JSONSource(members)
        default: throw WireError.otherKind(field: name.description)
        }
    }

    public func objects(_ name: StaticString) throws -> [(name: String, value: any WireSource)]? {
        switch value(name) {
        case nil: return nil
        case .object(let members):
            // By length first: members are numbered.
            return try members.sorted { ($0.key.count, $0.key) < ($1.key.count, $1.key) }.map { member, value in
                guard case .object(let members) = value else { throw WireError.otherKind(field: name.description) }
                return (member, JSONSource(members))
            }
        default: throw WireError.otherKind(field: name.description)
        }
    }
}
