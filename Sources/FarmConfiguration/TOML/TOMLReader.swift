import Text

/// TOML 1.0 text → values, each key with its line. Whatever the text is, reading ends in values or in a fault with its place.
///
/// Own code in place of a library: TOMLKit (toml++) tells no lines of keys, takes some faults for its own and ends the process, and
/// reads up to the first NUL; a second reader had to go before it.
package struct TOMLReader {
    /// Lists and tables inside each other, and parts of a key.
    static let depthLimit = 100

    let bytes: [UInt8]
    var position = 0
    private var line = 1
    private var lineStart = 0

    private init(_ text: String) {
        bytes = Array(text.utf8)
        let mark = Array("\u{FEFF}".utf8)
        if bytes.starts(with: mark) { (position, lineStart) = (mark.count, mark.count) }
    }

    /// The keys of the outermost table, sorted.
    package static func read(_ text: String) throws(TOMLFault) -> [TOMLEntry] {
        var reader = TOMLReader(text)
        return try reader.document()
    }

    private mutating func document() throws(TOMLFault) -> [TOMLEntry] {
        let root = TOMLTable(.header)
        var table = root
        while true {
            skipBlanks()
            if next == nil { break }
            if next == UInt8(ascii: "[") {
                table = try header(in: root)
            } else if next != UInt8(ascii: "#"), !isAtLineEnd {
                try assignment(in: table, depth: 0)
            }
            try endLine()
        }
        return root.entries
    }

    // MARK: Tables

    private mutating func header(in root: TOMLTable) throws(TOMLFault) -> TOMLTable {
        let start = place
        advance()
        let isList = take("[")
        let names = try key()
        guard take("]"), !isList || take("]") else {
            throw fault("expected \(isList ? "]]" : "]") after the section's name")
        }
        var table = root
        for name in names.dropLast() {
            guard let inner = table.descend(name, line: start.line) else { throw twice(name, at: start) }
            table = inner
        }
        let last = names[names.count - 1]
        guard let opened = isList ? table.append(last, line: start.line) : table.open(last, line: start.line) else {
            throw twice(last, at: start)
        }
        return opened
    }

    /// `a.b = value`
    private mutating func assignment(in table: TOMLTable, depth: Int) throws(TOMLFault) {
        let start = place
        let names = try key()
        guard take("=") else { throw fault("expected = after the key") }
        skipBlanks()
        let node = try value(depth: depth + names.count - 1)
        var table = table
        for name in names.dropLast() {
            guard let inner = table.extend(name, line: start.line) else { throw twice(name, at: start) }
            table = inner
        }
        let last = names[names.count - 1]
        guard table.set(last, node, line: start.line) else { throw twice(last, at: start) }
    }

    private func twice(_ name: String, at place: Place) -> TOMLFault {
        fault("\(name.prefix(80).debugDescription) is defined twice", at: place)
    }

    /// Blanks around it are skipped. At least one part.
    private mutating func key() throws(TOMLFault) -> [String] {
        var parts: [String] = []
        repeat {
            skipBlanks()
            guard parts.count < Self.depthLimit else { throw fault("a key of more than \(Self.depthLimit) parts") }
            parts.append(try keyPart())
            skipBlanks()
        } while take(".")
        return parts
    }

    private mutating func keyPart() throws(TOMLFault) -> String {
        if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") { return try string(mayBeLong: false) }
        let part = takeBytes(while: BaseEncoding.isURLDigit)
        guard !part.isEmpty else { throw fault("expected a key") }
        return String(decoding: part, as: UTF8.self)
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(TOMLFault) -> TOMLNode {
        guard depth < Self.depthLimit else { throw fault("nested more than \(Self.depthLimit) levels deep") }
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try string(mayBeLong: true))
        case UInt8(ascii: "["): return try list(depth: depth)
        case UInt8(ascii: "{"): return try inlineTable(depth: depth)
        default: return try bareValue()
        }
    }

    private mutating func list(depth: Int) throws(TOMLFault) -> TOMLNode {
        advance()
        var nodes: [TOMLNode] = []
        while true {
            try skipLines()
            if take("]") { return .array(nodes) }
            nodes.append(try value(depth: depth + 1))
            try skipLines()
            if take("]") { return .array(nodes) }
            guard take(",") else { throw fault("expected , or ] after a value of a list") }
        }
    }

    private mutating func inlineTable(depth: Int) throws(TOMLFault) -> TOMLNode {
        advance()
        let table = TOMLTable(.inline)
        skipBlanks()
        if take("}") { return .table([]) }
        while true {
            try assignment(in: table, depth: depth + 1)
            skipBlanks()
            if take("}") { return .table(table.entries) }
            guard take(",") else { throw fault("expected , or } after a value of a table") }
        }
    }

    // MARK: Lines

    struct Place {
        var line: Int
        var column: Int
    }

    var place: Place { Place(line: line, column: position - lineStart + 1) }

    func fault(_ reason: String) -> TOMLFault { fault(next == 0 ? "a NUL character" : reason, at: place) }

    func fault(_ reason: String, at place: Place) -> TOMLFault {
        TOMLFault(line: place.line, column: place.column, reason: reason)
    }

    var isAtLineEnd: Bool {
        next == UInt8(ascii: "\n") || (next == UInt8(ascii: "\r") && byte(after: 1) == UInt8(ascii: "\n"))
    }

    /// After a header or an assignment: a comment, and the end of the line or of the text.
    private mutating func endLine() throws(TOMLFault) {
        skipBlanks()
        if next == UInt8(ascii: "#") { try skipComment() }
        guard isAtLineEnd else {
            if next == nil { return }
            throw fault("expected the end of the line")
        }
        try newLine()
    }

    /// Blanks, comments and line ends, as they may stand in a list.
    private mutating func skipLines() throws(TOMLFault) {
        while true {
            skipBlanks()
            if next == UInt8(ascii: "#") {
                try skipComment()
            } else if isAtLineEnd {
                try newLine()
            } else {
                return
            }
        }
    }

    private mutating func skipComment() throws(TOMLFault) {
        while let byte = next, !isAtLineEnd {
            guard byte >= 0x20 && byte != 0x7F || byte == UInt8(ascii: "\t") else {
                throw fault("a control character")
            }
            advance()
        }
    }

    /// Over `\n` or `\r\n`, which is there.
    mutating func newLine() throws(TOMLFault) {
        if next == UInt8(ascii: "\r") { advance() }
        advance()
        line += 1
        lineStart = position
    }

    // MARK: Bytes

    var next: UInt8? { byte(after: 0) }

    func byte(after count: Int) -> UInt8? { position + count < bytes.count ? bytes[position + count] : nil }

    /// Within a line.
    mutating func advance(_ count: Int = 1) { position += count }

    mutating func take(_ text: StaticString) -> Bool {
        let wanted = text.description.utf8
        guard bytes[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    mutating func takeBytes(while condition: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = position
        while let byte = next, condition(byte) { position += 1 }
        return bytes[start..<position]
    }

    mutating func skipBlanks() {
        while let byte = next, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { position += 1 }
    }
}
