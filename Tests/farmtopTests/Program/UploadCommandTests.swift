import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import farmtop

@Suite("Sending a file to machines, by the program", .timeLimit(.minutes(20)))
struct UploadCommandTests {
    private let home: TestHome
    private let file: String
    private let size = 300_000

    init() throws {
        home = try TestHome()
        file = home.path + "/cube.gcode"
        try Data(repeating: 59, count: size).write(to: URL(filePath: file))
    }

    private func connect(_ name: String, _ machine: PlainPrusaLink, until state: String = "idle") throws {
        try "k".write(toFile: home.path + "/key", atomically: true, encoding: .utf8)
        let outcome = try home.run(
            "printer", "connect", name, "--kind", "prusalink", "--url", machine.url, "--key-file", home.path + "/key")
        try #require(outcome.status == 0, "\(outcome.errors)")
        try until(state, of: name)
    }

    private func until(_ state: String, of name: String) throws {
        let deadline = ContinuousClock.now + .seconds(300)
        var shown = ""
        while ContinuousClock.now < deadline {
            shown = try home.run("printer", "show", name, "--json").output
            if shown.contains("\"machine_state\": \"\(state)\"") { return }
            usleep(100_000)
        }
        Issue.record("\(name) is not \(state): \(shown)")
    }

    @Test("one printer gets the file whole and starts it; one that prints gets none to start")
    func started() throws {
        let machine = try PlainPrusaLink()
        let farm = try ServedFarm(home)
        try connect("core", machine)
        let sent = try home.run("print", "upload", file, "--on", "core", "--start")
        #expect(sent.status == 0, "\(sent.errors)")
        #expect(sent.output == "core: cube.gcode is there, and starts.\n")
        #expect(machine.files == ["cube.gcode": size])
        try until("printing", of: "core")
        let again = try home.run("print", "upload", file, "--on", "core", "--start", "--json")
        #expect(again.status == 1)
        #expect(again.output.contains(#""result": "failed", "file": null"#))
        #expect(again.output.contains("is not at rest (PRINTING)"), "\(again.output)")
        #expect(farm.end(SIGTERM) == 0)
    }

    @Test("a machine that takes the file and refuses to print it: it is there, is not started, and the exit code is 1")
    func startRefused() throws {
        let machine = try PlainPrusaLink()
        machine.refusesStart.withLock { $0 = true }
        let farm = try ServedFarm(home)
        try connect("core", machine)
        let sent = try home.run("print", "upload", file, "--on", "core", "--start")
        #expect(sent.status == 1)
        #expect(sent.output.hasPrefix("core: cube.gcode is at the printer and was not started. "), "\(sent.output)")
        #expect(machine.files == ["cube.gcode": size] && machine.state == "IDLE")
        #expect(farm.end(SIGTERM) == 0)
    }

    @Test("a machine that has ended its print since it was asked is asked again, and starts the next one")
    func endedSince() throws {
        let machine = try PlainPrusaLink()
        machine.state = "PRINTING"
        let farm = try ServedFarm(home)
        try connect("core", machine, until: "printing")
        // What it has said must be two seconds old, else nobody doubts it.
        usleep(2_500_000)
        machine.state = "FINISHED"
        let sent = try home.run("print", "upload", file, "--on", "core", "--start")
        #expect(sent.status == 0, "\(sent.output)\(sent.errors)")
        try until("printing", of: "core")
        #expect(farm.end(SIGTERM) == 0)
    }

    @Test("a group is asked like one printer: a print that was begun at a machine since its last poll is paused")
    func groupAsked() throws {
        let machine = try PlainPrusaLink()
        let farm = try ServedFarm(home)
        try connect("core", machine)
        _ = try home.run("printer", "edit", "core", "--tag", "hall")
        // What it has said must be two seconds old, else nobody doubts it.
        usleep(2_500_000)
        machine.state = "PRINTING"
        let paused = try home.run("print", "pause", "--group", "hall", "--yes")
        #expect(paused.status == 0, "\(paused.output)\(paused.errors)")
        #expect(!paused.output.contains("is not printing"), "\(paused.output)")
        try until("paused", of: "core")
        #expect(farm.end(SIGTERM) == 0)
    }

    @Test("each printer of a group has a line of its own, and one that fails makes the exit code 1")
    func group() throws {
        let machine = try PlainPrusaLink()
        let farm = try ServedFarm(home)
        try connect("core", machine)
        _ = try home.run("printer", "add", "old")
        for name in ["core", "old"] { _ = try home.run("printer", "edit", name, "--tag", "hall") }
        let sent = try home.run("print", "upload", file, "--group", "hall")
        #expect(sent.status == 1)
        #expect(sent.output.contains("core: cube.gcode is there.\n"))
        #expect(sent.output.contains("old: It is not connected to a machine."))
        #expect(machine.files == ["cube.gcode": size])
        #expect(farm.end(SIGTERM) == 0)
    }

    @Test("without a farm that runs, without a place, without a file: a sentence each")
    func refused() throws {
        _ = try home.run("printer", "add", "old")
        let nobody = try home.run("print", "upload", file, "--on", "old")
        #expect(nobody.status == 1 && nobody.errors.contains("farmtop serve"))
        #expect(try home.run("print", "upload", file).status == 2)
        let clear = try home.run("print", "upload", file, "--on", "old", "--require-clear")
        #expect(clear.status == 2 && clear.errors.contains("give --start too"))
    }

    @Test("the line of progress names each printer")
    func line() {
        #expect(UploadProgress.line([("mk4", 42), ("x\u{1B}", 7)]) == "mk4 42 %   x\u{FFFD} 7 %")
    }
}
