import Farm
import GRDB

extension FarmEvent: StoredRow {
    static let table = "printer_events"
    static let columns = [
        "id", "event_type", "event_class", "event_title", "event_text", "created_at", "account_id", "printer_id",
        "print_id", "frame", "actor", "actor_name",
    ]
    static let upsert = upsertStatement()

    var values: [(any DatabaseValueConvertible)?] {
        [
            id.rawValue, kind.rawValue, severity.rawValue, title, text, createdAt.microseconds, accountID.rawValue,
            printerID.rawValue, printID?.rawValue, frame, actor.kind, actor.name,
        ]
    }

    init(_ row: StoredColumns) throws {
        self.init(
            id: try row.id("id"), kind: try row.word("event_type"), severity: try row.word("event_class"),
            actor: try row.actor("actor", named: "actor_name"),
            title: try row.text("event_title"), text: try row.text("event_text"), createdAt: try row.time("created_at"),
            accountID: try row.id("account_id"), printerID: try row.id("printer_id"),
            printID: try row.optionalID("print_id"), frame: try row.optionalInteger("frame"))
    }
}
