public import Farm
import Foundation
import GRDB

/// The farm in one SQLite database in WAL mode, and its frames' pictures in files beside it. One writer; readers never wait.
public final class SQLiteStore: FarmStore {
    /// What a commit waits for.
    public enum Durability: String, Sendable, CaseIterable {
        /// The disk: survives power loss.
        case full
        /// The operating system: survives the end of the process only.
        case normal
    }

    /// Claimed by this store until it is closed or gone.
    public let folder: DataFolder
    /// Held as long as the store is.
    private let lock: FolderLock
    let pool: DatabasePool
    let pictures: FramePictures
    let warn: @Sendable (StorageWarning) -> Void
    private let busyWait: BusyWait
    /// The database's file when it was opened.
    private let identity: FileIdentity?

    /// Opens the database, making it (0600) when there is none, and brings an older one up to date.
    /// - Parameters:
    ///   - lock: the claim on the folder.
    ///   - warn: told of what went wrong without anything being refused; called on any thread.
    /// - Throws: `StorageError`; a database that is newer, damaged or none of farmtop's is not touched.
    public init(
        _ lock: FolderLock, durability: Durability = .full,
        warn: @escaping @Sendable (StorageWarning) -> Void = { _ in }
    ) throws {
        folder = lock.folder
        self.lock = lock
        self.warn = warn
        let path = folder.database
        if let found = lock.endRestore() { warn(found) }
        if try !DatabaseHeader.check(path) { try folder.refuseLostDatabase() }
        // Made before SQLite sees it, so that it is private from the first byte; -wal and -shm take its mode.
        // It may be a link to another disk.
        _ = try OpenFile(path, O_RDWR | O_CREAT, followsLinks: true)
        pictures = FramePictures(folder: folder.frames)
        let busyWait = BusyWait()
        self.busyWait = busyWait
        pool = try StorageError.translating(path) {
            let pool = try DatabasePool(path: path, configuration: Self.configuration(busyWait))
            // GRDB sets it to NORMAL when it has opened a pool, whatever was prepared.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = \(durability.rawValue)") }
            if let copy = try Self.migrate(pool, path) { warn(.migrated(path: path, copy: copy)) }
            return pool
        }
        identity = FileIdentity(at: path)
    }

    private static func configuration(_ busyWait: BusyWait) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .callback(busyWait.wait)
        configuration.maximumReaderCount = 4
        configuration.label = "farm"
        configuration.prepareDatabase { database in
            // The pages that a savepoint changes are saved beside for its rollback: in memory, not in a temporary file.
            try database.execute(sql: "PRAGMA temp_store = memory")
            try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
        }
        return configuration
    }

    /// - Returns: where the copy of the older database lies; nil when nothing was migrated, or nothing was there before.
    private static func migrate(_ pool: DatabasePool, _ path: String) throws -> String? {
        let migrator = Schema.migrator
        if try pool.read(migrator.hasBeenSuperseded) {
            let found = try pool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
            throw StorageError.newerVersion(path: path, found: found, supported: Schema.version)
        }
        if try pool.read(migrator.hasCompletedMigrations) { return nil }
        let copy = try copyBeforeMigration(pool, path)
        try migrator.migrate(pool)
        // The file's own header then tells every farmtop which version this is, without opening the log beside it.
        try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        // A reader that looked before would prepare its first statement for the old columns.
        pool.invalidateReadOnlyConnections()
        return copy
    }

    /// A whole copy of the database, forced to disk, before it becomes one that the older farmtop does not open.
    private static func copyBeforeMigration(_ pool: DatabasePool, _ path: String) throws -> String? {
        let version = try pool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        guard version > 0 else { return nil }
        let copyPath = DataFolder.copyBeforeMigration(of: path, version: version)
        let part = copyPath + ".part"
        unlink(part)
        let file = try OpenFile(part, O_RDWR | O_CREAT | O_EXCL)
        do {
            let copy = try DatabaseQueue(path: part)
            try pool.backup(to: copy)
            try copy.close()
            guard fsync(file.descriptor) == 0 else { throw StorageError(errno: errno, path: part) }
            try file.rename(to: copyPath, overwrites: true)
        } catch {
            unlink(part)
            throw error
        }
        return copyPath
    }

    /// - Throws: `replaced` when the name of the database leads to another file by now: rows would go into one that is gone with
    ///   this process.
    public func requireOwnFile() throws(StorageError) {
        guard FileIdentity(at: folder.database) == identity else { throw .replaced(path: folder.database) }
    }

    /// Looks at every page of the file while it is in use, on a connection that has none of them in memory.
    /// - Throws: `replaced`, or `corrupt` with the first complaint.
    public func check() throws {
        try requireOwnFile()
        try StorageError.translating(folder.database) {
            let queue = try DatabaseQueue.reading(folder.database)
            try queue.read { try DatabaseCheck.quick($0, folder.database) }
            try queue.close()
        }
    }

    /// Also shortens a wait that is under way.
    public func hurry() { busyWait.hurry() }

    /// Takes the log into the database, so that the next start need not read it, and a copy of the file alone is whole. The last call;
    /// it hurries, too.
    /// - Throws: where somebody reads or writes the database at this moment, the daily look at it included; the log then stays beside it.
    public func settle() throws {
        hurry()
        try StorageError.translating(folder.database) {
            try pool.writeWithoutTransaction { database in
                try requireOwnFile()
                do {
                    try database.checkpoint(.truncate)
                } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                    throw StorageError.failed(
                        path: folder.database, detail: "it is being read or written at this moment")
                }
            }
        }
    }

    public func transaction(_ body: (any FarmTransaction) throws -> Void) throws {
        try StorageError.translating(folder.database) {
            try pool.writeWithoutTransaction { database in
                let transaction = StoreTransaction(database, pictures, warn: warn, mayBegin: requireOwnFile)
                do {
                    try body(transaction)
                    try transaction.commit()
                } catch {
                    transaction.rollBack()
                    throw error
                }
                transaction.removeDiscarded()
            }
        }
    }

    /// Runs `body` on a committed state that does not change meanwhile.
    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try StorageError.translating(folder.database) { try pool.read(body) }
    }

    /// Runs `body` in a transaction of its own.
    /// - Throws: `replaced` as well: what was settled in a file that is gone would come again from the one in its place.
    func change<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try StorageError.translating(folder.database) {
            try pool.write { database in
                try requireOwnFile()
                return try body(database)
            }
        }
    }

    public func framePicture(_ key: FrameKey) throws -> [UInt8]? {
        let bytes = try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT bytes FROM frame_pictures WHERE print_id = ? AND frame = ?")
            return try Int64.fetchOne(statement, arguments: [key.printID.rawValue, key.number])
        }
        return bytes.flatMap { pictures.read(key, bytes: $0) }
    }

    /// The most that the database may grow to, for tests of a full disk; lasts as long as the store is open.
    func limitSize(pages: Int) throws {
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
    }
}
