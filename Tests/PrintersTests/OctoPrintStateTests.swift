import Farm
import Printers
import Testing
import Text

@Suite("OctoPrint's words become readings", .timeLimit(.minutes(20)))
struct OctoPrintStateTests {
    private func reading(job: String? = nil, printer: String? = nil) throws -> PrinterReading? {
        var state = OctoPrintState()
        if let job { state.apply(job: try Recording.body(job, of: "octoprint_rest.jsonl")) }
        if let printer { state.apply(printer: try Recording.body(printer, of: "octoprint_rest.jsonl")) }
        return state.reading(at: now)
    }

    @Test(
        "the recorded answers of /api/printer",
        arguments: [
            ("19", "idle"), ("42", "printing"), ("47", "pausing"), ("50", "paused"), ("74", "finishing"),
            // 2.0 keeps `printing` set while `paused`.
            ("rc3-21", "paused"),
        ])
    func flags(line: String, expected: String) throws {
        let found = try phase(reading(printer: line))
        #expect(found == expected)
    }

    @Test(
        "the recorded answers of /api/job",
        arguments: [
            ("14", "offline (OctoPrint is not connected to its printer)"), ("20", "idle"), ("36", "idle"),
            ("38", "printing"), ("53", "paused"), ("76", "complete"), ("87", "error"),
            ("rc3-7", "offline (OctoPrint is not connected to its printer)"),
            ("rc3-8", "offline (OctoPrint is not connected to its printer)"), ("rc3-18", "printing"),
            ("rc3-19", "printing"), ("rc3-24", "idle"),
        ])
    func texts(line: String, expected: String) throws {
        let found = try phase(reading(job: line))
        #expect(found == expected)
    }

    @Test(
        "texts and flags of the state table",
        arguments: [
            ("Cancelling", "printing cancelling", "finishing (cancelling)"), ("Pausing", "printing pausing", "pausing"),
            ("Resuming", "printing resuming", "resuming"), ("Finishing", "printing finishing", "finishing"),
            ("Paused", "paused", "paused"), ("Starting", "printing", "printing (starting)"),
            ("Starting print from SD", "printing", "printing (starting)"), ("Printing from SD", "printing", "printing"),
            ("Sending file to SD", "printing", "printing"),
            ("Transferring file to SD", "operational", "printing (transferring)"),
            ("Operational", "operational ready", "idle"), ("Opening serial connection", "", "offline (connecting)"),
            ("Detecting serial connection", "", "offline (connecting)"), ("Connecting", "", "offline (connecting)"),
            ("Offline", "closedOrError", "offline (OctoPrint is not connected to its printer)"),
            ("Error", "closedOrError error", "error"), ("Offline after error", "closedOrError", "error"),
            ("Warp drive", "operational ready", "idle"), ("Warp drive", "operational printing", "printing"),
        ])
    func table(text: String, flags: String, expected: String) throws {
        let all = [
            "operational", "printing", "cancelling", "pausing", "resuming", "finishing", "closedOrError", "error",
            "paused", "ready",
        ]
        let set = flags.split(separator: " ").map(String.init)
        let members = all.map { "\"\($0)\": \(set.contains($0))" }.joined(separator: ", ")
        var state = OctoPrintState()
        state.apply(printer: try json("{\"state\": {\"text\": \"\(text)\", \"flags\": {\(members)}}}"))
        let found = phase(state.reading(at: now))
        #expect(found == expected)
    }

    @Test("a text of a newer version is shown, and the state stays what it was")
    func unknownText() throws {
        var state = OctoPrintState()
        state.apply(job: try Recording.body("38", of: "octoprint_rest.jsonl"))
        state.apply(job: try json("{\"state\": \"Defragmenting\", \"job\": {}, \"progress\": {}}"))
        #expect(phase(state.reading(at: now)) == "printing (Defragmenting)")
    }

    @Test("file, progress, times and temperatures of a print")
    func values() throws {
        let found = try #require(try reading(job: "38", printer: "42"))
        #expect(found.file == ReadFile(name: "short.gcode", path: "short.gcode"))
        #expect(abs((found.progress ?? 0) - 0.36996) < 0.0001)
        #expect(found.elapsed == 0)
        #expect(found.remaining == 0)
        #expect(found.nozzles == [ReadTemperature(actual: 21.3, target: 200)])
        #expect(found.bed == ReadTemperature(actual: 21.3, target: 60))
        #expect(found.layer == nil)
        #expect(found.light == nil)
    }

    @Test("what is null or missing is absent, not zero")
    func absent() throws {
        for line in ["36", "rc3-19"] {
            let found = try #require(try reading(job: line))
            #expect(found.remaining == nil)
        }
        let idle = try #require(try reading(job: "36"))
        #expect(idle.progress == nil)
        #expect(idle.elapsed == nil)
        #expect(idle.nozzles == [])
    }

    @Test("after M112 the error text comes from /api/job, even when /api/printer is not to be had")
    func emergencyStop() throws {
        var state = OctoPrintState()
        state.apply(job: try Recording.body("38", of: "octoprint_rest.jsonl"))
        state.apply(job: try Recording.body("87", of: "octoprint_rest.jsonl"))
        state.applyNotOperational()
        let found = try #require(state.reading(at: now))
        #expect(found.state == .error)
        #expect(found.error == "Closing serial port due to emergency stop M112.")
    }

    @Test("a 409 of /api/printer alone is offline")
    func notOperational() {
        var state = OctoPrintState()
        state.applyNotOperational()
        #expect(state.reading(at: now)?.state == .offline)
    }

    @Test("the recorded push, state by state: print, pause, resume, cancel, print to the end, M112")
    func push() throws {
        var state = OctoPrintState()
        var seen: [String] = []
        for line in try Recording.lines("octoprint_push.jsonl") {
            let frame = try #require(line["frame"])
            guard state.apply(frame: frame) else { continue }
            let word = phase(state.reading(at: now))
            if seen.last != word { seen.append(word) }
        }
        #expect(
            seen == [
                "offline (connecting)", "idle",
                "printing (starting)",
                "printing", "pausing", "paused", "resuming", "printing", "finishing (cancelling)", "cancelled",
                "printing (starting)", "printing", "finishing", "complete",
                "offline (OctoPrint is not connected to its printer)", "error",
            ])
    }

    @Test("a frame that was on its way when the print ended does not begin another one")
    func lateFrame() throws {
        var state = OctoPrintState()
        let printing = try json(
            """
            {"current": {"state": {"text": "Printing", "flags": {"operational": true, "printing": true}},
             "job": {"file": {"path": "a.gcode"}}, "progress": {"completion": 79.8}}}
            """)
        state.apply(frame: printing)
        state.apply(frame: try json(#"{"event": {"type": "PrintDone", "payload": {"path": "a.gcode"}}}"#))
        state.apply(
            frame: try json(#"{"event": {"type": "PrinterStateChanged", "payload": {"state_id": "OPERATIONAL"}}}"#))
        #expect(state.reading(at: now)?.state == .complete)
        state.apply(frame: printing)
        #expect(state.reading(at: now)?.state == .complete)
        // A second one means it: the start was missed.
        state.apply(frame: printing)
        #expect(state.reading(at: now)?.state == .printing)
    }

    @Test("a cancel that only polls saw is known by Cancelling, until another file is chosen")
    func polledCancel() throws {
        var state = OctoPrintState()
        func job(_ text: String, path: String) throws -> MachineJSON {
            try json(#"{"state": "\#(text)", "job": {"file": {"path": "\#(path)"}}, "progress": {"completion": null}}"#)
        }
        state.apply(job: try job("Printing", path: "a.gcode"))
        state.apply(job: try job("Cancelling", path: "a.gcode"))
        state.apply(job: try job("Operational", path: "a.gcode"))
        #expect(state.reading(at: now)?.state == .cancelled)
        state.apply(job: try job("Operational", path: "b.gcode"))
        #expect(state.reading(at: now)?.state == .idle)
    }

    @Test("temperature points without tools or with nulls leave the last ones")
    func thinPoints() throws {
        var state = OctoPrintState()
        let flags = #""state": {"text": "Operational", "flags": {"operational": true, "ready": true}}"#
        state.apply(
            frame: try json(
                "{\"current\": {\(flags), \"temps\": [{\"time\": 1, \"tool1\": {\"actual\": 50, \"target\": 0}, \"tool0\": {\"actual\": 40, \"target\": null}}]}}"
            ))
        state.apply(
            frame: try json(
                "{\"current\": {\(flags), \"temps\": [{\"time\": 2}, {\"tool0\": {\"actual\": null, \"target\": null}}]}}"
            ))
        state.apply(frame: try json("{\"current\": {\(flags), \"temps\": []}}"))
        let found = try #require(state.reading(at: now))
        #expect(found.nozzles == [ReadTemperature(actual: 40), ReadTemperature(actual: 50, target: 0)])
        #expect(found.bed == nil)
    }

    @Test("the history of the chosen file says how its last print ended")
    func history() throws {
        var state = OctoPrintState()
        state.apply(job: try Recording.body("36", of: "octoprint_rest.jsonl"))
        state.apply(file: try Recording.body("77", of: "octoprint_rest.jsonl"))
        let end = try #require(state.reading(at: now)?.lastEnd)
        #expect(end.result == .success)
        #expect(end.path == "short.gcode")
        #expect(abs(end.endedAt.secondsSince1970 - 1_795_961_347.04) < 0.01)
        #expect(abs((end.startedAt?.secondsSince1970 ?? 0) - 1_795_961_345.1) < 0.1)
    }

    @Test("frames that say nothing of the printer change nothing")
    func otherFrames() throws {
        var state = OctoPrintState()
        for text in [
            #"{"connected": {"version": "1.11.8"}}"#, #"{"timelapse": null}"#,
            #"{"reauthRequired": {"reason": "stale"}}"#,
            #"{"event": {"type": "ClientOpened", "payload": {}}}"#, "[]", "null", "7",
        ] {
            let said = state.apply(frame: try json(text))
            #expect(!said)
        }
        #expect(state.reading(at: now) == nil)
    }

    @Test("the file list is flat, with the names that people gave and the paths that commands need")
    func files() throws {
        let found = OctoPrintFiles.list(try Recording.body("31", of: "octoprint_rest.jsonl"))
        #expect(found.map(\.path) == ["short.gcode", "batch 7/Käfer  co.gcode"])
        #expect(found.map(\.name) == ["short.gcode", "batch 7/Käfer & co.gcode"])
        #expect(found.first?.size == 273)
        let newer = OctoPrintFiles.list(try Recording.body("rc3-25", of: "octoprint_rest.jsonl"))
        #expect(newer.map(\.name) == ["long.gcode"])
        #expect(newer.first?.estimate == 30.491421356237286)
    }
}
