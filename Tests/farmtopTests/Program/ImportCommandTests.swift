import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Importing a table of printers, by the program", .timeLimit(.minutes(20)))
struct ImportCommandTests {
    private let home: TestHome

    init() throws { home = try TestHome() }

    private func write(_ table: String) throws -> String {
        let path = home.path + "/farm.csv"
        try table.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func names() throws -> [String] {
        try home.run("printer", "list", "--json").output.split(separator: "\n").compactMap { line in
            (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["name"] as? String
        }
    }

    @Test("a dry run stores nothing; the import makes and connects every printer, with sealed keys")
    func imported() throws {
        let machines = try [PlainPrusaLink(), PlainPrusaLink()]
        try "hush-file\n".write(toFile: home.path + "/core.key", atomically: true, encoding: .utf8)
        let file = try write(
            """
            name,kind,url,key,key_file
            core,prusalink,\(machines[0].url),,core.key
            mini,prusalink,\(machines[1].url),hush-cell,
            """)
        let dry = try home.run("printer", "import", file, "--dry-run")
        #expect(dry.status == 0, "\(dry.errors)")
        #expect(dry.output.contains("would be added") && dry.output.contains("Nothing was stored: 2 printers"))
        #expect(try names() == [])

        _ = try home.run("printer", "add", "mini")
        let done = try home.run("printer", "import", file, "--json")
        #expect(done.status == 0, "\(done.errors)")
        #expect(done.output.contains(#""name": "core", "kind": "prusalink""#))
        #expect(done.output.contains(#""result": "added", "stored": true"#))
        #expect(done.output.contains(#""result": "connected""#))
        #expect(Set(try names()) == ["core", "mini"])
        #expect(try home.run("printer", "show", "mini").output.contains(machines[1].url))
        #expect(try home.run("printer", "import", file).output.contains("changed"))
        for text in [dry.output, dry.errors, done.output, done.errors] { #expect(!text.contains("hush")) }
        let bytes = FileManager.default.contents(atPath: home.database) ?? Data()
        let isInTheClear = bytes.range(of: Data("hush".utf8)) != nil
        #expect(!isInTheClear)
    }

    @Test("a machine that does not answer is named with its line, and nothing at all is stored")
    func allOrNothing() throws {
        let machine = try PlainPrusaLink()
        let file = try write(
            "name,kind,url,key\ncore,prusalink,\(machine.url),k\nghost,moonraker,http://127.0.0.1:1,\n")
        let outcome = try home.run("printer", "import", file)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("farm.csv:3: url: The printer cannot be reached"))
        #expect(outcome.errors.contains("Nothing was imported."))
        #expect(try names() == [])
        let json = try home.run("printer", "import", file, "--json")
        #expect(json.status == 1 && json.output.contains(#""line": 3, "column": "url""#))
        let untested = try home.run("printer", "import", file, "--untested")
        #expect(untested.status == 0 && untested.output.contains("no machine was tried"))
        #expect(Set(try names()) == ["core", "ghost"])
    }

    @Test("faults of every kind are named in one go: a cell, a machine that a printer has, one that does not answer")
    func everyFault() throws {
        _ = try home.run(
            "printer", "import", try write("name,kind,url\nold,moonraker,http://127.0.0.1:1"), "--untested")
        let file = try write(
            "name,kind,url\na,printer,http://127.0.0.1:2\nb,moonraker,http://localhost:1\nc,moonraker,http://127.0.0.1:3\n"
        )
        let outcome = try home.run("printer", "import", file)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("farm.csv:2: kind: Give one of"))
        #expect(outcome.errors.contains("farm.csv:3: url: The printer old has this machine already."))
        #expect(outcome.errors.contains("farm.csv:4: url: The printer cannot be reached"))
        #expect(try names() == ["old"])
    }

    @Test("an account that is not there, a machine that another printer has, a file that cannot be read")
    func refused() throws {
        _ = try home.run(
            "printer", "import", try write("name,kind,url\nold,moonraker,http://127.0.0.1:1"), "--untested")
        let file = try write(
            "name,kind,url,account\na,moonraker,http://127.0.0.1:2,nobody\nb,moonraker,http://127.0.0.1:1,\n")
        let outcome = try home.run("printer", "import", file, "--untested")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("farm.csv:2: account: There is no such account."))
        #expect(outcome.errors.contains("farm.csv:3: url: The printer old has this machine already."))
        #expect(try names() == ["old"])
        let missing = try home.run("printer", "import", home.path + "/none.csv")
        #expect(missing.status == 1 && missing.errors.contains("cannot be read"))
    }

    @Test("a running farm takes the list at once, and shows its machines without a new start")
    func served() throws {
        let machine = try PlainPrusaLink()
        machine.state = "PRINTING"
        let farm = try ServedFarm(home)
        let file = try write("name,kind,url,key\ncore,prusalink,\(machine.url),k\n")
        #expect(try home.run("printer", "import", file).status == 0)
        let deadline = ContinuousClock.now + .seconds(300)
        var shown = ""
        while ContinuousClock.now < deadline, !shown.contains("cube.bgcode") {
            shown = try home.run("printer", "show", "core").output
            usleep(100_000)
        }
        #expect(shown.contains("cube.bgcode"))
        #expect(farm.end(SIGTERM) == 0)
    }
}
