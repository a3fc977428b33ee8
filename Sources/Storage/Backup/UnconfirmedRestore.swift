import Farm
import GRDB

/// The one row of a farm that was restored from a backup, and that nobody has confirmed.
enum UnconfirmedRestore {
    static let table = "unconfirmed_restore"

    /// Nil: the farm was not restored, or a person has confirmed it.
    static func read(_ database: Database) throws -> Timestamp? {
        try Int64.fetchOne(database, sql: "SELECT restored_at FROM \(table)").map(Timestamp.init(microseconds:))
    }

    /// - Parameter moment: of the restore; nil: it is confirmed.
    static func write(_ moment: Timestamp?, _ database: Database) throws {
        guard let moment else { return try database.execute(sql: "DELETE FROM \(table)") }
        try database.execute(
            sql: "INSERT OR REPLACE INTO \(table) (id, restored_at) VALUES (1, ?)", arguments: [moment.microseconds])
    }
}
