/// A header value of the shape `type/subtype; name=value; name="quoted value"` (RFC 9110 §8.3.1). Names are lower-case.
struct MediaType: Equatable, Sendable {
    /// `type/subtype`, lower-case.
    var essence: String
    var parameters: [String: String]

    /// Nil when the text is not of that shape. The first of parameters with the same name holds.
    init?(_ text: String) {
        var scanner = ParameterScanner(text)
        guard let type = scanner.token(), scanner.take("/"), let subtype = scanner.token(),
            let parameters = scanner.parameters()
        else { return nil }
        essence = "\(type)/\(subtype)".lowercased()
        self.parameters = parameters
    }
}

/// `Content-Disposition` of a part (RFC 7578 §4.2).
struct ContentDisposition: Equatable, Sendable {
    var name: String
    /// Nil: not a file.
    var filename: String?

    /// Nil unless it is `form-data` with a name.
    init?(_ text: String) {
        var scanner = ParameterScanner(text)
        guard let type = scanner.token(), type.lowercased() == "form-data", let parameters = scanner.parameters(),
            let name = parameters["name"]
        else { return nil }
        self.name = name
        filename = parameters["filename"] ?? parameters["filename*"]
    }
}

/// Tokens, quoted strings and `; name=value` lists of header values (RFC 9110 §5.6).
private struct ParameterScanner {
    private var rest: Substring.UnicodeScalarView

    init(_ text: String) { rest = text[...].unicodeScalars }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }

    mutating func skipSpace() { while rest.first == " " || rest.first == "\t" { rest.removeFirst() } }

    mutating func token() -> String? {
        skipSpace()
        let token = rest.prefix(while: Self.isTokenScalar)
        guard !token.isEmpty else { return nil }
        rest.removeFirst(token.count)
        return String(token)
    }

    mutating func parameters() -> [String: String]? {
        var parameters: [String: String] = [:]
        while true {
            skipSpace()
            if rest.isEmpty { return parameters }
            guard take(";") else { return nil }
            skipSpace()
            if rest.isEmpty || rest.first == ";" { continue }
            guard let name = token()?.lowercased() else { return nil }
            skipSpace()
            guard take("="), let value = parameterValue() else { return nil }
            if parameters[name] == nil { parameters[name] = value }
        }
    }

    private mutating func parameterValue() -> String? {
        skipSpace()
        guard take("\"") else {
            // Real clients send unquoted values that are not tokens; take them up to the next separator.
            let value = rest.prefix { $0 != ";" && $0 != " " && $0 != "\t" && $0 != "\"" }
            rest.removeFirst(value.count)
            return value.isEmpty ? nil : String(value)
        }
        var value = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return String(value)
            // Browsers send Windows paths with single backslashes: only a quote or a backslash is escaped, and a quote only
            // where another one ends the text.
            case "\\" where rest.first == "\\" || rest.first == "\"" && rest.dropFirst().contains("\""):
                value.append(rest.removeFirst())
            default: value.append(scalar)
            }
        }
        return nil
    }

    private static func isTokenScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        case "!", "#", "$", "%", "&", "'", "*", "+", "-", ".", "^", "_", "`", "|", "~": true
        default: false
        }
    }
}
