public import Farm
import GRDB

/// What a backup holds.
public struct BackupContents: Equatable, Sendable {
    /// How many rows a table has.
    public struct Table: Equatable, Sendable {
        public var name: String
        /// Counted when the backup was read, so that they are what is in the file.
        public var rows: Int
    }
    /// SQLite's `user_version`: the number of the last migration that the database has had; 0 for one that is not
    /// farmtop's.
    public var schema: Int
    /// Nil for a database that was copied by other means.
    public var madeAt: Timestamp?
    /// Every byte of it was compared with what was written. False for backups of farmtop 0.1 and other copies.
    public var hasDigest: Bool
    /// Size of the file.
    public var bytes: Int64
    /// In the order in which they were made, without those of SQLite, of migrations, and of the backup itself.
    public var tables: [Table]
    /// Rows of them; the file need not hold the pictures themselves.
    public var pictures: Int
    /// Sum of the files' sizes as the rows have them.
    public var pictureBytes: Int64

    /// How many rows a table has; 0 when there is none of that name.
    public func rows(_ table: String) -> Int { tables.first { $0.name == table }?.rows ?? 0 }

    init(_ database: Database, bytes: Int64) throws {
        self.bytes = bytes
        schema = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let names = try String.fetchAll(
            database,
            sql: """
                SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                AND name NOT LIKE 'backup\\_%' ESCAPE '\\' AND name <> 'grdb_migrations' ORDER BY rowid
                """)
        tables = try names.map { name in
            Table(name: name, rows: try Int.fetchOne(database, sql: "SELECT count(*) FROM \(name)") ?? 0)
        }
        pictures = try Int.fetchOne(database, sql: "SELECT count(*) FROM frame_pictures") ?? 0
        pictureBytes = try Int64.fetchOne(database, sql: "SELECT sum(bytes) FROM frame_pictures") ?? 0
        hasDigest =
            try database.tableExists("backup_info")
            && database.columns(in: "backup_info").contains { $0.name == "has_digest" }
        madeAt =
            try database.tableExists("backup_info")
            ? Int64.fetchOne(database, sql: "SELECT made_at FROM backup_info").map(Timestamp.init(microseconds:)) : nil
    }
}
