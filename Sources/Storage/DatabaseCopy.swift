import Foundation
import GRDB

/// A backup by SQLite's online copy: one file, complete at one moment, checked after writing.
enum DatabaseCopy {
    static func make(of source: any DatabaseReader, at path: String) throws -> Int64 {
        guard !FileManager.default.fileExists(atPath: path) else { throw StorageError.alreadyExists(path: path) }
        let file = try OpenFile(path, O_RDWR | O_CREAT | O_EXCL)
        do {
            try StorageError.translating(path) { try copy(source, to: path) }
            guard fsync(file.descriptor) == 0 else { throw StorageError(errno: errno, path: path) }
        } catch {
            unlink(path)
            throw error
        }
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber
        return size?.int64Value ?? 0
    }

    private static func copy(_ source: any DatabaseReader, to path: String) throws {
        let copy = try DatabaseQueue(path: path)
        try source.backup(to: copy)
        try copy.writeWithoutTransaction { database in
            // One file that needs no log beside it.
            try database.execute(sql: "PRAGMA journal_mode = DELETE")
            try database.execute(sql: "DELETE FROM frame_pictures")
            try check(database, path)
        }
        try copy.close()
    }

    /// - Throws: `corrupt` with SQLite's first complaint.
    static func check(_ database: Database, _ path: String) throws {
        let verdict = try String.fetchOne(database, sql: "PRAGMA integrity_check(1)") ?? "no answer"
        guard verdict == "ok" else { throw StorageError.corrupt(path: path, detail: verdict) }
        guard try Row.fetchOne(database, sql: "PRAGMA foreign_key_check") == nil else {
            throw StorageError.corrupt(path: path, detail: "a row names another one that does not exist")
        }
    }
}
