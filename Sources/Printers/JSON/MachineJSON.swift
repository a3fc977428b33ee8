import Farm
public import Text

/// A JSON value from a machine. Numbers are read by need: the same field comes as a number or as text.
public typealias MachineJSON = JSONValue

extension MachineJSON {
    /// What is taken from a machine: structure is strict; texts are lenient, as they are only shown. No sane machine
    /// comes near these limits, and a number of 300 digits still fits a double.
    public static let rules: JSONRules = {
        var rules = JSONRules()
        rules.sizeLimit = 8 << 20
        rules.depthLimit = 32
        rules.countLimit = 400_000
        rules.numberLimit = 300
        rules.texts = .repaired
        return rules
    }()

    /// - Parameter bytes: of one message or answer.
    public init(parsing bytes: [UInt8]) throws(JSONError) { self = try JSONReader.read(bytes, rules: Self.rules) }

    /// As JSON text, members in the order of their names.
    var encoded: String { String(decoding: JSONWriter.bytes { $0.json(self) }, as: UTF8.self) }
}

extension MachineJSON {
    /// A member of an object; nil when it is missing or null.
    public subscript(name: String) -> MachineJSON? {
        guard case .object(let members) = self, let value = members[name], value != .null else { return nil }
        return value
    }

    /// Empty for what is no array.
    public var elements: [MachineJSON] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// Empty for what is no object.
    public var members: [String: MachineJSON] {
        if case .object(let members) = self { members } else { [:] }
    }

    /// A number, or a text that is one; finite.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .bigInteger(let digits): Double(digits)
        case .double(let value): value
        case .string(let text): text.utf8.count <= 40 ? Double(text).flatMap { $0.isFinite ? $0 : nil } : nil
        default: nil
        }
    }

    /// A whole number that a double holds exactly.
    public var integer: Int? {
        guard let number, number.magnitude <= 9_007_199_254_740_992, number.rounded() == number else { return nil }
        return Int(number)
    }

    /// As the machine sent it: not cleaned.
    public var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// A truth value, 0 or 1.
    public var bool: Bool? {
        switch self {
        case .bool(let value): value
        case .integer(0), .double(0): false
        case .integer(1), .double(1): true
        default: nil
        }
    }
}

extension MachineJSON {
    /// Text for people: cleaned and cut; nil when nothing is left.
    func words(limit: Int = 200) -> String? {
        guard let text else { return nil }
        let cleaned = cleanedText(text, limit: limit)
        return cleaned.isEmpty ? nil : cleaned
    }

    /// A number within `range`; others are not plausible and count as absent.
    func number(in range: ClosedRange<Double>) -> Double? {
        guard let number, range.contains(number) else { return nil }
        return number
    }

    /// Seconds of a job: 0 to ten years.
    var seconds: Double? { number(in: 0...315_576_000) }

    /// Seconds since 1970, from the machine's clock: 1970 to the year 3000.
    var moment: Timestamp? { number(in: 0...32_503_680_000).map(Timestamp.init(secondsSince1970:)) }
}

extension ReadTemperature {
    /// Nil when the machine gave neither number.
    init?(_ json: MachineJSON?, actual: String, target: String) {
        let celsius = -300.0...3000.0
        self.init(actual: json?[actual]?.number(in: celsius), target: json?[target]?.number(in: celsius))
        guard self.actual != nil || self.target != nil else { return nil }
    }
}
