import Farm
import Testing

@testable import Dashboard

@Suite("The files of a machine", .timeLimit(.minutes(20)))
struct FilesPanelTests {
    static let files = [
        RemoteFile(
            path: "local/clip_batch_40.gcode", name: "clip_batch_40.gcode", size: 4_200_000,
            modifiedAt: FarmFixture.now - .seconds(3600), estimate: 19_200, filamentType: "PLA"),
        RemoteFile(
            path: "local/lids/lid_v3.gcode", name: "lids/lid_v3.gcode", size: 180_000,
            modifiedAt: FarmFixture.now - .seconds(90_000), estimate: 2880),
        RemoteFile(path: "local/benchy.gcode", name: "benchy.gcode"),
    ]

    /// The files of the idle machine, listed.
    private func listed(_ size: GridSize = GridSize(rows: 24, columns: 80), _ id: PrinterID = 7) -> DashboardState {
        var state = FarmFixture.dashboard(FarmFixture.machines, columns: size.columns, rows: size.rows)
        let row = state.table.rows.firstIndex { state.farm.printers[$0].id == id } ?? 0
        for _ in 0..<row { _ = state.press(.down) }
        answer(&state, state.press(.character("s")), .success(.files(Self.files)))
        return state
    }

    private func answer(
        _ state: inout DashboardState, _ effects: [DashboardEffect], _ result: Result<FarmReply, RequestFailure>
    ) {
        for case .perform(_, let id) in effects { _ = state.handle(.reply(id, result)) }
    }

    @Test(
        "s lists the files of a linked printer, newest first, with what they take", arguments: MachineScreenTests.sizes)
    func screen(size: GridSize) throws {
        try GoldenScreen.expect(listed(size).draw(), "files-\(size.columns)x\(size.rows)")
    }

    @Test("A file of another year is from a date, and a list that was cut says so")
    func cut() {
        var state = FarmFixture.dashboard(FarmFixture.machines, columns: 80, rows: 24)
        let row = state.table.rows.firstIndex { state.farm.printers[$0].id == 7 } ?? 0
        for _ in 0..<row { _ = state.press(.down) }
        let old = RemoteFile(path: "a", name: "a", modifiedAt: FarmFixture.now - .seconds(400 * 86_400))
        answer(&state, state.press(.character("s")), .success(.files(Array(repeating: old, count: RemoteFile.listed))))
        let text = state.draw().text
        #expect(text.contains("the newest 10000") && text.contains("2025-"))
    }

    @Test("Enter asks if the bed is clear; only y starts, and exactly that file")
    func start() {
        var state = listed()
        #expect(state.press(.enter).isEmpty)
        #expect(state.draw().text.contains("Start clip_batch_40.gcode (takes 5h20m, PLA)? Is the bed clear?"))
        #expect(state.press(.enter).isEmpty, "enter alone never confirms")
        #expect(state.press(.character("n")).isEmpty)
        #expect(state.draw().text.contains("Nothing was started."))
        _ = state.press(.down)
        _ = state.press(.enter)
        #expect(state.press(.character("y")).actions == [.machine(.startFile(7, path: "local/lids/lid_v3.gcode"))])
    }

    @Test("Typing finds files; esc forgets the words first, then leaves")
    func search() {
        var state = listed()
        _ = state.type("lid")
        #expect(state.draw().text.contains("1 of 3") && !state.draw().text.contains("benchy"))
        _ = state.type("x")
        #expect(state.draw().text.contains("No file has that in its name."))
        _ = state.press(.escape)
        #expect(state.draw().text.contains("benchy"))
        _ = state.press(.escape)
        #expect(!state.draw().text.contains("benchy"))
    }

    @Test("While the machine prints its files are listed, and none is started")
    func busy() {
        var state = listed(GridSize(rows: 24, columns: 80), 1)
        _ = state.press(.enter)
        #expect(state.draw().text.contains("It is printing now; a file can be started when it is idle."))
        #expect(state.press(.character("y")).actions.isEmpty)
    }

    @Test("A machine that does not answer is told of in its place; ^R asks again")
    func failure() {
        var state = FarmFixture.dashboard(FarmFixture.calmMachines)
        let effects = state.press(.down) + state.press(.character("s"))
        #expect(effects.actions == [.machine(.listFiles(1))])
        answer(&state, effects, .failure(RequestFailure(message: "The printer did not answer within 10 s.")))
        #expect(state.draw().text.contains("The printer did not answer within 10 s."))
        #expect(state.press(.control("r")).actions == [.machine(.listFiles(1))])
    }

    @Test("A list that comes after the panel was left opens nothing")
    func late() {
        var state = FarmFixture.dashboard(FarmFixture.calmMachines)
        let effects = state.press(.down) + state.press(.character("s"))
        _ = state.press(.escape)
        let before = state.draw().text
        answer(&state, effects, .success(.files(Self.files)))
        #expect(state.draw().text == before)
    }

    @Test("A printer without a machine is started by a file name, as ever")
    func unlinked() {
        var state = FarmFixture.dashboard(FarmFixture.calmMachines)
        _ = state.press(.character("s"))
        #expect(state.draw().text.contains("start on bench-1, file:"))
    }
}
