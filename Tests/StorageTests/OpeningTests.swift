import Farm
import Foundation
import GRDB
import Glibc
import Synchronization
import Testing

@testable import Storage

@Suite("Opening a database", .timeLimit(.minutes(20)))
struct OpeningTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.file("farmtop.db") }

    /// Runs SQL on the closed database, past farmtop.
    private func execute(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// Opens, expects `error`, and expects every byte of the folder's database files to be as before.
    private func expectUntouched(_ error: StorageError) throws {
        let before = try Data(contentsOf: URL(filePath: path))
        #expect(throws: error) { try folder.open() }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        #expect(!folder.exists("farmtop.db-wal"))
        #expect(!folder.exists("farmtop.db-shm"))
    }

    @Test("a new database says whose it is and which version, in the file itself")
    func stamped() throws {
        let store = try folder.open()
        let header = try Data(contentsOf: URL(filePath: path)).prefix(100)
        #expect(Array(header[60..<64]) == [0, 0, 0, UInt8(Schema.version)])
        #expect(String(decoding: header[68..<72], as: UTF8.self) == "farm")
        _ = store
    }

    @Test("opening an existing database changes no row of it")
    func reopen() throws {
        var store: SQLiteStore? = try folder.open()
        try store?.write(Sample.farm)
        let before = try store?.loadAll()
        store = nil
        #expect(try folder.open().loadAll() == before)
    }

    @Test("what was settled lies in the one file: a copy of it alone is whole")
    func settled() throws {
        let store = try folder.open()
        try store.write(Sample.farm)
        let before = try store.loadAll()
        try store.settle()
        #expect(try Data(contentsOf: URL(filePath: path + "-wal")).isEmpty)
        let copy = TemporaryFolder()
        _ = try DataFolder(preparing: copy.path)
        try FileManager.default.copyItem(atPath: path, toPath: copy.file("farmtop.db"))
        #expect(try copy.open().loadAll() == before)
        try store.transaction { _ in }
        #expect(try store.loadAll() == before)
    }

    @Test("beside a program that reads the database it is not settled, and nothing is lost")
    func settledBesideAReader() throws {
        var store: SQLiteStore? = try folder.open()
        try store?.write(Sample.farm)
        let before = try store?.loadAll()
        let reader = try DatabaseQueue(path: path)
        try reader.inDatabase { database in
            try database.execute(sql: "BEGIN")
            _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM printers")
            #expect(throws: (any Error).self) { try store?.settle() }
            try database.execute(sql: "COMMIT")
        }
        try reader.close()
        store = nil
        #expect(try folder.open().loadAll() == before)
    }

    @Test(
        "a commit waits for the disk, unless it is said to do without",
        arguments: [.full, .normal] as [SQLiteStore.Durability])
    func synchronous(durability: SQLiteStore.Durability) throws {
        let store = try SQLiteStore(DataFolder(preparing: folder.path).lock(), durability: durability)
        let told = try store.change { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        #expect(told == (durability == .full ? 2 : 1))
    }

    @Test("a lock is waited for five seconds, in a hurry a quarter of one, in steps that grow")
    func busyWait() {
        let wait = BusyWait()
        func rests() -> [Int] { Array((0...).lazy.map(wait.rest).prefix { $0 != nil }.compactMap(\.self)) }
        #expect(rests().starts(with: [1, 2, 5, 10]) && rests().max() == 100)
        #expect(rests().reduce(0, +) > 4900 && rests().reduce(0, +) <= 5000)
        wait.hurry()
        #expect(rests().reduce(0, +) > 150 && rests().reduce(0, +) <= 250)
        #expect(wait.rest(after: 40) == nil, "a wait that is under way ends, too")
    }

    @Test("in a hurry a change hardly waits for a program that holds the database, and is made once that has gone")
    func hurried() throws {
        let store = try folder.open()
        try store.write(Sample.farm)
        func rename() throws { try store.change { try $0.execute(sql: "UPDATE printers SET name = name || '2'") } }
        let other = try DatabaseQueue(path: path)
        try other.writeWithoutTransaction { database in
            store.hurry()
            try database.execute(sql: "BEGIN IMMEDIATE")
            #expect(throws: StorageError.held(path: path)) { try rename() }
            try database.execute(sql: "COMMIT")
            try rename()
        }
        try other.close()
    }

    @Test("a change waits for a program that holds the database for a moment, and is made")
    func waited() throws {
        let store = try folder.open()
        try store.write(Sample.farm)
        let begun = DispatchSemaphore(value: 0)
        let ended = DispatchSemaphore(value: 0)
        let outcome = Mutex<Result<Void, any Error>?>(nil)
        let other = try DatabaseQueue(path: path)
        try other.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            Thread.detachNewThread {
                begun.signal()
                let result = Result { try store.change { try $0.execute(sql: "UPDATE printers SET name = 'mk9'") } }
                outcome.withLock { $0 = result }
                ended.signal()
            }
            begun.wait()
            usleep(100_000)
            try database.execute(sql: "COMMIT")
        }
        ended.wait()
        try #require(outcome.withLock { $0 }).get()
        try other.close()
    }

    @Test("a database of the first version is brought up to date with every row in it")
    func migrated() throws {
        _ = try DataFolder(preparing: folder.path)
        let first = try #require(Schema.migrator.migrations.first)
        #expect(first == "1 farm")
        let queue = try DatabaseQueue(path: path)
        try Schema.migrator.migrate(queue, upTo: first)
        try queue.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    INSERT INTO accounts VALUES (1, 'operator', 0, NULL);
                    INSERT INTO oauth_clients VALUES
                        (7, 'public', 'App', 1, NULL, NULL, 'read', 'client_credentials', '[]', NULL, 0, NULL, NULL);
                    INSERT INTO access_tokens VALUES (8, x'01', 7, 1, 'read', 0, \(noon.microseconds + 1), NULL, NULL);
                    """)
        }
        try queue.close()
        let farm = try folder.open().loadAll()
        let token = try #require(farm.tokens.first)
        #expect(token.id == 8 && token.grant == .clientCredentials && token.familyID == nil)
        #expect(farm.clients.map(\.id) == [7] && farm.lastTokenID == 8)
    }

    @Test("a database of a newer version is refused and not touched")
    func newer() throws {
        _ = try folder.open()
        try execute("PRAGMA journal_mode = DELETE")
        try execute("PRAGMA user_version = 99")
        try expectUntouched(.newerVersion(path: path, found: 99, supported: Schema.version))
    }

    @Test("a newer version whose stamp is still in the log is refused as well")
    func newerInLog() throws {
        _ = try folder.open()
        try execute("INSERT INTO grdb_migrations VALUES ('999 of the future')")
        #expect(throws: StorageError.newerVersion(path: path, found: Schema.version, supported: Schema.version)) {
            try folder.open()
        }
    }

    @Test("another program's database is refused and not touched")
    func foreign() throws {
        _ = try DataFolder(preparing: folder.path)
        try execute("PRAGMA application_id = 7")
        try expectUntouched(.notFarmtop(path: path))
    }

    @Test("a file that is no database is refused and not touched")
    func noDatabase() throws {
        _ = try DataFolder(preparing: folder.path)
        try Data(repeating: 0x41, count: 5000).write(to: URL(filePath: path))
        try expectUntouched(.notFarmtop(path: path))
    }

    @Test("a damaged database is an error that says so, never a trap")
    func damaged() throws {
        var store: SQLiteStore? = try folder.open()
        try store?.write(Sample.farm + (1...500).map { .prediction(Sample.prediction($0)) })
        store = nil
        let whole = try Data(contentsOf: URL(filePath: path))
        var random = SystemRandomNumberGenerator()
        for round in 0..<20 {
            var bytes = whole
            if round % 4 == 0 { bytes = bytes.prefix(Int.random(in: 101..<whole.count, using: &random)) }
            for _ in 0..<2000 where round % 4 != 0 {
                bytes[Int.random(in: 100..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            try bytes.write(to: URL(filePath: path))
            do {
                let store = try folder.open()
                _ = try store.loadAll()
                _ = try store.predictions(of: 9, after: 0, limit: 100)
            } catch {
                #expect(error is StorageError, "\(error)")
            }
        }
        try Data(whole.prefix(4096 * 3)).write(to: URL(filePath: path))
        #expect(throws: StorageError.self) { try folder.open().loadAll() }
    }

    @Test("a word that this version does not know is an error that names the column")
    func unknownWord() throws {
        var store: SQLiteStore? = try folder.open()
        try store?.write(Sample.farm)
        store = nil
        try execute("UPDATE prints SET alert_overwrite = 'PERHAPS'")
        #expect(throws: StorageError.unreadable(table: "prints", column: "alert_overwrite")) {
            try folder.open().loadAll()
        }
    }

    @Test("a full disk refuses the batch with its reason, and the store goes on when there is room again")
    func fullDisk() throws {
        let store = try folder.open()
        try store.write(Sample.farm)
        // SQLite answers the same to its own size limit as to a full disk.
        try store.limitSize(pages: 40)
        #expect(throws: StorageError.diskFull(path: path)) {
            try store.write((1...5000).map { .prediction(Sample.prediction($0)) })
        }
        #expect(try store.predictions(of: 9, after: 0, limit: 10).isEmpty)
        try store.limitSize(pages: 1 << 30)
        try store.write([.prediction(Sample.prediction(1))])
        #expect(try store.predictions(of: 9, after: 0, limit: 10).count == 1)
    }
}
