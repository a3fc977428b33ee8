import Foundation
import GRDB
import TestSupport
import Testing

@testable import farmtop

/// SQLite keeps a database that several processes have open whole by locks on its file, and a process loses all of its own when it
/// closes any descriptor of that file. Then the next reader to leave deletes the log, and with it all that follows.
@Suite("A database that others open too", .serialized, .timeLimit(.minutes(20)))
struct SharedDatabaseTests {
    private func waitForCheck(_ farm: ServedFarm) throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while !farm.logText.contains("The database is whole."), ContinuousClock.now < deadline { usleep(20_000) }
        try #require(farm.logText.contains("The database is whole."), "\(farm.logText)")
    }

    /// As the `sqlite3` of an operator: it reads, and closes.
    private func read(_ path: String) throws {
        let database = try DatabaseQueue(path: path)
        #expect(try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM printers") ?? 0 } > 0)
        try database.close()
    }

    @Test(
        "whoever reads the database beside a running farm takes none of its later changes away",
        arguments: ["sqlite", "doctor", "backup"])
    func readers(reader: String) throws {
        let home = try TestHome()
        _ = try home.run("printer", "add", "first")
        let farm = try ServedFarm(home)
        try waitForCheck(farm)
        switch reader {
        case "sqlite": try read(home.database)
        case "doctor": _ = try home.run("doctor", "--data-dir", home.data)
        default:
            let made = try home.run("backup", home.path + "/copy.db", "--data-dir", home.data)
            #expect(made.status == 0, "\(made.errors)")
        }
        #expect(FileManager.default.fileExists(atPath: home.database + "-wal"), "the farm writes to its log")
        let added = try home.run("printer", "add", "second")
        #expect(added.status == 0, "\(added.errors)")
        #expect(farm.end(SIGKILL) == 128 + SIGKILL)
        try farm.startAgain()
        let list = try home.run("printer", "list").output
        #expect(list.contains("first") && list.contains("second"), "\(list)")
        #expect(farm.end(SIGTERM) == 0)
    }
}
