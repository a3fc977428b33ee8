import Foundation
import Glibc
import Text

/// Where one farm is kept: the database, its lock, the frames' pictures.
public struct DataFolder: Equatable, Sendable {
    /// As it was given: relative paths and symbolic links stay.
    public let path: String

    /// Takes the folder, making it (0700) and its parents if need be.
    /// - Parameter warn: told when others can read the folder; it is used all the same.
    /// - Throws: `notWritable`, `diskFull`, or `writableByOthers`.
    public init(preparing path: String, warn: (StorageWarning) -> Void = { _ in }) throws(StorageError) {
        self.path = path
        try Self.make(path)
        var status = stat()
        guard stat(path, &status) == 0 else { throw StorageError(errno: errno, path: path) }
        let mode = status.st_mode & 0o777
        guard mode & 0o002 == 0 else { throw .writableByOthers(path: path, mode: mode) }
        if status.st_uid == geteuid() { try Self.make(frames) }
        if mode & 0o077 != 0 { warn(.openToOthers(path: path, mode: mode)) }
    }

    /// A folder that is there already; nothing is made or changed.
    /// - Throws: `notWritable`, also when there is none.
    public init(existing path: String) throws(StorageError) {
        self.path = path
        try Self.requireFolder(path)
    }

    /// SQLite keeps `-wal` and `-shm` beside it.
    public var database: String { path + "/farmtop.db" }
    /// Where an older database is copied to before it is brought up to date: `farmtop.schema-3.db`.
    static func copyBeforeMigration(of database: String, version: Int) -> String {
        String(database.dropLast(3)) + ".schema-\(version).db"
    }
    /// Holds the owner's pid; see `FolderLock`. It stays when nobody has the folder.
    public var lockFile: String { path + "/farmtop.lock" }
    /// A folder for each print, in it `7.jpg` for its seventh frame.
    public var frames: String { path + "/frames" }

    /// Whether a path is, or would be, one of the files that this farm lives in, by whatever way it leads there.
    func owns(_ path: String) -> Bool {
        if let name = name(below: path), Self.isOwn(name) { return true }
        // Another name of a file.
        guard let file = FileIdentity(at: path) else { return false }
        return Self.ownFiles.contains { FileIdentity(at: "\(self.path)/\($0)") == file }
    }

    /// The file or folder of this one on the way to a path: `frames` for `/var/lib/farm/frames/7/1.jpg`. Nil where it leads elsewhere.
    private func name(below path: String) -> String? {
        guard let folder = FileIdentity(at: self.path) else { return nil }
        var place = Self.withoutLinks(path)
        while let slash = place.lastIndex(of: "/") {
            let name = String(place[place.index(after: slash)...])
            place = String(place[..<slash])
            if FileIdentity(at: place.isEmpty ? "/" : place) == folder { return name }
        }
        return nil
    }

    /// - Returns: an absolute path; of what is not there yet, in a folder without links.
    private static func withoutLinks(_ path: String) -> String {
        func resolved(_ path: String) -> String? {
            guard let found = realpath(path, nil) else { return nil }
            defer { free(found) }
            return String(cString: found)
        }
        if let there = resolved(path) { return there }
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        return (resolved(folder) ?? folder) + "/" + name
    }

    private static func isOwn(_ name: String) -> Bool {
        ownFiles.contains(name) || ["replaced-", "restore.part", "farmtop.schema-"].contains(where: name.hasPrefix)
    }

    private static let ownFiles = [
        "farmtop.db", "farmtop.db-wal", "farmtop.db-shm", "farmtop.lock", "secrets.key", "picture.key",
        "precision.json", "control.sock", "frames", "frames.part", "model",
    ]

    /// Takes the folder for this process, until the result goes away.
    /// - Throws: `folderInUse` with the pid of the holder; `anothersFolder` when it belongs to another user, as root would
    ///   leave files there that their owner cannot write; `notAFile` when the lock is a link.
    public func lock() throws(StorageError) -> FolderLock { try FolderLock(self) }

    private static func make(_ path: String) throws(StorageError) {
        if mkdir(path, 0o700) == 0 { return }
        let failure = errno
        if failure == EEXIST { return try requireFolder(path) }
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        guard failure == ENOENT, path.hasPrefix("/"), !parent.isEmpty else {
            throw StorageError(errno: failure, path: path)
        }
        try make("/" + parent)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw StorageError(errno: errno, path: path) }
    }

    private static func requireFolder(_ path: String) throws(StorageError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw StorageError(errno: errno, path: path) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw .notWritable(path: path, reason: "it is not a folder")
        }
    }
}

/// The one writer's claim on a data folder: an exclusive `flock` on `farmtop.lock`, which holds the owner's pid. The kernel
/// drops it with the process, so nothing is left to clean up after a crash.
public final class FolderLock: Sendable {
    /// What is claimed, for as long as this object lives.
    public let folder: DataFolder
    private let file: OpenFile

    fileprivate init(_ folder: DataFolder) throws(StorageError) {
        self.folder = folder
        var status = stat()
        guard stat(folder.path, &status) == 0 else { throw StorageError(errno: errno, path: folder.path) }
        let isOwn = status.st_uid == geteuid()
        guard isOwn || access(folder.lockFile, F_OK) == 0 else {
            throw .anothersFolder(path: folder.path, user: status.st_uid)
        }
        file = try OpenFile(folder.lockFile, isOwn ? O_RDWR | O_CREAT : O_RDWR)
        guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw StorageError(errno: errno, path: folder.lockFile) }
            throw .folderInUse(path: folder.path, pid: Self.pid(in: folder.lockFile))
        }
        guard isOwn else { throw .anothersFolder(path: folder.path, user: status.st_uid) }
        guard file.names == 1 else { throw .notAFile(path: folder.lockFile, kind: .secondName) }
        guard ftruncate(file.descriptor, 0) == 0 else { throw StorageError(errno: errno, path: folder.lockFile) }
        try file.write(Array("\(getpid())\n".utf8))
    }

    /// The key that signs picture addresses, kept in a file of its own (0600) so that addresses hold over a restart and no
    /// copy of the database holds it.
    /// - Parameter random: gives the bytes of a new key when there is none of 32 bytes.
    public func pictureKey(random: (Int) -> [UInt8]) throws(StorageError) -> [UInt8] {
        let file = folder.path + "/picture.key"
        try FileKind.requireFile(at: file)
        if let stored = FileManager.default.contents(atPath: file), stored.count == 32 { return Array(stored) }
        let key = random(32)
        let part = file + ".part"
        try OpenFile(part, O_WRONLY | O_CREAT | O_TRUNC).write(key)
        guard rename(part, file) == 0 else { throw StorageError(errno: errno, path: file) }
        return key
    }

    static func pid(in path: String) -> Int32? {
        FileManager.default.contents(atPath: path).flatMap {
            Int32(String(decoding: $0.prefix(while: ASCII.isDigit), as: UTF8.self))
        }
    }
}
