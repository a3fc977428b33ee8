import Text

/// On which line each key of a TOML text stands. The n-th table of a list (`[[notify]]`) is named `#n`, from 0:
/// `["notify", "#0", "url"]`.
///
/// The parser does not tell, so the text is read once more, as far as needed to know keys from values: strings of all four
/// kinds, comments, brackets, dates.
struct TOMLKeyLines: Sendable {
    /// First line of each key, and of each table's header, from 1.
    private var lines: [[String]: Int] = [:]
    /// The first fault that the parser takes for one of its own, ending the process; it must be refused before. Other
    /// faults are the parser's to tell.
    private(set) var fault: TOMLFault?

    init(_ text: String) {
        var reader = Reader(bytes: Array(text.utf8))
        reader.readDocument { path, line in
            if lines[path] == nil { lines[path] = line }
        }
        fault = reader.fault
    }

    /// The lines of the tables of a list, in their order.
    func all(_ section: String) -> [Int] {
        var lines: [Int] = []
        while let line = self[[section, "#\(lines.count)"]] { lines.append(line) }
        return lines
    }

    subscript(path: [String]) -> Int? { lines[path] }

    /// A cursor over any text. Where the text is no TOML it stops, or goes on with the next line; it never traps.
    private struct Reader {
        let bytes: [UInt8]
        var position = 0
        var line = 1
        var lineStart = 0
        var fault: TOMLFault?

        /// Each part of a key is a table in a table, and the parser goes down into them by recursion.
        static let keyPartLimit = 100

        init(bytes: [UInt8]) {
            self.bytes = bytes
            let mark = Array("\u{FEFF}".utf8)
            if bytes.starts(with: mark) {
                position = mark.count
                lineStart = mark.count
            }
        }

        var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func advance(_ count: Int = 1) {
            for _ in 0..<count where position < bytes.count {
                position += 1
                guard bytes[position - 1] == UInt8(ascii: "\n") else { continue }
                line += 1
                lineStart = position
            }
        }

        /// Remembers the first fault. What comes after it is not read.
        mutating func fail(_ reason: String) {
            guard fault == nil else { return }
            fault = TOMLFault(line: line, column: position - lineStart + 1, reason: reason)
            stop()
        }

        /// Here the text is no TOML, and the parser will say so.
        mutating func stop() { position = bytes.count }

        mutating func skip(while condition: (UInt8) -> Bool) {
            while let byte = next, condition(byte) { advance() }
        }

        mutating func skipBlanks() { skip { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }

        /// Blanks; inside a list also line breaks and comments.
        mutating func skipSpace(overLines: Bool) {
            skipBlanks()
            guard overLines else { return }
            while let byte = next, byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "#")
            {
                if byte == UInt8(ascii: "#") { skipLine() } else { advance() }
                skipBlanks()
            }
        }

        mutating func skipLine() { skip { $0 != UInt8(ascii: "\n") } }

        mutating func readDocument(_ found: ([String], Int) -> Void) {
            var table: [String] = []
            /// How many tables each list of tables has so far.
            var elements: [[String]: Int] = [:]
            while let byte = next {
                switch byte {
                case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): advance()
                case UInt8(ascii: "#"): skipLine()
                case UInt8(ascii: "["):
                    let start = line
                    advance()
                    skipBlanks()
                    let isElement = next == UInt8(ascii: "[")
                    if isElement {
                        advance()
                        skipBlanks()
                    }
                    if !startsKey() { fail("no name of a section follows the bracket") }
                    table = readDottedKey()
                    for length in table.indices { found(Array(table[...length]), start) }
                    if isElement {
                        let number = elements[table, default: 0]
                        elements[table] = number + 1
                        table.append("#\(number)")
                        found(table, start)
                    }
                    skipLine()
                default: readAssignment(in: table, found)
                }
            }
        }

        /// `a.b = value`: reports `a` and `a.b`, then what stands inside the value.
        mutating func readAssignment(in table: [String], _ found: ([String], Int) -> Void) {
            let start = line
            let key = readDottedKey()
            guard !key.isEmpty, next == UInt8(ascii: "=") else { return stop() }
            for length in key.indices { found(table + key[...length], start) }
            advance()
            readValue(of: table + key, found)
        }

        mutating func readDottedKey() -> [String] {
            var parts: [String] = []
            while true {
                skipBlanks()
                guard let part = readKeyPart() else { return parts }
                parts.append(part)
                if parts.count > Self.keyPartLimit { fail("a key of more than \(Self.keyPartLimit) parts") }
                skipBlanks()
                guard next == UInt8(ascii: ".") else { return parts }
                advance()
            }
        }

        func startsKey() -> Bool {
            next.map { Self.isBareKey($0) || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") } ?? false
        }

        static func isBareKey(_ byte: UInt8) -> Bool {
            BaseEncoding.isURLDigit(byte)
        }

        mutating func readKeyPart() -> String? {
            if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") { return readString() }
            let start = position
            skip(while: Self.isBareKey)
            return position == start ? nil : String(decoding: bytes[start..<position], as: UTF8.self)
        }

        /// Up to the end of the value; keys of inline tables are reported.
        mutating func readValue(of path: [String], _ found: ([String], Int) -> Void) {
            /// The brackets and braces that are open.
            var open: [UInt8] = []
            repeat {
                skipSpace(overLines: open.last == UInt8(ascii: "["))
                guard let byte = next else { return }
                switch byte {
                case UInt8(ascii: "["):
                    open.append(byte)
                    advance()
                    skipSpace(overLines: true)
                    if next != UInt8(ascii: "]") { continue }
                case UInt8(ascii: "{"):
                    open.append(byte)
                    advance()
                    skipBlanks()
                    if next != UInt8(ascii: "}") {
                        readInlineKey(of: open.count == 1 ? path : nil, found)
                        continue
                    }
                case UInt8(ascii: "\""), UInt8(ascii: "'"): _ = readString()
                case UInt8(ascii: "}") where open.last == UInt8(ascii: "["):
                    return fail("a brace stands where a value of a list is expected")
                default: readBareValue()
                }
                readEnds(of: &open, path, found)
            } while !open.isEmpty
        }

        /// After a value: closes what closes there, up to where the next value begins.
        mutating func readEnds(of open: inout [UInt8], _ path: [String], _ found: ([String], Int) -> Void) {
            while let opener = open.last {
                let isArray = opener == UInt8(ascii: "[")
                skipSpace(overLines: isArray)
                switch next {
                case UInt8(ascii: ","):
                    advance()
                    skipSpace(overLines: isArray)
                    guard isArray else { return readInlineKey(of: open.count == 1 ? path : nil, found) }
                    guard next == UInt8(ascii: "]") else { return }
                case isArray ? UInt8(ascii: "]") : UInt8(ascii: "}"):
                    advance()
                    open.removeLast()
                default: return stop()
                }
            }
        }

        /// A key inside a table in braces, and its equals sign.
        /// - Parameter path: of that table; nil for one inside another value, whose keys are not reported.
        mutating func readInlineKey(of path: [String]?, _ found: ([String], Int) -> Void) {
            let key = readDottedKey()
            guard !key.isEmpty, next == UInt8(ascii: "=") else { return stop() }
            if let path { for length in key.indices { found(path + key[...length], line) } }
            advance()
        }

        /// A number, a word, a date.
        mutating func readBareValue() {
            for separator in ["\u{85}", "\u{2028}", "\u{2029}"] where bytes[position...].starts(with: separator.utf8) {
                return fail("a line separator that TOML does not know")
            }
            let start = position
            skip { !Self.endsValue($0) }
            guard position > start else { return stop() }
            let value = Array(String(decoding: bytes[start..<position], as: UTF8.self).unicodeScalars)
            // Underscores part the digits of numbers. The parser skips them in dates, too, before it refuses them.
            let date = value.filter { $0 != "_" }
            guard date.count >= 10, date[4] == "-", date[7] == "-", Self.isDigit(date[0]) else { return }
            if date.count == 10 {
                let time = bytes[position...].dropFirst().prefix { Self.isDigit(Unicode.Scalar($0)) }
                if next == UInt8(ascii: " "), time.count == 1 {
                    position = start
                    fail("no time follows a date and a space")
                }
            } else if let sign = value.firstIndex(where: { $0 == "T" || $0 == "t" }) {
                guard value[(sign + 1)...].first.map(Self.isDigit) != true else { return }
                position = start
                fail("no time follows the T of a date")
            }
        }

        static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

        static func endsValue(_ byte: UInt8) -> Bool {
            switch byte {
            case 9...13, UInt8(ascii: " "), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ","), UInt8(ascii: "#"):
                true
            default: false
            }
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
