import Foundation
import GRDB
import Storage
import Testing

/// What holds in every database that farmtop leaves behind, at whatever moment it is stopped.
enum FarmInvariants {
    /// Each finds rows that contradict it.
    private static let contradictions = [
        "two prints of a printer are open": """
        SELECT printer_id FROM prints WHERE coalesce(cancelled_at, finished_at) IS NULL
        GROUP BY printer_id HAVING count(*) > 1
        """,
        "a printer and its open print do not name each other": """
        SELECT printers.id FROM printers
        LEFT JOIN prints ON prints.printer_id = printers.id AND coalesce(cancelled_at, finished_at) IS NULL
        WHERE current_print_id IS NOT prints.id
        """,
        "a print counts other frames than it has predictions": """
        SELECT id FROM prints
        WHERE frame_count <> (SELECT count(*) FROM predictions WHERE print_id = prints.id)
        OR frame_count <> (SELECT coalesce(max(prediction_num), 0) FROM predictions WHERE print_id = prints.id)
        """,
        "a printer's statistics are of another frame than its print's last": """
        SELECT printers.id FROM printers JOIN prints ON prints.id = current_print_id WHERE prediction_num <> frame_count
        """,
        "a print began without an event": """
        SELECT id FROM prints
        WHERE 1 <> (SELECT count(*) FROM printer_events WHERE print_id = prints.id AND event_type = 'STARTED')
        """,
        "a print ended without an event, or goes on after one": """
        SELECT id FROM prints WHERE (coalesce(cancelled_at, finished_at) IS NOT NULL)
        <> (SELECT count(*) FROM printer_events WHERE print_id = prints.id AND event_type = 'ENDED')
        """,
    ]

    /// Looks at a copy of the folder, so that whoever starts next finds it as it was left.
    /// - Returns: whatever `body` finds in the copy's database.
    static func check<Found>(_ folder: String, _ body: (Database) throws -> Found) throws -> Found {
        let copy = folder + ".copy"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        for name in ["farmtop.db", "farmtop.db-wal", "frames"]
        where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
            try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(copy)/\(name)")
        }
        defer { try? FileManager.default.removeItem(atPath: copy) }
        let queue = try DatabaseQueue(path: copy + "/farmtop.db")
        return try queue.read { database in
            #expect(try String.fetchOne(database, sql: "PRAGMA integrity_check") == "ok")
            #expect(try Row.fetchOne(database, sql: "PRAGMA foreign_key_check") == nil)
            for (rule, query) in contradictions {
                #expect(try Int64.fetchAll(database, sql: query) == [], "\(rule)")
            }
            let rows = try Row.fetchAll(database, sql: "SELECT print_id, frame, bytes FROM frame_pictures")
            for row in rows {
                let file = "\(copy)/frames/\(row[0] as Int64)/\(row[1] as Int64).jpg"
                let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber
                #expect(size?.int64Value == row[2], "a picture's row was kept without its file")
            }
            return try body(database)
        }
    }
}
