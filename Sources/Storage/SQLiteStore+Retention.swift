public import Farm
import GRDB

/// Limits by age and size. Every call does a bounded piece of work, so that the writer is never held up for long; call it
/// again until it returns 0.
extension SQLiteStore {
    /// Of prints that ended before a moment, keeps one prediction a minute: the first.
    /// - Parameter limit: most prints to go through, each in its own transaction.
    /// - Returns: how many prints were gone through.
    public func thinPredictions(ofPrintsEndedBefore moment: Timestamp, limit: Int) throws -> Int {
        let prints = try read { database in
            try Int64.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT id FROM prints
                        WHERE predictions_thinned = 0 AND coalesce(cancelled_at, finished_at) < ? LIMIT ?
                        """), arguments: [moment.microseconds, max(0, limit)])
        }
        for id in prints { try change { try thinPredictions($0, of: id) } }
        return prints.count
    }

    private func thinPredictions(_ database: Database, of id: Int64) throws {
        let deletion = try database.cachedStatement(
            sql: """
                DELETE FROM predictions WHERE print_id = ?1 AND prediction_num NOT IN (
                    SELECT min(prediction_num) FROM predictions WHERE print_id = ?1 GROUP BY created_at / 60000000)
                """)
        try deletion.execute(arguments: [id])
        try database.cachedStatement(sql: "UPDATE prints SET predictions_thinned = 1 WHERE id = ?").execute(arguments: [
            id
        ])
    }

    /// Removes the oldest events that are older than a moment.
    /// - Returns: how many were removed, at most `limit`.
    public func removeEvents(before moment: Timestamp, limit: Int) throws -> Int {
        try change { database in
            let deletion = try database.cachedStatement(
                sql: """
                    DELETE FROM printer_events WHERE id IN (
                        SELECT id FROM printer_events WHERE created_at < ? ORDER BY created_at LIMIT ?)
                    """)
            try deletion.execute(arguments: [moment.microseconds, max(0, limit)])
            return database.changesCount
        }
    }

    /// Removes tokens that expired or were revoked before a moment.
    /// - Returns: how many were removed, at most `limit`.
    public func removeTokens(endedBefore moment: Timestamp, limit: Int) throws -> Int {
        try change { database in
            let deletion = try database.cachedStatement(
                sql: """
                    DELETE FROM access_tokens WHERE id IN (
                        SELECT id FROM access_tokens WHERE expires_at < ?1 OR revoked_at < ?1 LIMIT ?2)
                    """)
            try deletion.execute(arguments: [moment.microseconds, max(0, limit)])
            return database.changesCount
        }
    }

    /// Removes token families that expired or were revoked before a moment and whose access tokens are all removed.
    /// - Returns: how many were removed, at most `limit`.
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

    /// What the kept pictures of frames take on disk, in bytes.
    public func framePictureBytes() throws -> Int64 {
        try read { try Int64.fetchOne($0, sql: "SELECT sum(bytes) FROM frame_pictures") ?? 0 }
    }

    /// The pictures that go first when there are too many: those of the oldest prints, in order.
    public func oldestFramePictures(limit: Int) throws -> [FrameKey] {
        try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT print_id, frame FROM frame_pictures ORDER BY print_id, frame LIMIT ?")
            return try Row.fetchAll(statement, arguments: [max(0, limit)]).map { row in
                let columns = StoredColumns(row, of: "frame_pictures")
                return FrameKey(printID: try columns.id("print_id"), number: try columns.integer("frame"))
            }
        }
    }
}
