import Farm
import GRDB

/// The tags of printers, a row each.
enum PrinterTagRows {
    static let table = "printer_tags"

    static func replace(_ tags: PrinterTags, of printer: PrinterID, _ database: Database) throws {
        let id = printer.rawValue
        try database.cachedStatement(sql: "DELETE FROM \(table) WHERE printer_id = ?").execute(arguments: [id])
        let insertion = try database.cachedStatement(sql: "INSERT INTO \(table) (printer_id, tag) VALUES (?, ?)")
        for tag in tags.all { try insertion.execute(arguments: [id, tag]) }
    }

    /// Puts them into the printers of one load. What is no tag in this version is left out and told.
    static func read(into printers: inout [Printer], _ database: Database, warn: (String) -> Void) throws {
        var tags: [PrinterID: [String]] = [:]
        let rows = try Row.fetchCursor(
            database.cachedStatement(sql: "SELECT printer_id, tag FROM \(table) ORDER BY printer_id, tag"))
        while let row = try rows.next() {
            let columns = StoredColumns(row, of: table)
            tags[try columns.id("printer_id"), default: []].append(try columns.text("tag"))
        }
        for index in printers.indices {
            guard let words = tags[printers[index].id] else { continue }
            let known = words.filter { PrinterTags.tag($0) == $0 }.prefix(PrinterTags.limit)
            if known.count < words.count {
                warn("printer \(printers[index].id) has tags that this farmtop does not take")
            }
            if let valid = PrinterTags(known) { printers[index].settings.tags = valid }
        }
    }
}
