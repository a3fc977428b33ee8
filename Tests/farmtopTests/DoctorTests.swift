import ArgumentParser
import Farm
import Foundation
import Glibc
import Storage
import TestSupport
import Testing

@testable import FarmConfiguration
@testable import farmtop

@Suite("The doctor's findings", .timeLimit(.minutes(20)))
struct DoctorTests {
    private let home: TestHome
    init() throws { home = try TestHome() }

    @Test("the worst finding is the verdict; lines stay in their columns; what to do stands below")
    func listing() {
        let listing = Listing(findings: [
            .ok("disk", "9 MiB are free."),
            .fail("database", "It is damaged.\nBadly.", next: "Restore\u{1B} a backup."),
        ])
        #expect(
            listing.text == """
                ok    disk      9 MiB are free.
                fail  database  It is damaged.
                                Badly.
                                next: Restore\u{FFFD} a backup.
                """)
        #expect(
            listing.json.description.hasPrefix(#"{"verdict": "fail", "findings": [{"check": "disk", "verdict": "ok", "#)
        )
    }

    @Test("the model inside the program equals its checksums; after a change: sha256sum *.cfg *.weights > SHA256SUMS")
    func bundledModel() throws {
        #expect(try ModelSource(cfgPath: "", weightsPath: "").checksum() == .equal)
    }

    @Test("a model of files is compared with the checksum that was noted for it")
    func modelFiles() throws {
        let weights = home.path + "/m.weights"
        try Data([1, 2, 3]).write(to: URL(filePath: weights))
        let source = ModelSource(cfgPath: home.path + "/m.cfg", weightsPath: "")
        #expect(try source.checksum() == .unknown(weights + ".sha256"))
        try source.noteChecksum()
        #expect(
            try String(contentsOfFile: weights + ".sha256", encoding: .utf8)
                == "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81  m.weights\n")
        #expect(try source.checksum() == .equal)
        try Data([1, 2, 4]).write(to: URL(filePath: weights))
        #expect(try source.checksum() == .different(weights))
    }

    @Test("an address is free, taken, not of this machine, or open to the network")
    func addresses() throws {
        let listener = try LocalListener()
        defer { withExtendedLifetime(listener) {} }
        let port = Int(listener.port)
        func verdict(_ host: String, _ port: Int, listening: String? = nil) -> Finding.Verdict {
            ListenCheckup(address: ListenAddress(host: host, port: port), listening: listening).finding().verdict
        }
        #expect(verdict("127.0.0.1", 0) == .ok)
        #expect(verdict("127.0.0.1", port) == .fail)
        #expect(verdict("127.0.0.1", port, listening: "http://127.0.0.1:\(port)") == .ok)
        #expect(verdict("0.0.0.0", 0) == .warn)
        #expect(verdict("192.0.2.1", 0) == .fail)
        #expect(verdict("no.such.host.invalid", 80) == .fail)

        // By this test or by somebody else, the last port is taken now.
        let last = try? LocalListener(port: .max)
        defer { withExtendedLifetime(last) {} }
        let finding = ListenCheckup(address: ListenAddress(host: "127.0.0.1", port: 65535), listening: nil).finding()
        #expect(finding.next?.hasSuffix("--listen 127.0.0.1:65534") == true)
    }

    @Test("a data folder is missing, no folder, open to others, or well")
    func folders() throws {
        func finding() -> Finding? { FolderCheckup(path: home.data).findings().first }
        #expect(finding()?.verdict == .warn)
        try Data().write(to: URL(filePath: home.data))
        #expect(finding()?.what == "\(home.data) is not a folder.")
        try FileManager.default.removeItem(atPath: home.data)
        try FileManager.default.createDirectory(
            atPath: home.data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        #expect(finding()?.next == "chmod go-rwx \(home.data)")
        let apart = home.path + "/it's data"
        mkdir(apart, 0o755)
        #expect(
            FolderCheckup(path: apart).findings().first?.next == #"chmod go-rwx '\#(home.path)/it'\''s data'"#)
        chmod(home.data, 0o777)
        #expect(finding()?.verdict == .fail)
        #expect(finding()?.what.contains("can be written by every user of this machine (mode 777)") == true)
        chmod(home.data, 0o700)
        #expect(finding()?.verdict == .ok)
    }

    @Test("a lock that is a link and a database that is a fifo are told, and nobody waits for the fifo")
    func strangeFiles() async throws {
        mkdir(home.data, 0o700)
        let precious = home.path + "/precious"
        try Data("precious".utf8).write(to: URL(filePath: precious))
        symlink(precious, home.data + "/farmtop.lock")
        mkfifo(home.database, 0o600)
        let holder = await HolderCheckup(path: home.data).run().findings
        #expect(holder.map(\.verdict) == [.fail] && holder[0].what.contains("is a symbolic link"))
        let database = DatabaseCheckup(path: home.data, now: .systemClock(), isHeld: false).findings()
        #expect(database.map(\.verdict) == [.fail] && database[0].what.contains("is a fifo"))
        #expect(try String(contentsOfFile: precious, encoding: .utf8) == "precious")
    }

    @Test("a restored farm that nobody has confirmed is a finding, and so is what to do")
    func restored() throws {
        func write(_ moment: Timestamp?) throws {
            let store = try SQLiteStore(DataFolder(preparing: home.data).lock())
            try store.transaction { try $0.write([.unconfirmedRestore(moment)]) }
        }
        try write(.systemClock())
        func finding() -> Finding? {
            DatabaseCheckup(path: home.data, now: .systemClock(), isHeld: true).findings().first {
                $0.check == "messages"
            }
        }
        #expect(finding()?.verdict == .warn && finding()?.next?.hasSuffix("farmtop notify confirm") == true)
        #expect(finding()?.what.contains("channels and webhook send nothing") == true)
        try write(nil)
        #expect(finding() == nil)
    }

    @Test("a configuration that was changed after the farm was started is told, with its name; an older one is not")
    func changedConfiguration() throws {
        try home.writeConfiguration("[dashboard]\ntheme = \"light\"\n")
        let config = home.path + "/.config/farmtop/config.toml"
        let settings = try CommonOptions.parse(["--config", config]).settings()
        #expect(settings.changedRemark(since: .systemClock() + .seconds(60)) == nil)
        let remark = settings.changedRemark(since: .systemClock() - .seconds(60))
        #expect(remark?.hasPrefix("\(config) was changed after the farm that runs was started") == true)
        try FileManager.default.removeItem(atPath: config)
        #expect(settings.changedRemark(since: .systemClock() - .seconds(60)) == nil, "what is gone was not changed")
    }

    @Test("a file with a secret is for its owner and its group; a configuration without one may be read by all")
    func secrets() throws {
        let (key, hook) = (home.path + "/key.pem", home.path + "/hook")
        for file in [key, hook] { try Data("x".utf8).write(to: URL(filePath: file)) }
        try home.writeConfiguration(
            "[server]\ntls_certificate = \"\(home.path)/cert.pem\"\ntls_key = \"\(key)\"\n"
                + "[webhook]\nurl = \"http://127.0.0.1/hook\"\nsecret_file = \"\(hook)\"\n")
        let config = home.path + "/.config/farmtop/config.toml"
        func findings() throws -> [Finding] {
            let settings = try CommonOptions.parse(["--config", config]).settings()
            return SecretsCheckup(settings: settings).findings()
        }
        for (path, open, closed) in [(key, 0o644, 0o640), (hook, 0o606, 0o600), (config, 0o664, 0o640)] {
            for file in [key, hook, config] { chmod(file, 0o600) }
            chmod(path, mode_t(open))
            let found = try findings()
            #expect(found.count == 1 && found[0].verdict == .warn)
            #expect(found[0].what.contains(path) && found[0].next == "chmod g-w,o-rwx \(path)")
            chmod(path, mode_t(closed))
            let verdicts = try findings().map(\.verdict)
            #expect(verdicts == [.ok])
        }
        try home.writeConfiguration("[dashboard]\ntheme = \"light\"\n")
        chmod(config, 0o644)
        #expect(try findings().isEmpty)
    }
}
