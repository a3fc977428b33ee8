import Farm
import Foundation
import Glibc
import Storage
import Testing

@Suite("The data folder", .timeLimit(.minutes(20)))
struct DataFolderTests {
    private let folder = TemporaryFolder()

    private func mode(_ path: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
    }

    @Test("a first run makes the folder 0700 and every file in it 0600, parents too")
    func permissions() throws {
        let path = folder.path + "/a/b"
        let store = try SQLiteStore(DataFolder(preparing: path).lock())
        try store.write(Sample.farm)
        #expect(try mode(path) == 0o700)
        #expect(try mode(folder.path) == 0o700)
        let files = ["farmtop.db", "farmtop.db-wal", "farmtop.db-shm", "farmtop.lock"]
        for file in files { #expect(try mode(path + "/" + file) == 0o600, "\(file)") }
    }

    @Test("a folder that others can read is used, and told")
    func openFolder() throws {
        try FileManager.default.createDirectory(
            atPath: folder.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        let warnings = Warnings()
        _ = try DataFolder(preparing: folder.path, warn: warnings.add)
        #expect(warnings.all == [.openToOthers(path: folder.path, mode: 0o755)])
    }

    @Test("a folder that every user can write is refused, and nothing is made in it")
    func writableFolder() throws {
        for mode in [0o777, 0o1777, 0o702] {
            try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
            chmod(folder.path, mode_t(mode))
            #expect(throws: StorageError.writableByOthers(path: folder.path, mode: UInt32(mode & 0o777))) {
                try DataFolder(preparing: folder.path)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
            try FileManager.default.removeItem(atPath: folder.path)
        }
    }

    @Test("a lock that is a link, of either kind, is refused, and the file it leads to stays as it is")
    func linkedLock() throws {
        let data = try DataFolder(preparing: folder.path)
        let precious = folder.path + "/precious"
        try Data("precious".utf8).write(to: URL(filePath: precious))
        for (kind, make) in [(FileKind.link, symlink), (.secondName, link)] {
            #expect(make(precious, data.lockFile) == 0)
            #expect(throws: StorageError.notAFile(path: data.lockFile, kind: kind)) { try data.lock() }
            #expect(try String(contentsOfFile: precious, encoding: .utf8) == "precious")
            unlink(data.lockFile)
        }
        #expect(symlink(precious, folder.path + "/picture.key.part") == 0)
        let lock = try data.lock()
        #expect(throws: StorageError.self) { try lock.pictureKey { Array(repeating: 7, count: $0) } }
        #expect(try String(contentsOfFile: precious, encoding: .utf8) == "precious")
    }

    @Test("a fifo in the place of a file of the farm is refused at once", .timeLimit(.minutes(20)))
    func fifos() throws {
        let data = try DataFolder(preparing: folder.path)
        #expect(mkfifo(data.database, 0o600) == 0)
        #expect(throws: StorageError.notAFile(path: data.database, kind: .fifo)) { try SQLiteStore(data.lock()) }
        #expect(throws: StorageError.notAFile(path: data.database, kind: .fifo)) { try DatabaseInspection(data) }
        #expect(throws: StorageError.notAFile(path: data.database, kind: .fifo)) {
            try FarmBackup.verify(data.database)
        }
        unlink(data.database)
        unlink(data.lockFile)
        #expect(mkfifo(data.lockFile, 0o600) == 0)
        #expect(throws: StorageError.notAFile(path: data.lockFile, kind: .fifo)) { try data.lock() }
        #expect(throws: StorageError.notAFile(path: data.lockFile, kind: .fifo)) { try data.holding() }
        unlink(data.lockFile)
        let key = folder.path + "/picture.key"
        #expect(mkfifo(key, 0o600) == 0)
        let lock = try data.lock()
        #expect(throws: StorageError.notAFile(path: key, kind: .fifo)) {
            try lock.pictureKey { Array(repeating: 7, count: $0) }
        }
    }

    @Test("a database that is a link to another disk is used")
    func linkedDatabase() throws {
        let data = try DataFolder(preparing: folder.path)
        let disk = folder.path + "/disk.db"
        #expect(symlink(disk, data.database) == 0)
        let store = try SQLiteStore(data.lock())
        try store.write(Sample.farm)
        #expect(FileManager.default.fileExists(atPath: disk))
    }

    @Test("a second owner is refused and told who holds the folder; afterwards it may have it")
    func lock() throws {
        let data = try DataFolder(preparing: folder.path)
        var first: FolderLock? = try data.lock()
        #expect(throws: StorageError.folderInUse(path: folder.path, pid: ProcessInfo.processInfo.processIdentifier)) {
            try data.lock()
        }
        #expect(first?.folder == data)
        first = nil
        _ = try data.lock()
    }

    @Test("a store holds the folder as long as it lives")
    func storeHolds() throws {
        var store: SQLiteStore? = try folder.open()
        #expect(throws: StorageError.self) { try folder.open() }
        #expect(store != nil)
        store = nil
        _ = try folder.open()
    }

    @Test("a file in the folder's place, and a place where nothing can be made, are refused with the path")
    func notAFolder() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "farmtop-\(UUID().uuidString)")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(throws: StorageError.notWritable(path: file.path, reason: "it is not a folder")) {
            try DataFolder(preparing: file.path)
        }
        #expect(throws: StorageError.self) { try DataFolder(preparing: file.path + "/below") }
        #expect(throws: StorageError.self) { try DataFolder(preparing: "/proc/farmtop") }
    }

    @Test("the key of picture addresses is made once, private, and kept; a damaged one is made anew")
    func pictureKey() throws {
        let lock = try DataFolder(preparing: folder.path).lock()
        let first = Array(UInt8(0)..<32)
        #expect(try lock.pictureKey { Array(first.prefix($0)) } == first)
        #expect(try lock.pictureKey { Array(repeating: 9, count: $0) } == first)
        #expect(try mode(folder.file("picture.key")) == 0o600)
        try Data([1, 2]).write(to: URL(filePath: folder.file("picture.key")))
        #expect(try lock.pictureKey { Array(repeating: 9, count: $0) } == Array(repeating: 9, count: 32))
    }
}
