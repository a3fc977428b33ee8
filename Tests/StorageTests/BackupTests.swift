import Farm
import Foundation
import GRDB
import Storage
import Testing

@Suite("Backup and restore", .timeLimit(.minutes(20)))
struct BackupTests {
    private let folder = TemporaryFolder()
    private let other = TemporaryFolder()
    private let key = FrameKey(printID: 9, number: 1)

    /// A farm with a prediction and a picture, in `folder`.
    private func farm() throws -> SQLiteStore {
        let store = try folder.open()
        try store.write(
            Sample.farm + [
                .prediction(Sample.prediction(1)), .framePicture(key, jpeg: [1, 2, 3]), .client(Sample.client()),
                .token(Sample.token()), .event(Sample.event()),
            ])
        return store
    }
    private func backup(
        pictures: Bool = false, overwrites: Bool = false, to name: String = "copy"
    ) throws -> BackupContents {
        try FarmBackup(of: DataFolder(existing: folder.path), includesPictures: pictures, overwrites: overwrites)
            .make(at: other.made(name), madeAt: noon)
    }
    private func restore(_ name: String = "copy", into folder: TemporaryFolder) throws -> FarmRestore.Outcome {
        let lock = try DataFolder(preparing: folder.path).lock()
        return try FarmRestore(into: lock, random: MachineSample.random).run(from: other.file(name), now: noon)
    }
    private func execute(_ sql: String, on path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    @Test("a backup of a farm in use is one private file that says what it holds")
    func oneFile() throws {
        let store = try farm()
        let contents = try backup()
        let attributes = try FileManager.default.attributesOfItem(atPath: other.file("copy"))
        #expect((attributes[.size] as? NSNumber)?.int64Value == contents.bytes)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: other.path) == ["copy"])
        #expect(contents.schema == DatabaseInspection.supportedSchema)
        #expect(contents.madeAt == noon)
        #expect(contents.rows("prints") == 1 && contents.rows("predictions") == 1)
        #expect(contents.pictures == 0)
        _ = store
    }

    @Test(
        "a backup never takes the place of a file that the farm lives in, by whatever name", arguments: [false, true])
    func ownFiles(overwrites: Bool) throws {
        let store = try farm()
        let data = try DataFolder(existing: folder.path)
        let backup = FarmBackup(of: data, overwrites: overwrites)
        try FileManager.default.createSymbolicLink(
            atPath: other.made("link"), withDestinationPath: folder.path)
        try FileManager.default.linkItem(atPath: data.database, toPath: other.file("second name"))
        let before = try Data(contentsOf: URL(filePath: data.lockFile))
        for path in [
            data.database, folder.path + "/./farmtop.db",
            folder.path + "/../\(URL(filePath: folder.path).lastPathComponent)/farmtop.db",
            other.file("link") + "/farmtop.db", other.file("second name"), folder.path + "/farmtop.db-wal",
            folder.path + "/farmtop.db-shm", data.lockFile, folder.path + "/secrets.key", folder.path + "/picture.key",
            folder.path + "/frames/5/1.jpg", folder.path + "/model/model.weights", folder.path + "/farmtop.schema-3.db",
            folder.path + "/replaced-20261130T120000Z/farmtop.db", other.file("link") + "/frames/1.jpg",
        ] {
            #expect(throws: StorageError.ownFile(path: path)) { try backup.make(at: path, madeAt: noon) }
        }
        #expect(try Data(contentsOf: URL(filePath: data.lockFile)) == before)
        #expect(try store.loadAll().prints.count == 1)
        // Beside them is a bad place, and an allowed one.
        _ = try backup.make(at: folder.path + "/mine.db", madeAt: noon)
    }

    @Test("a farm whose database was replaced stores nothing more, and says so")
    func databaseReplaced() throws {
        let store = try farm()
        let database = try DataFolder(existing: folder.path).database
        let put = FarmRow.print(Sample.openPrint(11))
        try store.check()
        try FileManager.default.moveItem(atPath: database, toPath: other.made("moved"))
        for isThere in [false, true] {
            if isThere { try Data("another".utf8).write(to: URL(filePath: database)) }
            #expect(throws: StorageError.replaced(path: database)) { try store.transaction { try $0.write([put]) } }
            #expect(throws: StorageError.replaced(path: database)) { try store.check() }
            // What is settled there would come again from the other one.
            #expect(throws: StorageError.replaced(path: database)) { try store.settle([.remove(NoticeID(1))]) }
            #expect(throws: StorageError.replaced(path: database)) {
                try store.settle([.remove(QueuedNotificationID(1))])
            }
            #expect(throws: StorageError.replaced(path: database)) { try store.removeQueuedNotifications(of: "phone") }
            #expect(throws: StorageError.replaced(path: database)) { try store.removeOrphanPictures() }
        }
        try FileManager.default.removeItem(atPath: database)
        try FileManager.default.moveItem(atPath: other.file("moved"), toPath: database)
        try store.transaction { try $0.write([put]) }
        #expect(try store.print(11) != nil, "put back, it goes on")
    }

    @Test(
        "restored into a new folder it is the same farm, with its pictures where they were asked for",
        arguments: [false, true])
    func roundTrip(pictures: Bool) throws {
        let store = try farm()
        var expected = try store.loadAll()
        if !pictures {
            expected.framePictures = []
            expected.lastPictures = [:]
        }
        #expect(try backup(pictures: pictures).pictures == (pictures ? 1 : 0))
        let new = TemporaryFolder()
        let outcome = try restore(into: new)
        #expect(outcome.replaced == nil)
        #expect(outcome.contents.rows("prints") == 1)
        let restored = try new.open()
        expected.restoredAt = noon
        #expect(try restored.loadAll() == expected)
        #expect(try restored.framePicture(key) == (pictures ? [1, 2, 3] : nil))
        #expect(try restored.predictions(of: 9, after: 0, limit: 10) == store.predictions(of: 9, after: 0, limit: 10))
        #expect(
            try Set(FileManager.default.contentsOfDirectory(atPath: new.path)).subtracting([
                "farmtop.db-wal", "farmtop.db-shm",
            ]) == ["farmtop.db", "farmtop.lock", "frames"])
    }

    @Test(
        "keys of machines are left out unless asked for; restored, links and cameras are off until a person confirms",
        arguments: [false, true])
    func secrets(included: Bool) throws {
        let lock = try DataFolder(preparing: folder.path).lock()
        let secrets = FolderSecrets(lock, random: MachineSample.random)
        var link = MachineSample.link()
        let key = LinkCredentials.apiKey(Secret("link key"))
        link.credentials = try secrets.seal(key, for: .link(of: link.printerID, link.settings.address))
        var camera = try MachineSample.camera()
        camera.isConfirmed = true
        let store = try SQLiteStore(lock)
        try store.write([
            .account(Sample.account), .printer(MachineSample.printer), .machine(.link(link)), .machine(.camera(camera)),
        ])
        #expect(try store.loadAll().machines.links == [link])
        _ = try FarmBackup(of: DataFolder(existing: folder.path), includesSecrets: included)
            .make(at: other.made("copy"), madeAt: noon)
        let new = TemporaryFolder()
        let newLock = try DataFolder(preparing: new.path).lock()
        _ = try FarmRestore(into: newLock, random: MachineSample.random).run(from: other.file("copy"), now: noon)
        let machines = try SQLiteStore(newLock).loadAll().machines
        #expect(machines.links.map(\.isConfirmed) == [false])
        #expect(machines.cameras.map(\.isConfirmed) == [false])
        let restored = try #require(machines.links.first)
        let newSecrets = FolderSecrets(newLock, random: MachineSample.random)
        let place = SecretPlace.link(of: restored.printerID, restored.settings.address)
        if included {
            #expect(try newSecrets.open(restored.credentials, for: place) == key)
        } else {
            #expect(restored.credentials == .leftOut)
        }
        #expect(new.exists("secrets.key") == included)
    }

    @Test("what waited to be sent is not sent again by the restored farm; what still stands is kept")
    func messages() throws {
        let store = try farm()
        var over = Sample.occasion()
        over.id = 7
        over.overSince = over.openedSteady + .seconds(5)
        var standing = Sample.occasion()
        standing.overSince = nil
        try store.write([
            .notification(.occasion(standing)), .notification(.occasion(over)),
            .notification(.telling(channel: "phone", standing.id, Telling(at: standing.openedSteady))),
            .notification(.telling(channel: "phone", over.id, Telling(at: over.openedSteady))),
            .notification(.queue(channel: "phone", Sample.notification("a"))), .notice(Sample.notice("n")),
        ])
        _ = try backup()
        let new = TemporaryFolder()
        _ = try restore(into: new)
        let restored = try new.open()
        #expect(try restored.queuedNotificationCounts() == [:])
        #expect(try restored.pendingNoticeCount() == 0)
        let notifications = try restored.loadAll(since: noon).notifications
        #expect(notifications.occasions == [standing])
        #expect(notifications.ledgers["phone"]?.tellings.keys.map(\.self) == [standing.id])
        #expect(try store.queuedNotificationCounts() == ["phone": 1], "the farm itself still sends it")
    }

    @Test("a restored farm without machines of its own waits as well, until a person has confirmed it, once")
    func unconfirmed() throws {
        let store = try farm()
        #expect(try store.loadAll().restoredAt == nil)
        _ = try backup()
        let new = TemporaryFolder()
        _ = try restore(into: new)
        func inspected() throws -> Timestamp? {
            try #require(try DatabaseInspection(DataFolder(existing: new.path))).unconfirmedRestore()
        }
        #expect(try inspected() == noon)
        var restored: SQLiteStore? = try new.open()
        #expect(try restored?.loadAll().restoredAt == noon)
        try restored?.write([.unconfirmedRestore(nil)])
        #expect(try restored?.loadAll().restoredAt == nil)
        restored = nil
        #expect(try inspected() == nil && new.open().loadAll().restoredAt == nil)
    }

    @Test("a picture whose file is gone is left out of the backup")
    func missingPicture() throws {
        let store = try farm()
        try FileManager.default.removeItem(atPath: folder.file("frames/9/1.jpg"))
        #expect(try backup(pictures: true).pictures == 0)
        _ = store
    }

    @Test("an older farm is copied as it is, so that there is a way back from an upgrade")
    func untouched() throws {
        var store: SQLiteStore? = try farm()
        store = nil
        let before = try Data(contentsOf: URL(filePath: folder.file("farmtop.db")))
        _ = try backup()
        #expect(try Data(contentsOf: URL(filePath: folder.file("farmtop.db"))) == before)
        _ = store
    }

    @Test("a backup overwrites nothing unless told to, and never a folder")
    func exists() throws {
        let store = try farm()
        _ = try backup()
        #expect(throws: StorageError.alreadyExists(path: other.file("copy"))) { try backup() }
        _ = try backup(overwrites: true)
        try FileManager.default.createDirectory(atPath: other.file("d"), withIntermediateDirectories: true)
        #expect(throws: StorageError.self) { try backup(overwrites: true, to: "d") }
        #expect(throws: StorageError.self) { try backup(to: "nowhere/copy") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: other.path).sorted() == ["copy", "d"])
        _ = store
    }

    @Test("where there is no farm there is no backup")
    func nothing() throws {
        _ = try DataFolder(preparing: folder.path)
        #expect(throws: StorageError.noDatabase(path: folder.file("farmtop.db"))) { try backup() }
    }

    @Test("of a damaged farm no backup is left, and the damage is told of the farm, not of the copy")
    func damagedSource() throws {
        var store: SQLiteStore? = try farm()
        store = nil
        try execute("PRAGMA foreign_keys = OFF; DELETE FROM printers", on: folder.file("farmtop.db"))
        #expect(
            throws: StorageError.corrupt(
                path: folder.file("farmtop.db"), detail: "a row names another one that does not exist")
        ) { try backup() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: other.path).isEmpty)
        _ = store
    }

    @Test("of a farm whose database another program holds no backup is left, and that database is named, not the copy")
    func heldSource() throws {
        var store: SQLiteStore? = try farm()
        store = nil
        let holder = try DatabaseQueue(path: folder.file("farmtop.db"))
        try holder.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
            #expect(throws: StorageError.held(path: folder.file("farmtop.db"))) { try backup() }
            try database.execute(sql: "COMMIT")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: other.path).isEmpty)
        try holder.close()
        _ = store
    }

    @Test("what is replaced is kept under a dated name")
    func replaced() throws {
        var store: SQLiteStore? = try farm()
        _ = try backup()
        try store?.write([.print(Sample.openPrint(77)), .framePicture(FrameKey(printID: 77, number: 1), jpeg: [7])])
        store = nil
        let outcome = try restore(into: folder)
        let kept = try #require(outcome.replaced)
        #expect(kept == folder.file("replaced-20261125T100000Z"))
        #expect(FileManager.default.fileExists(atPath: kept + "/frames/77/1.jpg"))
        let restored = try folder.open()
        #expect(try restored.print(77) == nil)
        #expect(try restored.framePicture(key) == nil)
    }

    @Test("brought back, a replaced farm is as it was")
    func broughtBack() throws {
        var store: SQLiteStore? = try farm()
        _ = try backup()
        try store?.write([.print(Sample.openPrint(77)), .framePicture(FrameKey(printID: 77, number: 1), jpeg: [7])])
        var later = try store?.loadAll()
        later?.restoredAt = noon
        store = nil
        let kept = try #require(try restore(into: folder).replaced)
        do {
            let lock = try DataFolder(existing: folder.path).lock()
            _ = try FarmRestore(into: lock, random: MachineSample.random).run(from: kept + "/farmtop.db", now: noon)
        }
        let again = try folder.open()
        #expect(try again.loadAll() == later)
        #expect(try again.framePicture(FrameKey(printID: 77, number: 1)) == [7])
    }

    @Test("a farm in use is not replaced")
    func inUse() throws {
        let store = try farm()
        _ = try backup()
        #expect(throws: StorageError.self) { try restore(into: folder) }
        #expect(try store.print(9) != nil)
    }

    @Test("a damaged farm is replaced, and kept as it is")
    func damagedFarm() throws {
        var store: SQLiteStore? = try farm()
        _ = try backup()
        store = nil
        let rubbish = Data(repeating: 7, count: 5000)
        try rubbish.write(to: URL(filePath: folder.file("farmtop.db")))
        let kept = try #require(try restore(into: folder).replaced)
        #expect(try Data(contentsOf: URL(filePath: kept + "/farmtop.db")) == rubbish)
        #expect(try folder.open().print(9) != nil)
        _ = store
    }
}

@Suite("What cannot be restored", .timeLimit(.minutes(20)))
struct RefusedRestoreTests {
    private let folder = TemporaryFolder()
    private let other = TemporaryFolder()

    @Test("what a killed restore left is removed at the next start, and said; a restore that was nearly done is ended")
    func killed() throws {
        try folder.open().write(Sample.farm)
        func leave(_ names: String...) throws {
            for name in names where name != "frames.part" {
                try Data("half".utf8).write(to: URL(filePath: folder.file(name)))
            }
            guard names.contains("frames.part") else { return }
            try FileManager.default.createDirectory(
                atPath: folder.file("frames.part/9"), withIntermediateDirectories: true)
        }
        let data = try DataFolder(existing: folder.path)
        #expect(data.restoreRemains.isEmpty)
        try leave("restore.part", "restore.part-journal", "frames.part")
        #expect(data.restoreRemains.count == 3)
        let warnings = Warnings()
        _ = try folder.open(warn: warnings.add)
        guard case .restoreRemoved(let paths)? = warnings.all.first else {
            Issue.record("\(warnings.all)")
            return
        }
        #expect(paths.count == 3 && data.restoreRemains.isEmpty)

        // The database has taken its place, and the pictures have not.
        try leave("frames.part")
        try FileManager.default.removeItem(atPath: folder.file("frames"))
        let again = Warnings()
        _ = try folder.open(warn: again.add)
        #expect(again.all == [.restoreEnded(path: folder.path)])
        #expect(folder.exists("frames/9") && data.restoreRemains.isEmpty)
    }

    @Test(
        "a restore that was killed before the exchange leaves the farm its pictures and no second name of its database")
    func killedBefore() throws {
        try folder.open().write(Sample.farm)
        let data = try DataFolder(existing: folder.path)
        try FileManager.default.createDirectory(atPath: folder.file("frames/3"), withIntermediateDirectories: true)
        let replaced = folder.file("replaced-20261130T120000Z")
        try FileManager.default.createDirectory(atPath: replaced, withIntermediateDirectories: false)
        try FileManager.default.linkItem(atPath: data.database, toPath: replaced + "/farmtop.db")
        // As versions did that moved the pictures first.
        try FileManager.default.moveItem(atPath: data.frames, toPath: replaced + "/frames")
        try Data("half".utf8).write(to: URL(filePath: folder.file("restore.part")))
        try FileManager.default.createDirectory(atPath: folder.file("frames.part/9"), withIntermediateDirectories: true)
        let warnings = Warnings()
        #expect(try folder.open(warn: warnings.add).loadAll().prints.count == 1)
        #expect(folder.exists("frames/3") && !folder.exists("frames/9"))
        #expect(data.restoreRemains.isEmpty && access(replaced, F_OK) != 0)
    }

    @Test("one that was killed within the exchange is ended: the old pictures go where the old database is")
    func killedWithin() throws {
        try folder.open().write(Sample.farm)
        let data = try DataFolder(existing: folder.path)
        try FileManager.default.createDirectory(atPath: folder.file("frames/3"), withIntermediateDirectories: true)
        // An earlier one, which is whole.
        try FileManager.default.createDirectory(
            atPath: folder.file("replaced-20261129T120000Z/frames"), withIntermediateDirectories: true)
        let replaced = folder.file("replaced-20261130T120000Z")
        try FileManager.default.createDirectory(atPath: replaced, withIntermediateDirectories: false)
        try FileManager.default.copyItem(atPath: data.database, toPath: replaced + "/farmtop.db")
        try FileManager.default.createDirectory(atPath: folder.file("frames.part/9"), withIntermediateDirectories: true)
        let warnings = Warnings()
        _ = try folder.open(warn: warnings.add)
        #expect(warnings.all == [.restoreEnded(path: folder.path)])
        #expect(folder.exists("frames/9") && !folder.exists("frames/3") && data.restoreRemains.isEmpty)
        #expect(access(replaced + "/frames/3", F_OK) == 0)
    }

    @Test(
        "a restore after one that was killed within the exchange brings that to its end first: no farm loses its pictures"
    )
    func againAfterKilled() throws {
        let backup = try other.made("copy")
        try folder.open().write(Sample.farm)
        let data = try DataFolder(existing: folder.path)
        _ = try FarmBackup(of: data).make(at: backup, madeAt: noon)
        try FileManager.default.createDirectory(atPath: folder.file("frames/3"), withIntermediateDirectories: true)
        let replaced = folder.file("replaced-20261130T120000Z")
        try FileManager.default.createDirectory(atPath: replaced, withIntermediateDirectories: false)
        try FileManager.default.copyItem(atPath: data.database, toPath: replaced + "/farmtop.db")
        try FileManager.default.createDirectory(atPath: folder.file("frames.part/9"), withIntermediateDirectories: true)
        let outcome = try FarmRestore(into: data.lock(), random: MachineSample.random).run(from: backup, now: noon)
        #expect(access(replaced + "/frames/3", F_OK) == 0, "those of the first farm")
        let second = try #require(outcome.replaced)
        #expect(access(second + "/frames/9", F_OK) == 0, "those of the one that the first restore brought")
        #expect(data.restoreRemains.isEmpty)
    }

    /// A farm in `folder` whose backup `spoil` has had its way with: expects the error, and the farm as it was.
    private func expectRefused(
        _ spoil: (String) throws -> Void, _ isExpected: (StorageError) -> Bool
    ) throws {
        let backup = try other.made("copy")
        var store: SQLiteStore? = try folder.open()
        try store?.write(Sample.farm + (1...300).map { .prediction(Sample.prediction($0)) })
        _ = try FarmBackup(of: DataFolder(existing: folder.path)).make(at: backup, madeAt: noon)
        let before = try store?.loadAll()
        store = nil
        try spoil(backup)
        do {
            let lock = try DataFolder(existing: folder.path).lock()
            _ = try FarmRestore(into: lock, random: MachineSample.random).run(from: backup, now: noon)
            Issue.record("it was restored")
        } catch let error as StorageError {
            #expect(isExpected(error), "\(error)")
        }
        #expect(!folder.exists("restore.part") && !folder.exists("frames.part"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.hasPrefix("replaced") })
        #expect(try folder.open().loadAll() == before)
    }
    private func execute(_ sql: String) -> (String) throws -> Void {
        { path in
            let queue = try DatabaseQueue(path: path)
            try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
            try queue.close()
        }
    }
    private func isCorrupt(_ error: StorageError) -> Bool {
        switch error {
        case .corrupt(let path, _), .damagedBackup(let path, _): path == other.file("copy")
        default: false
        }
    }

    @Test("a file that is not there")
    func missing() throws {
        try expectRefused({ try FileManager.default.removeItem(atPath: $0) }) {
            $0 == .noDatabase(path: other.file("copy"))
        }
    }

    @Test("a file that is no database, or an empty one", arguments: [0, 50, 5000])
    func noDatabase(count: Int) throws {
        try expectRefused({ try Data(repeating: 65, count: count).write(to: URL(filePath: $0)) }) {
            $0 == .notFarmtop(path: other.file("copy"))
        }
    }

    @Test("another program's database", arguments: [0, 7])
    func foreign(application: Int) throws {
        try expectRefused(execute("PRAGMA application_id = \(application)")) {
            $0 == .notFarmtop(path: other.file("copy"))
        }
    }

    @Test("a backup of a newer farmtop")
    func newer() throws {
        try expectRefused(execute("PRAGMA user_version = 99")) {
            $0 == .newerVersion(path: other.file("copy"), found: 99, supported: DatabaseInspection.supportedSchema)
        }
    }

    @Test("a backup that was cut short", arguments: [0.1, 0.5, 0.95])
    func cut(part: Double) throws {
        try expectRefused({ path in
            let whole = try Data(contentsOf: URL(filePath: path))
            try whole.prefix(Int(Double(whole.count) * part)).write(to: URL(filePath: path))
        }) { isCorrupt($0) }
    }

    @Test("a backup with a damaged page")
    func damaged() throws {
        try expectRefused({ path in
            var bytes = try Data(contentsOf: URL(filePath: path))
            for index in bytes.count / 2..<(bytes.count / 2 + 6000) { bytes[index] = 0xA5 }
            try bytes.write(to: URL(filePath: path))
        }) { isCorrupt($0) }
    }

    @Test("a backup whose rows contradict each other, or whose tables are not those of farmtop")
    func contradictory() throws {
        try expectRefused(execute("PRAGMA foreign_keys = OFF; DELETE FROM printers")) { isCorrupt($0) }
        try FileManager.default.removeItem(atPath: other.file("copy"))
        try expectRefused(execute("ALTER TABLE prints ADD COLUMN surprise TEXT")) { isCorrupt($0) }
        try FileManager.default.removeItem(atPath: other.file("copy"))
        try expectRefused(execute("DROP INDEX prints_by_end")) { isCorrupt($0) }
    }
}

extension TemporaryFolder {
    /// A path in the folder, which is made.
    fileprivate func made(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return file(name)
    }
}
