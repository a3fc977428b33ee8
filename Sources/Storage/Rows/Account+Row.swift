import Farm
import GRDB

extension Account: StoredRow {
    static let table = "accounts"
    static let columns = ["id", "name", "created_at", "disabled_at"]
    static let upsert = upsertStatement()

    var values: [(any DatabaseValueConvertible)?] {
        [id.rawValue, name, createdAt.microseconds, disabledAt?.microseconds]
    }

    init(_ row: StoredColumns) throws {
        self.init(
            id: try row.id("id"), name: try row.text("name"), createdAt: try row.time("created_at"),
            disabledAt: try row.optionalTime("disabled_at"))
    }
}
