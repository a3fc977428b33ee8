import Farm
import FarmClient
import Foundation
import Glibc
import Testing

@testable import farmtop

@Suite("The prints on the command line", .timeLimit(.minutes(20)))
struct PrintCommandTests {
    @Test("a print is started, ends well, badly or cancelled, and the list tells each end in the screen's word")
    func ends() throws {
        let home = try TestHome()
        _ = try home.run("printer", "add", "mk4")
        #expect(try home.run("print", "start", "mk4", "a.gcode").output == "mk4, a.gcode: PRINTING, camera no pic.\n")
        #expect(try home.run("print", "finish", "mk4").output == "mk4, a.gcode: DONE, camera off.\n")
        _ = try home.run("print", "start", "1", "b.gcode")
        _ = try home.run("print", "finish", "mk4", "--failed", "warping")
        #expect(try home.run("printer", "list").output.contains("FAILED"))
        _ = try home.run("print", "start", "mk4", "c.gcode")
        let refused = try home.run("print", "start", "mk4", "d.gcode")
        #expect(refused.status == 2 && refused.errors.contains("mk4 is printing c.gcode, which would end as replaced."))
        #expect(try home.run("printer", "show", "mk4").output.contains("c.gcode"))
        #expect(try home.run("print", "start", "mk4", "d.gcode", "--yes").status == 0)
        #expect(try home.run("print", "cancel", "mk4", "--yes").status == 0)
        let list = try home.run("print", "list", "mk4", "--json").output
        let prints = try list.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(prints.map { $0["result"] as? String } == ["cancelled", "replaced", "failed", "success"])
        #expect(prints[2]["failure_reason"] as? String == "warping")
        let text = try home.run("print", "list").output
        for word in ["CANCELLED", "REPLACED", "FAILED", "DONE", "warping"] { #expect(text.contains(word)) }
    }

    @Test("cancel asks; where nobody can be asked it wants --yes and cancels nothing")
    func cancelAsks() throws {
        let home = try TestHome()
        _ = try home.run("printer", "add", "mk4")
        _ = try home.run("print", "start", "mk4", "a.gcode")
        let refused = try home.run("print", "cancel", "mk4")
        #expect(refused.status == 2 && refused.errors.contains("Cancel a.gcode on mk4?"))
        #expect(refused.errors.contains("--yes"))
        #expect(try home.run("printer", "list").output.contains("PRINTING"))
    }

    @Test(
        "a printer that is printing is removed or archived after a yes only, and its name stays in the list of prints")
    func removeAsks() throws {
        let home = try TestHome()
        for number in ["1", "2"] {
            _ = try home.run("printer", "add", "mk\(number)")
            _ = try home.run("print", "start", "mk\(number)", "a.gcode")
        }
        for (command, number) in [("remove", "1"), ("archive", "2")] {
            let refused = try home.run("printer", command, number)
            #expect(refused.status == 2 && refused.errors.contains("mk\(number) is printing a.gcode"))
            #expect(refused.errors.contains("--yes"))
            #expect(try home.run("printer", "list").output.contains("mk\(number)"))
            #expect(try home.run("printer", command, number, "--yes").status == 0)
        }
        let prints = try home.run("print", "list").output
        #expect(prints.contains("mk1") && prints.contains("mk2") && prints.contains("CANCELLED"))
        _ = try home.run("printer", "add", "idle")
        #expect(try home.run("printer", "remove", "3").status == 0)
    }

    @Test("what cannot be done is said, with exit code 1")
    func refusals() throws {
        let home = try TestHome()
        _ = try home.run("printer", "add", "mk4")
        for command in ["finish", "pause", "resume", "ack", "dismiss"] {
            let outcome = try home.run("print", command, "mk4")
            #expect(outcome.status == 1 && outcome.errors.contains("not"), "\(command): \(outcome.errors)")
        }
        #expect(try home.run("print", "start", "mk5", "a").errors.contains("There is no printer mk5."))
        let misspelled = try home.run("printers", "list")
        #expect(
            misspelled.status == 2 && misspelled.errors.contains("There is no command printers. Did you mean printer?"))
        _ = try home.run("printer", "add", "mk4")
        #expect(try home.run("print", "start", "mk4", "a").errors.contains("Give the number of one: 1, 2."))
        #expect(try home.run("print", "start", "2", "a").status == 0)
        for (words, answer) in [
            (["ack", "2"], "mk4 has no alert to acknowledge."), (["dismiss", "2"], "mk4 has no alert to dismiss."),
            (["dismiss", "2", "--undo"], "No alert of mk4 is dismissed, so there is nothing to undo."),
        ] {
            let outcome = try Program.run(["print"] + words + ["--data-dir", home.data], home: home.path)
            #expect(outcome.status == 1 && outcome.errors.contains(answer), "\(words): \(outcome.errors)")
        }
    }

    @Test("a printer is shown with its three states, its number and its thresholds")
    func show() throws {
        let home = try TestHome()
        _ = try home.run("printer", "add", "mk4")
        _ = try home.run("print", "start", "mk4", "a.gcode")
        let output = try home.run("printer", "show", "mk4", "--json").output
        let shown = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        #expect(shown["name"] as? String == "mk4" && shown["machine_state"] as? String == "unlinked")
        #expect(shown["camera_state"] as? String == "no_picture" && shown["alert_state"] as? String == "none")
        #expect(shown["failure_probability"] is Double && shown["habit"] is NSNull)
        #expect((shown["thresholds"] as? [String: Double])?["alert"] == 0.6)
        #expect((shown["current_print"] as? [String: Any])?["filename"] as? String == "a.gcode")
        #expect(try home.run("printer", "forget-camera", "mk4").output.contains("Nothing is known yet"))
    }

    @Test(
        "a pause is asked, then confirmed by pause_print, then true: JSON, command line and remote screen say the same")
    func pause() async throws {
        let home = try TestHome()
        try home.writeConfiguration("[alerts]\npause_confirmed_within_s = 86400\n")
        let farm = try ServedFarm(home)
        let client = try farm.addClient("app")
        var http = farm.http
        http.token = try #require(try http.requestToken(client).object["access_token"] as? String)
        _ = try http.post("/api/v1/printers/", json: #"{"name": "mk4"}"#)
        _ = try http.post("/api/v1/printers/1/start_print/", json: #"{"filename": "a.gcode"}"#)
        let remote = RemoteFarm(
            base: "http://127.0.0.1:\(farm.port)",
            credentials: RemoteCredentials(clientID: client.id, clientSecret: client.secret),
            retryDelay: .milliseconds(50), version: Farmtop.version)
        func told() async throws -> (word: String, listed: String, remote: String, paused: Bool) {
            let json = try home.run("printer", "show", "mk4", "--json").output
            let shown = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] ?? [:]
            let print = try http.get("/api/v1/printers/1/").object["current_print"] as? [String: Any] ?? [:]
            return (
                shown["state"] as? String ?? "", try home.run("printer", "list").output,
                try await remote.snapshot().printers.first?.machineWord.rawValue ?? "", print["paused_at"] is String
            )
        }
        _ = try await remote.perform(.pausePrint(1))
        let asked = try await told()
        #expect(asked.word == "ASKED" && asked.listed.contains("ASKED") && asked.remote == "ASKED" && !asked.paused)
        _ = try http.post("/api/v1/printers/1/pause_print/")
        let paused = try await told()
        #expect(paused.word == "PAUSED" && paused.listed.contains("PAUSED") && paused.remote == "PAUSED")
        #expect(paused.paused)
        await remote.close()
        #expect(farm.end(SIGTERM) == 0)
    }

    @Test("a pause that nobody confirms within its time is NO PAUSE until somebody paused by hand")
    func notConfirmed() throws {
        let home = try TestHome()
        try home.writeConfiguration("[alerts]\npause_confirmed_within_s = 1\n")
        let farm = try ServedFarm(home)
        _ = try home.run("printer", "add", "mk4")
        _ = try home.run("print", "start", "mk4", "a.gcode")
        #expect(try home.run("print", "pause", "mk4").output.contains("--by-hand"))
        let deadline = ContinuousClock.now + .seconds(30)
        while try !home.run("printer", "list").output.contains("NO PAUSE"), ContinuousClock.now < deadline {
            usleep(100_000)
        }
        #expect(try home.run("printer", "show", "mk4").output.contains("NO PAUSE"))
        #expect(try home.run("print", "pause", "mk4", "--by-hand").output == "mk4, a.gcode: PAUSED, camera no pic.\n")
        #expect(try home.run("print", "resume", "mk4").output == "mk4, a.gcode: PRINTING, camera no pic.\n")
        #expect(farm.end(SIGTERM) == 0)
    }
}

@Suite("A printer that is called by a number", .timeLimit(.minutes(20)))
struct NumberedNameTests {
    @Test("a number that is another printer's name is refused, and both can be said")
    func ambiguous() throws {
        let home = try TestHome()
        for name in ["first", "3", "third"] { _ = try home.run("printer", "add", name) }
        let refused = try home.run("print", "start", "3", "a.gcode")
        #expect(refused.status == 1 && refused.errors.contains("3 is the number of third and the name of printer 2."))
        #expect(refused.errors.contains("id=3 or id=2"), "\(refused.errors)")
        #expect(try home.run("print", "start", "id=2", "a.gcode").output.hasPrefix("3, a.gcode"))
        #expect(try home.run("print", "start", "id=3", "b.gcode").output.hasPrefix("third, b.gcode"))
        #expect(try home.run("print", "start", "1", "c.gcode").output.hasPrefix("first, c.gcode"))
        #expect(try home.run("printer", "edit", "id=3", "--name", "2").status == 0)
        #expect(try home.run("printer", "show", "2").errors.contains("2 is the number of 3 and the name of printer 3."))
    }
}
