/// A table of comma-separated values (RFC 4180) with a header: what a spreadsheet saves.
///
/// A byte order mark, CRLF, LF or CR at line ends, and `;` or tab in place of the comma are taken, as spreadsheets write them. Empty
/// lines are passed over.
struct CSVTable: Equatable, Sendable {
    struct Row: Equatable, Sendable {
        /// Where it begins in the file, from 1.
        var line: Int
        /// As many as the header has, or other than it has: whoever reads them says so.
        var cells: [String]
    }
    var header: Row
    var rows: [Row]

    static let sizeLimit = 4 << 20
    static let rowLimit = 2000
    static let columnLimit = 64
    /// Unicode scalars.
    static let cellLimit = 2000

    /// - Throws: the first thing that makes the file no table.
    init(_ bytes: [UInt8]) throws(CSVFault) {
        guard bytes.count <= Self.sizeLimit else { throw .tooLong }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8(line: Self.brokenLine(bytes)) }
        var reader = CSVReader(text)
        var rows: [Row] = []
        while let row = try reader.next() {
            guard rows.count <= Self.rowLimit else { throw .tooManyRows(line: row.line) }
            rows.append(row)
        }
        guard !rows.isEmpty else { throw .empty }
        header = rows.removeFirst()
        self.rows = rows
    }

    /// The line of the first bytes that are no UTF-8.
    private static func brokenLine(_ bytes: [UInt8]) -> Int {
        var line = 1
        for part in bytes.split(separator: 10, omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil { return line }
            line += 1
        }
        return line
    }
}

/// Why a file is no table. No cell's text is in it: it may be a key.
enum CSVFault: Error, Equatable, Sendable, CustomStringConvertible {
    case empty
    case tooLong
    case tooManyRows(line: Int)
    case tooManyColumns(line: Int)
    case cellTooLong(line: Int)
    case notUTF8(line: Int)
    /// A quote was opened here and never closed.
    case openQuote(line: Int)
    /// Text stands between a closing quote and the next separator.
    case textAfterQuote(line: Int)
    case nullCharacter(line: Int)

    /// Nil when it is about the whole file.
    var line: Int? {
        switch self {
        case .empty, .tooLong: nil
        case .tooManyRows(let line), .tooManyColumns(let line), .cellTooLong(let line), .notUTF8(let line),
            .openQuote(let line), .textAfterQuote(let line), .nullCharacter(let line):
            line
        }
    }

    var description: String {
        switch self {
        case .empty: "The file is empty. Its first line names the columns: name,kind,url,key_file"
        case .tooLong: "The file is longer than \(CSVTable.sizeLimit >> 20) MiB. Import it in parts."
        case .tooManyRows: "The file has more than \(CSVTable.rowLimit) printers. Import it in parts."
        case .tooManyColumns: "The line has more than \(CSVTable.columnLimit) cells. Is the separator a comma?"
        case .cellTooLong: "A cell is longer than \(CSVTable.cellLimit) characters. Is a quote missing?"
        case .notUTF8: "The line is not UTF-8. Save the table as \"CSV UTF-8\"."
        case .openQuote: "The quote that opens here is never closed."
        case .textAfterQuote: "Text follows a closing quote. Double the quotes inside of a cell: \"a \"\"b\"\" c\"."
        case .nullCharacter: "The line holds a NUL character. Save the table as plain text."
        }
    }
}

/// Takes a text apart, row by row.
private struct CSVReader {
    private var rest: Substring.UnicodeScalarView
    private var line = 1
    /// The one of the header; known once a separator has been met.
    private var separator: Unicode.Scalar?

    init(_ text: String) {
        rest = text.unicodeScalars[...]
        if rest.first == "\u{FEFF}" { rest.removeFirst() }
    }

    /// The next row that is not empty; nil at the end.
    mutating func next() throws(CSVFault) -> CSVTable.Row? {
        while !rest.isEmpty {
            let row = try row()
            if row.cells.contains(where: { !$0.isEmpty }) { return row }
        }
        return nil
    }

    private mutating func row() throws(CSVFault) -> CSVTable.Row {
        let start = line
        var cells: [String] = []
        while true {
            guard cells.count < CSVTable.columnLimit else { throw .tooManyColumns(line: start) }
            cells.append(try cell())
            guard let scalar = rest.popFirst() else { break }
            if !isSeparator(scalar) {
                endLine(scalar)
                break
            }
        }
        // Only in the header may the separator be found.
        if separator == nil { separator = "," }
        return CSVTable.Row(line: start, cells: cells)
    }

    /// Leaves what ended it at the front of the rest.
    private mutating func cell() throws(CSVFault) -> String {
        while rest.first == " " { rest.removeFirst() }
        return rest.first == "\"" ? try quotedCell() : try plainCell()
    }

    private mutating func plainCell() throws(CSVFault) -> String {
        var text = Cell()
        while let scalar = rest.first, !isEnd(scalar) {
            try add(scalar, to: &text)
            rest.removeFirst()
        }
        while text.scalars.last == " " { text.scalars.removeLast() }
        return String(text.scalars)
    }

    private mutating func quotedCell() throws(CSVFault) -> String {
        let start = line
        var text = Cell()
        rest.removeFirst()
        while true {
            guard let scalar = rest.popFirst() else { throw .openQuote(line: start) }
            if scalar == "\"" {
                guard rest.first == "\"" else { break }
                rest.removeFirst()
            } else if scalar == "\n" || (scalar == "\r" && rest.first != "\n") {
                line += 1
            }
            try add(scalar, to: &text)
        }
        while rest.first == " " { rest.removeFirst() }
        if let scalar = rest.first, !isEnd(scalar) { throw .textAfterQuote(line: line) }
        return String(text.scalars)
    }

    private struct Cell {
        var scalars = String.UnicodeScalarView()
        /// Kept beside them: to count them takes as long as they are many.
        var count = 0
    }

    private func add(_ scalar: Unicode.Scalar, to cell: inout Cell) throws(CSVFault) {
        guard scalar != "\0" else { throw .nullCharacter(line: line) }
        guard cell.count < CSVTable.cellLimit else { throw .cellTooLong(line: line) }
        cell.scalars.append(scalar)
        cell.count += 1
    }

    private mutating func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        if let separator { return scalar == separator }
        guard Self.separators.contains(scalar) else { return false }
        separator = scalar
        return true
    }

    private func isEnd(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "\n" || scalar == "\r" { return true }
        if let separator { return scalar == separator }
        return Self.separators.contains(scalar)
    }

    private mutating func endLine(_ scalar: Unicode.Scalar) {
        if scalar == "\r", rest.first == "\n" { rest.removeFirst() }
        line += 1
    }

    private static let separators: [Unicode.Scalar] = [",", ";", "\t"]
}
