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
@Suite("Upgrading from every earlier schema", .timeLimit(.minutes(20)))
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

    /// - Parameter change: made to the old farm.
    /// - Returns: how many rows each table has.
    @discardableResult
    private func restoreDump(_ version: Int, _ change: String = "") throws -> [String: Int] {
        _ = try DataFolder(preparing: folder.path)
        let queue = try DatabaseQueue(path: folder.file("farmtop.db"))
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            try database.execute(sql: String(contentsOf: Self.dump(version), encoding: .utf8))
            #expect(try Int.fetchOne(database, sql: "PRAGMA user_version") == version)
            try database.execute(sql: change)
        }
        let rows = try queue.read(countedRows)
        try queue.close()
        return rows
    }

    @Test(
        "an open print of 0.1 keeps its state: alerted, asked to pause, paused, resumed, acknowledged, dismissed",
        arguments: [
            OldPrint("alerted_at = 5", alert: .standing),
            OldPrint("alerted_at = 5, alert_acknowledged_at = 6", alert: .acknowledged),
            OldPrint("alerted_at = 7, alert_acknowledged_at = 6", alert: .standing),
            OldPrint("alerted_at = 5, alert_acknowledged_at = 6, alert_overwrite = 'NOT_FAILED'", alert: .dismissed),
            OldPrint(
                "alerted_at = 5, paused_at = 5, pause_requested_at = 5", alert: .standing, asked: true, spent: true),
            OldPrint(
                "alerted_at = 5, paused_at = 5, pause_requested_at = 5, pause_confirmed = 1", alert: .standing,
                paused: true, spent: true),
            OldPrint("alerted_at = 5, pause_requested_at = 5", alert: .standing, asked: false, spent: true),
            OldPrint("paused_at = 5, pause_confirmed = 1", paused: true),
            OldPrint("filename = 'x'"),
        ])
    func openPrint(old: OldPrint) throws {
        try restoreDump(3, "UPDATE prints SET \(old.columns) WHERE id = 10")
        let print = try #require(try folder.open().print(10))
        #expect(print.isOpen)
        #expect(print.alertState == old.alert)
        #expect((print.pauseRequestedAt != nil) == old.asked)
        #expect((print.pausedAt != nil) == old.paused)
        #expect(print.isPauseSpent == old.spent)
    }

    struct OldPrint: Sendable, CustomTestStringConvertible {
        var columns: String
        var alert: AlertState
        var asked: Bool
        var paused: Bool
        var spent: Bool
        init(
            _ columns: String, alert: AlertState = .none, asked: Bool = false, paused: Bool = false, spent: Bool = false
        ) {
            self.columns = columns
            self.alert = alert
            self.asked = asked
            self.paused = paused
            self.spent = spent
        }
        var testDescription: String { columns }
    }

    @Test("the older database is copied before it is brought up to date, whole, private, and said aloud")
    func copy() throws {
        try restoreDump(3)
        let warnings = Warnings()
        _ = try folder.open(warn: warnings.add)
        let copy = folder.file("farmtop.schema-3.db")
        #expect(warnings.all == [.migrated(path: folder.file("farmtop.db"), copy: copy)])
        let attributes = try FileManager.default.attributesOfItem(atPath: copy)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        let queue = try DatabaseQueue(path: copy)
        try queue.read { database in
            try DatabaseCheck.all(database, copy)
            #expect(try Int.fetchOne(database, sql: "PRAGMA user_version") == 3)
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM prints") == 2)
        }
        _ = try folder.open(warn: warnings.add)
        #expect(warnings.all.count == 1, "once is enough")
    }

    @Test("a farm whose copy cannot be made is not touched")
    func noCopy() throws {
        try restoreDump(3)
        try FileManager.default.createDirectory(
            atPath: folder.file("farmtop.schema-3.db.part/x"), withIntermediateDirectories: true)
        #expect(throws: StorageError.self) { _ = try folder.open() }
        let queue = try DatabaseQueue(path: folder.file("farmtop.db"))
        #expect(try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 3)
    }

    @Test("a new farm has nothing to copy")
    func newFarm() throws {
        let warnings = Warnings()
        _ = try folder.open(warn: warnings.add)
        #expect(warnings.all.isEmpty && !folder.exists("farmtop.schema-4.db"))
    }

    @Test("its rows are all there, its tables become the newest ones, and every row can be read", arguments: versions)
    func upgrade(version: Int) throws {
        let path = folder.file("farmtop.db")
        let before = try restoreDump(version)
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
        #expect(farm.printers == [Sample.printer(currentPrint: 10), Sample.printer(6)].map { stored($0, version) })
        #expect(farm.prints == [stored(Sample.print(), version), Sample.openPrint(10)])
        #expect(farm.clients == [Sample.client()])
        #expect(farm.tokens == [Sample.token()])
        #expect(farm.tokenFamilies == (version < 2 ? [] : [Sample.family()]))
        #expect(farm.events == [stored(Sample.event(), version)])
        let predictions = [Sample.prediction(3), Sample.prediction(4)].map { stored($0, version) }
        #expect(try store.predictions(of: 9, after: 0, limit: 10) == predictions)
        #expect(farm.framePictures == [FrameKey(printID: 9, number: 4)])
    }

    // What a version before 4 knew of a sample.
    private func stored(_ printer: Printer, _ version: Int) -> Printer {
        var printer = printer
        // Its printers are tombstones, which nothing is learnt of any more.
        if version < 4 { printer.needsTeaching = false }
        if version < 9 { printer.settings.cameraRegion = .whole }
        if version >= 7, printer.id == 5 { printer.settings.tags = ["hall-2"] }
        return printer
    }
    private func stored(_ print: Print, _ version: Int) -> Print {
        var print = print
        if version < 11 { print.alertWithheldAt = nil }
        guard version < 4, let end = print.end else { return print }
        print.close(Print.End(at: end.at, result: .cancelled))
        print.maxFailureProbability = nil
        return print
    }
    private func stored(_ event: FarmEvent, _ version: Int) -> FarmEvent {
        var event = event
        if version < 4 { event.actor = .farmtop }
        return event
    }
    private func stored(_ prediction: Prediction, _ version: Int) -> Prediction {
        var prediction = prediction
        if version < 4 { prediction.failureProbability = nil }
        if version < 11 { (prediction.counted, prediction.region) = (nil, nil) }
        return prediction
    }

    @Test("a farm upgraded from any of them may be upgraded once more, and nothing happens", arguments: versions)
    func again(version: Int) throws {
        try upgrade(version: version)
        let before = try folder.open().loadAll(since: Timestamp(microseconds: 0))
        #expect(try folder.open().loadAll(since: Timestamp(microseconds: 0)) == before)
    }

    @Test(
        "the dump of the newest schema is written where it is asked for",
        .enabled(
            if: ProcessInfo.processInfo.environment["FARMTOP_WRITE_SCHEMA"] != nil,
            "it is written with FARMTOP_WRITE_SCHEMA=1"))
    func write() throws {
        let store = try folder.open()
        try store.write([
            .account(Sample.account), .printer(Sample.printer(currentPrint: 10)), .printer(Sample.printer(6)),
            .printerTags(5, ["hall-2"]), .print(Sample.print()), .print(Sample.openPrint(10)),
            .prediction(Sample.prediction(3)),
            .prediction(Sample.prediction(4)), .event(Sample.event()), .client(Sample.client()),
            .token(Sample.token()), .tokenFamily(Sample.family()),
            .framePicture(FrameKey(printID: 9, number: 4), jpeg: [1, 2, 3]),
            .notice(Sample.notice("a")), .cameraHistory(Sample.cameraKey, CameraHistory()),
            .failureEvidence(
                5,
                StoredEvidence(
                    printID: 10, camera: Sample.cameraKey, evidence: FailureEvidence(probability: 0.25),
                    isFailing: false, withoutMemory: FailureEvidence(probability: 0.5))),
            .clock(
                ClockReading(
                    bootID: "b", sinceBoot: .seconds(5), wall: noon,
                    steady: SteadyTime(microseconds: noon.microseconds),
                    exactSince: SteadyTime(microseconds: noon.microseconds))),
            .machine(.link(MachineSample.link())), .machine(.camera(try MachineSample.camera())),
            .notification(.occasion(Sample.occasion())),
            .notification(
                .telling(channel: "phone", Sample.occasion().id, Telling(at: Sample.occasion().openedSteady))),
            .notification(.sent(channel: "phone", [Sample.occasion().openedSteady])),
            .notification(.queue(channel: "phone", Sample.notification())),
            .keptBed(.keep(Sample.bed())), .verdict(.remember(Sample.verdict())), .unconfirmedRestore(noon),
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
