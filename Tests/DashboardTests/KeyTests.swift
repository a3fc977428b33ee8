import Dashboard
import Farm
import Testing

@Suite("Keys of the farm", .timeLimit(.minutes(20)))
struct FarmKeyTests {
    /// The order of the fixture, worst first: 7 failing, 6 stale, then by their failure probability 4 watch, 5 muted,
    /// 3 paused, 2 and 1; 8 done, 9 idle.
    private func dashboard(_ options: DashboardOptions = DashboardOptions()) -> DashboardState {
        FarmFixture.dashboard(options: options)
    }

    private func select(_ row: Int) -> DashboardState {
        var state = dashboard()
        for _ in 0..<row { _ = state.press(.down) }
        return state
    }

    @Test("j k, the arrows, g and G move; p then acts on the printer moved to")
    func moving() {
        for (keys, id) in [
            ([Key.character("j")], 6), ([.down, .down, .character("k")], 6), ([.character("G"), .up], 8),
            ([.end, .home, .character("j")], 6), ([.pageDown, .character("g"), .down], 6),
        ] as [([Key], PrinterID)] {
            var state = dashboard()
            for key in keys { _ = state.press(key) }
            _ = state.press(.character("e"))
            let saved = state.press(.enter).actions
            guard case .updatePrinter(let printer, _, _)? = saved.first else {
                Issue.record("nothing was saved")
                continue
            }
            #expect(printer == id)
        }
    }

    @Test("p pauses the selected print and nothing else")
    func pause() {
        var state = dashboard()
        #expect(state.press(.character("p")).actions == [.pausePrint(7, of: 101)])
    }

    @Test("p on a paused print says that it is paused, and does nothing")
    func pausedAlready() {
        var state = select(4)
        #expect(state.press(.character("p")).actions.isEmpty)
        #expect(state.draw().text.contains("rack-a-03 is paused already; r resumes."))
    }

    @Test("r resumes a paused print, and says why it cannot resume another")
    func resume() {
        var state = select(4)
        #expect(state.press(.character("r")).actions == [.resumePrint(3, of: 103)])
        state = dashboard()
        #expect(state.press(.character("r")).actions.isEmpty)
        #expect(state.draw().text.contains("rack-a-07 is not paused."))
    }

    @Test("a acknowledges, n dismisses without a question")
    func answers() {
        var state = dashboard()
        #expect(state.press(.character("a")).actions == [.acknowledgeAlert(7, of: 101, verdict: nil)])
        #expect(state.press(.character("n")).actions == [.acknowledgeAlert(7, of: 101, verdict: .notFailed)])
        state = select(1)
        #expect(state.press(.character("a")).actions.isEmpty)
        #expect(state.draw().text.contains("no alert to acknowledge"))
    }

    @Test("m mutes, m again unmutes, u takes it back")
    func mute() {
        var state = dashboard()
        #expect(state.press(.character("m")).actions == [.muteAlerts(7, of: 101, muted: true)])
        #expect(state.press(.character("u")).actions == [.muteAlerts(7, of: 101, muted: false)])
        state = select(3)
        #expect(state.press(.character("m")).actions == [.muteAlerts(5, of: 106, muted: false)])
    }

    @Test("s asks for the file name and starts on an idle printer")
    func start() {
        var state = select(8)
        _ = state.type("s")
        #expect(state.draw().isCursorVisible)
        #expect(state.type("benchy.gcode").isEmpty)
        #expect(state.press(.enter).actions == [.startPrint(9, filename: "benchy.gcode")])
    }

    @Test("s without a name starts nothing and says so")
    func startWithoutName() {
        var state = select(8)
        _ = state.type("s   ")
        #expect(state.press(.enter).actions.isEmpty)
        #expect(state.draw().text.contains("a print needs a file name"))
    }

    @Test("s on several idle printers asks once, with every name")
    func startMany() {
        var state = select(7)
        _ = state.type("  sbenchy.gcode")
        #expect(state.press(.enter).actions.isEmpty)
        #expect(state.draw().text.contains("Start benchy.gcode on 2 printers?"))
        #expect(state.draw().text.contains("rack-b-04, rack-c-01"))
        #expect(
            state.press(.character("y")).actions == [
                .startPrint(8, filename: "benchy.gcode"), .startPrint(9, filename: "benchy.gcode"),
            ])
    }

    @Test("A question about more printers than fit says how many lines are missing")
    func longQuestion() {
        var farm = FarmFixture.farm
        farm.printers = (1...200).map { FarmFixture.printer(PrinterID(rawValue: $0), "rack-\($0)") }
        var state = FarmFixture.dashboard(farm, columns: 80, rows: 24)
        _ = state.press(.control("a"))
        _ = state.type("sa.gcode")
        _ = state.press(.enter)
        #expect(state.draw().text.contains("lines more"))
        #expect(state.draw().text.contains("y yes"))
        #expect(state.press(.character("y")).actions.count == 200)
    }

    @Test("/ and enter look for the last words once more; rubbed out, nothing is looked for")
    func searchAgain() {
        var state = dashboard()
        _ = state.type("/rack-c")
        _ = state.press(.enter)
        _ = state.press(.escape)
        #expect(state.draw().text.contains("of 9 "))
        _ = state.type("/")
        _ = state.press(.enter)
        #expect(state.draw().text.contains("of 2 "))
        _ = state.type("/")
        _ = state.press(.control("u"))
        _ = state.press(.enter)
        #expect(state.draw().text.contains("of 9 "))
    }

    @Test("s over a running print names it, and only y ends it: enter does not")
    func startOverRunning() {
        var state = dashboard()
        _ = state.type("sbenchy.gcode")
        #expect(state.press(.enter).actions.isEmpty)
        #expect(state.draw().text.contains("bracket_x8.gcode"))
        #expect(state.press(.enter).actions.isEmpty)
        #expect(state.press(.character("y")).actions == [.startPrint(7, filename: "benchy.gcode")])
    }

    @Test("f asks how it ended: s is success, c cancelled, enter and esc neither")
    func finish() {
        for (key, result) in [(Key.character("s"), PrintResult.success), (.character("c"), .cancelled)] {
            var state = dashboard()
            _ = state.press(.character("f"))
            #expect(state.press(.enter).actions.isEmpty)
            #expect(state.press(key).actions == [.finishPrint(7, of: 101, result: result, reason: nil)])
        }
        var state = dashboard()
        _ = state.press(.character("f"))
        #expect(state.press(.escape).actions.isEmpty)
        #expect(state.press(.character("s")).actions.isEmpty)
    }

    @Test("f on an idle printer says that it is not printing")
    func finishIdle() {
        var state = select(8)
        #expect(state.press(.character("f")).actions.isEmpty)
        #expect(state.draw().text.contains("rack-c-01 is not printing."))
    }

    @Test("x archives an idle printer at once and u brings it back; a printing one is asked about")
    func archive() {
        var state = select(8)
        #expect(state.press(.character("x")).actions == [.archivePrinter(9, seen: .nothing)])
        #expect(state.press(.character("u")).actions == [.unarchivePrinter(9)])
        state = dashboard()
        #expect(state.press(.character("x")).actions.isEmpty)
        #expect(state.draw().text.contains("counts as cancelled"))
        #expect(state.press(.character("y")).actions == [.archivePrinter(7, seen: .print(101))])
    }

    @Test("D removes only after y")
    func remove() {
        var state = select(8)
        #expect(state.press(.character("D")).actions.isEmpty)
        #expect(state.press(.enter).actions.isEmpty)
        #expect(state.press(.character("n")).actions.isEmpty)
        _ = state.press(.character("D"))
        #expect(state.press(.character("y")).actions == [.deletePrinter(9, seen: .nothing)])
    }

    @Test("c, a makes a printer from a form, which refuses a blank name and a wild sensitivity")
    func newPrinter() {
        var state = dashboard()
        _ = state.press(.character("c"))
        #expect(state.press(.enter).isEmpty, "enter alone chooses nothing")
        _ = state.press(.character("a"))
        #expect(state.press(.enter).actions.isEmpty)
        #expect(state.draw().text.contains("a printer needs a name"))
        _ = state.type("mk4")
        _ = state.press(.tab)
        _ = state.press(.control("u"))
        _ = state.type("1.5")
        #expect(state.press(.enter).actions.isEmpty)
        #expect(state.draw().text.contains("a number from 0.8 to 1.2"))
        _ = state.press(.control("u"))
        _ = state.type("1.1")
        var settings = PrinterSettings(name: "mk4")
        settings.detectiveSensitivity = 1.1
        #expect(state.press(.enter).actions == [.createPrinter(account: "operator", settings: settings)])
    }

    @Test("u takes back what a form changed")
    func undoEdit() throws {
        var state = select(8)
        _ = state.type("e2")
        var settings = FarmFixture.farm.printers[8].printer.settings
        let before = settings
        settings.name = "rack-c-012"
        #expect(state.press(.enter).actions == [.updatePrinter(9, settings: settings, from: before)])
        #expect(
            state.press(.character("u")).actions == [.updatePrinter(9, settings: before, from: settings)],
            "what was changed elsewhere since stays")
    }

    @Test("F keeps the verdict that the alert was right")
    func wasAFailure() {
        var state = dashboard()
        #expect(state.press(.character("F")).actions == [.acknowledgeAlert(7, of: 101, verdict: .failed)])
    }

    @Test("space marks, and a key then acts on all the marked with one confirmation that lists them")
    func marks() {
        var state = dashboard()
        _ = state.type("  ")
        #expect(state.press(.character("p")).actions.isEmpty)
        #expect(state.draw().text.contains("rack-c-02, rack-a-07"))
        #expect(state.press(.enter).actions.isEmpty)
        #expect(state.press(.character("y")).actions == [.pausePrint(6, of: 108), .pausePrint(7, of: 101)])
        _ = state.press(.control("a"))
        _ = state.press(.character("D"))
        #expect(state.draw().text.contains("and 6 more"))
        #expect(state.press(.character("y")).actions.count == 9)
    }

    @Test("what is asked of several at once names the prints that were meant, whichever key it is")
    func marksNamePrints() {
        var state = dashboard()
        _ = state.type("  P")
        #expect(state.press(.character("y")).actions == [.confirmPause(6, of: 108), .confirmPause(7, of: 101)])
        state = dashboard()
        _ = state.type("  m")
        #expect(
            state.press(.character("y")).actions == [
                .muteAlerts(6, of: 108, muted: true), .muteAlerts(7, of: 101, muted: true),
            ])
    }

    @Test(
        "The filter takes words, states and scores; ! turns one round",
        arguments: [
            ("rack-c", 2), ("!rack-a", 5), ("state:fail", 1), ("p>40", 2), ("p>0.4", 2), ("state:ok p<10", 2),
            ("clip", 2), ("state:stale", 1),
        ])
    func filter(text: String, rows: Int) {
        var state = dashboard()
        _ = state.type("/" + text)
        _ = state.press(.enter)
        #expect(state.draw().text.contains("of \(rows) "))
        _ = state.press(.escape)
        #expect(state.draw().text.contains("of 9 "))
    }

    @Test("S then a key sorts by a column, the same again turns it round")
    func sort() {
        var state = dashboard()
        _ = state.type("Sn")
        #expect(state.draw().text.contains("PRINTER▼"))
        _ = state.type("Sn")
        #expect(state.draw().text.contains("PRINTER▲"))
        _ = state.type("R")
        #expect(state.draw().text.contains("sort risk"))
    }

    @Test("The selection stays on its printer when the order changes")
    func selectionFollows() {
        var state = select(6)
        var farm = FarmFixture.farm
        farm.printers[1].states.camera = .failing
        _ = state.handle(.farm(.snapshot(farm)))
        #expect(state.press(.character("p")).actions == [.pausePrint(1, of: 104)])
    }

    @Test("q leaves at once, unless prints report to this process: then only y")
    func quit() {
        var state = dashboard()
        #expect(state.press(.character("q")) == [.quit])
        var options = DashboardOptions()
        options.ownsFarm = true
        state = dashboard(options)
        #expect(state.press(.character("q")).isEmpty)
        #expect(state.press(.enter).isEmpty)
        #expect(state.press(.character("y")) == [.quit])
    }

    @Test("With --readonly nothing is changed, and the reason is said", arguments: Array("sfpramexDcn"))
    func readOnly(key: Character) {
        var options = DashboardOptions()
        options.isReadOnly = true
        var state = dashboard(options)
        _ = state.press(.character(key))
        #expect(state.press(.character("y")).actions.isEmpty)
        #expect(state.type("s").actions.isEmpty)
        #expect(state.draw().text.contains("started with --readonly"))
    }

    @Test("While the link is down nothing is asked for, and the reason is said")
    func disconnected() {
        var state = dashboard()
        _ = state.handle(.farm(.disconnected(reason: "connection refused")))
        #expect(state.press(.character("p")).isEmpty)
        #expect(state.draw().text.contains("Not connected: connection refused"))
        #expect(state.nextTick == nil)
    }
}

@Suite("Keys elsewhere", .timeLimit(.minutes(20)))
struct OtherKeyTests {
    @Test("Enter and l open the printer, esc and h go back")
    func openAndBack() {
        for (open, back) in [(Key.enter, Key.escape), (.character("l"), .character("h"))] {
            var state = FarmFixture.dashboard()
            _ = state.press(open)
            #expect(state.draw().text.hasPrefix(" ‹ rack-a-07"))
            _ = state.press(back)
            #expect(state.draw().text.hasPrefix(" FARM"))
        }
    }

    @Test("Left goes back in time, to the frame of that moment and its picture; end returns to now")
    func scrub() {
        var state = FarmFixture.dashboard()
        state.answerLoads(state.press(.enter))
        #expect(state.press(.left).contains(.loadPicture(FrameKey(printID: 101, number: 239))))
        #expect(state.draw().text.contains("frame 239") || state.draw().text.contains("not yet 239"))
        _ = state.press(.end)
        #expect(state.draw().text.contains("frame 240"))
    }

    @Test("# shows the numbers and their chart, + and - change the time shown, z fills the screen")
    func chart() {
        var state = FarmFixture.dashboard()
        state.answerLoads(state.press(.enter))
        _ = state.press(.character("#"))
        #expect(state.draw().text.contains("scores: p dots"))
        _ = state.press(.character("+"))
        #expect(state.draw().text.contains("1h00m"))
        _ = state.press(.character("z"))
        #expect(!state.draw().text.contains("scores: p dots"))
        _ = state.press(.escape)
        #expect(state.draw().text.contains("scores: p dots"))
    }

    @Test("2 asks for the history, v for the finished prints only, enter opens one with its scores")
    func history() {
        var state = FarmFixture.dashboard()
        var query = PrintQuery()
        query.limit = 200
        let effects = state.press(.character("2"))
        #expect(effects == [.loadPrints(query)])
        state.answerLoads(effects)
        query.results = [.success]
        #expect(state.press(.character("v")).first == .loadPrints(query))
        _ = state.handle(.prints(query, FarmFixture.prints))
        _ = state.press(.down)
        _ = state.press(.enter)
        #expect(state.draw().text.hasPrefix(" ‹ fan_duct.gcode"))
    }

    @Test("The history is read again when something happened, and only then")
    func historyFollows() {
        var state = FarmFixture.dashboard()
        let effects = state.press(.character("2"))
        state.answerLoads(effects)
        var farm = FarmFixture.farm
        #expect(!state.handle(.farm(.snapshot(farm))).contains(effects[0]))
        farm.events.append(
            FarmFixture.event(6, .ended, .success, "Print finished", "lid_v3.gcode", printer: 6, secondsAgo: 0))
        #expect(state.handle(.farm(.snapshot(farm))).contains(effects[0]))
    }

    @Test("A late answer to an older query is dropped")
    func lateHistory() {
        var state = FarmFixture.dashboard()
        state.answerLoads(state.press(.character("2")))
        _ = state.press(.character("v"))
        var old = PrintQuery()
        old.limit = 200
        _ = state.handle(.prints(old, []))
        #expect(state.draw().text.contains("fan_duct.gcode"))
    }

    @Test("A new client's secret is shown once; y copies it, esc hides it for good")
    func newClient() throws {
        var state = FarmFixture.dashboard()
        state.answerLoads(state.press(.character("3")))
        _ = state.type("cmy-app")
        let effects = state.press(.enter)
        #expect(effects.actions == [.addClient(NewClient(name: "my-app"))])
        guard case .perform(_, let id)? = effects.first else {
            Issue.record("the farm was asked nothing")
            return
        }
        let credentials = ClientCredentials(client: FarmFixture.client(9, "my-app", tokens: 0), secret: "s3cr3t-value")
        _ = state.handle(.reply(id, .success(.credentials(credentials))))
        #expect(state.draw().text.contains("s3cr3t-value"))
        #expect(state.press(.character("y")) == [.copy("s3cr3t-value")])
        _ = state.press(.escape)
        #expect(!state.draw().text.contains("s3cr3t-value"))
    }

    @Test("the quit question of a simulated farm says that nothing real depends on it")
    func quitDemo() {
        var options = DashboardOptions()
        options.ownsFarm = true
        options.isSimulated = true
        var state = FarmFixture.dashboard(options: options)
        #expect(state.press(.character("q")).isEmpty)
        let text = state.draw().text
        #expect(text.contains("The simulated farm ends") && !text.contains("nobody is alerted"))
    }

    @Test("o, D and X in the OAuth area act only after y; x disables at once")
    func clients() {
        var state = FarmFixture.dashboard()
        state.answerLoads(state.press(.character("3")))
        for (key, action) in [
            ("o", FarmAction.rotateClient("orca-lab-7f3a91", revokeTokens: false)),
            ("D", FarmAction.removeClient("orca-lab-7f3a91")),
        ] {
            #expect(state.type(key).actions.isEmpty)
            #expect(state.press(.enter).actions.isEmpty)
            #expect(state.press(.character("y")).actions == [action])
        }
        #expect(state.type("x").actions == [.setClientDisabled("orca-lab-7f3a91", disabled: true)])
        _ = state.press(.enter)
        _ = state.type("X")
        #expect(state.press(.character("y")).actions == [.revokeToken(12)])
    }

    @Test("The help finds commands by words and runs the chosen one with enter")
    func help() {
        var state = FarmFixture.dashboard()
        _ = state.type("?pause the")
        #expect(state.press(.enter).actions == [.pausePrint(7, of: 101)])
    }

    @Test(":screen writes what is shown, :theme changes the theme, nonsense is named")
    func commandLine() {
        var state = FarmFixture.dashboard()
        let shown = state.draw().text
        _ = state.type(":screen out.txt")
        #expect(state.press(.enter) == [.writeScreen(path: "out.txt", text: shown)])
        _ = state.type(":theme mono")
        _ = state.press(.enter)
        #expect(state.draw().text.contains("Theme mono."))
        _ = state.type(":jump")
        _ = state.press(.enter)
        #expect(state.draw().text.contains("There is no command jump."))
        _ = state.type(":")
        _ = state.press(.up)
        #expect(state.draw().text.contains(":jump"))
        _ = state.press(.escape)
        _ = state.type(":q")
        #expect(state.press(.enter) == [.quit])
    }

    @Test("An alert elsewhere is seen in every view, and A goes there")
    func alertElsewhere() {
        for key in [Key.character("2"), .character("3"), .enter] {
            var state = FarmFixture.dashboard()
            _ = state.press(.end)
            _ = state.press(key)
            #expect(state.draw().text.contains("[A] go there"))
            _ = state.press(.character("A"))
            #expect(state.draw().text.hasPrefix(" ‹ rack-a-07"))
        }
    }

    @Test("A refused request says why")
    func refused() {
        var state = FarmFixture.dashboard()
        guard case .perform(_, let id)? = state.press(.character("p")).first else {
            Issue.record("the farm was asked nothing")
            return
        }
        _ = state.handle(.reply(id, .failure(RequestFailure(message: "Printer is not currently printing."))))
        #expect(state.draw().text.contains("Printer is not currently printing."))
    }

    @Test("A new alert rings once and selects its printer when nobody is at the keys")
    func newAlert() {
        var state = FarmFixture.dashboard()
        _ = state.press(.end)
        _ = state.handle(.tick(FarmFixture.now + .seconds(60)))
        var farm = FarmFixture.farm
        farm.printers[1].states = PrinterStates(camera: .failing, alert: .standing)
        farm.printers[1].failureProbability = 0.95
        farm.printers[1].print?.alertedAt = FarmFixture.now
        #expect(state.handle(.farm(.snapshot(farm))).contains(.bell))
        #expect(!state.handle(.farm(.snapshot(farm))).contains(.bell))
        #expect(state.press(.character("p")).actions == [.pausePrint(2, of: 105)])
    }

    @Test("A watched printer that goes blind rings, at most once a minute; one that is idle does not")
    func staleBell() {
        var state = FarmFixture.dashboard()
        var farm = FarmFixture.farm
        farm.printers[0].states.camera = .stale
        #expect(state.handle(.farm(.snapshot(farm))).contains(.bell))
        farm.printers[1].states.camera = .stale
        #expect(!state.handle(.farm(.snapshot(farm))).contains(.bell))
        farm.printers[0].states.camera = .ok
        _ = state.handle(.tick(FarmFixture.now + .seconds(61)))
        #expect(!state.handle(.farm(.snapshot(farm))).contains(.bell))
    }

    @Test("Time alone changes the screen only while something prints")
    func ticks() {
        let state = FarmFixture.dashboard()
        #expect(
            state.nextTick == Timestamp(microseconds: FarmFixture.now.microseconds / 1_000_000 * 1_000_000 + 1_000_000))
        var idle = FarmSnapshot()
        idle.printers = [FarmFixture.printer(9, "rack-c-01")]
        var quiet = FarmFixture.dashboard(idle)
        #expect(quiet.nextTick == nil)
        let before = quiet.draw()
        _ = quiet.handle(.tick(FarmFixture.now + .seconds(3600)))
        #expect(quiet.draw() == before)
    }

    @Test("A click selects a row, a click on a head sorts, F2 gives the mouse to the terminal")
    func mouse() {
        var state = FarmFixture.dashboard()
        _ = state.handle(.terminal(.mouse(.click(Position(row: 5, column: 10)))))
        #expect(state.press(.character("p")).actions == [.pausePrint(6, of: 108)])
        _ = state.handle(.terminal(.mouse(.click(Position(row: 3, column: 5)))))
        #expect(state.draw().text.contains("PRINTER▼"))
        #expect(state.press(.function(2)) == [.mouse(false)])
    }

    @Test("A click on a card selects its printer")
    func cardClick() {
        var state = FarmFixture.dashboard()
        _ = state.press(.tab)
        _ = state.handle(.terminal(.mouse(.click(Position(row: 5, column: 30)))))
        #expect(state.press(.character("p")).actions == [.pausePrint(6, of: 108)])
    }

    @Test("Among cards and cameras the arrows move as they point")
    func tileArrows() {
        for tabs in 1...2 {
            var state = FarmFixture.dashboard()
            for _ in 0..<tabs { _ = state.press(.tab) }
            _ = state.press(.right)
            #expect(state.press(.character("p")).actions == [.pausePrint(6, of: 108)])
            _ = state.press(.left)
            #expect(state.press(.character("p")).actions == [.pausePrint(7, of: 101)])
            // 80 columns have three cards, or nine printers three pictures, side by side: the fourth printer is below.
            _ = state.press(.down)
            #expect(state.press(.character("m")).actions == [.muteAlerts(5, of: 106, muted: false)])
        }
    }

    @Test("Only one picture is loaded at a time, and then the one that is wanted by now")
    func pictures() {
        var state = FarmFixture.dashboard(columns: 160, rows: 48)
        let first = FrameKey(printID: 101, number: 240)
        #expect(!state.press(.down).contains { if case .loadPicture = $0 { true } else { false } })
        #expect(
            state.handle(.picture(first, FarmFixture.picture, []))
                == [.loadPicture(FrameKey(printID: 108, number: 240))])
    }
}
