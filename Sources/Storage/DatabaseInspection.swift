public import Farm
import Foundation
import GRDB

/// Looks at the database of a farm without changing anything, whether or not another process uses it.
///
/// Never in the process that has the `SQLiteStore` of the folder: it reads the file's header itself, and when a process closes a
/// file it loses all its locks on it (sqlite.org/howtocorrupt.html §2.2). That one calls `SQLiteStore.check()`.
public struct DatabaseInspection {
    private let folder: DataFolder
    private let queue: DatabaseQueue

    /// The schema that this program makes.
    public static var supportedSchema: Int { Schema.version }

    /// - Returns: nil when there is no database yet.
    /// - Throws: `notFarmtop`, `newerVersion`, or why it cannot be opened.
    public init?(_ folder: DataFolder) throws {
        guard try DatabaseHeader.check(folder.database) else {
            try folder.refuseLostDatabase()
            return nil
        }
        self.folder = folder
        queue = try StorageError.translating(folder.database) { try DatabaseQueue.reading(folder.database) }
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try StorageError.translating(folder.database) { try queue.read(body) }
    }

    /// The number of the newest migration that was applied; 0 in an empty database.
    public func schema() throws -> Int { try read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 } }

    /// The structure of every page, every reference between rows, and the tables' definitions.
    /// - Throws: `corrupt` with the first complaint.
    public func check() throws {
        try read { try DatabaseCheck.quick($0, folder.database) }
    }

    /// When the newest thing happened of which the database knows; nil for a new farm.
    public func newestMoment() throws -> Timestamp? {
        try read { database in
            try [
                "SELECT max(created_at) FROM printer_events", "SELECT max(started_at) FROM prints",
                "SELECT max(coalesce(cancelled_at, finished_at)) FROM prints", "SELECT max(created_at) FROM accounts",
            ].compactMap { try Int64.fetchOne(database, sql: $0) }.max().map(Timestamp.init(microseconds:))
        }
    }

    /// When the farm was restored from a backup, as long as nobody has confirmed that it may send messages.
    public func unconfirmedRestore() throws -> Timestamp? {
        try read { database in
            guard try database.tableExists(UnconfirmedRestore.table) else { return nil }
            return try UnconfirmedRestore.read(database)
        }
    }

    /// Names of the printers whose machine or camera was restored from a backup and waits for a person.
    public func unconfirmedMachines() throws -> [String] {
        try read { database in
            guard try database.tableExists(MachineLink.table) else { return [] }
            return try String.fetchAll(
                database,
                sql: """
                    SELECT name FROM printers WHERE deleted_at IS NULL AND archived_at IS NULL AND (
                        id IN (SELECT printer_id FROM machine_links WHERE NOT is_confirmed)
                        OR id IN (SELECT printer_id FROM cameras WHERE NOT is_confirmed))
                    ORDER BY id
                    """)
        }
    }

    /// Names of the printers whose machine or camera has a key or password that this farm cannot read: a backup left it out, or
    /// `secrets.key` is not there. Whether a file that is there opens them all is not looked at.
    public func printersWithoutKey() throws -> [String] {
        let hasFile = FileManager.default.fileExists(atPath: folder.secretsFile)
        return try read { database in
            guard try database.tableExists(MachineLink.table) else { return [] }
            let isLost = hasFile ? "has_credentials AND credentials IS NULL" : "has_credentials"
            return try String.fetchAll(
                database,
                sql: """
                    SELECT name FROM printers WHERE deleted_at IS NULL AND archived_at IS NULL AND (
                        id IN (SELECT printer_id FROM machine_links WHERE \(isLost))
                        OR id IN (SELECT printer_id FROM cameras WHERE \(isLost)))
                    ORDER BY id
                    """)
        }
    }

    /// What rules of channels may name: the printers in use, and their tags.
    public func printerNames() throws -> PrinterNames {
        try read { database in
            var names = PrinterNames()
            names.printers = try String.fetchSet(
                database, sql: "SELECT name FROM printers WHERE deleted_at IS NULL AND archived_at IS NULL")
            guard try database.tableExists("printer_tags") else { return names }
            names.tags = try String.fetchSet(
                database,
                sql: """
                    SELECT tag FROM printer_tags JOIN printers ON printers.id = printer_id
                    WHERE deleted_at IS NULL AND archived_at IS NULL
                    """)
            return names
        }
    }

    /// A printer's machine, as it is stored.
    public struct Machine: Equatable, Sendable {
        /// The one that is linked to it; of its printers none is deleted.
        public var printer: PrinterID
        /// The printer's.
        public var name: String
        /// Where the server of the machine is.
        public var address: LinkAddress

        public init(printer: PrinterID, name: String, address: LinkAddress) {
            self.printer = printer
            self.name = name
            self.address = address
        }
    }

    /// The machines of all printers; a row that cannot be read is left out.
    public func machines() throws -> [Machine] {
        try read { database in
            guard try database.tableExists(MachineLink.table) else { return [] }
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT machine_links.*, printers.name AS printer_name FROM machine_links
                    JOIN printers ON printers.id = printer_id WHERE deleted_at IS NULL ORDER BY printer_id
                    """)
            return rows.compactMap { row in
                guard let link = try? MachineLink(StoredColumns(row, of: MachineLink.table)) else { return nil }
                return Machine(
                    printer: link.printerID, name: row["printer_name"] ?? "", address: link.settings.address)
            }
        }
    }

    /// Bytes of the log beside the database that are not yet in it.
    public var logBytes: Int64 { fileSize(folder.database + "-wal") ?? 0 }

    /// How the pictures on disk agree with the rows.
    public struct Pictures: Equatable, Sendable {
        /// Rows of pictures, those in `missing` too; `bytes` is the sum of the sizes that they tell.
        public var kept = 0
        /// As the rows tell it, of all that are `kept`.
        public var bytes: Int64 = 0
        /// Rows whose file is gone or cut.
        public var missing = 0
        /// Files without a row, older than a minute: younger ones may be about to get theirs.
        public var orphans = 0
    }

    /// Compares every row with its file, and every file with the rows; takes as long as there are pictures.
    public func pictures(now: Timestamp) throws -> Pictures {
        let files = FramePictures(folder: folder.frames)
        var pictures = Pictures()
        var known: Set<String> = []
        // Files first: what is removed meanwhile is then missed in neither.
        let present = files.prints().flatMap { print in files.files(of: print).map { "\(print)/\($0)" } }
        try read { database in
            let rows = try Row.fetchCursor(database, sql: "SELECT print_id, frame, bytes FROM frame_pictures")
            while let row = try rows.next() {
                let key = FrameKey(printID: PrintID(rawValue: row[0]), number: row[1])
                pictures.kept += 1
                pictures.bytes += row[2] as Int64
                known.insert("\(key.printID)/\(key.number).jpg")
                if fileSize(files.path(key)) != row[2] as Int64 { pictures.missing += 1 }
            }
        }
        let young = now.secondsSince1970 - 60
        for file in present where !known.contains(file) {
            var status = stat()
            guard stat("\(folder.frames)/\(file)", &status) == 0 else { continue }
            if Double(status.st_mtim.tv_sec) < young { pictures.orphans += 1 }
        }
        return pictures
    }

    private func fileSize(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }
}

extension DataFolder {
    /// Who has the folder, found without taking it.
    public enum Holding: Equatable, Sendable {
        case free
        /// Its pid where it is known.
        case held(pid: Int32?)
    }

    /// - Throws: when the lock cannot be looked at.
    public func holding() throws(StorageError) -> Holding {
        try FileKind.requireFile(at: lockFile)
        let descriptor = open(lockFile, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return .free }
            throw StorageError(errno: errno, path: lockFile)
        }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return .free }
        guard errno == EWOULDBLOCK else { throw StorageError(errno: errno, path: lockFile) }
        return .held(pid: FolderLock.pid(in: lockFile))
    }
}
