public import Farm
import GRDB

/// Why the farm could not be read or kept. Messages name files, never contents.
public enum StorageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Another process holds the data folder; its pid where it is known.
    case folderInUse(path: String, pid: Int32?)
    /// The data folder belongs to another user of the machine.
    case anothersFolder(path: String, user: UInt32)
    /// A folder or file cannot be made or written.
    case notWritable(path: String, reason: String)
    case diskFull(path: String)
    /// A newer farmtop made this database. It was not touched.
    case newerVersion(path: String, found: Int, supported: Int)
    /// Something else stands where a file of farmtop belongs. It was not touched.
    case notAFile(path: String, kind: FileKind)
    /// Every user of the machine can put files into the data folder, and take them away.
    case writableByOthers(path: String, mode: UInt32)
    /// The file is no database of farmtop. It was not touched.
    case notFarmtop(path: String)
    /// There is no farm to be copied, or no backup of that name.
    case noDatabase(path: String)
    case corrupt(path: String, detail: String)
    /// A backup that is not as it was written, or is not whole.
    case damagedBackup(path: String, detail: String)
    case notReadable(path: String)
    /// The key that opens stored credentials is not there.
    case noSecretKey(path: String)
    /// There is no database, or an empty one, beside what belongs to one. Nothing was touched.
    case databaseLost(path: String, beside: [String])
    /// A stored value is none that this column can hold.
    case unreadable(table: String, column: String)
    /// A row that contradicts the others, as a print of a printer that does not exist.
    case contradiction(detail: String)
    case alreadyExists(path: String)
    /// A copy was to be written over one of the files that the farm lives in.
    case ownFile(path: String)
    /// Another file lies where the database was when it was opened. What is written from now on would be lost with the process.
    case replaced(path: String)
    /// Another program holds a lock for longer than is waited.
    case held(path: String)
    case failed(path: String, detail: String)

    public var description: String {
        switch self {
        case .folderInUse(let path, let pid):
            "\(path) is in use by \(pid.map { "process \($0)" } ?? "another process"). "
                + "Stop that farmtop, or give another folder with --data-dir."
        case .anothersFolder(let path, let user):
            "\(path) belongs to user \(user). Run farmtop as that user (sudo -u '#\(user)' farmtop …), or give another folder "
                + "with --data-dir. While that user's farmtop runs, root can use its commands."
        case .notWritable(let path, let reason):
            "\(path) cannot be written: \(reason). Make it writable, or give another folder with --data-dir."
        case .diskFull(let path): "The disk that holds \(path) is full. Free some space, then try again."
        case .newerVersion(let path, let found, let supported):
            "\(path) was written by a newer farmtop (schema \(found); this one knows \(supported)). It was not touched. "
                + "Install that version again, or restore a backup made before the upgrade: farmtop restore SRC."
        case .notAFile(let path, let kind):
            "\(path) is \(kind.rawValue), where a file of farmtop belongs. It was not touched. Move it away, then try again."
        case .writableByOthers(let path, let mode):
            "\(path) can be written by every user of this machine (mode \(String(mode, radix: 8))), who could exchange the "
                + "farm's files. Look at what is in it, close it with chmod go-rwx, then try again."
        case .notFarmtop(let path):
            "\(path) is not a database of farmtop. It was not touched. Move it away, or give another folder."
        case .noDatabase(let path): "There is no database at \(path). Check the path, or --data-dir."
        case .corrupt(let path, let detail):
            "\(path) is damaged: \(detail). Keep a copy of it, then restore a backup: farmtop restore SRC."
        case .damagedBackup(let path, let detail):
            "The backup \(path) is damaged: \(detail). Nothing was changed. Use another backup; farmtop backup --verify FILE "
                + "says which ones are whole."
        case .notReadable(let path): "\(path) cannot be read. Check the path and its permissions."
        case .noSecretKey(let path):
            "\(path) is missing, and the stored keys of printers cannot be read without it. Put it back, or give the keys again."
        case .databaseLost(let path, let beside):
            "\(path) is missing or empty, but \(beside.joined(separator: ", ")) of a farm \(beside.count == 1 ? "is" : "are") "
                + "still there. Nothing was touched. Put the database back, or restore a backup: farmtop restore SRC. To begin "
                + "a new farm, move these away first, or give another folder with --data-dir."
        case .unreadable(let table, let column):
            "The database holds a \(table).\(column) that farmtop cannot read. Restore a backup, or run farmtop doctor."
        case .contradiction(let detail): "The change contradicts what is stored: \(detail)."
        case .alreadyExists(let path): "\(path) exists already. Give a name that is not taken."
        case .ownFile(let path):
            "\(path) is a file that the farm itself lives in. Nothing was written. Give another name, best on another disk."
        case .replaced(let path):
            "\(path) was taken away or replaced while farmtop ran. Nothing more is stored. Put the file back that was there, or end "
                + "farmtop and restore a backup: farmtop restore SRC."
        case .held(let path):
            "Another program holds \(path), such as sqlite3 or a tool that copies it. Let it end, then try again; sudo fuser -v "
                + "'\(path)' lists it beside farmtop."
        case .failed(let path, let detail): "\(path): \(detail)."
        }
    }
}

extension StorageError {
    /// SQLite's words, sorted by what a person can do about them.
    init(_ error: DatabaseError, path: String) {
        let detail = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL: self = .diskFull(path: path)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: self = .notWritable(path: path, reason: detail)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt(path: path, detail: detail)
        case .SQLITE_BUSY: self = .held(path: path)
        case .SQLITE_CONSTRAINT: self = .contradiction(detail: detail)
        default: self = .failed(path: path, detail: detail)
        }
    }

    /// Runs `body` and says its SQLite errors as those of this module. Other errors pass.
    static func translating<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as DatabaseError { throw StorageError(error, path: path) }
    }
}

/// What went wrong without anything being refused; for the log.
public enum StorageWarning: Equatable, Sendable, CustomStringConvertible {
    /// The data folder can be read by other users of the machine. `mode` is its permission bits.
    case openToOthers(path: String, mode: UInt32)
    /// Numbers are kept, the picture is not.
    case pictureNotWritten(path: String, reason: String)
    case pictureNotRemoved(path: String, reason: String)
    /// Something that was learnt cannot be read, and is learnt anew.
    case rowLeftOut(reason: String)
    /// An older farmtop's database was brought up to date; a copy of it lies beside it.
    case migrated(path: String, copy: String)
    /// A restore was killed before it replaced anything; what it left is removed.
    case restoreRemoved(paths: [String])
    /// A restore was killed as its pictures were to take their place; now they have.
    case restoreEnded(path: String)
    /// What a killed restore left cannot be removed.
    case restoreLeft(paths: [String])

    public var description: String {
        switch self {
        case .migrated(let path, let copy):
            "\(path) was brought up to date and can no longer be opened by the farmtop that wrote it. A copy of it from before "
                + "lies at \(copy). To go back: stop farmtop, remove \(path), \(path)-wal and \(path)-shm, name the copy "
                + "\(path), and start the older farmtop."
        case .restoreRemoved(let paths):
            "A restore was killed before it changed anything. What it left was removed: "
                + "\(paths.joined(separator: ", ")). Restore again if you want that backup."
        case .restoreEnded(let path):
            "A restore was killed near its end. \(path) holds the restored farm, and its pictures are in their place now."
        case .restoreLeft(let paths):
            "A restore was killed, and what it left cannot be removed. Remove it: \(paths.joined(separator: ", "))"
        case .rowLeftOut(let reason): "A row that cannot be read is left out: \(reason)"
        case .openToOthers(let path, let mode):
            "\(path) can be read by others (mode \(String(mode, radix: 8))). Close it: chmod go-rwx \(path)"
        case .pictureNotWritten(let path, let reason): "The picture of a frame could not be kept in \(path): \(reason)."
        case .pictureNotRemoved(let path, let reason):
            "The picture of a frame could not be removed from \(path): \(reason)."
        }
    }
}

extension StorageError: StoreFault {
    public var reasonForClients: String? {
        switch self {
        case .diskFull: "the farm's disk is full"
        case .held: "another program holds the farm's database"
        default: nil
        }
    }
}
