/// Why a text is not JSON that is taken, and where. Holds nothing of the text but one byte.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong at the place.
    public enum Reason: Equatable, Sendable {
        case expectingValue
        case expectingPropertyName
        case expectingColon
        case expectingComma
        case unterminatedString
        case invalidControlCharacter
        case invalidEscape
        case invalidUnicodeEscape
        case loneSurrogate
        case extraData
        case byteOrderMark
        case invalidUTF8(byte: UInt8)
        case notANumber(String)
        case numberOutOfRange
        case nestedTooDeeply(limit: Int)
        case tooManyValues(limit: Int)
        case tooLarge(limit: Int)
    }
    /// The first fault only: reading ends there.
    public var reason: Reason
    /// From 1.
    public var line: Int
    /// Unicode scalars from the start of the line, from 1.
    public var column: Int
    /// Unicode scalars before the fault.
    public var character: Int

    public var description: String { "\(phrase): line \(line) column \(column) (char \(character))" }

    private var phrase: String {
        switch reason {
        case .expectingValue: "Expecting value"
        case .expectingPropertyName: "Expecting property name enclosed in double quotes"
        case .expectingColon: "Expecting ':' delimiter"
        case .expectingComma: "Expecting ',' delimiter"
        case .unterminatedString: "Unterminated string starting at"
        case .invalidControlCharacter: "Invalid control character at"
        case .invalidEscape: "Invalid \\escape"
        case .invalidUnicodeEscape: "Invalid \\uXXXX escape"
        case .loneSurrogate: "Lone surrogate in \\uXXXX escape"
        case .extraData: "Extra data"
        case .byteOrderMark: "Unexpected UTF-8 byte order mark"
        case .invalidUTF8(let byte): "Invalid UTF-8 byte 0x\(String(byte, radix: 16))"
        case .notANumber(let name): "Out of range float values are not JSON compliant: '\(name)'"
        case .numberOutOfRange: "Number is too large for a double"
        case .nestedTooDeeply(let limit): "Nested more than \(limit) levels deep"
        case .tooManyValues(let limit): "More than \(limit) values"
        case .tooLarge(let limit): "More than \(limit) bytes"
        }
    }
}
