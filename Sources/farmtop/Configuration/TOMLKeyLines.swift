/// On which line each key of a TOML text stands. The parser does not tell, so the text is read once more, as far as
/// needed to know keys from values: strings of all four kinds, comments, brackets.
struct TOMLKeyLines: Sendable {
    /// First line of each key, and of each table's header, from 1.
    private var lines: [[String]: Int] = [:]
    /// The line of a `[` that no key follows. The parser takes that for a fault of its own and ends the process, so it
    /// must be refused before.
    private(set) var headerWithoutKey: Int?

    init(_ text: String) {
        var reader = Reader(bytes: Array(text.utf8))
        reader.readDocument { path, line in
            if lines[path] == nil { lines[path] = line }
        }
        headerWithoutKey = reader.headerWithoutKey
    }

    subscript(path: [String]) -> Int? { lines[path] }

    /// A cursor over text that the parser has accepted. On other text it ends without a result, never with a trap.
    private struct Reader {
        let bytes: [UInt8]
        var position = 0
        var line = 1
        var headerWithoutKey: Int?

        init(bytes: [UInt8]) { self.bytes = bytes }

        var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func advance(_ count: Int = 1) {
            for _ in 0..<count where position < bytes.count {
                if bytes[position] == UInt8(ascii: "\n") { line += 1 }
                position += 1
            }
        }

        mutating func skip(while condition: (UInt8) -> Bool) {
            while let byte = next, condition(byte) { advance() }
        }

        mutating func skipBlanks() { skip { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }

        mutating func skipLine() { skip { $0 != UInt8(ascii: "\n") } }

        func starts(with text: StaticString) -> Bool {
            text.withUTF8Buffer { bytes[position...].starts(with: $0) }
        }

        mutating func readDocument(_ found: ([String], Int) -> Void) {
            var table: [String] = []
            while let byte = next {
                switch byte {
                case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): advance()
                case UInt8(ascii: "#"): skipLine()
                case UInt8(ascii: "["):
                    let start = line
                    advance()
                    skipBlanks()
                    if next == UInt8(ascii: "[") {
                        advance()
                        skipBlanks()
                    }
                    if !startsKey() { headerWithoutKey = headerWithoutKey ?? line }
                    table = readDottedKey()
                    for length in table.indices { found(Array(table[...length]), start) }
                    skipLine()
                default: readAssignment(in: table, found)
                }
            }
        }

        /// `a.b = value`: reports `a` and `a.b`, then what stands inside the value.
        mutating func readAssignment(in table: [String], _ found: ([String], Int) -> Void) {
            let start = (position, line)
            let key = readDottedKey()
            guard next == UInt8(ascii: "=") else {
                skipLine()
                return
            }
            for length in key.indices { found(table + key[...length], start.1) }
            advance()
            readValue(of: table + key, found)
            if position == start.0 { advance() }
        }

        mutating func readDottedKey() -> [String] {
            var parts: [String] = []
            while true {
                skipBlanks()
                guard let part = readKeyPart() else { return parts }
                parts.append(part)
                skipBlanks()
                guard next == UInt8(ascii: ".") else { return parts }
                advance()
            }
        }

        func startsKey() -> Bool {
            next.map { Self.isBareKey($0) || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") } ?? false
        }

        static func isBareKey(_ byte: UInt8) -> Bool {
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-")
        }

        mutating func readKeyPart() -> String? {
            if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") { return readString() }
            let start = position
            skip(while: Self.isBareKey)
            return position == start ? nil : String(decoding: bytes[start..<position], as: UTF8.self)
        }

        /// Up to the end of the value; keys of inline tables are reported.
        mutating func readValue(of path: [String], _ found: ([String], Int) -> Void) {
            var openTables = 0
            var openArrays = 0
            while let byte = next {
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "'"): _ = readString()
                case UInt8(ascii: "#"): skipLine()
                case UInt8(ascii: "\n") where openTables == 0 && openArrays == 0: return
                case UInt8(ascii: "["):
                    openArrays += 1
                    advance()
                case UInt8(ascii: "]"):
                    openArrays -= 1
                    advance()
                case UInt8(ascii: "{") where openArrays == 0:
                    openTables += 1
                    advance()
                    skipBlanks()
                    if openTables == 1 { reportInlineKey(of: path, found) }
                case UInt8(ascii: "{"):
                    openTables += 1
                    advance()
                case UInt8(ascii: "}"):
                    openTables -= 1
                    advance()
                case UInt8(ascii: ",") where openTables == 1 && openArrays == 0:
                    advance()
                    skipBlanks()
                    reportInlineKey(of: path, found)
                default: advance()
                }
            }
        }

        mutating func reportInlineKey(of path: [String], _ found: ([String], Int) -> Void) {
            let key = readDottedKey()
            for length in key.indices { found(path + key[...length], line) }
        }

        /// A string of any kind, with its quotes. Escapes are kept as written but for the quote itself: a key that
        /// needs more is not one of ours.
        mutating func readString() -> String {
            guard let quote = next else { return "" }
            let isTriple =
                bytes.count - position >= 3 && bytes[position + 1] == quote && bytes[position + 2] == quote
            advance(isTriple ? 3 : 1)
            let start = position
            while let byte = next {
                if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                    advance(2)
                } else if byte == quote {
                    guard isTriple else { break }
                    let run = bytes[position...].prefix { $0 == quote }.count
                    if run >= 3 {
                        // Up to two quotes may stand just before the closing three.
                        advance(min(run, 5) - 3)
                        break
                    }
                    advance(run)
                } else if byte == UInt8(ascii: "\n"), !isTriple {
                    break
                } else {
                    advance()
                }
            }
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            if next == quote { advance(isTriple ? 3 : 1) }
            return text
        }
    }
}
