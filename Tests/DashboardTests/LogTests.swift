import Dashboard
import Farm
import Testing

@Suite("The log", .timeLimit(.minutes(20)))
struct LogTests {
    private func log() -> DashboardState {
        var state = FarmFixture.dashboard()
        _ = state.handle(.log(FarmFixture.logLines))
        state.answerLoads(state.press(.character("4")))
        return state
    }

    @Test("An error of the program is counted in the header until the log is looked at")
    func unseen() {
        var state = FarmFixture.dashboard()
        _ = state.handle(.log(FarmFixture.logLines))
        #expect(state.draw().text.contains("! 1 error in 4 log"))
        _ = state.press(.character("4"))
        _ = state.press(.character("1"))
        #expect(!state.draw().text.contains("in 4 log"))
    }

    @Test("v goes from info to warnings, errors, everything")
    func levels() {
        var state = log()
        #expect(!state.draw().text.contains("request"))
        _ = state.press(.character("v"))
        #expect(!state.draw().text.contains("Print started") && state.draw().text.contains("faster than it may"))
        _ = state.press(.character("v"))
        #expect(!state.draw().text.contains("faster than it may") && state.draw().text.contains("The disk is full"))
        _ = state.press(.character("v"))
        #expect(state.draw().text.contains("request"))
    }

    @Test("/ searches, b keeps the source of the selected line, esc shows all again")
    func filters() {
        var state = log()
        _ = state.type("/disk")
        _ = state.press(.enter)
        #expect(state.draw().text.contains(" LOG  1 line "))
        _ = state.press(.escape)
        #expect(state.draw().text.contains(" LOG  8 lines"))
        _ = state.press(.character("b"))
        #expect(state.draw().text.contains("only api"))
        _ = state.press(.escape)
        #expect(!state.draw().text.contains("only api"))
    }

    @Test("N jumps from error to error; enter opens the printer that a line is about")
    func errors() {
        var state = log()
        _ = state.press(.character("N"))
        #expect(state.draw().text.contains("error  rack-a-07"))
        _ = state.press(.character("N"))
        #expect(state.draw().text.contains("error  storage"))
        _ = state.press(.enter)
        #expect(state.draw().text.contains("not about a printer"))
        _ = state.press(.character("N"))
        _ = state.press(.enter)
        #expect(state.draw().text.hasPrefix(" ‹ rack-a-07"))
        _ = state.press(.escape)
        #expect(state.draw().text.hasPrefix(" LOG"))
    }

    @Test("A new line is shown at once; a selection below the newest stays on its line")
    func live() {
        var state = log()
        let line = LogLine(at: FarmFixture.now, level: .info, source: "farmtop", text: "something new")
        _ = state.handle(.log([line]))
        #expect(state.draw().text.contains("something new"))
        _ = state.press(.down)
        let selected = state.draw().text.split(separator: "\n").first { $0.hasPrefix("▌") }
        _ = state.handle(.log([line, line]))
        #expect(state.draw().text.split(separator: "\n").first { $0.hasPrefix("▌") } == selected)
    }

    @Test("The oldest lines give way to new ones")
    func bounded() {
        var state = log()
        let line = LogLine(at: FarmFixture.now, level: .info, source: "farmtop", text: "again")
        for _ in 0..<30 { _ = state.handle(.log(Array(repeating: line, count: 100))) }
        #expect(state.draw().text.contains("1,005 lines"))
    }
}

@Suite("The farm in plain lines", .timeLimit(.minutes(20)))
struct PlainTests {
    private func feed(_ farm: FarmSnapshot, _ feed: inout PlainFeed) -> [String] {
        feed.lines(.snapshot(farm), at: FarmFixture.now)
    }

    @Test("First every printer, worst first; then a line for each change, and none without one")
    func changes() {
        var feed = PlainFeed(utcOffsetSeconds: 0)
        var farm = FarmFixture.farm
        let first = self.feed(farm, &feed)
        #expect(first.first == "12:53:07 farm 9 printers")
        #expect(
            first[1]
                == "12:53:07 rack-a-07: PRINTING, camera FAILING, alert standing, bracket_x8.gcode, failure probability 74%"
        )
        #expect(first.count == 10)
        #expect(self.feed(farm, &feed).isEmpty)
        farm.printers[0].states.camera = .watch
        farm.events.append(
            FarmFixture.event(6, .failureAlerted, .error, "Failure suspected", "a\u{1B}[2Jb", printer: 1, secondsAgo: 0)
        )
        #expect(
            self.feed(farm, &feed) == [
                "12:53:07 rack-a-01: PRINTING, camera watch, clip_batch_40.gcode, failure probability 4%",
                "12:53:07 rack-a-01: error: Failure suspected: a\u{FFFD}[2Jb (farmtop)",
            ])
        farm.printers.removeLast()
        #expect(self.feed(farm, &feed) == ["12:53:07 rack-c-01 left the farm"])
    }

    @Test("A lost link is said once, and when it is back")
    func link() {
        var feed = PlainFeed(utcOffsetSeconds: 0)
        _ = self.feed(FarmFixture.farm, &feed)
        let lost = FarmUpdate.disconnected(reason: "refused")
        #expect(feed.lines(lost, at: FarmFixture.now) == ["12:53:07 farm not connected: refused"])
        #expect(feed.lines(lost, at: FarmFixture.now).isEmpty)
        #expect(self.feed(FarmFixture.farm, &feed) == ["12:53:07 farm connected again"])
    }
}
