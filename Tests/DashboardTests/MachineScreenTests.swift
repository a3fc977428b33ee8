import Farm
import Testing

@testable import Dashboard

@Suite("Machines on the screen", .timeLimit(.minutes(20)))
struct MachineScreenTests {
    static let sizes = [
        GridSize(rows: 24, columns: 80), GridSize(rows: 30, columns: 100), GridSize(rows: 48, columns: 160),
    ]

    private func dashboard(_ size: GridSize, _ farm: FarmSnapshot) -> DashboardState {
        FarmFixture.dashboard(farm, columns: size.columns, rows: size.rows)
    }

    private func name(_ screen: String, _ size: GridSize) -> String { "\(screen)-\(size.columns)x\(size.rows)" }

    private func line(_ state: DashboardState, _ words: String) -> String {
        state.draw().text.split(separator: "\n").first { $0.contains(words) }.map(String.init) ?? ""
    }

    @Test("The list has what machines tell, in columns that come with the width", arguments: sizes)
    func list(size: GridSize) throws {
        try GoldenScreen.expect(dashboard(size, FarmFixture.machines).draw(), name("machines", size))
    }

    @Test("While nothing is wrong the second line says who is done next", arguments: sizes)
    func calm(size: GridSize) throws {
        try GoldenScreen.expect(dashboard(size, FarmFixture.calmMachines).draw(), name("machines-calm", size))
    }

    @Test("A printer's page has a panel of its machine", arguments: sizes)
    func page(size: GridSize) throws {
        var state = dashboard(size, FarmFixture.calmMachines)
        _ = state.press(.down)
        state.answerLoads(state.press(.enter))
        try GoldenScreen.expect(state.draw(), name("machine-page", size))
    }

    @Test("The page says first what the machine waits for", arguments: sizes)
    func attention(size: GridSize) throws {
        var state = dashboard(size, FarmFixture.machines)
        state.answerLoads(state.press(.enter))
        #expect(state.draw().text.contains("Filament runout on extruder 0"))
        try GoldenScreen.expect(state.draw(), name("machine-attention", size))
    }

    @Test("Tiles and cards have progress and time left", arguments: sizes, [1, 2])
    func tiles(size: GridSize, tabs: Int) throws {
        var state = dashboard(size, FarmFixture.machines)
        for _ in 0..<tabs { state.answerLoads(state.press(.tab)) }
        try GoldenScreen.expect(state.draw(), name(tabs == 1 ? "machine-cards" : "machine-tiles", size))
    }

    @Test("At 80 columns: progress and time left; a reading that is too old is marked")
    func narrow() {
        let state = dashboard(GridSize(rows: 24, columns: 80), FarmFixture.machines)
        #expect(line(state, " rack-a-01 ").contains(" 97%     3m "))
        #expect(line(state, " rack-b-02 ").contains(" ~43% ~1h50m "))
        #expect(line(state, " rack-b-03 ").contains("OFFLINE") && line(state, " rack-b-03 ").contains("~55%"))
        #expect(line(state, "bench-1").contains("%") == true)
        #expect(!line(state, "bench-1").contains("m "), "nobody tells of it")
    }

    @Test("Without a linked printer there is no column for what only machines tell")
    func unlinked() {
        let text = dashboard(GridSize(rows: 24, columns: 80), FarmFixture.farm).draw().text
        #expect(!text.contains("LEFT") && text.contains("TIME"))
    }

    @Test("Columns come and never go as the table grows", arguments: 40...220)
    func monotone(columns: Int) {
        func shown(_ columns: Int) -> Int {
            let table = TableColumns(machines: Rect(row: 0, column: 0, rows: 10, columns: columns), screen: columns)
            let all = [
                table.file, table.done, table.left, table.ends, table.heat, table.layer, table.time, table.frame,
                table.spark,
            ]
            let last = all.map(\.end).max() ?? 0
            #expect(last <= columns, "\(columns)")
            return all.count { $0.isShown }
        }
        #expect(shown(columns) <= shown(columns + 1), "\(columns)")
    }

    @Test("A wider terminal never shows a shorter name of a linked printer", arguments: [24, 48])
    func names(rows: Int) {
        var before = 0
        for columns in 60...240 {
            let table = FarmLayout(GridSize(rows: rows, columns: columns)).columns(machines: true)
            #expect(table.name.width >= before, "\(columns)")
            before = table.name.width
        }
    }

    @Test("Done next: those that print by their end, then those that stand still, then those of which nobody knows")
    func doneNext() {
        var state = dashboard(GridSize(rows: 24, columns: 80), FarmFixture.machines)
        _ = state.press(.character("S"))
        _ = state.press(.character("d"))
        let order = state.draw().text.split(separator: "\n").compactMap { line in
            ["rack-a-01", "rack-a-02", "rack-a-03", "bench-1"].first {
                line.hasPrefix(" > \($0)") || line.hasPrefix("▌> \($0)") || line.hasPrefix(" ‖ \($0)")
            }
        }
        #expect(order == ["rack-a-01", "rack-a-02", "rack-a-03", "bench-1"])
        #expect(state.draw().text.contains("LEFT▼"))
    }

    @Test("What a machine waits for is at the top, in the line of alerts, in its own words")
    func banner() {
        let text = dashboard(GridSize(rows: 24, columns: 80), FarmFixture.machines).draw().text
        #expect(text.contains(" ATTENTION rack-a-04  Filament runout on extruder 0"))
        let first = text.split(separator: "\n", omittingEmptySubsequences: false)[4]
        #expect(first.hasPrefix("▌! rack-a-04"))
    }

    @Test("A machine that begins to wait for a person rings the bell, and is selected")
    func bell() {
        var state = dashboard(GridSize(rows: 24, columns: 80), FarmFixture.calmMachines)
        var farm = FarmFixture.calmMachines
        farm.revision = 2
        farm.printers[1].states.machine = .attention
        #expect(state.handle(.farm(.snapshot(farm))).contains(.bell))
        #expect(state.selectedPrinter?.id == 2)
        farm.revision = 3
        #expect(!state.handle(.farm(.snapshot(farm))).contains(.bell))
    }

    @Test("Lines of text have what the machine says, and none is written for a number alone")
    func plain() {
        var feed = PlainFeed(utcOffsetSeconds: 0)
        var farm = FarmFixture.machines
        let lines = feed.lines(.snapshot(farm), at: FarmFixture.now)
        #expect(
            lines.contains {
                $0.contains("rack-a-01: PRINTING") && $0.contains("97 % done, 3m left, ends 12:56, layer 156/160")
                    && $0.contains("nozzle 215/215 °C, bed 60/60 °C")
            })
        #expect(lines.contains { $0.contains("rack-a-04: ATTENTION") && $0.contains("Filament runout on extruder 0") })
        farm.printers[0].machine?.reading?.progress = 0.98
        #expect(feed.lines(.snapshot(farm), at: FarmFixture.now).isEmpty)
        farm.printers[0].machine?.isStale = true
        let stale = feed.lines(.snapshot(farm), at: FarmFixture.now)
        #expect(stale.count == 1 && stale[0].contains("not heard of"))
    }

    @Test("A link that stopped until somebody acts is told, though nothing prints there")
    func needsOperator() {
        var farm = FarmFixture.calmMachines
        farm.printers = [FarmFixture.linked(1, "mk4", .prusalink, says: FarmFixture.reading(.idle))]
        farm.printers[0].machine?.fault = .wrongCredentials
        farm.printers[0].states.machine = .offline
        let text = dashboard(GridSize(rows: 24, columns: 120), farm).draw().text
        #expect(text.contains("NO LINK mk4  The printer refuses the key or password, or wants one."))
        farm.printers[0].machine?.fault = nil
        farm.printers[0].machine?.isConfirmed = false
        #expect(dashboard(GridSize(rows: 24, columns: 120), farm).draw().text.contains("off since the restore"))
    }

    @Test("Time left runs between two readings, and stands while the machine does")
    func timeLeft() throws {
        let farm = FarmFixture.machines
        let now = FarmFixture.now
        let printing = try #require(MachineFacts(farm.printers[0]))
        #expect(printing.left(at: now + .seconds(9)) == 180)
        #expect(printing.left(at: now + .seconds(900)) == 0)
        let paused = try #require(MachineFacts(farm.printers[2]))
        #expect(paused.left(at: now + .seconds(900)) == 1320)
        #expect(paused.finish(at: now) == nil)
        let stale = try #require(MachineFacts(farm.printers[4]))
        #expect(stale.left(at: now) == 6600)
        #expect(stale.isOld)
    }

    @Test("Numbers that are none are not shown")
    func hostile() throws {
        var reading = FarmFixture.reading(.printing, progress: .nan, remaining: .infinity)
        reading.nozzles = [ReadTemperature(actual: .nan, target: 200), ReadTemperature(actual: 1e300, target: .nan)]
        reading.bed = nil
        reading.elapsed = .nan
        let facts = try #require(MachineFacts(FarmFixture.linked(1, "x", says: reading)))
        #expect(facts.progress == nil && facts.left(at: FarmFixture.now) == nil && facts.heat == nil)
        var farm = FarmFixture.calmMachines
        farm.printers = [FarmFixture.linked(1, "x", print: FarmFixture.print(1, on: 1, "f", minutes: 1), says: reading)]
        var state = dashboard(GridSize(rows: 48, columns: 160), farm)
        _ = state.press(.enter)
        #expect(!state.draw().text.contains("nan") && !state.draw().text.contains("inf "))
    }

    @Test("A command on its way is shown with its deadline, an old one with what came of it")
    func command() throws {
        var tracker = CommandTracker(kind: .moonraker)
        let then = FarmMoment(
            wall: FarmFixture.now - .seconds(40), steady: SteadyTime(microseconds: 40_000_000))
        _ = tracker.saw(FarmFixture.reading(.printing, secondsAgo: 41), at: SteadyTime(microseconds: 39_000_000))
        _ = try tracker.request(.pause, by: .person, abilities: .job, at: then)
        var snapshot = FarmFixture.machines.printers[0]
        snapshot.machine?.lastCommand = tracker.last
        func text(_ snapshot: PrinterSnapshot) -> String {
            MachinePanel(snapshot, now: FarmFixture.now, utcOffsetSeconds: 0)?.lines.map(\.text)
                .joined(separator: "\n") ?? ""
        }
        #expect(
            text(snapshot).contains(
                "Asked 40 s ago: pause (person); not answered yet; waits for the printer; counts as not confirmed in 1 min."
            ))
        _ = tracker.answered(.refused("Print is not running"), number: 1)
        snapshot.machine?.lastCommand = tracker.last
        #expect(
            text(snapshot).contains("Last command: pause at 12:52:27 (person), refused: Print is not running."))
    }
}
