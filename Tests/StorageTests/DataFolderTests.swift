import Farm
import Foundation
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
