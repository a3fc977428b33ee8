/// A TOML value as the settings read it.
package indirect enum TOMLNode: Equatable, Sendable {
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    case array([TOMLNode])
    case table([TOMLEntry])
    /// Dates and times, which no setting takes: `date`, `time`, `date and time`.
    case moment(String)

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

/// A key of a table with its value.
package struct TOMLEntry: Equatable, Sendable {
    package var key: String
    package var node: TOMLNode
    /// The first line that names the key, from 1.
    package var line: Int
    /// Where the value is a list of tables by `[[key]]`: the line of each one's header. Else empty.
    package var headerLines: [Int] = []

    /// The line of the n-th value of a list, as well as it is known.
    func line(ofElement index: Int) -> Int { headerLines.indices.contains(index) ? headerLines[index] : line }
}

/// Where and why a text is not TOML.
package struct TOMLFault: Error, Equatable, Sendable {
    /// From 1. A column counts bytes.
    package var line: Int
    package var column: Int
    package var reason: String
}
