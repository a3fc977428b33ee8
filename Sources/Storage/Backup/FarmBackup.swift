public import Farm
import Foundation
import GRDB
import Glibc

/// Copies a farm into one file while it is in use: SQLite's online copy, complete at one moment, and beside it, where asked
/// for, the pictures of frames as they are found a moment later. No claim on the folder is needed.
public struct FarmBackup: Sendable {
    /// The farm that is copied; another process may hold it.
    public var folder: DataFolder
    /// With the JPEGs of frames, which take most of the space; without, a restored farm shows prints without pictures.
    public var includesPictures: Bool
    /// With the keys and passwords of machines and cameras, and the key that opens them: whoever has the file has them.
    public var includesSecrets: Bool
    /// Whether a file of that name may be replaced.
    public var overwrites: Bool

    public init(
        of folder: DataFolder, includesPictures: Bool = false, includesSecrets: Bool = false, overwrites: Bool = false
    ) {
        self.folder = folder
        self.includesPictures = includesPictures
        self.includesSecrets = includesSecrets
        self.overwrites = overwrites
    }

    /// Writes beside the place, forces that to disk, reads it back and checks it, and only then gives it its name (0600).
    /// - Throws: `ownFile`, `alreadyExists`, `noDatabase`; `corrupt` with the path of what does not check out. Nothing is left then.
    public func make(at destination: String, madeAt: Timestamp) throws -> BackupContents {
        guard !folder.owns(destination) else { throw StorageError.ownFile(path: destination) }
        try refuseTaken(destination)
        guard try DatabaseHeader.check(folder.database) else {
            try folder.refuseLostDatabase()
            throw StorageError.noDatabase(path: folder.database)
        }
        let part = destination + ".part"
        unlink(part)
        let file = try OpenFile(part, O_RDWR | O_CREAT | O_EXCL)
        do {
            try StorageError.translating(destination) { try copy(to: part, madeAt) }
            try BackupDigest.append(to: part)
            guard fsync(file.descriptor) == 0 else { throw StorageError(errno: errno, path: destination) }
            // So that the check reads what is on the disk.
            posix_fadvise(file.descriptor, 0, 0, POSIX_FADV_DONTNEED)
            let contents = try StorageError.translating(destination) { try checked(part, destination) }
            try file.rename(to: destination, overwrites: overwrites)
            return contents
        } catch {
            unlink(part)
            throw error
        }
    }

    private func refuseTaken(_ destination: String) throws(StorageError) {
        var status = stat()
        guard lstat(destination, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .notWritable(path: destination, reason: "it is there and is not a file")
        }
        guard overwrites else { throw .alreadyExists(path: destination) }
    }

    /// Without secrets, the free pages stay behind too: in them is what was sealed and taken away long ago.
    private func copy(to part: String, _ madeAt: Timestamp) throws {
        guard !includesSecrets else { return try copyPages(to: part, madeAt) }
        let whole = part + ".whole"
        unlink(whole)
        let file = try OpenFile(whole, O_RDWR | O_CREAT | O_EXCL)
        defer {
            withExtendedLifetime(file) {}
            unlink(whole)
        }
        try copyPages(to: whole, madeAt)
        let queue = try DatabaseQueue(path: whole)
        // Into the file that is there and empty, and closed to others.
        try queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [part]) }
        try queue.close()
    }

    private func copyPages(to part: String, _ madeAt: Timestamp) throws {
        let copy = try DatabaseQueue(path: part)
        try readAll(into: copy)
        try copy.writeWithoutTransaction { database in
            // One file that needs no log beside it.
            try database.execute(
                sql: "PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; PRAGMA temp_store = memory")
            try database.inTransaction {
                try database.execute(
                    sql: "CREATE TABLE backup_info (made_at INTEGER NOT NULL, has_digest INTEGER NOT NULL)")
                try database.execute(sql: "INSERT INTO backup_info VALUES (?, 1)", arguments: [madeAt.microseconds])
                if includesSecrets {
                    try BackupSecrets.include(folder, in: database)
                } else {
                    try BackupSecrets.leaveOut(of: database)
                }
                if includesPictures { try takePictures(into: database) }
                try database.execute(
                    sql: includesPictures
                        ? """
                        DELETE FROM frame_pictures WHERE NOT EXISTS (
                            SELECT 1 FROM backup_pictures
                            WHERE backup_pictures.print_id = frame_pictures.print_id
                            AND backup_pictures.frame = frame_pictures.frame)
                        """ : "DELETE FROM frame_pictures")
                return .commit
            }
        }
        try copy.close()
    }

    /// A lock and damage are the farm's; room and rights are those of the place of the copy.
    private func readAll(into copy: DatabaseQueue) throws {
        do {
            let source = try DatabaseQueue.reading(folder.database)
            try source.backup(to: copy)
            try source.close()
        } catch let error as DatabaseError {
            let told = StorageError(error, path: folder.database)
            switch told {
            case .held, .corrupt: throw told
            default: throw error
            }
        }
    }

    /// Those whose file is gone or cut are left out.
    private func takePictures(into database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE backup_pictures (
                    print_id INTEGER NOT NULL, frame INTEGER NOT NULL, jpeg BLOB NOT NULL, UNIQUE (print_id, frame))
                """)
        let pictures = FramePictures(folder: folder.frames)
        let insertion = try database.cachedStatement(sql: "INSERT INTO backup_pictures VALUES (?, ?, ?)")
        let rows = try Row.fetchCursor(
            database, sql: "SELECT print_id, frame, bytes FROM frame_pictures ORDER BY print_id, frame")
        while let row = try rows.next() {
            let key = FrameKey(printID: PrintID(rawValue: row[0]), number: row[1])
            guard let jpeg = pictures.read(key, bytes: row[2]) else { continue }
            try insertion.execute(arguments: [key.printID.rawValue, key.number, Data(jpeg)])
        }
    }

    private func checked(_ part: String, _ destination: String) throws -> BackupContents {
        guard try BackupDigest.check(part) else {
            throw StorageError.damagedBackup(path: destination, detail: "cut short")
        }
        let queue = try DatabaseQueue.reading(part)
        do {
            try queue.read { try DatabaseCheck.all($0, destination) }
        } catch {
            // Is it the copy that is damaged, or what it was made of?
            try StorageError.translating(folder.database) {
                try DatabaseQueue.reading(folder.database).read { try DatabaseCheck.all($0, folder.database) }
            }
            throw error
        }
        let bytes = try FileManager.default.attributesOfItem(atPath: part)[.size] as? NSNumber
        return try queue.read { try BackupContents($0, bytes: bytes?.int64Value ?? 0) }
    }
}

extension FarmBackup {
    /// Looks at every byte of a backup and changes nothing.
    /// - Parameter source: a file made by `make`, or another database of farmtop, which has no digest.
    /// - Throws: why it could not be restored.
    public static func verify(_ source: String) throws -> BackupContents {
        guard try DatabaseHeader.check(source, isStrict: true) else { throw StorageError.noDatabase(path: source) }
        let hasDigest = try BackupDigest.check(source)
        return try StorageError.translating(source) {
            let queue = try DatabaseQueue.reading(source)
            try queue.read { database in
                try DatabaseCheck.all(database, source)
                try DatabaseCheck.digest(database, source, isThere: hasDigest)
            }
            let bytes = try FileManager.default.attributesOfItem(atPath: source)[.size] as? NSNumber
            return try queue.read { try BackupContents($0, bytes: bytes?.int64Value ?? 0) }
        }
    }
}

extension DatabaseQueue {
    /// A connection that changes nothing, beside whoever uses the database.
    static func reading(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}
