import Text

/// The parameters of an `application/x-www-form-urlencoded` body, in the order sent.
///
/// Source: WHATWG URL §5.1 for the syntax; stricter than it where it guesses: a `%` without two hex digits
/// and bytes that are not UTF-8 are errors, not replacement characters.
public struct FormParameters: Sendable, Equatable {
    /// One name and its value, decoded.
    public struct Parameter: Sendable, Equatable {
        public var name: String
        /// Empty where the form has the name alone.
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What a body may cost. The defaults are far over any honest request.
    public struct Limits: Sendable, Equatable {
        /// The whole body may have so many.
        public var bytes = 65_536
        /// How many names with values; a body with more is refused.
        public var parameters = 256

        public init() {}
    }

    /// In the order sent; a name may come twice.
    public let parameters: [Parameter]

    public init(_ parameters: [Parameter] = []) { self.parameters = parameters }

    public init(parsing bytes: some Collection<UInt8>, limits: Limits = Limits()) throws(FormError) {
        guard bytes.count <= limits.bytes else { throw .tooLong(bytes: bytes.count, limit: limits.bytes) }
        var parameters: [Parameter] = []
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            guard parameters.count < limits.parameters else { throw .tooManyParameters(limit: limits.parameters) }
            let number = parameters.count + 1
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            parameters.append(
                Parameter(
                    name: try Self.decode(parts[0], parameter: number),
                    value: parts.count > 1 ? try Self.decode(parts[1], parameter: number) : ""))
        }
        self.parameters = parameters
    }

    /// The first value of that name, also an empty one; nil when the name does not occur.
    public func first(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// The last value of that name, which holds outside OAuth; nil when the name does not occur.
    public func last(_ name: String) -> String? { parameters.last { $0.name == name }?.value }

    /// The value as OAuth sees it: an empty one counts as absent (RFC 6749 §3.2).
    public func value(_ name: String) -> String? {
        parameters.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// A name that has more than one value, empty ones not counted; nil when there is none.
    public var repeatedName: String? {
        var seen: Set<String> = []
        return parameters.first { !$0.value.isEmpty && !seen.insert($0.name).inserted }?.name
    }

    /// True when the name has more than one value, empty ones not counted.
    public func isRepeated(_ name: String) -> Bool {
        parameters.count { $0.name == name && !$0.value.isEmpty } > 1
    }

    /// One name or value: `+` is a space, `%XX` a byte, the result UTF-8.
    static func decode(_ text: some Collection<UInt8>, parameter: Int) throws(FormError) -> String {
        do throws(PercentEncoding.Fault) {
            return try PercentEncoding.decode(text, plusIsBlank: true)
        } catch .badEscape {
            throw .badEscape(parameter: parameter)
        } catch {
            throw .notUTF8(parameter: parameter)
        }
    }
}

/// Why a form body could not be read. Parameters are counted from 1; no value enters the message.
public enum FormError: Error, Equatable, Sendable, CustomStringConvertible {
    case tooLong(bytes: Int, limit: Int)
    case tooManyParameters(limit: Int)
    case badEscape(parameter: Int)
    case notUTF8(parameter: Int)

    public var description: String {
        switch self {
        case .tooLong(let bytes, let limit): "The form has \(bytes) bytes; at most \(limit) are read."
        case .tooManyParameters(let limit): "The form has more than \(limit) parameters."
        case .badEscape(let number): "Parameter \(number) of the form has a % that two hex digits do not follow."
        case .notUTF8(let number): "Parameter \(number) of the form is not UTF-8."
        }
    }
}
