import Foundation
import TestSupport
import Testing

/// What an operator does with machines on a second terminal, while the dashboard is open on the first.
@Suite(
    "Stories of machines", .serialized, .onItsOwnThread,
    .enabled(if: TmuxTerminal.path != nil, "tmux is not installed"),
    .timeLimit(.minutes(20)))
struct MachineStoryTests {
    /// A folder for temporary files of its own, in which the demo's data folder is found.
    private func temporaryFolder() throws -> URL {
        let folder = URL(filePath: NSTemporaryDirectory()).appending(
            path: "farmtop-machines-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    private func run(_ arguments: [String], home: URL) throws -> (status: Int32, output: String) {
        let outcome = try ChildProcess.run(
            TmuxTerminal.farmtop, arguments, environment: ["HOME=\(home.path)", "PATH=/usr/bin:/bin"], withErrors: true)
        return (outcome.status, String(decoding: outcome.output, as: UTF8.self))
    }

    @Test("A table of printers is imported: a mistake changes nothing, and then all are on the screen at once")
    func imported() async throws {
        let terminal = try await TmuxTerminal("--listen 127.0.0.1:0", columns: 110)
        defer { terminal.end() }
        try await terminal.see("No printers yet.", "? help")
        let home = terminal.file("")
        let table = terminal.file("farm.csv")
        try "name,kind,url\nvoron,moonraker,http://127.0.0.1:1\nmk3,octoprint,http://127.0.0.1:2\n".write(
            to: table, atomically: true, encoding: .utf8)
        let wrong = try run(["printer", "import", table.path, "--untested"], home: home)
        #expect(wrong.status == 1)
        #expect(wrong.output.contains("farm.csv:3: key: OctoPrint needs a key."))
        try
            "name,kind,url,key,tags\nvoron,moonraker,http://127.0.0.1:1,,hall\nmk3,octoprint,http://127.0.0.1:2,K,hall\n"
            .write(to: table, atomically: true, encoding: .utf8)
        let right = try run(["printer", "import", table.path, "--untested"], home: home)
        #expect(right.status == 0, "\(right.output)")
        try await terminal.see("FARM  2 printers", "voron", "mk3", "OFFLINE")
    }

    @Test(
        "The wizard: where nothing answers it says so and keeps what was typed; a machine that has a printer is refused"
    )
    func wizard() async throws {
        let demo = try await TmuxTerminal("demo --printers 2 --interval 1", columns: 110)
        defer { demo.end() }
        try await demo.see("FARM  2 printers", "PRINTING")
        try demo.press("c")
        try await demo.see("Add a printer")
        try demo.press("m")
        try await demo.see("What does the machine's server speak?")
        try demo.press("m")
        try await demo.see("Address of its server")
        try demo.press("http://127.0.0.1:1", "Enter")
        try await demo.see("no key: it trusts this computer")
        try demo.press("Enter")
        try await demo.see("The printer cannot be reached", "Address of its server")
        try demo.press("Escape")
        try await demo.see("what you typed is kept")
        try demo.press("c")
        try await demo.see("Add a printer")
        try demo.press("m")
        try await demo.see("http://127.0.0.1:1")
        try demo.press("C-u", "http://machine-1.demo/", "Enter")
        try await demo.see("no key: it trusts this computer")
        try demo.press("Enter")
        try await demo.see("is the machine of the printer Prusa MK4 #1 already")
    }

    @Test(
        "The wizard to its end: kind, address, key, what the machine says and shows, a name, and the printer is followed"
    )
    func connected() async throws {
        let picture = try Data(contentsOf: TestFiles.inTests("FuzzTests/Corpus/jpeg/baseline.jpg"))
        let machine = try CameraMachine(picture: Array(picture))
        let terminal = try await TmuxTerminal("--listen 127.0.0.1:0", columns: 110)
        defer { terminal.end() }
        try await terminal.see("No printers yet.", "? help")
        try terminal.press("c")
        try await terminal.see("Add a printer")
        try terminal.press("m")
        try await terminal.see("What does the machine's server speak?")
        try terminal.press("p")
        try await terminal.see("Address of its server")
        try terminal.press(machine.url, "Enter")
        try await terminal.see("The printer shows both")
        try terminal.press("hush", "Enter")
        try await terminal.see(
            "PrusaLink 2.1.2", "Printing: cube.bgcode", "1 file, newest cube.bgcode", "Which camera judges the prints?",
            "PrusaLink camera: ", " × ")
        try terminal.press("Enter")
        try await terminal.see("what this farm calls it")
        try terminal.press("C-u", "core", "Enter")
        try await terminal.see("FARM  1 printer", "core", "PRINTING", "cube.bgcode", "42%")
        let shown = try run(["printer", "show", "core", "--json"], home: terminal.file(""))
        #expect(shown.output.contains("\"machine_state\": \"printing\""), "\(shown.output)")
        let cameras = try run(["camera", "list"], home: terminal.file(""))
        #expect(cameras.output.contains("PrusaLink camera"), "\(cameras.output)")
        withExtendedLifetime(machine) {}
    }

    @Test("The files of a machine: listed with what they take, found by a part of the name, and left again")
    func files() async throws {
        let demo = try await TmuxTerminal("demo --printers 2 --interval 1", columns: 110)
        defer { demo.end() }
        try await demo.see("FARM  2 printers", "PRINTING")
        try demo.press("s")
        try await demo.see("Files of Prusa MK4", "benchy.gcode", "TAKES")
        try demo.press("vase")
        try await demo.see("vase_spiral.gcode", "1 of 10")
        try await demo.seeNoMore("benchy.gcode")
        try demo.press("Enter")
        try await demo.see("vase_spiral.gcode", "printing")
        // What a polled machine said some seconds ago does not refuse: then the question about the bed is left first.
        for _ in 0..<3 { try demo.press("Escape") }
        try await demo.seeNoMore("Files of Prusa MK4")
    }

    @Test("A file is sent to a machine of the demo: its progress is shown, and the machine has it")
    func uploaded() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let demo = try await TmuxTerminal(
            "demo --printers 2 --interval 1", columns: 110, environment: ["TMPDIR": folder.path + "/"])
        defer { demo.end() }
        try await demo.see("FARM  2 printers", "PRINTING")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let data = folder.appending(path: try #require(names.first { $0.hasPrefix("farmtop-demo-") })).path
        let file = folder.appending(path: "bracket.gcode")
        try Data(repeating: 59, count: 2_000_000).write(to: file)
        let second = try await TmuxTerminal(
            "print upload \(file.path) --group front --data-dir \(data)", columns: 110)
        defer { second.end() }
        try await second.see(
            "Prusa MK4 #1: bracket.gcode is there.", "Prusa MK4 #2: bracket.gcode is there.", "ENDED with 0")
        let busy = try run(["print", "upload", file.path, "--on", "1", "--start", "--data-dir", data], home: folder)
        #expect(busy.status == 1 && busy.output.contains("is not at rest"))
        let cleared = try run(
            ["print", "upload", file.path, "--on", "1", "--require-clear", "--data-dir", data], home: folder)
        #expect(cleared.status == 2)
    }
}
