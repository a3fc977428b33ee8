import Farm
import GRDB

extension SQLiteStore {
    /// The links and cameras of printers that are not deleted. A row that cannot be read is left out with a warning: the other
    /// machines run on.
    func machines(_ database: Database) throws -> StoredMachines {
        var machines = StoredMachines()
        let living = "WHERE printer_id IN (SELECT id FROM printers WHERE deleted_at IS NULL)"
        machines.links = try legible(database, "\(living) ORDER BY printer_id")
        machines.cameras = try legible(database, "\(living) ORDER BY id")
        machines.lastCameraID = CameraID(
            rawValue: try Int64.fetchOne(
                database, sql: "SELECT seq FROM sqlite_sequence WHERE name = ?", arguments: [MachineCamera.table]) ?? 0)
        return machines
    }

    private func legible<Value: StoredRow>(_ database: Database, _ clauses: String) throws -> [Value] {
        let statement = try database.cachedStatement(sql: "SELECT * FROM \(Value.table) \(clauses)")
        let rows = try Row.fetchCursor(statement)
        var values: [Value] = []
        while let row = try rows.next() {
            do {
                values.append(try Value(StoredColumns(row, of: Value.table)))
            } catch let error as StorageError {
                warn(.rowLeftOut(reason: error.description))
            }
        }
        return values
    }
}

extension MachineRow {
    /// Writes it in the open transaction of a batch.
    func write(_ database: Database) throws {
        switch self {
        case .link(let link): try Self.upsert(link, database)
        case .removeLink(let printer):
            try database.cachedStatement(sql: "DELETE FROM \(MachineLink.table) WHERE printer_id = ?")
                .execute(arguments: [printer.rawValue])
        case .camera(let camera): try Self.upsert(camera, database)
        case .removeCamera(let id):
            try database.cachedStatement(sql: "DELETE FROM \(MachineCamera.table) WHERE id = ?")
                .execute(arguments: [id.rawValue])
        }
    }

    private static func upsert<Value: StoredRow>(_ value: Value, _ database: Database) throws {
        let values = try value.values
        // SQLite's text functions end at a NUL.
        if values.contains(where: { ($0 as? String)?.utf8.contains(0) == true }) {
            throw StorageError.contradiction(detail: "a text of \(Value.table) holds a null character")
        }
        try database.cachedStatement(sql: Value.upsert).execute(arguments: StatementArguments(values))
    }
}
