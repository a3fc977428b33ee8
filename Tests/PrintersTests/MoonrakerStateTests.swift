import Farm
import Printers
import Testing
import Text

@Suite("Klipper's objects become readings", .timeLimit(.minutes(20)))
struct MoonrakerStateTests {
    private func queried(_ line: String) throws -> MoonrakerState {
        var state = MoonrakerState()
        let body = try Recording.body(line, of: "moonraker_rest.jsonl")
        state.replace(status: body["result"]?["status"] ?? .null)
        return state
    }

    @Test(
        "the recorded queries",
        arguments: [
            ("10", "idle"), ("16", "idle"), ("28", "printing"), ("29", "printing"), ("35", "paused"), ("63", "error"),
            ("65", "error"), ("203", "printing"), ("209", "paused"), ("211", "cancelled"),
        ])
    func queries(line: String, expected: String) throws {
        let found = try phase(queried(line).reading(at: now))
        #expect(found == expected)
    }

    @Test("webhooks.state is asked before print_stats: in shutdown that says paused")
    func shutdown() throws {
        var state = try queried("29")
        state.merge(
            status: try json(
                #"{"webhooks": {"state": "shutdown", "state_message": "Lost communication with MCU 'mcu'\nOnce the"}, "print_stats": {"state": "paused"}}"#
            ))
        let found = try #require(state.reading(at: now))
        #expect(found.state == .error)
        #expect(found.error == "Lost communication with MCU 'mcu' Once the")
    }

    @Test(
        "the state table",
        arguments: [
            (#"{"webhooks": {"state": "startup"}, "print_stats": {"state": "printing"}}"#, "offline (starting)"),
            (#"{"webhooks": {"state": "error", "state_message": "bad config"}}"#, "error (error)"),
            (#"{"webhooks": {"state": "ready"}, "print_stats": {"state": "standby"}}"#, "idle"),
            (#"{"webhooks": {"state": "ready"}, "print_stats": {"state": "complete"}}"#, "complete"),
            (
                #"{"webhooks": {"state": "ready"}, "print_stats": {"state": "heating_chamber"}}"#,
                "idle (heating_chamber)"
            ),
            (#"{"print_stats": {"state": "printing"}}"#, "printing"),
            (#"{"webhooks": {"state": "ready"}}"#, "idle"),
            (
                #"{"webhooks": {"state": "ready"}, "print_stats": {"state": "paused"}, "display_status": {"message": "Filament out\u001b[2J"}}"#,
                "paused (Filament out[2J)"
            ),
            (#"{"webhooks": {"state": 7}, "print_stats": {"state": ["printing"]}}"#, "idle"),
        ])
    func table(status: String, expected: String) throws {
        var state = MoonrakerState()
        state.replace(status: try json(status))
        let found = phase(state.reading(at: now))
        #expect(found == expected)
    }

    @Test("pausing, resuming and cancelling exist only while our command is unanswered")
    func openCommands() throws {
        var printing = try queried("29")
        printing.openCommand = .pause
        #expect(phase(printing.reading(at: now)) == "pausing")
        printing.openCommand = .cancel
        #expect(phase(printing.reading(at: now)) == "finishing (cancelling)")
        var paused = try queried("35")
        paused.openCommand = .resume
        #expect(phase(paused.reading(at: now)) == "resuming")
        var idle = try queried("10")
        idle.openCommand = .cancel
        #expect(phase(idle.reading(at: now)) == "idle")
    }

    @Test("a pause flag without a pause is a trap, named before the next pause falls into it")
    func strayPause() throws {
        #expect(try queried("10").hasStrayPause == false)
        #expect(try queried("16").hasStrayPause)
        #expect(try queried("203").hasStrayPause)
        #expect(try queried("35").hasStrayPause == false)
        #expect(try queried("203").reading(at: now)?.hasStrayPause == true)
    }

    @Test("the recorded socket, state by state; updates hold changed fields only")
    func socket() throws {
        var state = MoonrakerState()
        var seen: [String] = []
        for line in try Recording.lines("moonraker_ws.jsonl") where line["segment"]?.integer == 0 {
            let frame = try #require(line["frame"])
            if let status = frame["result"]?["status"] {
                state.replace(status: status)
            } else if frame["method"]?.text == "notify_status_update", let status = frame["params"]?.elements.first {
                state.merge(status: status)
            } else {
                continue
            }
            let found = try #require(state.reading(at: now))
            let word = "\(phase(found)) \(found.file?.name ?? "-")"
            if seen.last != word { seen.append(word) }
        }
        #expect(
            seen == [
                "idle -", "printing batch 7/Käfer & co.gcode", "paused batch 7/Käfer & co.gcode",
                "printing batch 7/Käfer & co.gcode", "cancelled batch 7/Käfer & co.gcode", "printing short.gcode",
                "complete short.gcode", "printing bad_move.gcode", "error bad_move.gcode", "idle -",
                "printing short.gcode", "error (shutdown) short.gcode",
            ])
    }

    @Test("values of a print: file, progress, times, layers, temperatures, filament")
    func values() throws {
        var state = try queried("29")
        let path = "batch 7/Käfer & co.gcode"
        #expect(state.fileWithoutMetadata == path)
        let bare = try #require(state.reading(at: now))
        #expect(bare.file == ReadFile(name: path, path: path))
        #expect(abs((bare.progress ?? 0) - 0.11157) < 0.0001)
        #expect(abs((bare.elapsed ?? 0) - 3.16461) < 0.0001)
        // Without the slicer's estimate: from bytes and time.
        #expect(abs((bare.remaining ?? 0) - (3.16461 / 0.11157 - 3.16461)) < 0.01)
        #expect(bare.layer == ReadLayer(now: 4, total: 60))
        #expect(bare.nozzles == [ReadTemperature(actual: 149.15, target: 205)])
        #expect(bare.bed == ReadTemperature(actual: 39.39, target: 60))
        #expect(bare.filament == ReadFilament(type: nil, used: 0.08))
        state.apply(
            metadata: try json(#"{"estimated_time": 60, "filament_type": "PETG;PLA", "layer_count": 60}"#), of: path)
        #expect(state.fileWithoutMetadata == nil)
        let full = try #require(state.reading(at: now))
        #expect(abs((full.remaining ?? 0) - (60 - 3.16461)) < 0.001)
        #expect(full.filament == ReadFilament(type: "PETG", used: 0.08))
    }

    @Test("an estimate that has run out leaves no time, not a negative one")
    func overtime() throws {
        var state = try queried("29")
        state.apply(metadata: try json(#"{"estimated_time": 1}"#), of: "batch 7/Käfer & co.gcode")
        #expect(state.reading(at: now)?.remaining == 0)
    }

    @Test("metadata of another file, or none at all, is not this file's")
    func otherMetadata() throws {
        var state = try queried("29")
        state.apply(metadata: try json(#"{"estimated_time": 60}"#), of: "other.gcode")
        #expect(state.fileWithoutMetadata == "batch 7/Käfer & co.gcode")
        state.apply(metadata: .null, of: "batch 7/Käfer & co.gcode")
        #expect(state.fileWithoutMetadata == nil)
        #expect(state.reading(at: now)?.remaining != nil)
    }

    @Test("layers that cannot be come from the height, or not at all")
    func layers() throws {
        var state = MoonrakerState()
        state.replace(
            status: try json(
                #"{"webhooks": {"state": "ready"}, "print_stats": {"state": "printing", "filename": "a", "info": {"current_layer": null, "total_layer": null}}, "gcode_move": {"gcode_position": [1, 2, 1.0, 0]}}"#
            ))
        #expect(state.reading(at: now)?.layer == nil)
        state.apply(
            metadata: try json(#"{"layer_count": 60, "layer_height": 0.2, "first_layer_height": 0.2}"#), of: "a")
        #expect(state.reading(at: now)?.layer == ReadLayer(now: 5, total: 60))
        state.merge(status: try json(#"{"print_stats": {"info": {"current_layer": 900, "total_layer": 60}}}"#))
        #expect(state.reading(at: now)?.layer == ReadLayer(now: 5, total: 60))
    }

    @Test("Klippy gone is offline, whatever was known; a restart begins from nothing")
    func klippyGone() throws {
        var state = try queried("29")
        state.klippyIsGone()
        let found = try #require(state.reading(at: now))
        #expect(phase(found) == "offline (Klipper not connected)")
        #expect(found.file == nil)
        #expect(found.nozzles == [])
        var other = try queried("29")
        other.apply(serverInfo: try Recording.body("215", of: "moonraker_rest.jsonl")["result"] ?? .null)
        #expect(phase(other.reading(at: now)) == "offline (Klipper not connected)")
        other.apply(serverInfo: try Recording.body("216", of: "moonraker_rest.jsonl")["result"] ?? .null)
        #expect(other.reading(at: now)?.state == .offline)
    }

    @Test("printer.info alone tells a shutdown and its text")
    func printerInfo() throws {
        var state = MoonrakerState()
        state.apply(printerInfo: try Recording.body("213", of: "moonraker_rest.jsonl")["result"] ?? .null)
        let found = try #require(state.reading(at: now))
        #expect(found.state == .error)
        #expect(found.error?.hasPrefix("Shutdown due to webhooks request Once the") == true)
    }

    @Test("a cancelled job's progress and time left are not told; a finished one's are whole")
    func ends() throws {
        let cancelled = try #require(try queried("211").reading(at: now))
        #expect(cancelled.progress == nil)
        #expect(cancelled.remaining == nil)
        #expect(cancelled.file?.name == "short.gcode")
    }

    @Test("the history says how the last job ended")
    func history() throws {
        var state = try queried("10")
        let jobs = try Recording.body("54", of: "moonraker_rest.jsonl")["result"]?["jobs"]?.elements ?? []
        state.apply(history: try #require(jobs.first))
        let end = try #require(state.reading(at: now)?.lastEnd)
        #expect(end.path == "short.gcode")
        #expect(end.result == .success)
        state.apply(history: try json(#"{"filename": "x", "status": "in_progress", "end_time": null}"#))
        #expect(state.reading(at: now)?.lastEnd?.path == "short.gcode")
    }

    @Test("several extruders in their order, steppers left out; a named light")
    func extruders() throws {
        var state = MoonrakerState(lightName: "output_pin caselight")
        state.replace(
            status: try json(
                """
                {"webhooks": {"state": "ready"}, "print_stats": {"state": "standby"},
                 "extruder10": {"temperature": 10, "target": 0}, "extruder2": {"temperature": 2}, "extruder": {"temperature": 0.5},
                 "extruder_stepper a": {"temperature": 99}, "output_pin caselight": {"value": 0.0}}
                """))
        let found = try #require(state.reading(at: now))
        #expect(found.nozzles.map(\.actual) == [0.5, 2, 10])
        #expect(found.light == false)
        state.merge(status: try json(#"{"output_pin caselight": {"value": 0.5}}"#))
        #expect(state.reading(at: now)?.light == true)
        let wanted = state.subscription(of: [
            "extruder", "extruder_stepper a", "print_stats", "output_pin caselight", "fan",
        ])
        #expect(Set(wanted.keys) == ["extruder", "print_stats", "output_pin caselight"])
    }

    @Test("the flat file list, from either kind of answer")
    func files() throws {
        let body = try Recording.body("23", of: "moonraker_rest.jsonl")
        let found = MoonrakerFiles.list(body)
        #expect(found.map(\.path) == ["batch 7/Käfer & co.gcode", "short.gcode"])
        #expect(found == MoonrakerFiles.list(try #require(body["result"])))
        #expect(MoonrakerFiles.list(body, limit: 1) == Array(found.newestFirst.prefix(1)))
        #expect(found.last?.size == 913)
    }
}
