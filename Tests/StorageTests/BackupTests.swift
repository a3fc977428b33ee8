import Farm
import Foundation
import GRDB
import Storage
import Testing

@Suite("Backup")
struct BackupTests {
    private let folder = TemporaryFolder()

    @Test("a backup of the open store is one private file that opens as the same farm, without pictures")
    func backup() throws {
        let store = try folder.open()
        let key = FrameKey(printID: 9, number: 1)
        try store.write(Sample.farm + [.prediction(Sample.prediction(1)), .framePicture(key, jpeg: [1])])
        let copy = TemporaryFolder()
        _ = try DataFolder(preparing: copy.path)
        let size = try store.backup(to: copy.file("farmtop.db"))
        let attributes = try FileManager.default.attributesOfItem(atPath: copy.file("farmtop.db"))
        #expect((attributes[.size] as? NSNumber)?.int64Value == size)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        #expect(!copy.exists("farmtop.db-wal"))
        var expected = try store.loadAll()
        expected.framePictures = []
        #expect(try copy.open().loadAll() == expected)
    }

    @Test("a backup overwrites nothing")
    func exists() throws {
        let store = try folder.open()
        #expect(throws: StorageError.alreadyExists(path: folder.file("farmtop.db"))) {
            try store.backup(to: folder.file("farmtop.db"))
        }
    }

    @Test("a copy that does not check out is removed and told")
    func contradictory() throws {
        var store: SQLiteStore? = try folder.open()
        try store?.write(Sample.farm)
        store = nil
        let queue = try DatabaseQueue(path: folder.file("farmtop.db"))
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA foreign_keys = OFF; DELETE FROM printers") }
        try queue.close()
        let again = try folder.open()
        #expect(throws: StorageError.self) { try again.backup(to: folder.file("copy.db")) }
        #expect(!folder.exists("copy.db"))
    }
}
