import Farm
import GRDB
import GRDBSQLite

/// The open transaction of `SQLiteStore`: rows go to SQLite, pictures to files, and what must happen to files afterwards is
/// remembered until the outcome is known.
final class StoreTransaction: FarmTransaction {
    private let database: Database
    private let pictures: FramePictures
    private let warn: (StorageWarning) -> Void
    private(set) var files = PictureChanges()
    /// Throws where nothing may be written.
    private let mayBegin: () throws -> Void
    private var hasBegun = false

    init(
        _ database: Database, _ pictures: FramePictures, warn: @escaping (StorageWarning) -> Void,
        mayBegin: @escaping () throws -> Void
    ) {
        self.mayBegin = mayBegin
        self.database = database
        self.pictures = pictures
        self.warn = warn
    }

    /// SQLite's transaction begins with the first rows: most readings of machines change nothing that is stored.
    func begin() throws {
        guard !hasBegun else {
            // A savepoint without a transaction around it would be one of its own.
            guard database.isInsideTransaction else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
            return
        }
        try mayBegin()
        try database.beginTransaction(.immediate)
        hasBegun = true
    }

    func commit() throws {
        if hasBegun { try database.commit() }
    }

    /// Nothing of it stays, neither rows nor files.
    func rollBack() {
        discard(files.written)
        guard database.isInsideTransaction else { return }
        // The error that led here is the one to tell.
        try? database.rollback()
    }

    func write(_ rows: [FarmRow]) throws {
        try begin()
        let before = files
        try execute("SAVEPOINT command")
        do {
            for row in rows { try write(row) }
            try checkForeignKeys()
            try execute("RELEASE command")
        } catch {
            discard(files.written.subtracting(before.written))
            files = before
            // After a full disk SQLite may have undone the whole transaction already; whatever comes next then fails.
            if database.isInsideTransaction {
                try execute("ROLLBACK TO command")
                try execute("RELEASE command")
            }
            throw error
        }
    }

    func print(_ id: PrintID) throws -> Print? { try Print.fetchOne(database, id: id.rawValue) }

    /// Removes the files of rows that were never committed.
    func discard(_ keys: Set<FrameKey>) {
        for key in keys { removing { () throws(StorageError) in try pictures.remove(key) } }
    }

    /// Removes the files of rows that are gone for good.
    func removeDiscarded() {
        for key in files.removed { removing { () throws(StorageError) in try pictures.remove(key) } }
        for print in files.removedPrints { removing { () throws(StorageError) in try pictures.removeAll(of: print) } }
    }

    private func removing(_ body: () throws(StorageError) -> Void) {
        do throws(StorageError) { try body() } catch {
            warn(.pictureNotRemoved(path: pictures.folder, reason: error.description))
        }
    }

    private func write(_ row: FarmRow) throws {
        switch row {
        case .account(let account): try upsert(account)
        case .printer(let printer):
            try upsert(printer)
            let region = printer.settings.cameraRegion
            if !region.isWhole { try execute(CameraRegion.remember, [region.number, region.description]) }
        case .printerTags(let id, let tags): try PrinterTagRows.replace(tags, of: id, database)
        case .print(let print): try upsert(print)
        case .emptyPrint(let id):
            for table in ["predictions", "frame_pictures", "failure_evidence"] {
                try execute("DELETE FROM \(table) WHERE print_id = ?", [id.rawValue])
            }
            try execute("UPDATE printer_events SET print_id = NULL WHERE print_id = ?", [id.rawValue])
            try execute("UPDATE printers SET current_print_id = NULL WHERE current_print_id = ?", [id.rawValue])
            files.removePrint(id)
        case .prediction(let prediction): try upsert(prediction)
        case .event(let event): try upsert(event)
        case .client(let client): try upsert(client)
        case .removeClient(let id): try execute("DELETE FROM oauth_clients WHERE id = ?", [id.rawValue])
        case .token(let token): try upsert(token)
        case .removeToken(let id): try execute("DELETE FROM access_tokens WHERE id = ?", [id.rawValue])
        case .tokenFamily(let family): try upsert(family)
        case .framePicture(let key, let jpeg): try keep(jpeg, key)
        case .removeFramePicture(let key):
            try execute(
                "DELETE FROM frame_pictures WHERE print_id = ? AND frame = ?", [key.printID.rawValue, key.number])
            files.remove(key)
        case .notice(let notice): try insert(notice)
        case .cameraHistory(let key, let history): try upsert(CameraHistoryRow(key, history))
        case .removeCameraHistory(let key): try remove(key)
        case .removeCameraHistories(let printer):
            try execute("DELETE FROM camera_histories WHERE printer_id = ?", [printer.rawValue])
        case .clock(let reading): try upsert(reading)
        case .failureEvidence(_, let evidence): try upsert(FailureEvidenceRow(evidence))
        case .removeFailureEvidence(let printer):
            try execute("DELETE FROM failure_evidence WHERE printer_id = ?", [printer.rawValue])
        case .machine(let row): try row.write(database)
        case .keptBed(.keep(let bed)): try upsert(bed)
        case .keptBed(.remove(let id)): try execute("DELETE FROM \(KeptBed.table) WHERE id = ?", [id.rawValue])
        case .verdict(.remember(let verdict)): try upsert(verdict)
        case .verdict(.forget(let id)):
            try execute("DELETE FROM \(RememberedVerdict.table) WHERE id = ?", [id.rawValue])
        case .verdict(.await(let print)):
            try execute("INSERT OR IGNORE INTO awaited_verdicts (print_id) VALUES (?)", [print.rawValue])
        case .verdict(.awaitNoMore(let print)):
            try execute("DELETE FROM awaited_verdicts WHERE print_id = ?", [print.rawValue])
        case .notification(let row): try row.write(database)
        case .unconfirmedRestore(let moment): try UnconfirmedRestore.write(moment, database)
        }
    }

    /// The file first, so that a row never promises what is not there.
    private func keep(_ jpeg: [UInt8], _ key: FrameKey) throws {
        do throws(StorageError) { try pictures.write(jpeg, key) } catch {
            return warn(.pictureNotWritten(path: pictures.path(key), reason: error.description))
        }
        files.write(key)
        try execute(
            "INSERT INTO frame_pictures (print_id, frame, bytes) VALUES (?, ?, ?) "
                + "ON CONFLICT (print_id, frame) DO UPDATE SET bytes = excluded.bytes",
            [key.printID.rawValue, key.number, jpeg.count])
    }

    private func upsert<Value: StoredRow>(_ value: Value) throws {
        let values = try value.values
        try refuseNulls(in: values, of: Value.table)
        try execute(Value.upsert, StatementArguments(values))
    }

    private func remove(_ key: CameraKey) throws {
        let condition = CameraKey.columns.map { "\($0) = ?" }.joined(separator: " AND ")
        try execute("DELETE FROM camera_histories WHERE \(condition)", StatementArguments(key.values))
    }

    private func insert(_ notice: WebhookNotice) throws {
        try refuseNulls(in: notice.values, of: WebhookNotice.table)
        try execute(WebhookNotice.insert, StatementArguments(notice.values))
    }

    /// SQLite's text functions end at a NUL, so the rest of such a text would be lost without a word.
    private func refuseNulls(in values: [(any DatabaseValueConvertible)?], of table: String) throws {
        if values.contains(where: { ($0 as? String)?.utf8.contains(0) == true }) {
            throw StorageError.contradiction(detail: "a text of \(table) holds a null character")
        }
    }

    private func execute(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// Deferred foreign keys would only be looked at by COMMIT, where one bad command costs the whole transaction. SQLite
    /// counts the open ones; 0 means all hold.
    private func checkForeignKeys() throws {
        var open: CInt = 0
        var highest: CInt = 0
        guard
            sqlite3_db_status(database.sqliteConnection, SQLITE_DBSTATUS_DEFERRED_FKS, &open, &highest, 0) == SQLITE_OK
        else { return }
        if open > 0 { throw StorageError.contradiction(detail: "a row names another one that does not exist") }
    }
}

/// Which pictures a transaction has written and which it will have to remove.
struct PictureChanges {
    private(set) var written: Set<FrameKey> = []
    private(set) var removed: Set<FrameKey> = []
    private(set) var removedPrints: Set<PrintID> = []

    mutating func write(_ key: FrameKey) {
        written.insert(key)
        removed.remove(key)
    }
    mutating func remove(_ key: FrameKey) { removed.insert(key) }
    mutating func removePrint(_ id: PrintID) { removedPrints.insert(id) }
}
