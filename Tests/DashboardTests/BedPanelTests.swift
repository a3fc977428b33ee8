import Farm
import Testing

@testable import Dashboard

@Suite("The bed on the dashboard", .timeLimit(.minutes(20)))
struct BedPanelTests {
    private static let camera = CameraSettings(
        name: "front", source: .snapshot(WebAddress(scheme: .http, host: "cam.lan")), isPrimary: true)

    /// The farm with machines, where the idle one and the next have a camera that farmtop reads.
    private static var farm: FarmSnapshot {
        var farm = FarmFixture.machines
        for index in farm.printers.indices {
            guard let camera else { continue }
            farm.printers[index].cameras = [CameraSnapshot(id: 1, settings: camera, isConfirmed: true, fault: nil)]
        }
        return farm
    }

    private func dashboard(_ size: GridSize = GridSize(rows: 24, columns: 80), _ id: PrinterID = 7) -> DashboardState {
        var state = FarmFixture.dashboard(Self.farm, columns: size.columns, rows: size.rows)
        let row = state.table.rows.firstIndex { state.farm.printers[$0].id == id } ?? 0
        for _ in 0..<row { _ = state.press(.down) }
        return state
    }

    @discardableResult
    private func answer(
        _ state: inout DashboardState, _ effects: [DashboardEffect], _ result: Result<FarmReply, RequestFailure>
    ) -> [DashboardEffect] {
        var next: [DashboardEffect] = []
        for case .perform(_, let id) in effects { next += state.handle(.reply(id, result)) }
        for case .decodePicture(_, let id) in next { _ = state.handle(.decoded(id, .success(FarmFixture.picture))) }
        return next
    }

    private func report(_ finding: BedFinding, isKept: Bool = false) -> Result<FarmReply, RequestFailure> {
        .success(
            .bed(
                BedReport(
                    status: BedStatus(
                        finding: finding, checkedAt: FarmFixture.now, keptAt: FarmFixture.now - .seconds(90_000),
                        kept: 2),
                    picture: ProbedPicture(jpeg: [1], width: 64, height: 48, milliseconds: 9), isKept: isKept)))
    }

    private let part = BedFinding(
        state: .occupied,
        differences: [Detection(confidence: 0.9, box: BoundingBox(x: 30, y: 25, width: 26, height: 20))])

    @Test("B looks at the bed and draws what differs", arguments: MachineScreenTests.sizes)
    func screen(size: GridSize) throws {
        var state = dashboard(size)
        let effects = state.press(.character("B"))
        #expect(effects.actions == [.machine(.bed(7, .check))])
        answer(&state, effects, report(part))
        try GoldenScreen.expect(state.draw(), "bed-\(size.columns)x\(size.rows)")
    }

    @Test("k keeps, c says that it was cleared, f forgets, r looks again; one question at a time")
    func keys() {
        var state = dashboard()
        var effects = state.press(.character("B"))
        #expect(state.press(.character("k")).isEmpty, "still looking")
        answer(&state, effects, report(.cannotTell(.noReference)))
        #expect(state.draw().text.contains("no picture of the empty"))
        for (key, action) in [("c", BedAction.cleared), ("f", .forget), ("r", .check), ("k", .keep)] {
            effects = state.press(.character(Character(key)))
            #expect(effects.actions == [.machine(.bed(7, action))])
            answer(&state, effects, report(.clear, isKept: action == .keep))
        }
        #expect(state.draw().text.contains("The bed looks clear."))
        #expect(state.draw().text.contains("Its picture is kept"))
        effects = state.press(.character("c"))
        answer(&state, effects, report(part))
        #expect(state.draw().text.contains("Nothing was kept: k keeps it all the same."))
        effects = state.press(.character("c"))
        answer(&state, effects, report(.cannotTell(.unsure)))
        #expect(state.draw().text.contains("Nothing was kept: k keeps it all the same."), "not sure is not kept either")
        effects = state.press(.character("f"))
        answer(&state, effects, report(part))
        #expect(state.draw().text.contains("are forgotten."))
        effects = state.press(.character("r"))
        answer(&state, effects, .failure(RequestFailure(message: "The camera did not answer.")))
        #expect(state.draw().text.contains("The camera did not answer."))
        _ = state.press(.escape)
        #expect(!state.draw().text.contains("The camera did not answer."))
    }

    @Test("A printer that prints, and one without a camera, say why not")
    func refused() {
        var state = dashboard(GridSize(rows: 24, columns: 80), 1)
        #expect(state.press(.character("B")).isEmpty)
        #expect(state.message?.text.contains("is printing") == true)
        state = FarmFixture.dashboard(FarmFixture.machines)
        for _ in 0..<(state.table.rows.firstIndex { state.farm.printers[$0].id == 7 } ?? 0) { _ = state.press(.down) }
        #expect(state.press(.character("B")).isEmpty)
        #expect(state.message?.text.contains("farmtop reads no camera of rack-c-01") == true)
    }

    @Test(
        "Before a file is started its bed is looked at, and what was seen is drawn", arguments: MachineScreenTests.sizes
    )
    func beforeStart(size: GridSize) throws {
        var state = dashboard(size)
        answer(&state, state.press(.character("s")), .success(.files(FilesPanelTests.files)))
        let effects = state.press(.enter)
        #expect(effects.actions == [.machine(.bed(7, .check))])
        #expect(state.draw().text.contains("Looking at the bed."))
        answer(&state, effects, report(part))
        try GoldenScreen.expect(state.draw(), "bed-start-\(size.columns)x\(size.rows)")
        #expect(
            state.press(.character("y")).actions == [.machine(.startFile(7, path: "local/clip_batch_40.gcode"))],
            "a person has the last word")
    }

    @Test("A bed that is told after the question was left leaves the list of files as it is")
    func late() {
        var state = dashboard()
        answer(&state, state.press(.character("s")), .success(.files(FilesPanelTests.files)))
        let effects = state.press(.enter)
        _ = state.press(.character("n"))
        let before = state.draw().text
        answer(&state, effects, report(part))
        #expect(state.draw().text == before)
    }

    @Test(
        "From elsewhere the farm's last look is shown with its time; an old one says nothing of now",
        arguments: [
            (60.0, "The bed looks clear. Looked at"), (7200, "That was 2h00m ago, at"), (90_000, "look yourself."),
        ] as [(Double, String)])
    func remote(age: Double, words: String) {
        var options = DashboardOptions()
        options.isRemote = true
        var farm = FarmFixture.machines
        for index in farm.printers.indices where farm.printers[index].id == 7 {
            farm.printers[index].bed = BedStatus(finding: .clear, checkedAt: FarmFixture.now - .seconds(age), kept: 1)
        }
        var state = FarmFixture.dashboard(farm, options: options)
        for _ in 0..<(state.table.rows.firstIndex { state.farm.printers[$0].id == 7 } ?? 0) { _ = state.press(.down) }
        answer(&state, state.press(.character("s")), .success(.files(FilesPanelTests.files)))
        #expect(state.press(.enter).isEmpty, "nobody can look from here")
        #expect(state.draw().text.contains(words), "\(state.draw().text)")
    }

    @Test("Without its places an occupied bed is told without a number")
    func withoutPlaces() {
        #expect(
            BedFinding(state: .occupied).sentence == "The bed is not clear: something is not as on the empty bed.")
    }

    @Test("The question of a start by name shows the bed too", arguments: MachineScreenTests.sizes)
    func startQuestion(size: GridSize) throws {
        var farm = Self.farm
        for index in farm.printers.indices where farm.printers[index].id == 7 {
            farm.printers[index].machine?.abilities.remove(.files)
        }
        var state = FarmFixture.dashboard(farm, columns: size.columns, rows: size.rows)
        for _ in 0..<(state.table.rows.firstIndex { state.farm.printers[$0].id == 7 } ?? 0) { _ = state.press(.down) }
        _ = state.type("sbenchy.gcode")
        let effects = state.press(.enter)
        #expect(effects.actions == [.machine(.bed(7, .check))])
        answer(&state, effects, report(part))
        try GoldenScreen.expect(state.draw(), "start-question-\(size.columns)x\(size.rows)")
        #expect(state.press(.character("y")).actions == [.startPrint(7, filename: "benchy.gcode")])
    }
}
