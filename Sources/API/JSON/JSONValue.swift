/// A JSON text as read: whole numbers, fractions and texts stay apart, as field checks must tell them apart.
enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// A number without fraction and exponent that fits.
    case integer(Int64)
    /// A whole number over 64 bits: its digits as sent.
    case bigInteger(String)
    /// Always finite.
    case double(Double)
    case string(String)
    case array([JSONValue])
    /// Of members with the same name the last one holds.
    case object([String: JSONValue])

    /// The type's name in the messages of Django REST Framework.
    var typeName: String {
        switch self {
        case .null: "NoneType"
        case .bool: "bool"
        case .integer, .bigInteger: "int"
        case .double: "float"
        case .string: "str"
        case .array: "list"
        case .object: "dict"
        }
    }
}
