import Farm
import Foundation
import GRDB
import Storage
import Testing

@Suite("The digest of a backup", .timeLimit(.minutes(20)))
struct BackupDigestTests {
    private let folder = TemporaryFolder()
    private let other = TemporaryFolder()
    private var copy: String { other.file("copy") }

    /// A farm with some rows, and its backup.
    private func backUp() throws -> [UInt8] {
        try FileManager.default.createDirectory(atPath: other.path, withIntermediateDirectories: true)
        let store = try folder.open()
        try store.write(Sample.farm + (1...300).map { .prediction(Sample.prediction($0)) })
        _ = try FarmBackup(of: DataFolder(existing: folder.path)).make(at: copy, madeAt: noon)
        return Array(try Data(contentsOf: URL(filePath: copy)))
    }
    private func restore() throws {
        let new = TemporaryFolder()
        _ = try FarmRestore(into: DataFolder(preparing: new.path).lock(), random: MachineSample.random).run(
            from: copy, now: noon)
    }

    @Test("a backup is whole until one of its bits is another, wherever that is")
    func flips() throws {
        var bytes = try backUp()
        let contents = try FarmBackup.verify(copy)
        #expect(contents.hasDigest && contents.madeAt == noon && contents.rows("predictions") == 300)
        // Every bit of the last line too.
        let positions = (0..<1200).map { $0 * bytes.count / 1200 } + ((bytes.count - 100)..<bytes.count)
        for (number, position) in positions.enumerated() {
            let bit = UInt8(1) << UInt8(number % 8)
            bytes[position] ^= bit
            try Data(bytes).write(to: URL(filePath: copy))
            #expect(throws: StorageError.self, "byte \(position)") { try FarmBackup.verify(copy) }
            if number % 50 == 0 { #expect(throws: StorageError.self, "byte \(position)") { try restore() } }
            bytes[position] ^= bit
        }
        try Data(bytes).write(to: URL(filePath: copy))
        try restore()
    }

    @Test("without its last line, cut, or with something behind it, it is refused")
    func ends() throws {
        let bytes = try backUp()

        let pages = bytes.count / 4096 * 4096
        for changed in [Array(bytes[..<pages]), bytes.dropLast(1), Array(bytes[..<(bytes.count - 5)]), bytes + [10]] {
            try Data(changed).write(to: URL(filePath: copy))
            #expect(throws: StorageError.self) { try FarmBackup.verify(copy) }
            #expect(throws: StorageError.self) { try restore() }
        }
    }

    @Test("a copy that was made otherwise can be restored; it is said that it has no digest")
    func otherCopy() throws {
        _ = try backUp()
        let queue = try DatabaseQueue(path: folder.file("farmtop.db"))
        try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try queue.close()
        try FileManager.default.removeItem(atPath: copy)
        try FileManager.default.copyItem(atPath: folder.file("farmtop.db"), toPath: copy)
        #expect(try !FarmBackup.verify(copy).hasDigest)
        try restore()
    }
}

@Suite("A farm whose database is gone", .timeLimit(.minutes(20)))
struct LostDatabaseTests {
    private let folder = TemporaryFolder()
    private var database: String { folder.file("farmtop.db") }

    /// Leaves what `loses` leaves of a farm with a picture.
    private func lose(_ loses: (String) throws -> Void) throws {
        let kept = TemporaryFolder()
        do {
            let store = try folder.open()
            try store.write(Sample.farm + [.framePicture(FrameKey(printID: 9, number: 1), jpeg: [1, 2, 3])])
            // With its log, as a killed process leaves it.
            try FileManager.default.copyItem(atPath: folder.path, toPath: kept.path)
        }
        try FileManager.default.removeItem(atPath: folder.path)
        try FileManager.default.moveItem(atPath: kept.path, toPath: folder.path)
        try loses(database)
    }

    @Test(
        "a missing or empty database beside its log and pictures is refused, and they stay", arguments: [false, true])
    func refused(isEmpty: Bool) throws {
        try lose { database in
            try FileManager.default.removeItem(atPath: database)
            if isEmpty { try Data().write(to: URL(filePath: database)) }
        }
        let log = try Data(contentsOf: URL(filePath: database + "-wal"))
        #expect(!log.isEmpty)
        let lost = StorageError.databaseLost(path: database, beside: ["farmtop.db-wal", "frames"])
        #expect(throws: lost) { try folder.open() }
        #expect(throws: lost) { _ = try DatabaseInspection(DataFolder(existing: folder.path)) }
        #expect(throws: lost) {
            try FarmBackup(of: DataFolder(existing: folder.path)).make(at: folder.file("copy"), madeAt: noon)
        }
        #expect(try Data(contentsOf: URL(filePath: database + "-wal")) == log)
        #expect(folder.exists("frames/9/1.jpg"))
    }

    @Test("the key that signs pictures' addresses alone tells that there was a farm")
    func key() throws {
        _ = try DataFolder(preparing: folder.path)
        try Data(repeating: 1, count: 32).write(to: URL(filePath: folder.file("picture.key")))
        #expect(throws: StorageError.databaseLost(path: database, beside: ["picture.key"])) { try folder.open() }
    }

    @Test("a first start that was killed is gone on with")
    func killed() throws {
        _ = try DataFolder(preparing: folder.path)
        for name in ["farmtop.db", "farmtop.db-wal", "farmtop.db-shm", "farmtop.db-journal"] {
            try Data().write(to: URL(filePath: folder.file(name)))
        }
        let store = try folder.open()
        try store.write(Sample.farm)
        #expect(try store.print(9) == Sample.print())
    }

    @Test("a backup can be restored there; what was left is kept and not taken for the new farm's log")
    func restored() throws {
        let other = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: other.path, withIntermediateDirectories: true)
        do {
            let store = try folder.open()
            try store.write(Sample.farm)
            _ = try FarmBackup(of: DataFolder(existing: folder.path)).make(at: other.file("copy"), madeAt: noon)
        }
        try FileManager.default.removeItem(atPath: folder.path)
        try lose { try FileManager.default.removeItem(atPath: $0) }
        let outcome = try FarmRestore(into: DataFolder(existing: folder.path).lock(), random: MachineSample.random).run(
            from: other.file("copy"), now: noon)
        let kept = try #require(outcome.replaced)
        #expect(FileManager.default.fileExists(atPath: kept + "/farmtop.db-wal"))
        #expect(FileManager.default.fileExists(atPath: kept + "/frames/9/1.jpg"))
        #expect(try folder.open().print(9) != nil)
    }
}
