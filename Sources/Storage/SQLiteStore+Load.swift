public import Farm
import GRDB

extension SQLiteStore {
    /// Everything at one moment. Tokens that expired before `recentSince` are left out; as the clock may have been set
    /// back since, whoever uses one still looks at its expiry.
    public func load(recentSince: Timestamp, eventLimit: Int, predictionLimit: Int) throws -> StoredFarm {
        try read { database in
            var farm = StoredFarm()
            farm.accounts = try Account.fetch(database, "ORDER BY id")
            farm.printers = try Printer.fetch(database, "ORDER BY id")
            try PrinterTagRows.read(into: &farm.printers, database) { warn(.rowLeftOut(reason: $0)) }
            farm.prints = try openPrints(database) + endedPrints(database, since: recentSince)
            farm.prints.sort { $0.id < $1.id }
            farm.clients = try OAuthClient.fetch(database, "ORDER BY id")
            farm.tokens = try AccessToken.fetch(
                database, "WHERE revoked_at IS NULL AND expires_at > ? ORDER BY id", [recentSince.microseconds])
            farm.lastUses = try lastUses(database)
            farm.tokenFamilies = try TokenFamily.fetch(
                database, "WHERE revoked_at IS NULL AND expires_at > ? ORDER BY id", [recentSince.microseconds])
            farm.events = try FarmEvent.fetch(database, "ORDER BY id DESC LIMIT ?", [max(0, eventLimit)]).reversed()
            for print in farm.prints where print.isOpen {
                farm.lastCommands[print.id] = try FarmEvent.fetch(
                    database,
                    "WHERE print_id = ? AND event_type = ? AND event_title LIKE ? || '%' ORDER BY id DESC LIMIT 1",
                    [print.id.rawValue, FarmEvent.Kind.command.rawValue, FarmEvent.commandTitle]
                ).first
            }
            for print in farm.prints {
                farm.predictions += try newestPredictions(database, of: print.id, limit: max(0, predictionLimit))
                farm.framePictures += try framePictures(database, of: print.id)
            }
            for printer in farm.printers where printer.deletedAt == nil {
                farm.lastPictures[printer.id] = try lastPicture(database, of: printer.id)
            }
            for id in Set(farm.prints.filter(\.isOpen).map(\.id)).union(farm.lastPictures.values.map(\.printID)) {
                let frames = try alertFrames(database, of: id)
                if !frames.isEmpty { farm.alertFrames[id] = frames }
            }
            for row: CameraHistoryRow in try readable(
                database, "WHERE printer_id IN (SELECT id FROM printers WHERE deleted_at IS NULL)")
            {
                farm.cameraHistories[row.key] = row.history
            }
            for row: FailureEvidenceRow in try readable(database, "ORDER BY printer_id") {
                farm.failureEvidence[row.stored.camera.printerID] = row.stored
            }
            let readings: [ClockReading] = try readable(database, "LIMIT 1")
            farm.clock = readings.first
            farm.machines = try machines(database)
            farm.keptBeds = try readable(
                database, "WHERE printer_id IN (SELECT id FROM printers WHERE deleted_at IS NULL) ORDER BY id")
            farm.verdicts = try readable(
                database, "WHERE printer_id IN (SELECT id FROM printers WHERE deleted_at IS NULL) ORDER BY id")
            let awaited = try Row.fetchAll(
                database,
                sql: "SELECT id, printer_id FROM prints WHERE id IN (SELECT print_id FROM awaited_verdicts) ORDER BY id"
            )
            for row in awaited {
                farm.awaitedVerdicts[PrinterID(row["printer_id"]), default: []].append(PrintID(row["id"] as Int64))
            }
            farm.notifications = try notifications(database)
            farm.restoredAt = try UnconfirmedRestore.read(database)
            try loadLastIDs(database, into: &farm)
            return farm
        }
    }

    /// What was learnt can be learnt again: rows that cannot be read are left out, so that the farm starts without them.
    func readable<Value: StoredRow>(_ database: Database, _ clauses: String) throws -> [Value] {
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

    private func lastUses(_ database: Database) throws -> [ClientID: Timestamp] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT client_id, max(used_at) FROM (
                    SELECT client_id, last_used_at AS used_at FROM access_tokens
                    UNION ALL SELECT client_id, refreshed_at FROM token_families
                ) WHERE used_at IS NOT NULL GROUP BY client_id
                """)
        return Dictionary(uniqueKeysWithValues: rows.map { (ClientID($0[0] as Int64), Timestamp(microseconds: $0[1])) })
    }

    // The same expression as the index prints_by_end.
    private func openPrints(_ database: Database) throws -> [Print] {
        try Print.fetch(database, "WHERE coalesce(cancelled_at, finished_at) IS NULL")
    }
    private func endedPrints(_ database: Database, since: Timestamp) throws -> [Print] {
        try Print.fetch(
            database, "WHERE coalesce(cancelled_at, finished_at) > ? AND deleted_at IS NULL", [since.microseconds])
    }

    private func newestPredictions(_ database: Database, of id: PrintID, limit: Int) throws -> [Prediction] {
        try Prediction.fetchWithPrinter(
            database, "WHERE print_id = ? ORDER BY prediction_num DESC LIMIT ?", [id.rawValue, limit]
        ).reversed()
    }

    private func framePictures(_ database: Database, of id: PrintID) throws -> [FrameKey] {
        let statement = try database.cachedStatement(
            sql: "SELECT frame FROM frame_pictures WHERE print_id = ? ORDER BY frame")
        return try Int64.fetchAll(statement, arguments: [id.rawValue]).map { FrameKey(printID: id, number: $0) }
    }

    /// An event with a verdict names a frame only where an alert was not raised.
    private func alertFrames(_ database: Database, of id: PrintID) throws -> [Int64] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT frame FROM printer_events WHERE print_id = ? AND event_type IN (?, ?) AND frame IS NOT NULL
                ORDER BY frame
                """)
        return try Int64.fetchAll(
            statement,
            arguments: [
                id.rawValue, FarmEvent.Kind.failureAlerted.rawValue, FarmEvent.Kind.verdict.rawValue,
            ])
    }

    /// The newest picture of the printer's last prints: the very last may have ended before its first frame.
    private func lastPicture(_ database: Database, of printer: PrinterID) throws -> FrameKey? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT id, frame FROM (
                    SELECT id, (SELECT max(frame) FROM frame_pictures WHERE print_id = prints.id) AS frame
                    FROM prints WHERE printer_id = ? ORDER BY started_at DESC, id DESC LIMIT 10
                ) WHERE frame IS NOT NULL ORDER BY id DESC LIMIT 1
                """)
        return try Row.fetchOne(statement, arguments: [printer.rawValue]).map { row in
            FrameKey(printID: PrintID(rawValue: row[0]), number: row[1])
        }
    }

    /// SQLite keeps the highest id of each AUTOINCREMENT table, also when its row is gone.
    private func loadLastIDs(_ database: Database, into farm: inout StoredFarm) throws {
        func last<Entity>(_ table: String) throws -> Identifier<Entity> {
            Identifier(
                try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = ?", arguments: [table])
                    ?? 0)
        }
        farm.lastAccountID = try last(Account.table)
        farm.lastPrinterID = try last(Printer.table)
        farm.lastPrintID = try last(Print.table)
        farm.lastClientID = try last(OAuthClient.table)
        farm.lastTokenID = max(try last(AccessToken.table), try last(TokenFamily.table))
        farm.lastEventID = try last(FarmEvent.table)
        farm.lastKeptBedID = try last(KeptBed.table)
        farm.lastVerdictID = try last(RememberedVerdict.table)
    }
}
