import Crypto
import Foundation
import Text

/// The last bytes of a backup: the SHA-256 of all before them. SQLite reads a database's pages and nothing behind them.
///
/// SQLite's own check finds broken structure. A number that another number took the place of is whole to it.
enum BackupDigest {
    enum Verdict: Equatable {
        /// There is none: a database that was copied by other means, or a backup of farmtop 0.1.
        case absent
        case right
        /// The file is not as it was written.
        case wrong
    }

    private static let mark = Array("farmtop backup, SHA-256 ".utf8)
    private static let length = mark.count + 64 + 1
    /// No database has pages of less.
    private static let smallestPage = 512

    /// Adds the digest of all that is in the file.
    static func append(to path: String) throws {
        let digest = try hash(path, count: try size(of: path))
        try OpenFile(path, O_WRONLY | O_APPEND).write(mark + Array(digest.utf8) + [0x0A])
    }

    static func verdict(on path: String) throws -> Verdict {
        let size = try size(of: path)
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? file.close() }
        try file.seek(toOffset: UInt64(max(0, size - length)))
        let end = Array(try file.readToEnd() ?? Data())
        guard end.count == length, end.starts(with: mark), end.last == 0x0A else {
            // What is no whole number of pages had something behind them.
            return size % smallestPage == 0 ? .absent : .wrong
        }
        let expected = String(decoding: end.dropFirst(mark.count).dropLast(), as: UTF8.self)
        return try hash(path, count: size - length) == expected ? .right : .wrong
    }

    private static func size(of path: String) throws -> Int {
        (try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
    }

    /// In hexadecimal, of the first `count` bytes.
    private static func hash(_ path: String, count: Int) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? file.close() }
        var hash = SHA256()
        var left = count
        while left > 0, let chunk = try file.read(upToCount: min(left, 1 << 20)), !chunk.isEmpty {
            hash.update(data: chunk)
            left -= chunk.count
        }
        return Hexadecimal.text(hash.finalize())
    }
}

extension BackupDigest {
    /// - Returns: whether the file has a digest, which is right.
    /// - Throws: `corrupt` for a file that is not as it was written.
    static func check(_ path: String) throws -> Bool {
        let verdict: Verdict
        do { verdict = try self.verdict(on: path) } catch let error as StorageError { throw error } catch {
            throw StorageError.notReadable(path: path)
        }
        guard verdict != .wrong else {
            throw StorageError.damagedBackup(path: path, detail: "its bytes are not those that were written")
        }
        return verdict == .right
    }
}
