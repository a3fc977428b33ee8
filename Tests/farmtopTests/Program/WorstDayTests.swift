import Detector
import Farm
import Foundation
import GRDB
import Glibc
import Imaging
import Synchronization
import Testing

@testable import farmtop

@Suite("The worst day", .serialized, .timeLimit(.minutes(20)))
struct WorstDayTests {
    private let home: TestHome
    init() throws { home = try TestHome() }

    /// Makes a farm with a printer, and ends it in good order.
    private func makeFarm() throws {
        let made = try home.run("printer", "add", "mk4")
        try #require(made.status == 0, "\(made.errors)")
    }

    private func serve(_ arguments: String...) throws -> Program.Outcome {
        try Program.run(["serve", "--data-dir", home.data, "--listen", "127.0.0.1:0"] + arguments, home: home.path)
    }

    /// What the doctor finds of a check, and his exit code.
    private func doctor(_ check: String) throws -> (finding: [String: String], status: Int32) {
        let outcome = try home.run("doctor", "--json", "--listen", "127.0.0.1:0")
        let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        let findings = report?["findings"] as? [[String: Any]] ?? []
        let finding = findings.first { $0["check"] as? String == check } ?? [:]
        return (finding.compactMapValues { $0 as? String }, outcome.status)
    }

    private func execute(_ sql: String) throws {
        let queue = try DatabaseQueue(path: home.database)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    @Test("a damaged database: serve and doctor say so, and name the way back")
    func damaged() throws {
        try makeFarm()
        #expect(try home.run("backup", home.path + "/farm.backup").status == 0)
        var bytes = try Data(contentsOf: URL(filePath: home.database))
        for index in 4096..<bytes.count { bytes[index] = UInt8(index * 7 & 0xFF) }
        try bytes.write(to: URL(filePath: home.database))
        let served = try serve()
        #expect(served.status == 1)
        #expect(served.errors.contains("farmtop restore"), "\(served.errors)")
        let found = try doctor("database")
        #expect(found.status == 2 && found.finding["verdict"] == "fail")
        #expect(found.finding["what"]?.contains("farmtop restore") == true)
        let restored = try home.run("restore", home.path + "/farm.backup")
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(try home.run("printer", "list").output.contains("mk4"))
    }

    @Test("a database that was cut short: the same")
    func truncated() throws {
        try makeFarm()
        let bytes = try Data(contentsOf: URL(filePath: home.database))
        try bytes.prefix(bytes.count / 3).write(to: URL(filePath: home.database))
        let served = try serve()
        #expect(served.status == 1)
        #expect(served.errors.contains("is damaged") && served.errors.contains("farmtop restore"), "\(served.errors)")
        #expect(try doctor("database").finding["verdict"] == "fail")
    }

    @Test(
        "a database of a newer farmtop is refused untouched, with the way back; a backup from before is restored over it"
    )
    func downgrade() throws {
        try makeFarm()
        #expect(try home.run("backup", home.path + "/before").status == 0)
        try execute("PRAGMA user_version = 99; CREATE TABLE of_the_future (x)")
        let served = try serve()
        #expect(served.status == 1)
        #expect(served.errors.contains("newer farmtop") && served.errors.contains("farmtop restore SRC"))
        #expect(try doctor("database").finding["what"]?.contains("newer farmtop") == true)
        #expect(try home.run("restore", home.path + "/before").status == 0)
        #expect(try home.run("printer", "list").output.contains("mk4"))
    }

    @Test("a model that is missing or damaged: the farm is served, frames are refused, the log and the doctor say why")
    func model() throws {
        for contents in [nil, "[net]\nwidth=nonsense\n"] {
            let cfg = home.path + "/model.cfg"
            if let contents {
                try contents.write(toFile: cfg, atomically: true, encoding: .utf8)
                try Data(count: 100).write(to: URL(filePath: home.path + "/model.weights"))
            }
            try home.writeConfiguration("[detector]\nmodel = \"\(cfg)\"\n")
            let farm = try ServedFarm(home)
            let client = try farm.addClient("app")
            var http = farm.http
            http.token = try http.requestToken(client).object["access_token"] as? String
            let made = try http.post("/api/v1/printers/", json: #"{"name": "a"}"#)
            let id = try #require((made.object["id"] as? NSNumber)?.int64Value)
            #expect(try http.post("/api/v1/printers/\(id)/start_print/", json: #"{"filename": "a"}"#).status == 200)
            let refused = try http.predict(id, jpeg: [0xFF, 0xD8])
            #expect(refused.status == 503 && refused.headers.lowercased().contains("retry-after"))
            while !farm.logText.contains("No detector: ") { usleep(5000) }
            #expect(farm.logText.contains("\(cfg) cannot be read") == (contents == nil))
            #expect(farm.logText.contains("No detector: model") == (contents != nil))
            #expect(farm.end(SIGTERM) == 0)
            #expect(try doctor("model").finding["verdict"] == "fail")
        }
    }

    @Test("a port that is taken, and a farm that is held, are named with the remedy")
    func taken() throws {
        let farm = try ServedFarm(home)
        let second = try TestHome()
        let port = "127.0.0.1:\(farm.port)"
        let refused = try Program.run(["serve", "--data-dir", second.data, "--listen", port], home: second.path)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("is taken by another program") && refused.errors.contains("--listen"))
        let held = try serve()
        #expect(held.status == 2)
        #expect(held.errors.contains("in use by process \(farm.pid)"))
        let restored = try home.run("restore", "/dev/null")
        #expect(restored.status == 2 && restored.errors.contains("in use by process \(farm.pid)"))
        #expect(try doctor("holder").finding["verdict"] == "ok")
        #expect(try doctor("control socket").finding["verdict"] == "ok")
        #expect(farm.end(SIGTERM) == 0)
    }

    @Test(
        "root leaves nothing in the folder of another user's farm, and the doctor has no harmful advice",
        .enabled(if: geteuid() == 0, "only root can give a folder away"))
    func anothersFolder() throws {
        try makeFarm()
        let files = try FileManager.default.subpathsOfDirectory(atPath: home.data)
        for name in [""] + files { chown("\(home.data)/\(name)", 65_534, 65_534) }
        for outcome in [try serve(), try home.run("printer", "add", "second")] {
            #expect(outcome.status != 0)
            #expect(outcome.errors.contains("belongs to user 65534. Run farmtop as that user"), "\(outcome.errors)")
        }
        #expect(try home.run("doctor", "--json", "--listen", "127.0.0.1:0").status < 2)
        for name in try FileManager.default.subpathsOfDirectory(atPath: home.data) {
            let owner = try FileManager.default.attributesOfItem(atPath: "\(home.data)/\(name)")[.ownerAccountID]
            #expect((owner as? NSNumber)?.intValue == 65_534, "\(name)")
        }
    }

    @Test("a log that cannot be written is told on standard error, and the farm is served; SIGHUP opens it again")
    func log() throws {
        let logs = home.path + "/logs"
        try Data().write(to: URL(filePath: logs))
        try home.writeConfiguration("[log]\nfile = \"\(logs)/farmtop.log\"\n")
        #expect(try doctor("log").finding["verdict"] == "fail")
        let farm = try ServedFarm(home)
        #expect(farm.logText.contains("The log \(logs)/farmtop.log cannot be written"))
        try FileManager.default.removeItem(atPath: logs)
        kill(farm.pid, SIGHUP)
        while !FileManager.default.fileExists(atPath: logs + "/farmtop.log") { usleep(5000) }
        #expect(try doctor("log").finding["verdict"] == "ok")
        #expect(farm.end(SIGTERM) == 0)
        #expect(try String(contentsOfFile: logs + "/farmtop.log", encoding: .utf8).contains("Stopped."))
    }

    @Test("ended by SIGTERM under load, it answers what it took, keeps it, and ends in good order")
    func ending() throws {
        let farm = try ServedFarm(home)
        let client = try farm.addClient("app")
        var http = farm.http
        http.token = try http.requestToken(client).object["access_token"] as? String
        let acknowledged = Mutex<Set<Int64>>([])
        let apps = DispatchGroup()
        for number in 0..<6 {
            let made = try http.post("/api/v1/printers/", json: #"{"name": "p\#(number)"}"#)
            let id = try #require((made.object["id"] as? NSNumber)?.int64Value)
            let app = http
            DispatchQueue.global().async(group: apps) {
                while let answer = try? app.post("/api/v1/printers/\(id)/start_print/", json: #"{"filename": "a"}"#) {
                    guard answer.status == 200, let printer = answer.object["printer"] as? [String: Any],
                        let print = printer["current_print"] as? [String: Any], let id = print["id"] as? NSNumber
                    else { continue }
                    _ = acknowledged.withLock { $0.insert(id.int64Value) }
                }
            }
        }
        while acknowledged.withLock({ $0.count }) < 30 { usleep(2000) }
        #expect(farm.end(SIGTERM) == 0)
        apps.wait()
        #expect(farm.logText.contains("Stopped."))
        let stored = try FarmInvariants.check(home.data) { try Set(Int64.fetchAll($0, sql: "SELECT id FROM prints")) }
        #expect(acknowledged.withLock { $0 }.subtracting(stored).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: home.data + "/control.sock"))
    }

    @Test("the doctor of a new farm, and of one in use, finds nothing that fails")
    func healthy() throws {
        #expect(try doctor("data folder").finding["verdict"] == "warn")
        let farm = try ServedFarm(home)
        let outcome = try home.run("doctor", "--json", "--listen", "127.0.0.1:\(farm.port)")
        #expect(!outcome.output.contains(#""verdict": "fail""#), "\(outcome.output)")
        #expect(outcome.output.contains("This farm listens on 127.0.0.1:\(farm.port)."))
        let precision = Precision.available.contains(.bfloat16) ? "bfloat16" : "float32"
        #expect(outcome.output.contains("parameters, \(precision)) and equals its checksum"))
        #expect(farm.end(SIGTERM) == 0)
        try home.writeConfiguration("[server]\nlisten = 1\n")
        let faulty = try doctor("configuration")
        #expect(faulty.status == 2 && faulty.finding["verdict"] == "fail")
    }
}

/// A small disk of its own in memory.
private final class SmallDisk {
    let path: String
    private var isMounted = true

    /// - Throws: what cancels the test where this user cannot mount, so that the run says that it was skipped.
    init(at path: String, mebibytes: Int) throws {
        self.path = path
        guard geteuid() == 0, mkdir(path, 0o700) == 0,
            mount("farmtop-test", path, "tmpfs", 0, "size=\(mebibytes)m,mode=0700") == 0
        else { try Test.cancel("a small disk cannot be mounted here") }
    }
    func makeReadOnly() -> Bool { mount("farmtop-test", path, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), nil) == 0 }
    func unmount() {
        if isMounted { umount2(path, Int32(MNT_DETACH)) }
        isMounted = false
    }
    deinit { unmount() }
}

@Suite("The disk on its worst day", .serialized, .timeLimit(.minutes(20)))
struct DiskTests {
    @Test(
        "a full disk refuses changes with a time to try again, keeps answering, loses nothing, and goes on when there is room"
    )
    func full() throws {
        let home = try TestHome()
        let disk = try SmallDisk(at: home.data, mebibytes: 8)
        defer { disk.unmount() }
        let farm = try ServedFarm(home)
        let client = try farm.addClient("app")
        var http = farm.http
        http.token = try http.requestToken(client).object["access_token"] as? String
        let made = try http.post("/api/v1/printers/", json: #"{"name": "a"}"#)
        let printer = try #require((made.object["id"] as? NSNumber)?.int64Value)
        let filename = String(repeating: "x", count: 900)
        func start() throws -> HTTP.Answer {
            try http.post("/api/v1/printers/\(printer)/start_print/", json: #"{"filename": "\#(filename)"}"#)
        }
        // Something else fills the disk.
        let ballast = home.data + "/ballast"
        var block = Data(count: 1 << 20)
        try Data().write(to: URL(filePath: ballast))
        let file = try FileHandle(forWritingTo: URL(filePath: ballast))
        while block.count > 1024 {
            do { try file.write(contentsOf: block) } catch { block = block.prefix(block.count / 2) }
        }
        try file.close()
        var acknowledged: [Int64] = []
        var refused: HTTP.Answer?
        for _ in 0..<3000 where refused == nil {
            let answer = try start()
            if answer.status != 200 {
                refused = answer
            } else {
                let object = answer.object["printer"] as? [String: Any]
                let print = object?["current_print"] as? [String: Any]
                acknowledged.append(try #require((print?["id"] as? NSNumber)?.int64Value))
            }
        }
        let refusal = try #require(refused)
        #expect(refusal.status == 503 && refusal.headers.lowercased().contains("retry-after"))
        #expect(farm.logText.contains("is full"))
        #expect(try http.get("/api/v1/printers/").status == 200)
        let found = try home.run("doctor", "--json")
        #expect(found.status == 2 && found.output.contains(#""check": "disk", "verdict": "fail""#), "\(found.output)")
        unlink(ballast)
        #expect(try start().status == 200)
        #expect(farm.end(SIGTERM) == 0)
        let stored = try FarmInvariants.check(home.data) { try Set(Int64.fetchAll($0, sql: "SELECT id FROM prints")) }
        #expect(Set(acknowledged).isSubset(of: stored))
    }

    @Test("a data folder that cannot be written is named with the remedy")
    func readOnly() throws {
        let home = try TestHome()
        let disk = try SmallDisk(at: home.data, mebibytes: 8)
        defer { disk.unmount() }
        #expect(try home.run("printer", "add", "mk4").status == 0)
        try #require(disk.makeReadOnly())
        let served = try Program.run(
            ["serve", "--data-dir", home.data, "--listen", "127.0.0.1:0"], home: home.path)
        #expect(served.status == 1)
        #expect(served.errors.contains("cannot be written: Read-only file system"), "\(served.errors)")
        #expect(served.errors.contains("--data-dir"))
        let found = try home.run("doctor", "--json")
        #expect(found.status == 2)
        #expect(found.output.contains(#""check": "data folder", "verdict": "fail""#), "\(found.output)")
    }
}
