import Foundation
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
        #expect(list.output.contains("No printers yet"))
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
}
