import TOMLKit

/// A TOML value as the settings read it.
indirect enum TOMLNode: Equatable, Sendable {
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    case array([TOMLNode])
    case table([TOMLEntry])
    /// Dates and times, which no setting takes.
    case moment(String)

    init(_ value: any TOMLValueConvertible) {
        switch value.type {
        case .string: self = value.string.map(Self.string) ?? .string("")
        case .int: self = value.int.map { .integer(Int64($0)) } ?? .integer(0)
        case .double: self = .float(value.double ?? .nan)
        case .bool: self = .boolean(value.bool ?? false)
        case .array:
            let array = value.array
            self = .array(array.map { array in array.indices.map { TOMLNode(array[$0]) } } ?? [])
        case .table: self = .table(value.table.map(Self.entries) ?? [])
        case .date, .time, .dateTime: self = .moment(value.type.description)
        }
    }

    /// The keys of the outermost table of a text, sorted.
    /// - Parameter lines: of the same text.
    static func entries(reading text: String, _ lines: TOMLKeyLines) throws(TOMLFault) -> [TOMLEntry] {
        // The library reads up to the first NUL and would take a cut text for a whole one.
        if let nul = text.utf8.firstIndex(of: 0) {
            let before = text.utf8[..<nul]
            let line = before.count { $0 == UInt8(ascii: "\n") } + 1
            let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
            throw TOMLFault(line: line, column: column, reason: "a NUL character")
        }
        if let fault = lines.fault { throw fault }
        do {
            return entries(try TOMLTable(string: text))
        } catch let error as TOMLParseError {
            throw TOMLFault(
                line: error.source.begin.line, column: error.source.begin.column, reason: error.description)
        } catch {
            throw TOMLFault(line: 1, column: 1, reason: "\(error)")
        }
    }

    /// The keys of a table, sorted. A key that the library lists but cannot find again (one with a NUL inside)
    /// keeps its place, as an empty table that no setting takes.
    static func entries(_ table: TOMLTable) -> [TOMLEntry] {
        table.keys.sorted().map { key in TOMLEntry(key: key, node: table[key].map(TOMLNode.init) ?? .table([])) }
    }

    /// For messages about what nobody may see.
    var kind: String {
        switch self {
        case .string: "a string that does not fit"
        case .integer, .float: "a number"
        case .boolean: "true or false"
        case .array, .table, .moment: description
        }
    }

    /// For messages: the kind of value with the value where it is short.
    var description: String {
        switch self {
        case .string(let text): "the string \(text.prefix(80).debugDescription)"
        case .integer(let value): "the whole number \(value)"
        case .float(let value): "the number \(value)"
        case .boolean(let value): value ? "true" : "false"
        case .array: "a list"
        case .table: "a table"
        case .moment(let kind): "a \(kind)"
        }
    }
}

struct TOMLEntry: Equatable, Sendable {
    var key: String
    var node: TOMLNode
}
