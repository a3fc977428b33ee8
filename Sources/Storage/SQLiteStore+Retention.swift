public import Farm
import GRDB

/// Looking happens beside the writer; only the removal itself takes its place, for some milliseconds.
extension SQLiteStore: RetentionStore {
    /// Call it once after a start, on a thread that may block (100 ms for 60,000 pictures); the farm may be in use meanwhile.
    @discardableResult
    public func removeOrphanPictures() throws -> Int {
        try pictures.prints().reduce(0) { try $0 + removeOrphanPictures(of: $1) }
    }

    /// In the writer's place, so that no batch is under way whose pictures have no rows yet.
    private func removeOrphanPictures(of print: PrintID) throws -> Int {
        try StorageError.translating(folder.database) {
            try pool.writeWithoutTransaction { database in
                // The pictures of another database have no rows in this one.
                try requireOwnFile()
                let statement = try database.cachedStatement(sql: "SELECT frame FROM frame_pictures WHERE print_id = ?")
                let kept = try Set(Int64.fetchAll(statement, arguments: [print.rawValue]).map { "\($0).jpg" })
                let orphans = pictures.files(of: print).filter { !kept.contains($0) }
                for file in orphans {
                    do throws(StorageError) { try pictures.remove(file: file, of: print) } catch {
                        warn(.pictureNotRemoved(path: folder.frames, reason: error.description))
                    }
                }
                return orphans.count
            }
        }
    }

    public func framePictureBytes() throws -> Int64 {
        try read { try Int64.fetchOne($0, sql: "SELECT sum(bytes) FROM frame_pictures") ?? 0 }
    }

    public func oldestFramePictures(after key: FrameKey?, limit: Int) throws -> [KeptPicture] {
        try read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT print_id, frame, bytes FROM frame_pictures WHERE (print_id, frame) > (?, ?)
                    ORDER BY print_id, frame LIMIT ?
                    """)
            return try Row.fetchAll(
                statement, arguments: [key?.printID.rawValue ?? 0, key?.number ?? 0, max(0, limit)]
            ).map { row in
                let columns = StoredColumns(row, of: "frame_pictures")
                return KeptPicture(
                    key: FrameKey(printID: try columns.id("print_id"), number: try columns.integer("frame")),
                    bytes: try columns.integer("bytes"))
            }
        }
    }

    // MARK: Predictions

    public func printToThin(endedBefore moment: Timestamp) throws -> PrintID? {
        // The same expressions as in the index prints_to_thin.
        try read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT id FROM prints
                    WHERE predictions_thinned = 0 AND coalesce(cancelled_at, finished_at) < ?
                    ORDER BY coalesce(cancelled_at, finished_at) LIMIT 1
                    """)
            return try Int64.fetchOne(statement, arguments: [moment.microseconds]).map(PrintID.init(rawValue:))
        }
    }

    public func thinPredictions(of print: PrintID, from frame: Int64, limit: Int) throws -> Int64? {
        var thinning = PredictionThinning(from: frame)
        let count = try read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT prediction_num, created_at / 60000000, EXISTS (
                        SELECT 1 FROM frame_pictures
                        WHERE frame_pictures.print_id = predictions.print_id AND frame = prediction_num)
                    FROM predictions WHERE print_id = ? AND prediction_num >= ? ORDER BY prediction_num LIMIT ?
                    """)
            let rows = try Row.fetchCursor(statement, arguments: [print.rawValue, frame, limit])
            var count = 0
            while let row = try rows.next() {
                thinning.take(frame: row[0], minute: row[1], hasPicture: row[2])
                count += 1
            }
            return count
        }
        let isDone = count < limit
        try change { database in
            let deletion = try database.cachedStatement(
                sql: "DELETE FROM predictions WHERE print_id = ? AND prediction_num = ?")
            for frame in thinning.surplus { try deletion.execute(arguments: [print.rawValue, frame]) }
            guard isDone else { return }
            try database.cachedStatement(sql: "UPDATE prints SET predictions_thinned = 1 WHERE id = ?")
                .execute(arguments: [print.rawValue])
        }
        return isDone ? nil : thinning.next
    }

    public func removeOldestPredictions(ofPrintsEndedBefore moment: Timestamp, limit: Int) throws -> Int {
        // Ids grow with time, so that the smallest one is the oldest print; open ones are passed over.
        let oldest = try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT print_id FROM predictions WHERE print_id > ? ORDER BY print_id LIMIT 1")
            var last: Int64 = 0
            while let id = try Int64.fetchOne(statement, arguments: [last]) {
                guard let print = try Print.fetchOne(database, id: id), print.isOpen else { return id as Int64? }
                last = id
            }
            return nil
        }
        guard let oldest else { return 0 }
        return try change { database in
            let deletion = try database.cachedStatement(
                sql: """
                    DELETE FROM predictions WHERE print_id = ?1 AND prediction_num IN (
                        SELECT prediction_num FROM predictions WHERE print_id = ?1 ORDER BY prediction_num LIMIT ?3)
                    AND (SELECT coalesce(cancelled_at, finished_at) FROM prints WHERE id = ?1) < ?2
                    """)
            try deletion.execute(arguments: [oldest, moment.microseconds, max(0, limit)])
            return database.changesCount
        }
    }

    public func databaseBytes() throws -> Int64 {
        try read { database in
            func number(_ pragma: String) throws -> Int64 { try Int64.fetchOne(database, sql: "PRAGMA \(pragma)") ?? 0 }
            return try (number("page_count") - number("freelist_count")) * number("page_size")
        }
    }

    // MARK: Events and tokens

    public func removeEvents(before moment: Timestamp, sparingNewest spared: Int, limit: Int) throws -> Int {
        try removeEvents("created_at < ? AND id <= ? ORDER BY created_at", [moment.microseconds], spared, limit)
    }

    public func removeEvents(sparingNewest spared: Int, limit: Int) throws -> Int {
        try removeEvents("id <= ? ORDER BY id", [], spared, limit)
    }

    /// Ids have no gaps to speak of, so that the highest one tells how many there are without counting.
    private func removeEvents(
        _ condition: String, _ values: [Int64], _ spared: Int, _ limit: Int
    ) throws -> Int {
        try change { database in
            let highest = try Int64.fetchOne(database, sql: "SELECT max(id) FROM printer_events") ?? 0
            let deletion = try database.cachedStatement(
                sql: """
                    DELETE FROM printer_events WHERE id IN (
                        SELECT id FROM printer_events WHERE \(condition) LIMIT ?)
                    """)
            try deletion.execute(
                arguments: StatementArguments(values + [highest - Int64(spared), Int64(max(0, limit))]))
            return database.changesCount
        }
    }

    public func removeTokenFamilies(endedBefore moment: Timestamp, limit: Int) throws -> Int {
        try change { database in
            let deletion = try database.cachedStatement(
                sql: """
                    DELETE FROM token_families WHERE id IN (
                        SELECT id FROM token_families WHERE (expires_at < ?1 OR revoked_at < ?1)
                        AND NOT EXISTS (SELECT 1 FROM access_tokens WHERE family_id = token_families.id) LIMIT ?2)
                    """)
            try deletion.execute(arguments: [moment.microseconds, max(0, limit)])
            return database.changesCount
        }
    }

    public func removeTokens(endedBefore moment: Timestamp, sparingNewest spared: Int, limit: Int) throws -> Int {
        let ids = try read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT id FROM (
                        SELECT id FROM access_tokens WHERE expires_at < ?1 OR revoked_at < ?1
                        ORDER BY id DESC LIMIT -1 OFFSET ?2
                    ) ORDER BY id LIMIT ?3
                    """)
            return try Int64.fetchAll(statement, arguments: [moment.microseconds, max(0, spared), max(0, limit)])
        }
        guard !ids.isEmpty else { return 0 }
        return try change { database in
            let deletion = try database.cachedStatement(sql: "DELETE FROM access_tokens WHERE id = ?")
            for id in ids { try deletion.execute(arguments: [id]) }
            return ids.count
        }
    }
}

/// Which predictions of a print go when one a minute is kept. They are shown to it in the order of their frames.
struct PredictionThinning: Equatable {
    private(set) var surplus: [Int64] = []
    /// Where the next piece begins: with the last frame that was kept as the first of its minute, to know that minute.
    private(set) var next: Int64
    private let start: Int64
    private var minute: Int64?

    init(from frame: Int64) {
        next = frame
        start = frame
    }

    mutating func take(frame: Int64, minute: Int64, hasPicture: Bool) {
        if self.minute != minute {
            self.minute = minute
            next = frame
        } else if !hasPicture {
            surplus.append(frame)
        } else if surplus.isEmpty, next == start {
            // A piece full of pictures of one minute: go on behind it.
            next = frame
        }
    }
}
