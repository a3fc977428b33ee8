import Farm
import FoundationEssentials
import WireSchema

/// An object of the API's JSON, read by its table of fields.
struct Told<Object: WireObject>: Decodable, Sendable {
    var value: Object

    init(from decoder: any Decoder) throws {
        value = try Object(reading: DecodedFields(container: decoder.container(keyedBy: FieldName.self)))
    }
}

private struct FieldName: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(_ name: StaticString) { stringValue = name.description }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

private struct DecodedFields: WireSource {
    let container: KeyedDecodingContainer<FieldName>

    func text(_ name: StaticString) throws -> String? {
        try container.decodeIfPresent(String.self, forKey: FieldName(name))
    }
    func flag(_ name: StaticString) throws -> Bool? {
        try container.decodeIfPresent(Bool.self, forKey: FieldName(name))
    }
    func whole(_ name: StaticString) throws -> Int64? {
        try container.decodeIfPresent(Int64.self, forKey: FieldName(name))
    }
    func number(_ name: StaticString) throws -> Double? {
        try container.decodeIfPresent(Double.self, forKey: FieldName(name))
    }

    func time(_ name: StaticString) throws -> Timestamp? {
        guard let text = try text(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw DecodingError.dataCorruptedError(
                forKey: FieldName(name), in: container, debugDescription: "It is no time of RFC 3339 in UTC.")
        }
        return time
    }

    func texts(_ name: StaticString) throws -> [String]? {
        try container.decodeIfPresent([String].self, forKey: FieldName(name))
    }

    func object(_ name: StaticString) throws -> (any WireSource)? {
        let key = FieldName(name)
        guard container.contains(key), try !container.decodeNil(forKey: key) else { return nil }
        return DecodedFields(container: try container.nestedContainer(keyedBy: FieldName.self, forKey: key))
    }

    func list(_ name: StaticString) throws -> [any WireSource]? {
        let key = FieldName(name)
        guard container.contains(key), try !container.decodeNil(forKey: key) else { return nil }
        var elements = try container.nestedUnkeyedContainer(forKey: key)
        var list: [any WireSource] = []
        while !elements.isAtEnd {
            list.append(DecodedFields(container: try elements.nestedContainer(keyedBy: FieldName.self)))
        }
        return list
    }

    func objects(_ name: StaticString) throws -> [(name: String, value: any WireSource)]? {
        let key = FieldName(name)
        guard container.contains(key), try !container.decodeNil(forKey: key) else { return nil }
        let members = try container.nestedContainer(keyedBy: FieldName.self, forKey: key)
        // By length first: members are numbered.
        let names = members.allKeys.sorted {
            ($0.stringValue.count, $0.stringValue) < ($1.stringValue.count, $1.stringValue)
        }
        return try names.map { name in
            (
                name.stringValue,
                DecodedFields(container: try members.nestedContainer(keyedBy: FieldName.self, forKey: name))
            )
        }
    }
}
