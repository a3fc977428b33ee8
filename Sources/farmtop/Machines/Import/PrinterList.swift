import Farm
import FarmConfiguration
import Text

/// A printer of a list, checked as far as the list alone tells.
struct ListedPrinter: Equatable, Sendable {
    /// The line of the file, from 1.
    var line: Int
    var name: String
    /// Nil: of the account that the command names.
    var account: String?
    var link: LinkSettings
    var credentials: GivenCredentials
    var camera: CameraSource?
    var tags: PrinterTags
}

/// What is wrong with a line of a list, and what to do. No key is in it.
struct ListProblem: Equatable, Sendable {
    /// Nil when it is about the whole file.
    var line: Int?
    /// `url`; nil when it is about the whole line.
    var column: String?
    var message: String

    /// `printers.csv:3: url: The address has no host.`
    func sentence(in file: String) -> String {
        file + (line.map { ":\($0)" } ?? "") + ": " + (column.map { "\($0): " } ?? "") + message
    }

    var json: JSONText {
        .object([
            ("line", JSONText(line.map(Int64.init))), ("column", JSONText(column)), ("problem", .string(message)),
        ])
    }
}

/// The printers of a table, and everything that is wrong with it: every fault is found in one go.
struct PrinterList: Equatable, Sendable {
    enum Column: String, CaseIterable, Sendable {
        case name, kind, url, key
        case keyFile = "key_file"
        case user, camera, account, tags, fingerprint
    }

    private(set) var printers: [ListedPrinter] = []
    private(set) var problems: [ListProblem] = []

    /// - Parameter readKey: gives what a key file holds.
    init(_ table: CSVTable, readKey: (String) throws(CommandFailure) -> String) {
        guard let columns = columns(of: table.header) else { return }
        for row in table.rows { read(row, columns, readKey) }
        findTwins()
    }

    // MARK: The header

    private mutating func columns(of header: CSVTable.Row) -> [Column]? {
        var columns: [Column] = []
        for cell in header.cells {
            let word = cell.lowercased().replacing(" ", with: "_").replacing("-", with: "_")
            guard let column = Column(rawValue: word) else {
                add(header.line, nil, Self.unknown(word))
                continue
            }
            if columns.contains(column) { add(header.line, column, "The column stands there twice. Remove one.") }
            columns.append(column)
        }
        for column in [Column.name, .kind, .url] where !columns.contains(column) {
            add(header.line, nil, "The column \(column.rawValue) is missing. The first line names the columns.")
        }
        return problems.isEmpty ? columns : nil
    }

    private static func unknown(_ word: String) -> String {
        let known = Column.allCases.map(\.rawValue)
        let name = printable(cleanedText(word, limit: 40))
        return "There is no column \(name). "
            + (nearestSpelling(of: word, among: known).map { "Did you mean \($0)?" }
                ?? "The columns are \(known.joined(separator: ", ")).")
    }

    // MARK: A line

    private mutating func read(
        _ row: CSVTable.Row, _ columns: [Column], _ readKey: (String) throws(CommandFailure) -> String
    ) {
        guard row.cells.count <= columns.count else {
            add(
                row.line, nil,
                "The line has \(row.cells.count) cells, the header \(columns.count). Quote cells with commas.")
            return
        }
        var cells: [Column: String] = [:]
        for (column, cell) in zip(columns, row.cells) where !cell.isEmpty { cells[column] = cell }
        let before = problems.count
        let name = name(cells, row.line)
        let link = link(cells, row.line)
        let credentials = credentials(cells, link?.address.kind, row.line, readKey)
        let camera = camera(cells, row.line)
        let tags = tags(cells, row.line)
        guard problems.count == before, let name, let link, let credentials, let tags else { return }
        printers.append(
            ListedPrinter(
                line: row.line, name: name, account: cells[.account], link: link, credentials: credentials,
                camera: camera, tags: tags))
    }

    private mutating func name(_ cells: [Column: String], _ line: Int) -> String? {
        guard let name = cells[.name] else {
            add(line, .name, "The printer has no name. Give it one.")
            return nil
        }
        guard name.unicodeScalars.count <= 256 else {
            add(line, .name, "The name is longer than 256 characters.")
            return nil
        }
        return name
    }

    private mutating func link(_ cells: [Column: String], _ line: Int) -> LinkSettings? {
        let kinds = LinkKind.allCases.map(\.rawValue).joined(separator: ", ")
        let kind = cells[.kind].flatMap { LinkKind(rawValue: $0.lowercased()) }
        if kind == nil { add(line, .kind, "Give one of \(kinds).") }
        let base = address(cells[.url], of: .url, line)
        if let base, base.query != nil {
            add(line, .url, "Give the address of the server itself, without a question mark and what follows.")
        }
        var fingerprint: CertificateFingerprint?
        if let text = cells[.fingerprint] {
            fingerprint = Fingerprint(argument: text)?.value
            if fingerprint == nil { add(line, .fingerprint, "Give the 64 digits of the certificate's SHA-256.") }
        }
        guard let kind, let base else { return nil }
        return LinkSettings(address: LinkAddress(kind: kind, base: base), fingerprint: fingerprint)
    }

    private mutating func address(_ text: String?, of column: Column, _ line: Int) -> WebAddress? {
        do throws(WebAddressError) {
            let parsed = try WebAddress.parse(text ?? "")
            guard parsed.credentials == nil else {
                add(line, column, "Leave user and password out of the address; they have columns of their own.")
                return nil
            }
            return parsed.address
        } catch {
            add(line, column, error.description)
            return nil
        }
    }

    /// A program or a file is no camera here: `WebAddress` takes neither.
    private mutating func camera(_ cells: [Column: String], _ line: Int) -> CameraSource? {
        guard let text = cells[.camera] else { return nil }
        if text == "printer" { return .printer }
        return address(text, of: .camera, line).map(CameraSource.snapshot)
    }

    private mutating func credentials(
        _ cells: [Column: String], _ kind: LinkKind?, _ line: Int, _ readKey: (String) throws(CommandFailure) -> String
    ) -> GivenCredentials? {
        var secret = cells[.key]
        if let path = cells[.keyFile] {
            guard secret == nil else {
                add(line, .keyFile, "Give the key or its file, not both.")
                return nil
            }
            do throws(CommandFailure) { secret = try readKey(path) } catch {
                add(line, .keyFile, error.message)
                return nil
            }
        }
        switch kind {
        case nil: return nil
        case .moonraker: return secret.map(GivenCredentials.apiKey) ?? GivenCredentials.none
        case .octoprint:
            if let secret { return .apiKey(secret) }
            add(line, .key, "OctoPrint needs a key. Make one in its settings (Application Keys), or connect it alone.")
        case .prusalink:
            if let secret { return .password(user: cells[.user] ?? "maker", password: secret) }
            add(line, .key, "PrusaLink needs the password that the printer shows (Settings, Network).")
        }
        return nil
    }

    private mutating func tags(_ cells: [Column: String], _ line: Int) -> PrinterTags? {
        let words = (cells[.tags] ?? "").split { " ,;|\t\n\r".contains($0) }.map(String.init)
        let tags = PrinterTags(words)
        if tags == nil { add(line, .tags, PrinterTags.rule) }
        return tags
    }

    // MARK: The lines together

    /// Two lines of one name, or of one machine.
    private mutating func findTwins() {
        var names: [String: Int] = [:]
        var machines: [MachinePlace: Int] = [:]
        for printer in printers {
            if let first = names[printer.name] {
                add(printer.line, .name, "Line \(first) has the same name. Give each printer its own.")
            } else {
                names[printer.name] = printer.line
            }
            let place = MachinePlace(printer.link.address)
            if let first = machines[place] {
                add(printer.line, .url, "Line \(first) has the same address. A machine belongs to one printer.")
            } else {
                machines[place] = printer.line
            }
        }
    }

    private mutating func add(_ line: Int, _ column: Column?, _ message: String) {
        problems.append(ListProblem(line: line, column: column?.rawValue, message: message))
    }
}
