import Farm
import Text

/// Takes typed values out of a request's fields and collects what is wrong with each, as Django REST Framework does.
///
/// Each method gives nil when the field is absent or faulty; `finish` throws all faults at once.
struct FieldReader {
    private let fields: RequestFields
    private(set) var errors: [FieldError] = []

    init(_ fields: RequestFields) { self.fields = fields }

    /// - Throws: 400 with every faulty field.
    func finish() throws(APIError) {
        guard errors.isEmpty else { throw .fields(errors) }
    }

    /// All that is wrong with one field stands under one key.
    mutating func fail(_ name: String, _ messages: String...) {
        if let index = errors.firstIndex(where: { $0.field == name }) {
            errors[index].messages += messages.filter { !errors[index].messages.contains($0) }
        } else {
            var error = FieldError(name)
            error.messages = messages
            errors.append(error)
        }
    }

    func isNull(_ name: String) -> Bool { fields.values[name] == .json(.null) }

    /// Names of the files that were sent.
    var files: [String] {
        fields.values.compactMap { name, value in if case .file = value { name } else { nil } }.sorted()
    }

    func contains(_ name: String) -> Bool { fields.values[name] != nil }

    /// Every value of a form field; nil when absent.
    func allTexts(_ name: String) -> [String]? {
        if case .texts(let texts) = fields.values[name] { texts } else { nil }
    }

    /// A field that came as JSON.
    func json(_ name: String) -> JSONValue? {
        if case .json(let value) = fields.values[name] { value } else { nil }
    }

    /// Absent, null, or a text of nothing but white space.
    func isMissingOrBlank(_ name: String) -> Bool {
        switch fields.values[name] {
        case nil, .json(.null): true
        case .json(.string(let text)): text.trimmingWhitespace().isEmpty
        case .texts(let texts): texts.allSatisfy { $0.trimmingWhitespace().isEmpty }
        case .json, .file: false
        }
    }

    /// A field with its value as JSON; forms give texts. Nil when absent. Of repeated form fields the last holds.
    private mutating func present(_ name: String) -> JSONValue? {
        switch fields.values[name] {
        case nil: return nil
        case .json(let value): return value
        case .texts(let texts): return .string(texts.last ?? "")
        case .file:
            fail(name, "Not a valid string.")
            return nil
        }
    }

    /// The same, where null is a fault.
    private mutating func nonNull(_ name: String) -> JSONValue? {
        guard let value = present(name) else { return nil }
        if value == .null {
            fail(name, "This field may not be null.")
            return nil
        }
        return value
    }

    /// The field is null, or says what is so already: a client sends back what it read.
    mutating func repeats(_ name: String, _ known: String?) -> Bool {
        guard contains(name), !isNull(name) else { return true }
        guard let known, case .string(let text)? = nonNull(name) else { return false }
        return text == known
    }

    /// 1...limit Unicode scalars after trimming.
    /// - Parameter numbersAsText: take a number as its text, as Django's own text fields do.
    mutating func text(_ name: String, limit: Int, isRequired: Bool, numbersAsText: Bool) -> String? {
        if isRequired, !contains(name) {
            fail(name, "This field is required.")
            return nil
        }
        guard let value = nonNull(name) else { return nil }
        let text: String
        switch value {
        case .string(let string): text = string
        case .integer(let number) where numbersAsText: text = String(number)
        case .bigInteger(let digits) where numbersAsText: text = digits
        case .double(let number) where numbersAsText: text = number.description
        default:
            fail(name, "Not a valid string.")
            return nil
        }
        return checked(text, name, limit: limit)
    }

    private mutating func checked(_ text: String, _ name: String, limit: Int) -> String? {
        let trimmed = text.trimmingWhitespace()
        if trimmed.isEmpty {
            fail(name, "This field may not be blank.")
        } else if trimmed.unicodeScalars.contains("\0") {
            fail(name, "Null characters are not allowed.")
        } else if trimmed.unicodeScalars.count > limit {
            fail(name, "Ensure this field has no more than \(limit) characters.")
        } else {
            return trimmed
        }
        return nil
    }

    /// As Django REST Framework takes them.
    static let trueWords = ["t", "T", "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "1"]
    static let falseWords = [
        "f", "F", "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF", "0",
    ]

    mutating func bool(_ name: String) -> Bool? {
        guard let value = nonNull(name) else { return nil }
        switch value {
        case .bool(let flag): return flag
        case .integer(1), .double(1): return true
        case .integer(0), .double(0): return false
        case .string(let text):
            switch text.trimmingWhitespace() {
            case let word where Self.trueWords.contains(word): return true
            case let word where Self.falseWords.contains(word): return false
            case "", "null", "Null", "NULL":
                fail(name, "This field may not be null.")
                return nil
            default: break
            }
        default: break
        }
        fail(name, "Must be a valid boolean.")
        return nil
    }

    mutating func double(_ name: String, in range: ClosedRange<Double>? = nil) -> Double? {
        guard let value = nonNull(name) else { return nil }
        let number: Double?
        switch value {
        case .integer(let whole): number = Double(whole)
        case .bigInteger(let digits): number = Double(digits)
        case .double(let fraction): number = fraction
        case .string(let text): number = Self.decimal(text)
        default: number = nil
        }
        guard let number, number.isFinite else {
            fail(name, "A valid number is required.")
            return nil
        }
        return checked(number, name, range)
    }

    private mutating func checked(_ number: Double, _ name: String, _ range: ClosedRange<Double>?) -> Double? {
        guard let range else { return number }
        if number < range.lowerBound {
            fail(name, "Ensure this value is greater than or equal to \(Self.plain(range.lowerBound)).")
        } else if number > range.upperBound {
            fail(name, "Ensure this value is less than or equal to \(Self.plain(range.upperBound)).")
        } else {
            return number
        }
        return nil
    }

    mutating func integer(_ name: String, atLeast minimum: Int64, atMost maximum: Int64 = .max) -> Int64? {
        guard let value = nonNull(name) else { return nil }
        guard let number = Self.integer(value) else {
            fail(name, "A valid integer is required.")
            return nil
        }
        if number < minimum {
            fail(name, "Ensure this value is greater than or equal to \(minimum).")
        } else if number > maximum {
            fail(name, "Ensure this value is less than or equal to \(maximum).")
        } else {
            return number
        }
        return nil
    }

    /// - Parameters:
    ///   - ignoringCase: `Day` is taken for `day`.
    ///   - hint: a sentence that says what may be chosen.
    mutating func choice<Choice: RawRepresentable<String>>(
        _ name: String, _: Choice.Type, ignoringCase: Bool = false, hint: String? = nil
    ) -> Choice? {
        guard let value = nonNull(name) else { return nil }
        if case .string(let text) = value, let choice = Choice(rawValue: ignoringCase ? text.lowercased() : text) {
            return choice
        }
        fail(name, "\"\(Self.shown(value))\" is not a valid choice.")
        if let hint { fail(name, hint) }
        return nil
    }

    mutating func word(_ name: String, of words: [String]) -> String? {
        guard let value = nonNull(name) else { return nil }
        if case .string(let text) = value, words.contains(text) { return text }
        fail(name, "\"\(Self.shown(value))\" is not a valid choice.")
        return nil
    }

    /// A field that may be null: nil when absent or faulty, `.some(nil)` when null, which forms write as `null` or not at all.
    mutating func nullable<Value>(_ name: String, _ read: (inout FieldReader) -> Value?) -> Value?? {
        switch fields.values[name] {
        case nil: return nil
        case .json(.null), .texts([""]), .texts(["null"]): return .some(nil)
        default: return read(&self).map { .some($0) }
        }
    }

    /// A text that may be null; a blank one is null.
    mutating func nullableText(_ name: String, limit: Int) -> String?? {
        guard contains(name) else { return nil }
        if isMissingOrBlank(name) { return .some(nil) }
        return nullable(name) { $0.text(name, limit: limit, isRequired: false, numbersAsText: true) }
    }

    /// The bytes of a file; a text, an empty file and an absent one are the same fault.
    mutating func file(_ name: String) -> [UInt8]? {
        if case .file(let bytes) = fields.values[name], !bytes.isEmpty { return bytes }
        fail(name, "This field is required.")
        return nil
    }

    /// A list of ids. Elements that no id can be are faults.
    mutating func ids<Entity>(_ name: String, limit: Int) -> [Identifier<Entity>]? {
        let elements: [JSONValue]
        switch fields.values[name] ?? fields.values["\(name)[]"] {
        case nil:
            fail(name, "This field is required.")
            return nil
        case .json(.array(let array)): elements = array
        case .texts(let texts): elements = texts.map { .string($0) }
        case .json(let value):
            fail(name, "Expected a list of items but got type \"\(value.typeName)\".")
            return nil
        case .file:
            fail(name, "Expected a list of items but got type \"file\".")
            return nil
        }
        guard elements.count <= limit else {
            fail(name, "Ensure this field has no more than \(limit) elements.")
            return nil
        }
        let ids = elements.compactMap(Self.integer)
        guard ids.count == elements.count else {
            fail(name, "A valid integer is required.")
            return nil
        }
        return ids.map { Identifier($0) }
    }

    /// The groups of a printer: a list of words; of a form, the field repeated.
    mutating func tags(_ name: String) -> PrinterTags? {
        let words: [String?]
        switch fields.values[name] ?? fields.values["\(name)[]"] {
        case nil: return nil
        case .json(.array(let elements)):
            words = elements.map { element in if case .string(let word) = element { word } else { nil } }
        case .texts(let texts): words = texts
        case .json(let value):
            fail(name, "Expected a list of items but got type \"\(value.typeName)\".")
            return nil
        case .file:
            fail(name, "Expected a list of items but got type \"file\".")
            return nil
        }
        guard let tags = PrinterTags(words.map { $0 ?? "" }) else {
            fail(
                name,
                "Give at most \(PrinterTags.limit) words of 1 to \(PrinterTags.lengthLimit) letters, digits, \"-\", \"_\" and \".\"."
            )
            return nil
        }
        return tags
    }

    // MARK: Single values

    private static func integer(_ value: JSONValue) -> Int64? {
        switch value {
        case .integer(let number): return number
        case .double(let number): return Int64(exactly: number)
        case .string(let text):
            let digits = text.trimmingWhitespace()
            guard let dot = digits.firstIndex(of: ".") else { return Int64(digits) }
            guard digits[digits.index(after: dot)...].allSatisfy({ $0 == "0" }) else { return nil }
            return Int64(digits[..<dot])
        default: return nil
        }
    }

    /// Nil for the words and hexadecimal forms that Swift reads beside decimal numbers.
    static func decimal(_ text: String) -> Double? {
        let text = text.trimmingWhitespace()
        guard text.utf8.allSatisfy({ ASCII.isDigit($0) || "+-.eE".utf8.contains($0) }) else { return nil }
        return Double(text)
    }

    static func plain(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : number.description
    }

    /// A value as Python's `str` shows it.
    private static func shown(_ value: JSONValue) -> String {
        switch value {
        case .null: "None"
        case .bool(let flag): flag ? "True" : "False"
        case .integer(let number): String(number)
        case .bigInteger(let digits): digits
        case .double(let number): number.description
        case .string(let text): text
        case .array(let elements): "[\(elements.map(quoted).joined(separator: ", "))]"
        case .object(let members):
            "{\(members.sorted { $0.key < $1.key }.map { "'\($0.key)': \(quoted($0.value))" }.joined(separator: ", "))}"
        }
    }

    private static func quoted(_ value: JSONValue) -> String {
        if case .string(let text) = value { "'\(text)'" } else { shown(value) }
    }
}

extension JSONValue {
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
