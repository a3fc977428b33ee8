import Farm
import Printers
import Testing
import Text

@Suite("PrusaLink's status becomes readings", .timeLimit(.minutes(20)))
struct PrusaStateTests {
    /// The example of the maker's OpenAPI file.
    private func status(_ word: String, job: Bool = true) -> String {
        """
        {"printer": {"state": "\(word)", "temp_nozzle": 214.9, "target_nozzle": 215, "temp_bed": 59.5, "target_bed": 60, "axis_z": 0.5},
         "storage": {"path": "/usb/"}\(job ? #", "job": {"id": 420, "progress": 42.0, "time_remaining": 520, "time_printing": 526}"# : "")}
        """
    }

    @Test(
        "the state table",
        arguments: [
            ("IDLE", false, "idle"), ("READY", false, "idle"), ("BUSY", false, "idle (busy)"),
            ("BUSY", true, "printing (busy)"), ("PRINTING", true, "printing"), ("PAUSED", true, "paused"),
            ("FINISHED", false, "complete"), ("STOPPED", false, "cancelled"), ("ERROR", true, "error"),
            ("ATTENTION", true, "attention"), ("LEVITATING", true, "printing (LEVITATING)"),
            ("LEVITATING", false, "idle (LEVITATING)"),
        ])
    func table(word: String, job: Bool, expected: String) throws {
        var state = PrusaState()
        state.apply(status: try json(status(word, job: job)))
        let found = phase(state.reading(at: now))
        #expect(found == expected)
    }

    @Test("while a command of ours is open, PRINTING may be a cancel and PAUSED a resume")
    func openCommands() throws {
        var state = PrusaState()
        state.openCommand = .cancel
        state.apply(status: try json(status("PRINTING")))
        #expect(phase(state.reading(at: now)) == "finishing (cancelling)")
        state.openCommand = .resume
        state.apply(status: try json(status("PAUSED")))
        #expect(phase(state.reading(at: now)) == "resuming")
        state.openCommand = .pause
        #expect(phase(state.reading(at: now)) == "paused")
    }

    @Test("values of a print; the file is asked for once a job")
    func values() throws {
        var state = PrusaState()
        state.apply(status: try json(status("PRINTING")))
        #expect(state.jobWithoutFile == 420)
        #expect(state.jobID == 420)
        state.apply(
            job: try json(
                #"{"id": 420, "file": {"name": "SHIELD~1.BGC", "display_name": "shield v2.bgcode", "path": "/usb"}}"#))
        #expect(state.jobWithoutFile == nil)
        let found = try #require(state.reading(at: now))
        #expect(found.file == ReadFile(name: "shield v2.bgcode", path: "/usb/SHIELD~1.BGC"))
        #expect(found.jobID == "420")
        #expect(found.progress == 0.42)
        #expect(found.elapsed == 526)
        #expect(found.remaining == 520)
        #expect(found.nozzles == [ReadTemperature(actual: 214.9, target: 215)])
        #expect(found.bed == ReadTemperature(actual: 59.5, target: 60))
    }

    @Test("the file's name outlives the job, and not the next one")
    func finished() throws {
        var state = PrusaState()
        state.apply(status: try json(status("PRINTING")))
        state.apply(job: try json(#"{"id": 420, "file": {"name": "A.GCO", "path": "/usb"}}"#))
        state.apply(status: try json(status("FINISHED", job: false)))
        #expect(state.reading(at: now)?.file?.name == "A.GCO")
        #expect(state.reading(at: now)?.progress == nil)
        state.apply(status: try json(status("PRINTING").replacing("420", with: "421")))
        #expect(state.reading(at: now)?.file == nil)
        #expect(state.jobWithoutFile == 421)
    }

    @Test("times that the machine does not know are absent")
    func absent() throws {
        var state = PrusaState()
        state.apply(status: try json(#"{"printer": {"state": "PRINTING"}, "job": {"id": 1, "progress": 0}}"#))
        let found = try #require(state.reading(at: now))
        #expect(found.remaining == nil)
        #expect(found.elapsed == nil)
        #expect(found.nozzles == [])
        #expect(found.progress == 0)
    }

    @Test("numbers come as text too, and what is no number is absent")
    func numbers() throws {
        var state = PrusaState()
        state.apply(
            status: try json(
                #"{"printer": {"state": "PRINTING", "temp_nozzle": "214.9", "target_nozzle": "hot", "temp_bed": 1e9}, "job": {"id": "7", "progress": "42", "time_remaining": -5}}"#
            ))
        let found = try #require(state.reading(at: now))
        #expect(found.nozzles == [ReadTemperature(actual: 214.9)])
        #expect(found.bed == nil)
        #expect(found.jobID == "7")
        #expect(found.progress == 0.42)
        #expect(found.remaining == nil)
    }

    @Test("one folder: files, and the folders to ask next")
    func files() throws {
        let body = try json(
            """
            {"type": "FOLDER", "name": "usb", "children": [
             {"name": "SHIELD~1.BGC", "display_name": "shield v2.bgcode", "type": "PRINT_FILE", "size": 12, "m_timestamp": 1764000000},
             {"name": "ORDERS", "type": "FOLDER"}, {"name": "..", "type": "FOLDER"}, {"name": "a/b", "type": "PRINT_FILE"},
             {"name": "UPDATE.BBF", "type": "FIRMWARE"}]}
            """)
        let found = PrusaFiles.list(body, path: "/usb", shown: "")
        #expect(found.files.map(\.path) == ["/usb/SHIELD~1.BGC"])
        #expect(found.files.map(\.name) == ["shield v2.bgcode"])
        #expect(found.folders == ["/usb/ORDERS"])
    }
}
