import Text

extension TOMLReader {
    /// A string of any of the four kinds, at its first quote.
    /// - Parameter mayBeLong: three quotes may begin it; not so in a key.
    mutating func string(mayBeLong: Bool) throws(TOMLFault) -> String {
        let start = place
        guard let quote = next else { throw fault("expected a string") }
        let isLong = mayBeLong && byte(after: 1) == quote && byte(after: 2) == quote
        advance(isLong ? 3 : 1)
        var content: [UInt8] = []
        // A line end right behind the quotes does not count.
        if isLong, isAtLineEnd { try newLine() }
        while let byte = next {
            switch byte {
            case quote:
                guard isLong else {
                    advance()
                    return String(decoding: content, as: UTF8.self)
                }
                let run = takeBytes { $0 == quote }.count
                // Up to two quotes may stand just before the closing three.
                guard run < 3 else {
                    guard run <= 5 else { throw fault("more quotes than close the string") }
                    content += Array(repeating: quote, count: run - 3)
                    return String(decoding: content, as: UTF8.self)
                }
                content += Array(repeating: quote, count: run)
            case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""):
                content += try escape(isLong: isLong)
            case _ where isAtLineEnd:
                guard isLong else { throw fault("the string that began here has no end", at: start) }
                try newLine()
                content.append(UInt8(ascii: "\n"))
            case ..<0x20 where byte != UInt8(ascii: "\t"), 0x7F: throw fault("a control character")
            default:
                content.append(byte)
                advance()
            }
        }
        throw fault("the string that began here has no end", at: start)
    }

    private mutating func escape(isLong: Bool) throws(TOMLFault) -> [UInt8] {
        let start = place
        advance()
        let simple: UInt8
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): simple = bytes[position]
        case UInt8(ascii: "b"): simple = 0x08
        case UInt8(ascii: "t"): simple = 0x09
        case UInt8(ascii: "n"): simple = 0x0A
        case UInt8(ascii: "f"): simple = 0x0C
        case UInt8(ascii: "r"): simple = 0x0D
        case UInt8(ascii: "u"): return try scalar(digits: 4, at: start)
        case UInt8(ascii: "U"): return try scalar(digits: 8, at: start)
        default:
            guard isLong, try skipFoldedLines() else { throw fault("an escape that TOML does not know", at: start) }
            return []
        }
        advance()
        return [simple]
    }

    private mutating func scalar(digits: Int, at start: Place) throws(TOMLFault) -> [UInt8] {
        advance()
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = next.flatMap(ASCII.hexValue) else {
                throw fault("expected \(digits) hexadecimal digits", at: start)
            }
            value = value << 4 | UInt32(digit)
            advance()
        }
        guard let scalar = Unicode.Scalar(value) else { throw fault("no character has this number", at: start) }
        return Array(String(Character(scalar)).utf8)
    }

    /// Behind a backslash at a line's end: up to the next character that is no blank.
    /// - Returns: false when something else follows on the line.
    private mutating func skipFoldedLines() throws(TOMLFault) -> Bool {
        skipBlanks()
        guard isAtLineEnd else { return false }
        while isAtLineEnd {
            try newLine()
            skipBlanks()
        }
        return true
    }
}
