import Text

extension TOMLReader {
    /// A word, a number, a date or a time.
    mutating func bareValue() throws(TOMLFault) -> TOMLNode {
        let start = place
        var text = Self.text(takeBytes(while: Self.isBare))
        // A blank may stand between date and time.
        if Self.isDate(text), next == UInt8(ascii: " "), let digit = byte(after: 1), ASCII.isDigit(digit) {
            advance()
            text += " " + Self.text(takeBytes(while: Self.isBare))
        }
        guard !text.isEmpty else { throw fault("expected a value") }
        if let node = Self.word(text) ?? Self.moment(text) { return node }
        if let float = Self.float(text) { return .float(float) }
        guard let digits = Self.wholeDigits(text) else { throw fault("no value that TOML knows", at: start) }
        guard let number = Int64(digits.text, radix: digits.radix) else {
            throw fault("a whole number beyond 64 bits", at: start)
        }
        return .integer(number)
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func isBare(_ byte: UInt8) -> Bool { ASCII.isAlphanumeric(byte) || "+-_.:".utf8.contains(byte) }

    private static func word(_ text: String) -> TOMLNode? {
        switch text {
        case "true": .boolean(true)
        case "false": .boolean(false)
        case "inf", "+inf": .float(.infinity)
        case "-inf": .float(-.infinity)
        case "nan", "+nan", "-nan": .float(.nan)
        default: nil
        }
    }

    // MARK: Numbers

    /// Without the underscores between digits; nil for an underscore that stands elsewhere, or for no digit at all.
    private static func plain(_ digits: Substring, isDigit: (UInt8) -> Bool) -> String? {
        let parts = digits.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }) else { return nil }
        return parts.joined()
    }

    /// A decimal number's whole part has no zero before it.
    private static func wholePart(_ digits: Substring) -> String? {
        guard let plain = plain(digits, isDigit: ASCII.isDigit), plain == "0" || !plain.hasPrefix("0") else {
            return nil
        }
        return plain
    }

    private static func wholeDigits(_ text: String) -> (text: String, radix: Int)? {
        let radices: [(String, Int)] = [("0x", 16), ("0o", 8), ("0b", 2)]
        for (prefix, radix) in radices where text.hasPrefix(prefix) {
            let isDigit = { (byte: UInt8) in ASCII.hexValue(byte).map { Int($0) < radix } ?? false }
            return plain(text.dropFirst(2), isDigit: isDigit).map { ($0, radix) }
        }
        let (sign, digits) = signed(text)
        return wholePart(digits).map { (sign + $0, 10) }
    }

    private static func signed(_ text: String) -> (sign: String, digits: Substring) {
        text.hasPrefix("-") ? ("-", text.dropFirst()) : ("", text.hasPrefix("+") ? text.dropFirst() : text[...])
    }

    /// A whole part with a fraction, an exponent, or both.
    private static func float(_ text: String) -> Double? {
        let (sign, digits) = signed(text)
        let halves = digits.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard let mantissa = halves.first, digits.utf8.first.map(ASCII.isDigit) == true else { return nil }
        let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2 || (parts.count == 1 && halves.count == 2), var number = wholePart(parts[0]) else {
            return nil
        }
        if parts.count == 2 {
            guard let fraction = plain(parts[1], isDigit: ASCII.isDigit) else { return nil }
            number += "." + fraction
        }
        if halves.count == 2 {
            let (exponentSign, exponentDigits) = signed(String(halves[1]))
            guard let exponent = plain(exponentDigits, isDigit: ASCII.isDigit) else { return nil }
            number += "e" + exponentSign + exponent
        }
        return Double(sign + number)
    }

    // MARK: Dates

    private static func isDate(_ text: String) -> Bool {
        text.utf8.count == 10 && RFC3339.microseconds(text + "T00:00:00Z") != nil
    }

    private static func moment(_ text: String) -> TOMLNode? {
        if isTime(text[...]) { return .moment("time") }
        guard isDate(String(text.prefix(10))) else { return nil }
        let rest = text.dropFirst(10)
        guard let separator = rest.first else { return .moment("date") }
        guard "Tt ".contains(separator) else { return nil }
        let time = rest.dropFirst().prefix { !"Zz+-".contains($0) }
        return isTime(time) && isOffset(rest.dropFirst(1 + time.count)) ? .moment("date and time") : nil
    }

    /// `07:32:00`, with or without a fraction.
    private static func isTime(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, whole.utf8.count == 8,
            RFC3339.microseconds("2000-01-01T\(whole)Z") != nil
        else { return false }
        return parts.count == 1 || ASCII.isWholeNumber(parts[1])
    }

    /// Nothing, `Z` or `+01:00`.
    private static func isOffset(_ text: Substring) -> Bool {
        guard let sign = text.first else { return true }
        if sign == "Z" || sign == "z" { return text.count == 1 }
        return (sign == "+" || sign == "-") && text.utf8.count == 6 && isTime(text.dropFirst() + ":00")
    }
}
