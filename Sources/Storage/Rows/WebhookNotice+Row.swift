import Farm
import GRDB

extension WebhookNotice {
    static let table = "webhook_outbox"
    private static let columns = [
        "delivery_id", "event_type", "is_warning", "print_paused", "printer_id", "printer_name", "print_id", "filename",
        "started_at", "ended_at", "frame", "created_at", "tries", "refusals", "next_try_at",
        "pause_requested", "created_steady",
    ]
    /// A new row: SQLite gives it the next id.
    static let insert =
        "INSERT INTO \(table) (\(columns.joined(separator: ", "))) "
        + "VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))"

    /// In the order of `columns`: never tried, and due at once. No print is number 0, which no print has.
    var values: [(any DatabaseValueConvertible)?] {
        [
            deliveryID, kind.rawValue, isWarning, isPrintPaused, printerID.rawValue, printerName,
            printID?.rawValue ?? 0,
            filename, startedAt.microseconds, endedAt?.microseconds, frame, createdAt.microseconds, 0, 0,
            createdAt.microseconds, isPauseRequested, createdSteady?.microseconds,
        ]
    }

    init(_ row: StoredColumns) throws {
        self.init(
            deliveryID: try row.text("delivery_id"), kind: try row.word("event_type"),
            isWarning: try row.flag("is_warning"), isPrintPaused: try row.flag("print_paused"),
            isPauseRequested: try row.flag("pause_requested"),
            printerID: try row.id("printer_id"), printerName: try row.text("printer_name"),
            printID: try row.integer("print_id") == 0 ? nil : row.id("print_id"), filename: try row.text("filename"),
            startedAt: try row.time("started_at"),
            endedAt: try row.optionalTime("ended_at"), frame: try row.optionalInteger("frame"),
            createdAt: try row.time("created_at"),
            createdSteady: try row.optionalInteger("created_steady").map(SteadyTime.init(microseconds:)))
    }
}

extension PendingNotice {
    init(_ row: StoredColumns) throws {
        self.init(
            id: try row.id("id"), notice: try WebhookNotice(row), tries: try row.integer("tries"),
            refusals: try row.integer("refusals"), nextTryAt: try row.time("next_try_at"))
    }
}
