import Farm
import Foundation
import GRDB
import Glibc
import Testing

@testable import Storage

@Suite("Keys and passwords are sealed", .timeLimit(.minutes(20)))
struct SecretTests {
    private let place = SecretPlace(table: "machine_links", row: 5, address: "octoprint http://h")
    private let all: [LinkCredentials] = [
        .apiKey(Secret("0123456789ABCDEF")), .password(user: "maker", Secret("p\u{0}ä")), .apiKey(Secret("")),
        .password(user: "", Secret(String(repeating: "x", count: 5000))),
    ]

    private func secrets(_ folder: TemporaryFolder) throws -> FolderSecrets {
        FolderSecrets(try DataFolder(preparing: folder.path).lock(), random: MachineSample.random)
    }

    @Test("what is sealed opens again, and its bytes hold nothing of it")
    func roundTrip() throws {
        let folder = TemporaryFolder()
        let secrets = try secrets(folder)
        for credentials in all {
            let stored = try secrets.seal(credentials, for: place)
            guard case .sealed(let sealed) = stored else {
                Issue.record("\(credentials) was not sealed")
                continue
            }
            let opened = try secrets.open(stored, for: place)
            #expect(opened == credentials)
            let holdsText = Data(sealed.bytes).range(of: Data("0123456789".utf8)) != nil
            #expect(!holdsText)
        }
        let none = try secrets.seal(.none, for: place)
        #expect(none == .none)
        let opened = try secrets.open(.none, for: place)
        #expect(opened == .none)
    }

    @Test("the same key sealed twice looks different, and short ones have one length")
    func nonces() throws {
        let folder = TemporaryFolder()
        let secrets = try secrets(folder)
        let first = try secrets.seal(.apiKey(Secret("a")), for: place)
        let second = try secrets.seal(.apiKey(Secret("a")), for: place)
        #expect(first != second)
        guard case .sealed(let short) = first,
            case .sealed(let longer) = try secrets.seal(.apiKey(Secret("abcdefgh")), for: place)
        else {
            Issue.record("not sealed")
            return
        }
        #expect(short.bytes.count == longer.bytes.count)
    }

    @Test("moved to another row, table or address it does not open; changed or cut neither")
    func bound() throws {
        let folder = TemporaryFolder()
        let secrets = try secrets(folder)
        let stored = try secrets.seal(all[0], for: place)
        for (row, table, address) in [
            (6, "machine_links", "octoprint http://h"), (5, "cameras", "octoprint http://h"),
            (5, "machine_links", "octoprint http://evil"), (5, "machine_linksoctoprint ", "http://h"),
        ] as [(Int64, String, String)] {
            let other = SecretPlace(table: table, row: row, address: address)
            #expect(throws: LinkFault.keyNeeded) { try secrets.open(stored, for: other) }
        }
        guard case .sealed(let sealed) = stored else { return }
        for index in sealed.bytes.indices {
            var changed = sealed.bytes
            changed[index] ^= 1
            #expect(throws: LinkFault.keyNeeded) { try secrets.open(.sealed(SealedSecret(changed)), for: place) }
        }
        for length in [0, 1, 5, 6, 20, 32, sealed.bytes.count - 1] {
            let cut = SealedSecret(Array(sealed.bytes.prefix(length)))
            #expect(throws: LinkFault.keyNeeded) { try secrets.open(.sealed(cut), for: place) }
        }
    }

    @Test("the key file is made when the first credentials are stored, for its owner alone")
    func firstUse() throws {
        let folder = TemporaryFolder()
        let secrets = try secrets(folder)
        #expect(throws: LinkFault.keyNeeded) { try secrets.open(.sealed(SealedSecret([1, 2])), for: place) }
        _ = try secrets.seal(.none, for: place)
        #expect(!folder.exists("secrets.key"))
        _ = try secrets.seal(all[0], for: place)
        var status = stat()
        #expect(stat(folder.file("secrets.key"), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(status.st_size == 32)
        #expect(!folder.exists("secrets.key.part"))
    }

    @Test("without the key file, or with another one, the key is needed; put back, it opens again")
    func missingKey() throws {
        let folder = TemporaryFolder()
        let secrets = try secrets(folder)
        let stored = try secrets.seal(all[0], for: place)
        let path = folder.file("secrets.key")
        try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
        #expect(throws: LinkFault.keyNeeded) { try secrets.open(stored, for: place) }
        try Data(repeating: 7, count: 32).write(to: URL(filePath: path))
        #expect(throws: LinkFault.keyNeeded) { try secrets.open(stored, for: place) }
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
        let opened = try secrets.open(stored, for: place)
        #expect(opened == all[0])
        #expect(throws: LinkFault.keyNeeded) { try secrets.open(.leftOut, for: place) }
    }

    @Test("a file that is no key is never replaced", arguments: [0, 31, 33])
    func brokenKey(length: Int) throws {
        let folder = TemporaryFolder()
        let secrets = try secrets(folder)
        let path = folder.file("secrets.key")
        try Data(repeating: 7, count: length).write(to: URL(filePath: path))
        #expect(throws: StorageError.notReadable(path: path)) { try secrets.seal(all[0], for: place) }
        #expect(FileManager.default.contents(atPath: path)?.count == length)
    }

    @Test("a key file that others can read is closed; one behind a link is not followed")
    func permissions() throws {
        let folder = TemporaryFolder()
        let secrets = try secrets(folder)
        _ = try secrets.seal(all[0], for: place)
        let path = folder.file("secrets.key")
        #expect(chmod(path, 0o644) == 0)
        _ = try secrets.seal(all[0], for: place)
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + ".away")
        #expect(throws: StorageError.notReadable(path: path)) { try secrets.seal(all[0], for: place) }
    }
}

@Suite("Backups and secrets", .timeLimit(.minutes(20)))
struct BackupSecretTests {
    /// A farm with a link and a camera that have keys, closed again.
    private func farm(_ folder: TemporaryFolder) throws -> (link: MachineLink, camera: MachineCamera, lock: FolderLock)
    {
        let lock = try DataFolder(preparing: folder.path).lock()
        let secrets = FolderSecrets(lock, random: MachineSample.random)
        var link = MachineSample.link()
        link.credentials = try secrets.seal(
            .apiKey(Secret("link key")), for: .link(of: link.printerID, link.settings.address))
        var camera = try MachineSample.camera()
        camera.isConfirmed = true
        camera.credentials = try secrets.seal(
            .password(user: "u", Secret("camera password")),
            for: try #require(SecretPlace.camera(camera.id, camera.settings.source)))
        let store = try SQLiteStore(lock)
        try store.write([.account(Sample.account), .printer(MachineSample.printer)] as [FarmRow])
        try store.write([.link(link), .camera(camera)])
        return (link, camera, lock)
    }

    /// A copy of the farm's database, as a backup has it.
    private func copy(_ folder: TemporaryFolder) throws -> DatabaseQueue {
        let path = folder.file("copy.db")
        let source = try DatabaseQueue.reading(folder.file("farmtop.db"))
        let copy = try DatabaseQueue(path: path)
        try source.backup(to: copy)
        try source.close()
        try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
        return copy
    }

    @Test("a backup leaves the sealed keys out, from the rows and from the bytes of the file")
    func leftOut() throws {
        let folder = TemporaryFolder()
        let farm = try farm(folder)
        let copy = try copy(folder)
        try copy.write { try BackupSecrets.leaveOut(of: $0) }
        let links = try copy.read { try MachineLink.fetch($0, "") }
        let cameras = try copy.read { try MachineCamera.fetch($0, "") }
        #expect(links.map(\.credentials) == [.leftOut])
        #expect(cameras.map(\.credentials) == [.leftOut])
        try copy.close()
        let bytes = try #require(FileManager.default.contents(atPath: folder.file("copy.db")))
        for stored in [farm.link.credentials, farm.camera.credentials] {
            guard case .sealed(let sealed) = stored else { continue }
            let isThere = bytes.range(of: Data(sealed.bytes.suffix(24))) != nil
            #expect(!isThere)
        }
    }

    @Test("whose key cannot be read is told: the backup left it out, or the file of keys is gone")
    func unreadable() throws {
        let folder = TemporaryFolder()
        _ = try farm(folder)
        func names() throws -> [String]? {
            try DatabaseInspection(DataFolder(existing: folder.path))?.printersWithoutKey()
        }
        #expect(try names() == [], "and none of a printer that is archived")
        let use = try DatabaseQueue(path: folder.file("farmtop.db"))
        try use.write { try $0.execute(sql: "UPDATE printers SET archived_at = NULL, deleted_at = NULL") }
        try use.close()
        #expect(try names() == [])
        let (key, aside) = (folder.file("secrets.key"), folder.file("aside"))
        try FileManager.default.moveItem(atPath: key, toPath: aside)
        #expect(try names() == [MachineSample.printer.settings.name])
        try FileManager.default.moveItem(atPath: aside, toPath: key)
        let database = try DatabaseQueue(path: folder.file("farmtop.db"))
        try database.write { try BackupSecrets.leaveOut(of: $0) }
        try database.close()
        #expect(try names() == [MachineSample.printer.settings.name])
    }

    @Test("what was sealed once and replaced or taken away since is in no byte of a backup without secrets")
    func oldSecrets() throws {
        let folder = TemporaryFolder()
        let farm = try farm(folder)
        var old: [[UInt8]] = []
        do {
            let secrets = FolderSecrets(farm.lock, random: MachineSample.random)
            let store = try SQLiteStore(farm.lock)
            // Long enough that rows have pages of their own, which are free afterwards.
            for round in 0..<50 {
                var link = farm.link
                link.credentials = try secrets.seal(
                    .apiKey(Secret("key \(round) " + String(repeating: "x", count: 3000))),
                    for: .link(of: link.printerID, link.settings.address))
                guard case .sealed(let sealed) = link.credentials else { continue }
                old.append(sealed.bytes.suffix(24))
                try store.write([.link(link)])
            }
            try store.write([.removeLink(farm.link.printerID), .removeCamera(farm.camera.id)])
        }
        #expect(old.count == 50)
        let destination = folder.file("farm.backup")
        _ = try FarmBackup(of: DataFolder(existing: folder.path)).make(at: destination, madeAt: noon)
        let bytes = try #require(FileManager.default.contents(atPath: destination))
        let found = old.count { bytes.range(of: Data($0)) != nil }
        #expect(found == 0)
        #expect(!folder.exists("farm.backup.part.whole"))
        var status = stat()
        #expect(stat(destination, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test("an older farm's backup, without machines, is left as it is")
    func olderFarm() throws {
        let queue = try DatabaseQueue()
        let folder = TemporaryFolder()
        let lock = try DataFolder(preparing: folder.path).lock()
        try queue.write { database in
            try BackupSecrets.leaveOut(of: database)
            try BackupSecrets.takeOver(database, FolderSecrets(lock, random: MachineSample.random))
        }
    }

    @Test("a restored farm moves no machine until a person confirms it, and says that keys are needed")
    func restored() throws {
        let folder = TemporaryFolder()
        _ = try farm(folder)
        let copy = try copy(folder)
        try copy.write { try BackupSecrets.leaveOut(of: $0) }
        let other = TemporaryFolder()
        let secrets = FolderSecrets(try DataFolder(preparing: other.path).lock(), random: MachineSample.random)
        try copy.write { try BackupSecrets.takeOver($0, secrets) }
        let link = try #require(try copy.read { try MachineLink.fetch($0, "").first })
        let camera = try #require(try copy.read { try MachineCamera.fetch($0, "").first })
        #expect(!link.isConfirmed)
        #expect(!camera.isConfirmed)
        #expect(throws: LinkFault.keyNeeded) {
            try secrets.open(link.credentials, for: .link(of: link.printerID, link.settings.address))
        }
        #expect(!other.exists("secrets.key"))
    }

    @Test("with secrets: in another folder the keys open with that folder's own key, and the backup's key is gone")
    func withSecrets() throws {
        let folder = TemporaryFolder()
        let farm = try farm(folder)
        let copy = try copy(folder)
        try copy.write { try BackupSecrets.include(DataFolder(existing: folder.path), in: $0) }
        let other = TemporaryFolder()
        let otherKey: @Sendable (Int) -> [UInt8] = { count in (0..<count).map { UInt8(255 - $0) } }
        let secrets = FolderSecrets(try DataFolder(preparing: other.path).lock(), random: otherKey)
        try copy.write { try BackupSecrets.takeOver($0, secrets) }
        let link = try #require(try copy.read { try MachineLink.fetch($0, "").first })
        let camera = try #require(try copy.read { try MachineCamera.fetch($0, "").first })
        #expect(!link.isConfirmed)
        let opened = try secrets.open(link.credentials, for: .link(of: link.printerID, link.settings.address))
        #expect(opened == .apiKey(Secret("link key")))
        let place = try #require(SecretPlace.camera(camera.id, camera.settings.source))
        let password = try secrets.open(camera.credentials, for: place)
        #expect(password == .password(user: "u", Secret("camera password")))
        #expect(link.credentials != farm.link.credentials)
        let hasTable = try copy.read { try $0.tableExists(BackupSecrets.table) }
        #expect(!hasTable)
        #expect(FileManager.default.contents(atPath: other.file("secrets.key")).map(Array.init) == otherKey(32))
    }
}
