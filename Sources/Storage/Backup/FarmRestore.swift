public import Farm
import Foundation
import GRDB
import Glibc

/// Puts a backup in the place of a farm. What does not check out replaces nothing; what is replaced is kept.
public struct FarmRestore: Sendable {
    /// What a restore has put where.
    public struct Outcome: Equatable, Sendable {
        /// What is in the folder now.
        public var contents: BackupContents
        /// Where that is which was there before; nil when there was nothing.
        public var replaced: String?
    }

    private let lock: FolderLock
    private let random: @Sendable (Int) -> [UInt8]
    private var folder: DataFolder { lock.folder }
    private var part: String { folder.restorePart }
    private var framesPart: String { folder.framesPart }

    /// - Parameters:
    ///   - lock: the claim on the folder, so that nobody uses it meanwhile.
    ///   - random: gives the bytes of the folder's key, where it has none and the backup holds secrets.
    public init(into lock: FolderLock, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.lock = lock
        self.random = random
    }

    /// Copies the backup into the folder beside the farm, checks it, brings it up to date, and then exchanges the two.
    /// - Parameter source: a file made by `FarmBackup`, or another database of farmtop, as one that was replaced; then its
    ///   pictures are looked for in `frames` beside it.
    /// - Throws: `noDatabase`, `notFarmtop`, `newerVersion`, `corrupt`: the farm is as it was.
    public func run(from source: String, now: Timestamp) throws -> Outcome {
        guard try DatabaseHeader.check(source, isStrict: true) else { throw StorageError.noDatabase(path: source) }
        let hasDigest = try BackupDigest.check(source)
        // What an earlier one that was killed left is brought to its end first, as a start does.
        endEarlier()
        try clean()
        do {
            let contents = try stage(source, hasDigest: hasDigest, now: now)
            return Outcome(contents: contents, replaced: try exchange(now))
        } catch StorageError.diskFull {
            // Whatever was read at that moment: it is here that something was written.
            endEarlier()
            throw StorageError.diskFull(path: folder.path)
        } catch {
            endEarlier()
            throw error
        }
    }

    /// Nothing is removed that the farm's database belongs to: what can be neither ended nor removed stays, and the next start says so.
    private func endEarlier() { _ = lock.endRestore() }

    private func clean() throws { try lock.removeRestoreRemains() }

    private func stage(_ source: String, hasDigest: Bool, now: Timestamp) throws -> BackupContents {
        let file = try OpenFile(part, O_RDWR | O_CREAT | O_EXCL)
        let staged = try StorageError.translating(source) {
            let reading = try DatabaseQueue.reading(source)
            let staged = try StorageError.translating(part) { try DatabaseQueue(path: part) }
            try reading.backup(to: staged)
            try reading.close()
            try staged.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA temp_store = memory")
            }
            guard try !staged.read(Schema.migrator.hasBeenSuperseded) else {
                throw StorageError.newerVersion(path: source, found: Schema.version + 1, supported: Schema.version)
            }
            try staged.read { database in
                try DatabaseCheck.all(database, source)
                try DatabaseCheck.digest(database, source, isThere: hasDigest)
            }
            return staged
        }
        return try StorageError.translating(part) {
            try takePictures(of: source, staged)
            if try !staged.read(Schema.migrator.hasCompletedMigrations) {
                try Schema.migrator.migrate(staged)
                try staged.read { try DatabaseCheck.all($0, part) }
            }
            try staged.write { database in
                try BackupSecrets.takeOver(database, FolderSecrets(lock, random: random))
                try Self.forgetMessages(database)
                // Also of a farm without machines of its own: its apps tell the other farm the same as this one.
                try UnconfirmedRestore.write(now, database)
            }
            let bytes = try FileManager.default.attributesOfItem(atPath: part)[.size] as? NSNumber
            let contents = try staged.read { try BackupContents($0, bytes: bytes?.int64Value ?? 0) }
            try staged.close()
            guard fsync(file.descriptor) == 0 else { throw StorageError(errno: errno, path: part) }
            return contents
        }
    }

    /// What waited to be sent was of the farm that was backed up, and it sends that itself. What still stands may be told.
    private static func forgetMessages(_ staged: Database) throws {
        try staged.execute(
            sql: """
                DELETE FROM notify_outbox;
                DELETE FROM webhook_outbox;
                DELETE FROM notify_tellings WHERE occasion_id IN
                    (SELECT id FROM notify_occasions WHERE over_since IS NOT NULL);
                DELETE FROM notify_occasions WHERE over_since IS NOT NULL;
                """)
    }

    /// Pictures become files again; the rows of those that are not to be had go.
    private func takePictures(of source: String, _ staged: DatabaseQueue) throws {
        guard mkdir(framesPart, 0o700) == 0 else { throw StorageError(errno: errno, path: framesPart) }
        let pictures = FramePictures(folder: framesPart)
        let beside = FramePictures(
            folder: URL(filePath: source).deletingLastPathComponent().appending(path: "frames").path)
        try staged.writeWithoutTransaction { database in
            let hasPictures = try database.tableExists("backup_pictures")
            let rows = try Row.fetchAll(database, sql: "SELECT print_id, frame, bytes FROM frame_pictures")
            let stored =
                try hasPictures
                ? database.cachedStatement(sql: "SELECT jpeg FROM backup_pictures WHERE print_id = ? AND frame = ?")
                : nil
            let removal = try database.cachedStatement(
                sql: "DELETE FROM frame_pictures WHERE print_id = ? AND frame = ?")
            try database.inTransaction {
                for row in rows {
                    let key = FrameKey(printID: PrintID(rawValue: row[0]), number: row[1])
                    let arguments: StatementArguments = [key.printID.rawValue, key.number]
                    let jpeg =
                        try stored.map { try Data.fetchOne($0, arguments: arguments).map(Array.init) ?? [] }
                        ?? beside.read(key, bytes: row[2])
                    if let jpeg, jpeg.count == row[2] as Int {
                        try pictures.write(jpeg, key)
                    } else {
                        try removal.execute(arguments: arguments)
                    }
                }
                return .commit
            }
            // The secrets are taken over once the tables are the newest.
            for table in DatabaseCheck.backupTables where table != BackupSecrets.table {
                try database.execute(sql: "DROP TABLE IF EXISTS \(table)")
            }
            // The room that the pictures took is given back.
            if hasPictures { try database.execute(sql: "VACUUM") }
        }
    }

    // MARK: The exchange

    /// There is never a moment without a database of that name: a start in between would make an empty farm.
    private func exchange(_ now: Timestamp) throws -> String? {
        let hadDatabase = access(folder.database, F_OK) == 0
        // A log without its database would otherwise be taken for that of the new one.
        let replaced = hadDatabase || !folder.belongings.isEmpty ? try makeReplacedFolder(now) : nil
        if let replaced {
            if hadDatabase { emptyLog() }
            // A second name for the old file, by which a start knows an exchange that was killed.
            let hasSecondName = hadDatabase && link(folder.database, replaced + "/farmtop.db") == 0
            // Pictures that cannot be moved, as those on a disk of their own, are noticed while nothing has changed.
            try move(folder.frames, to: replaced + "/frames", mayBeMissing: true)
            try move(replaced + "/frames", to: folder.frames, mayBeMissing: true)
            for suffix in DataFolder.logs {
                try move(folder.database + suffix, to: replaced + "/farmtop.db" + suffix, mayBeMissing: true)
            }
            // Where the file system knows no second names it is moved.
            if hadDatabase, !hasSecondName {
                try move(folder.database, to: replaced + "/farmtop.db")
            }
        } else if access(folder.frames, F_OK) == 0 {
            // Without a database the pictures there belonged to nothing.
            do { try FileManager.default.removeItem(atPath: folder.frames) } catch {
                throw StorageError.notWritable(path: folder.frames, reason: "it cannot be removed")
            }
        }
        try move(part, to: folder.database)
        // The old pictures go only now: until here the old farm is whole, and from here on the next start brings this to its end.
        if let replaced { try move(folder.frames, to: replaced + "/frames", mayBeMissing: true) }
        try move(framesPart, to: folder.frames)
        try OpenFile.syncFolder(folder.path)
        return replaced
    }

    private func makeReplacedFolder(_ now: Timestamp) throws(StorageError) -> String {
        let moment = now.description.prefix(19).filter { $0 != "-" && $0 != ":" }
        for number in 1...1000 {
            let path = folder.path + "/replaced-\(moment)Z" + (number == 1 ? "" : "-\(number)")
            if mkdir(path, 0o700) == 0 { return path }
            guard errno == EEXIST else { throw StorageError(errno: errno, path: path) }
        }
        throw .notWritable(path: folder.path, reason: "too many farms were replaced at the same moment")
    }

    /// Takes what is in the log beside the old database into it, so that it is whole as one file. A database that is too
    /// damaged for that is kept with its log.
    private func emptyLog() {
        do {
            let old = try DatabaseQueue(path: folder.database)
            try old.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try old.close()
        } catch {
            return
        }
    }

    private func move(_ path: String, to place: String, mayBeMissing: Bool = false) throws(StorageError) {
        guard rename(path, place) != 0 else { return }
        if mayBeMissing, errno == ENOENT { return }
        throw StorageError(errno: errno, path: path)
    }
}
