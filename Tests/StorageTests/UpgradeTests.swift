import Farm
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Storage

/// `Schemas/schema-N.sql` is a whole farm as version N stored it: SQL text that a released program's database dumps to. It
/// is made once, when version N is the newest, and never changed:
///
///     FARMTOP_WRITE_SCHEMA=1 swift test --filter UpgradeTests
@Suite("Upgrading from every earlier schema", .timeLimit(.minutes(10)))
struct UpgradeTests {
    private let folder = TemporaryFolder()
    private static func dump(_ version: Int) -> URL { TestFiles.inTests("StorageTests/Schemas/schema-\(version).sql") }
    /// The newest schema may be without its dump until the next one is begun.
    private static var versions: [Int] {
        Schema.migrator.migrations.compactMap { Int($0.prefix { $0 != " " }) }.filter {
            $0 < Schema.version || FileManager.default.fileExists(atPath: dump($0).path)
        }
    }

    private func countedRows(_ database: Database) throws -> [String: Int] {
        let tables = try String.fetchAll(
            database,
            sql: """
                SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                AND name <> 'grdb_migrations'
                """)
        return try Dictionary(
            uniqueKeysWithValues: tables.map {
                ($0, try Int.fetchOne(database, sql: "SELECT count(*) FROM \($0)") ?? 0)
            })
    }

    @Test("its rows are all there, its tables become the newest ones, and every row can be read", arguments: versions)
    func upgrade(version: Int) throws {
        _ = try DataFolder(preparing: folder.path)
        let path = folder.file("farmtop.db")
        let before: [String: Int]
        do {
            let queue = try DatabaseQueue(path: path)
            try queue.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA foreign_keys = OFF")
                try database.execute(sql: String(contentsOf: Self.dump(version), encoding: .utf8))
                #expect(try Int.fetchOne(database, sql: "PRAGMA user_version") == version)
            }
            before = try queue.read(countedRows)
            try queue.close()
        }
        #expect(before.filter { $0.value == 0 } == [:], "every table has a row to lose")

        let store = try folder.open()
        try store.read { database in
            try DatabaseCheck.all(database, path)
            #expect(try Int.fetchOne(database, sql: "PRAGMA user_version") == Schema.version)
            let after = try countedRows(database)
            for (table, rows) in before { #expect(after[table] == rows, "\(table)") }
        }
        let farm = try store.loadAll(since: Timestamp(microseconds: 0))
        #expect(farm.accounts == [Sample.account])
        #expect(farm.printers == [Sample.printer(currentPrint: 10), Sample.printer(6)])
        #expect(farm.prints == [Sample.print(), Sample.openPrint(10)])
        #expect(farm.clients == [Sample.client()])
        #expect(farm.tokens == [Sample.token()])
        #expect(farm.tokenFamilies == (version < 2 ? [] : [Sample.family()]))
        #expect(farm.events == [Sample.event()])
        #expect(try store.predictions(of: 9, after: 0, limit: 10) == [Sample.prediction(3), Sample.prediction(4)])
        #expect(farm.framePictures == [FrameKey(printID: 9, number: 4)])
    }

    @Test("a farm upgraded from any of them may be upgraded once more, and nothing happens", arguments: versions)
    func again(version: Int) throws {
        try upgrade(version: version)
        let before = try folder.open().loadAll(since: Timestamp(microseconds: 0))
        #expect(try folder.open().loadAll(since: Timestamp(microseconds: 0)) == before)
    }

    @Test("the dump of the newest schema is written where it is asked for")
    func write() throws {
        guard ProcessInfo.processInfo.environment["FARMTOP_WRITE_SCHEMA"] != nil else { return }
        let store = try folder.open()
        try store.write([
            .account(Sample.account), .printer(Sample.printer(currentPrint: 10)), .printer(Sample.printer(6)),
            .print(Sample.print()), .print(Sample.openPrint(10)), .prediction(Sample.prediction(3)),
            .prediction(Sample.prediction(4)), .event(Sample.event()), .client(Sample.client()),
            .token(Sample.token()), .tokenFamily(Sample.family()),
            .framePicture(FrameKey(printID: 9, number: 4), jpeg: [1, 2, 3]),
        ])
        let text = try store.read(dumped)
        try text.write(to: Self.dump(Schema.version), atomically: true, encoding: .utf8)
    }

    /// The database as SQL: tables, rows, then indexes.
    private func dumped(_ database: Database) throws -> String {
        var text = "PRAGMA application_id = \(Schema.applicationID);\nPRAGMA user_version = \(Schema.version);\n"
        let objects = try Row.fetchAll(
            database, sql: "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, rowid")
        for object in objects where object["type"] == "table" {
            let name: String = object["name"]
            if name.hasPrefix("sqlite_") { continue }
            text += "\n\(object["sql"] as String);\n" + (try rows(database, of: name))
        }
        text += try "\nDELETE FROM sqlite_sequence;\n" + rows(database, of: "sqlite_sequence") + "\n"
        for object in objects where object["type"] == "index" { text += "\(object["sql"] as String);\n" }
        return text
    }

    private func rows(_ database: Database, of table: String) throws -> String {
        let columns = try database.columns(in: table).map(\.name)
        // SQLite writes each value so that it reads back the same.
        let quoted = columns.map { "quote(\($0))" }.joined(separator: " || ', ' || ")
        return try String.fetchAll(database, sql: "SELECT \(quoted) FROM \(table)")
            .map { "INSERT INTO \(table) VALUES (\(Self.readable($0)));\n" }.joined()
    }

    /// Control characters by their numbers, so that the file can be looked at.
    private static func readable(_ text: String) -> String {
        text.unicodeScalars.map { $0.value < 32 ? "' || char(\($0.value)) || '" : String($0) }.joined()
    }
}
