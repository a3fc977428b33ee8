import GRDB

/// Whether a database is whole and is what this program would have made.
enum DatabaseCheck {
    /// Tables that only a backup has.
    static let backupTables = ["backup_info", "backup_pictures", BackupSecrets.table]

    /// - Parameter path: the file's, for the error.
    /// - Throws: `corrupt` with the first complaint.
    static func all(_ database: Database, _ path: String) throws {
        try integrity(database, path)
        try schema(database, path)
    }

    /// The structure of every page, every reference between rows, and the tables' definitions: all but whether the indexes agree
    /// with their rows, which takes many times as long.
    static func quick(_ database: Database, _ path: String) throws {
        let verdict = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
        guard verdict == "ok" else { throw StorageError.corrupt(path: path, detail: verdict) }
        try references(database, path)
        try schema(database, path)
    }

    /// SQLite's own check of every page and index, and of every reference between rows.
    static func integrity(_ database: Database, _ path: String) throws {
        let verdict = try String.fetchOne(database, sql: "PRAGMA integrity_check(1)") ?? "no answer"
        guard verdict == "ok" else {
            // Its first line says only in which database.
            let complaint = verdict.split(separator: "\n").last { !$0.hasPrefix("***") } ?? "no answer"
            throw StorageError.corrupt(path: path, detail: String(complaint))
        }
        try references(database, path)
    }

    private static func references(_ database: Database, _ path: String) throws {
        guard try Row.fetchOne(database, sql: "PRAGMA foreign_key_check") == nil else {
            throw StorageError.corrupt(path: path, detail: "a row names another one that does not exist")
        }
    }

    /// A backup that was made with a digest must still have it.
    static func digest(_ database: Database, _ path: String, isThere: Bool) throws {
        guard !isThere, try database.tableExists("backup_info"),
            try database.columns(in: "backup_info").contains(where: { $0.name == "has_digest" })
        else { return }
        throw StorageError.damagedBackup(path: path, detail: "its digest is missing")
    }

    /// Compares every table and index with those of a new database of the same version.
    static func schema(_ database: Database, _ path: String) throws {
        let migrator = Schema.migrator
        let applied = try migrator.appliedIdentifiers(database)
        guard let last = migrator.migrations.last(where: applied.contains) else {
            throw StorageError.corrupt(path: path, detail: "it does not say which version it is")
        }
        let fresh = try DatabaseQueue()
        try migrator.migrate(fresh, upTo: last)
        let expected = try fresh.read(objects)
        let found = try objects(database)
        if let difference = expected.first(where: { found[$0.key] != $0.value })?.key
            ?? found.keys.first(where: { expected[$0] == nil })
        {
            throw StorageError.corrupt(path: path, detail: "\(difference) is not as farmtop makes it")
        }
    }

    /// The definition of each table and index by its name.
    private static func objects(_ database: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
        var objects: [String: String] = [:]
        for row in rows {
            let name: String = row[0]
            if !backupTables.contains(name) { objects[name] = row[1] }
        }
        return objects
    }
}
