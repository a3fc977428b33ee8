import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@Suite("Connecting machines, by the program", .timeLimit(.minutes(20)))
struct MachineCommandTests {
    private let home: TestHome

    init() throws { home = try TestHome() }

    @Test("what does not work is not stored: no printer is made, and the sentence says why")
    func unreachable() throws {
        // Port 1 of this machine: nobody listens there.
        let outcome = try home.run("printer", "connect", "mk4", "--kind", "moonraker", "--url", "http://127.0.0.1:1")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("cannot be reached"))
        let list = try home.run("printer", "list")
        #expect(list.status == 1 && list.errors.contains("There is no farm in"))
    }

    @Test(
        "wrong usage ends with 2 and a sentence",
        arguments: [
            (["--kind", "bambu", "--url", "http://127.0.0.1:1"], "octoprint, moonraker, prusalink"),
            (["--kind", "moonraker", "--url", "http://u:hush@127.0.0.1:1"], "--key-file"),
            (["--kind", "moonraker", "--url", "ftp://127.0.0.1"], "http://"),
            (["--kind", "moonraker", "--url", "http://127.0.0.1:1/?a"], "question mark"),
            (["--kind", "prusalink", "--url", "http://127.0.0.1:1"], "password"),
        ])
    func usage(arguments: [String], words: String) throws {
        let outcome = try Program.run(
            ["printer", "connect", "mk4"] + arguments + ["--data-dir", home.data], home: home.path)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains(words))
        #expect(!outcome.errors.contains("hush"))
    }

    @Test("a printer without a machine cannot be disconnected or confirmed")
    func nothingThere() throws {
        _ = try home.run("printer", "add", "mk4")
        let disconnect = try home.run("printer", "disconnect", "mk4")
        #expect(disconnect.status == 1)
        #expect(disconnect.errors.contains("not connected"))
        let confirm = try home.run("printer", "confirm", "mk4")
        #expect(confirm.status == 1)
        let cameras = try home.run("camera", "list")
        #expect(cameras.output.contains("No cameras yet"))
        let show = try home.run("printer", "show", "mk4", "--json")
        #expect(show.output.contains("\"readings\": null"))
    }

    @Test("the region of a camera is set, shown, and taken away; nonsense is explained")
    func region() throws {
        _ = try home.run("printer", "add", "mk4")
        let set = try home.run("camera", "region", "mk4", "--bed", "10,20,60,55.5", "--ignore", "0,0,9,4")
        #expect(set.status == 0 && set.output.contains("mk4: the bed, 10,20,60,55.5 % of the picture, is judged."))
        #expect(set.output.contains("ignored: 0,0,9,4 %"))
        let shown = try home.run("camera", "region", "mk4", "--json")
        #expect(shown.output.contains(#""bed": {"x": 0.1, "y": 0.2, "width": 0.6, "height": 0.555}"#))
        #expect(try home.run("printer", "show", "mk4").output.contains("region    the bed at 10,20,60,55.5 %"))
        for wrong in [["--bed", "10,20,95,55"], ["--bed", "1,2,3"], ["--bed", "0,0,2,50"], ["--clear", "--show"]] {
            let outcome = try Program.run(
                ["camera", "region", "mk4", "--data-dir", home.data] + wrong, home: home.path)
            #expect(outcome.status == 2, "\(wrong) \(outcome.errors)")
        }
        let proposed = try home.run("camera", "region", "mk4", "--propose")
        #expect(proposed.status == 1 && proposed.errors.contains("no picture yet"))
        #expect(try home.run("camera", "region", "mk4", "--clear").output.contains("the whole picture is judged"))
        #expect(try home.run("camera", "region", "mk4", "--json").output.contains(#""camera_region": null"#))
    }

    @Test("a client may move machines when it is allowed, and the list says so")
    func right() throws {
        let added = try home.run("client", "add", "app", "--json")
        let credentials = try JSONSerialization.jsonObject(with: Data(added.output.utf8)) as? [String: Any]
        let id = try #require(credentials?["client_id"] as? String)
        let before = try home.run("client", "list", "--json")
        #expect(before.output.contains("\"machines\": false"))
        let allowed = try home.run("client", "edit", id, "--allow-machines", "--json")
        #expect(allowed.output.contains("\"machines\": true"))
        let both = try home.run("client", "edit", id, "--allow-machines", "--forbid-machines")
        #expect(both.status == 2)
        let forbidden = try home.run("client", "edit", id, "--forbid-machines", "--json")
        #expect(forbidden.output.contains("\"machines\": false"))
    }

    /// All that `printer show` tells once it contains a word.
    private func shown(_ name: String, when word: String) throws -> [String: Any] {
        let deadline = ContinuousClock.now + .seconds(300)
        while true {
            let text = try home.run("printer", "show", name, "--json").output
            if text.contains(word) || ContinuousClock.now > deadline {
                #expect(text.contains(word), "\(text)")
                return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
            }
            usleep(100_000)
        }
    }

    @Test("a machine that has a printer gets no second one, and none is made; an open key file is warned of")
    func oneMachine() throws {
        let machine = try PlainPrusaLink()
        let key = home.path + "/key"
        try "hush".write(toFile: key, atomically: true, encoding: .utf8)
        chmod(key, 0o644)
        func connect(_ name: String, _ url: String) throws -> Program.Outcome {
            try home.run("printer", "connect", name, "--kind", "prusalink", "--url", url, "--key-file", key)
        }
        let first = try connect("core", machine.url)
        #expect(first.status == 0 && first.errors.contains("chmod g-w,o-rwx"), "\(first.errors)")
        let second = try connect("mini", machine.url.replacing("127.0.0.1", with: "localhost") + "/")
        #expect(second.status == 1 && second.errors.contains("is the machine of the printer core already"))
        let list = try home.run("printer", "list", "--json").output
        #expect(list.contains("core") && !list.contains("mini"))
        // Said before anybody is sent to press Allow, or asked for a key.
        let asked = try home.run("printer", "connect", "mini", "--kind", "octoprint", "--url", machine.url)
        #expect(asked.status == 1 && asked.errors.contains("is the machine of the printer core already"), "\(asked)")
        let again = try connect("core", machine.url)
        #expect(again.status == 0, "\(again.errors)")
        #expect(try home.run("printer", "show", "core", "--json").output.contains(#""clear": 0.45}"#))
    }

    @Test("a pause that the machine refuses fails, in its words; one that it takes does not")
    func refusedPause() throws {
        let machine = try PlainPrusaLink()
        machine.state = "PRINTING"
        try "hush-hush".write(toFile: home.path + "/key", atomically: true, encoding: .utf8)
        let farm = try ServedFarm(home)
        let connected = try home.run(
            "printer", "connect", "core", "--kind", "prusalink", "--url", machine.url, "--key-file", home.path + "/key")
        try #require(connected.status == 0, "\(connected.errors)")
        _ = try shown("core", when: "\"machine_state\": \"printing\"")
        machine.refusesPause.withLock { $0 = true }
        let refused = try home.run("print", "pause", "core", "--json")
        #expect(refused.status == 1 && refused.output.contains("\"succeeded\": false"), "\(refused.output)")
        let again = try home.run("print", "pause", "core")
        #expect(again.status == 1)
        #expect(
            (again.output + again.errors).contains("refused the pause: The printer's state does not allow that.")
                || (again.output + again.errors).contains("NO PAUSE"), "\(again.output)\(again.errors)")
        #expect(farm.end(SIGTERM) == 0)
    }

    @Test("a print that was begun at a PrusaLink is paused at once; a resume that sends nothing says so")
    func begunThere() throws {
        let machine = try PlainPrusaLink()
        try "hush-hush".write(toFile: home.path + "/key", atomically: true, encoding: .utf8)
        let farm = try ServedFarm(home)
        let connected = try home.run(
            "printer", "connect", "core", "--kind", "prusalink", "--url", machine.url, "--key-file", home.path + "/key")
        try #require(connected.status == 0, "\(connected.errors)")
        _ = try shown("core", when: "\"machine_state\": \"idle\"")
        // What it has said must be two seconds old, else nobody doubts it.
        usleep(2_500_000)
        machine.state = "PRINTING"
        let pause = try home.run("print", "pause", "core")
        #expect(pause.status == 0, "\(pause.output)\(pause.errors)")
        _ = try shown("core", when: "\"machine_state\": \"paused\"")
        #expect(machine.state == "PAUSED")
        let again = try home.run("print", "pause", "core")
        #expect(again.status == 0 && again.output.contains("Nothing was sent to it."), "\(again.output)")
        #expect(farm.end(SIGTERM) == 0)
    }

    @Test(
        "a printer is made and connected, its password is sealed, and its print follows the machine through a kill -9")
    func follows() throws {
        let machine = try PlainPrusaLink()
        machine.state = "PRINTING"
        try "hush-hush".write(toFile: home.path + "/key", atomically: true, encoding: .utf8)
        let farm = try ServedFarm(home)
        let outcome = try home.run(
            "printer", "connect", "core", "--kind", "prusalink", "--url", machine.url, "--key-file", home.path + "/key",
            "--json")
        try #require(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("\"created\": true"))
        #expect(outcome.output.contains("\"server\": \"PrusaLink 2.1.2\""))
        let before = try shown("core", when: "\"machine_state\": \"printing\"")
        let first = try #require(before["current_print"] as? [String: Any])
        #expect(first["filename"] as? String == "cube.bgcode")
        let readings = try #require(before["readings"] as? [String: Any])
        #expect(readings["progress"] as? Double == 0.42)

        #expect(farm.end(SIGKILL) == 128 + SIGKILL)
        for file in ["farmtop.db", "farmtop.db-wal"] {
            let bytes = FileManager.default.contents(atPath: home.data + "/" + file) ?? Data()
            let isInTheClear = bytes.range(of: Data("hush-hush".utf8)) != nil
            #expect(!isInTheClear, "\(file)")
        }
        try farm.startAgain()
        let after = try shown("core", when: "\"machine_state\": \"printing\"")
        let second = try #require(after["current_print"] as? [String: Any])
        #expect(second["id"] as? Int == first["id"] as? Int)

        let pause = try home.run("print", "pause", "core")
        #expect(pause.status == 0, "\(pause.errors)")
        let paused = try shown("core", when: "\"outcome\": \"confirmed\"")
        #expect(paused["machine_state"] as? String == "paused")
        #expect(machine.state == "PAUSED")
        #expect(farm.end(SIGTERM) == 0)
        let list = try home.run("printer", "disconnect", "core")
        #expect(list.status == 0)
    }
}
