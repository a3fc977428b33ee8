import Dashboard
import Farm
import Testing

@Suite("Answers to alerts, pauses and endings", .timeLimit(.minutes(20)))
struct AnswerTests {
    private static let now = FarmFixture.now

    private func dashboard(_ printers: PrinterSnapshot..., columns: Int = 80, rows: Int = 24) -> DashboardState {
        var farm = FarmFixture.farm
        farm.printers = printers
        return FarmFixture.dashboard(farm, columns: columns, rows: rows)
    }

    private static let asked: PrinterSnapshot = FarmFixture.failing {
        $0.print?.pauseRequestedAt = now - .seconds(12)
        $0.pauseDeadline = now + .seconds(18)
    }

    private static let notConfirmed: PrinterSnapshot = FarmFixture.failing(alert: .acknowledged) {
        $0.print?.pauseRequestedAt = now - .seconds(95)
        $0.print?.pauseNotConfirmedAt = now - .seconds(65)
    }

    // MARK: Pauses

    @Test("P says that the printer was paused by hand, whether a pause was asked or not, unless it is paused")
    func confirmPause() {
        for printer in [Self.asked, Self.notConfirmed, FarmFixture.failing(), FarmFixture.failing(alert: .none)] {
            var state = dashboard(printer)
            #expect(state.press(.character("P")).actions == [.confirmPause(1, of: 1)])
        }
        var state = dashboard(FarmFixture.failing { $0.print?.pausedAt = Self.now })
        #expect(state.press(.character("P")).actions.isEmpty)
        #expect(state.draw().text.contains("Bambu X1C-3 is paused already; r resumes."))
        state = dashboard(FarmFixture.ended(.cancelled))
        #expect(state.press(.character("P")).actions.isEmpty)
        #expect(state.draw().text.contains("Prusa MK4 #1 is not printing."))
    }

    @Test("What was said of a key goes after a while, what was wrong stays until the next key")
    func messagesPass() {
        var state = dashboard(FarmFixture.printer(1, "idle"))
        #expect(state.nextTick == nil)
        _ = state.press(.character("<"))
        let said = state.draw().text
        #expect(said.contains("< does nothing here"))
        #expect(state.nextTick == Self.now + .seconds(20))
        _ = state.handle(.tick(Self.now + .seconds(19)))
        #expect(state.draw().text.contains("< does nothing here"))
        _ = state.handle(.tick(Self.now + .seconds(20)))
        #expect(!state.draw().text.contains("< does nothing here") && state.nextTick == nil)
        _ = state.press(.character("p"))
        #expect(state.draw().text.contains("idle is not printing.") && state.nextTick == nil)
        _ = state.handle(.tick(Self.now + .seconds(500)))
        #expect(state.draw().text.contains("idle is not printing."))
    }

    @Test("u after something that cannot be undone says what it would undo, and asks")
    func olderUndo() {
        var state = dashboard(FarmFixture.failing())
        _ = state.press(.character("m"))
        #expect(state.press(.character("a")).actions == [.acknowledgeAlert(1, of: 1, verdict: nil)])
        #expect(state.press(.character("u")).actions.isEmpty)
        let text = state.draw().text
        #expect(text.contains("Undo an earlier change?") && text.contains("Bambu X1C-3 no longer muted."))
        #expect(state.press(.enter).actions.isEmpty)
        #expect(state.press(.character("y")).actions == [.muteAlerts(1, of: 1, muted: false)])
        #expect(state.press(.character("u")).actions.isEmpty)
    }

    @Test("A pause that is asked cannot be asked again until it counts as not confirmed")
    func pauseAgain() {
        var state = dashboard(Self.asked)
        #expect(state.press(.character("p")).actions.isEmpty)
        #expect(state.draw().text.contains("P says it was paused by hand."))
        state = dashboard(Self.notConfirmed)
        #expect(state.press(.character("p")).actions == [.pausePrint(1, of: 1)])
    }

    @Test("A pause that was not confirmed stands at the top until it is answered; a answers")
    func notConfirmed() {
        var state = dashboard(Self.notConfirmed, FarmFixture.printer(2, "other"))
        #expect(state.draw().text.contains(" NO PAUSE Bambu X1C-3"))
        #expect(state.press(.character("a")).actions == [.acknowledgeAlert(1, of: 1, verdict: nil)])
    }

    @Test("The line at the top offers only keys that act on the printer it names")
    func alertKeys() {
        func line(_ printer: PrinterSnapshot) -> Substring {
            dashboard(printer).draw().text.split(separator: "\n")[1]
        }
        #expect(line(FarmFixture.failing()).contains("[a] [n] [p]"))
        #expect(line(Self.asked).contains("[P]") && !line(Self.asked).contains("[p]"))
        let paused = line(FarmFixture.failing { $0.print?.pausedAt = Self.now })
        #expect(paused.contains("[n] dismiss") && !paused.contains("[p]"))
        // Another printer is selected: no key would act on the worst.
        var state = FarmFixture.dashboard()
        _ = state.press(.down)
        let elsewhere = state.draw().text.split(separator: "\n")[1]
        #expect(elsewhere.contains("ALERT rack-a-07") && elsewhere.contains("[A] go there"))
        #expect(!elsewhere.contains("[a]"))
    }

    // MARK: Verdicts

    @Test("n dismisses without a question; u takes it back, also one from before, and says so")
    func dismiss() {
        var state = dashboard(FarmFixture.failing())
        #expect(state.press(.character("n")).actions == [.acknowledgeAlert(1, of: 1, verdict: .notFailed)])
        #expect(state.press(.character("u")).actions == [.undoDismissal(1)])
        state = dashboard(FarmFixture.failing(0.03, camera: .ok, alert: .dismissed))
        let effects = state.press(.character("u"))
        #expect(effects.actions == [.undoDismissal(1)])
        guard case .perform(_, let id)? = effects.first else {
            Issue.record("the farm was asked nothing")
            return
        }
        _ = state.handle(.reply(id, .success(.done(succeeded: true))))
        #expect(state.draw().text.contains("Undone: the alert on Bambu X1C-3 is no longer dismissed."))
    }

    @Test("F judges the alert a failure; u brings the verdict back that was there")
    func callFailure() {
        var state = dashboard(FarmFixture.failing())
        #expect(state.press(.character("F")).actions == [.acknowledgeAlert(1, of: 1, verdict: .failed)])
        #expect(state.press(.character("u")).actions == [.judgePrint(1, verdict: nil)])
    }

    @Test("The alert of a print that has just ended can still be judged")
    func judgeEnded() {
        var state = dashboard(FarmFixture.ended(.cancelled))
        #expect(state.press(.character("F")).actions == [.judgePrint(1, verdict: .failed)])
        #expect(state.press(.character("n")).actions == [.judgePrint(1, verdict: .notFailed)])
    }

    @Test("u does not undo the mute of a print that has ended")
    func staleUndo() {
        var state = dashboard(FarmFixture.failing())
        #expect(state.press(.character("m")).actions == [.muteAlerts(1, of: 1, muted: true)])
        var farm = FarmFixture.farm
        farm.printers = [FarmFixture.ended(.cancelled)]
        _ = state.handle(.farm(.snapshot(farm)))
        #expect(state.press(.character("u")).actions.isEmpty)
        #expect(state.draw().text.contains("There is nothing to undo."))
    }

    @Test("C forgets what was learnt of the camera, after y")
    func forget() {
        var state = dashboard(FarmFixture.failing())
        #expect(state.press(.character("C")).actions.isEmpty)
        #expect(state.press(.enter).actions.isEmpty)
        #expect(state.press(.character("y")).actions == [.forgetCamera(1)])
        state = dashboard(FarmFixture.failing { $0.habit = nil })
        _ = state.type(":forget")
        _ = state.press(.enter)
        #expect(state.draw().text.contains("Nothing is known about Bambu X1C-3's camera yet."))
    }

    // MARK: Endings

    @Test("f f and a number give the reason; o lets it be typed, u leaves it open; enter alone does nothing")
    func finishAsFailed() {
        for (keys, reason) in [("1", "detached from the bed"), ("6", "filament ran out"), ("u", nil)] {
            var state = dashboard(FarmFixture.failing())
            #expect(state.type("ff").actions.isEmpty)
            #expect(state.press(.enter).actions.isEmpty)
            #expect(state.type(keys).actions == [.finishPrint(1, of: 1, result: .failed, reason: reason)])
        }
        var state = dashboard(FarmFixture.failing())
        #expect(state.type("ffo").actions.isEmpty)
        #expect(state.press(.enter).actions.isEmpty)
        #expect(state.draw().text.contains("type why it failed"))
        _ = state.type("the cat")
        #expect(state.press(.enter).actions == [.finishPrint(1, of: 1, result: .failed, reason: "the cat")])
        state = dashboard(FarmFixture.failing())
        _ = state.type("ff")
        #expect(state.press(.escape).actions.isEmpty)
        #expect(state.type("1").actions.isEmpty)
    }

    @Test("In the history f marks a print that has ended as failed, and asks why")
    func markFailed() {
        var state = FarmFixture.dashboard()
        state.answerLoads(state.press(.character("2")))
        #expect(state.type("f").actions.isEmpty)
        #expect(state.draw().text.contains("bracket_x8.gcode is still printing"))
        _ = state.press(.down)
        let effects = state.type("f5")
        #expect(effects.actions == [.markFailed(90, reason: "warping")])
        guard case .perform(_, let id)? = effects.first else {
            Issue.record("the farm was asked nothing")
            return
        }
        _ = state.handle(.reply(id, .success(.done(succeeded: true))))
        #expect(state.draw().text.contains("fan_duct.gcode on rack-b-04, failed: warping"))
        // No alert was raised on it: there is none to be right or wrong.
        _ = state.press(.enter)
        #expect(!state.draw().text.contains("alert"))
    }

    @Test("A click on an answer ends the print as that")
    func clicks() throws {
        var state = dashboard(FarmFixture.failing())
        _ = state.press(.character("f"))
        for text in ["f  failed", "3  layer shift"] {
            let lines = state.draw().text.split(separator: "\n", omittingEmptySubsequences: false)
            let row = try #require(lines.firstIndex { $0.contains(text) })
            let range = try #require(lines[row].firstRange(of: text))
            let column = lines[row].distance(from: lines[row].startIndex, to: range.lowerBound)
            let effects = state.handle(.terminal(.mouse(.click(Position(row: row, column: column)))))
            if text.hasPrefix("3") {
                #expect(effects.actions == [.finishPrint(1, of: 1, result: .failed, reason: "layer shift")])
            }
        }
    }

    @Test("t after the months sums up by printer, the lowest success rate first")
    func byPrinter() throws {
        var state = FarmFixture.dashboard()
        state.answerLoads(state.press(.character("2")))
        state.answerLoads(state.press(.tab))
        state.answerLoads(state.type("ttt"))
        try GoldenScreen.expect(state.draw(), "by-printer-80x24")
        let lines = state.draw().text.split(separator: "\n").filter {
            $0.contains("rack-") || $0.contains("printer 77")
        }
        // rack-a-03 has only a replaced and an unknown print: no rate.
        #expect(lines.first?.contains("rack-a-07") == true && lines.first?.contains("0%") == true)
        #expect(lines.contains { $0.contains("rack-a-03") && $0.contains("–") })
    }
}

/// What captures of 0.1 show, each put right.
@Suite("Lies that the screen told", .timeLimit(.minutes(20)))
struct CaptureTests {
    @Test("The longer a print fails the number does not fall: the list shows what the page shows")
    func sameNumber() {
        var farm = FarmFixture.farm
        farm.printers = [FarmFixture.failing { $0.printer.settings.actionOnFailure = .none }]
        var state = FarmFixture.dashboard(farm)
        #expect(state.draw().text.contains(" 91% long.gcode"))
        _ = state.press(.enter)
        #expect(state.draw().text.contains("FAILING !  91%"))
        #expect(state.draw().text.contains("now 91 %."))
        var feed = PlainFeed(utcOffsetSeconds: 0)
        #expect(
            feed.lines(.snapshot(farm), at: FarmFixture.now).last?.hasSuffix("failure probability 91%") == true)
    }

    @Test("A finished print leaves no alert and no pause, whatever its record still says")
    func ghost() {
        var farm = FarmFixture.farm
        var ghost = FarmFixture.ended(.success)
        ghost.states.alert = .standing
        ghost.print?.alertState = .standing
        ghost.print?.pauseRequestedAt = FarmFixture.now - .seconds(60)
        ghost.print?.pauseNotConfirmedAt = FarmFixture.now - .seconds(30)
        farm.printers = [ghost]
        var state = FarmFixture.dashboard(farm)
        let text = state.draw().text
        #expect(text.contains("DONE") && text.contains("Nothing is printing."))
        for lie in ["ALERT", "ASKED", "NO PAUSE", "asked", "[a]", "+1"] { #expect(!text.contains(lie), "\(lie)") }
        _ = state.press(.character("A"))
        #expect(state.draw().text.contains("There is no alert."))
    }

    @Test("An acknowledged alert keeps its sign in every view, and the row is not green")
    func acknowledged() {
        var farm = FarmFixture.farm
        farm.printers = [FarmFixture.failing(alert: .acknowledged)]
        let state = FarmFixture.dashboard(farm)
        #expect(state.draw().text.contains("FAILING a 91%"))
        #expect(state.draw().text.contains("1 alert acknowledged. Watching 1 of 1 print."))
        #expect(state.draw()[4, 1].character == "!")
        #expect(state.draw()[4, 1].paint.foreground == Theme.defaultDark[.failing].foreground)
    }

    @Test("A wider terminal never shows a shorter name", arguments: [24, 48])
    func names(rows: Int) {
        var farm = FarmFixture.farm
        farm.printers[6].printer.settings.name = "Bambu X1 Carbon, the right one"
        var longest = 0
        for columns in 60...220 {
            let lines = FarmFixture.dashboard(farm, columns: columns, rows: rows).draw().text.split(separator: "\n")
            let row = lines.first { $0.contains("Bambu") && $0.contains("PRINTING") } ?? ""
            let start = row.firstRange(of: "Bambu")?.lowerBound ?? row.startIndex
            let end = row.firstRange(of: "PRINTING")?.lowerBound ?? row.startIndex
            let length = row[start..<end].split(separator: " ").joined(separator: " ").count
            #expect(length >= longest, "\(columns) columns")
            longest = max(longest, length)
        }
    }

    @Test("Names that differ at their end stay apart where they are cut", arguments: [1, 2])
    func ends(tabs: Int) {
        var farm = FarmFixture.farm
        farm.printers = (1...40).map { FarmFixture.printer(PrinterID(rawValue: $0), "Prusa MK4 in rack number #\($0)") }
        var state = FarmFixture.dashboard(farm)
        for _ in 0..<tabs { _ = state.press(.tab) }
        #expect(state.draw().text.contains("#1") && state.draw().text.contains("#2"))
    }

    @Test("The areas stay on the screen beside an alert, and can be clicked")
    func areas() {
        var state = FarmFixture.dashboard()
        state.answerLoads(state.press(.character("2")))
        let line = state.draw().text.split(separator: "\n", omittingEmptySubsequences: false)[22]
        #expect(line.contains("1 farm  2 history  3 oauth  4 log  5 system") && line.contains("ALERT rack-a-07"))
        _ = state.handle(.terminal(.mouse(.click(Position(row: 22, column: 75)))))
        #expect(state.draw().text.hasPrefix(" ‹ rack-a-07"))
        _ = state.handle(.terminal(.mouse(.click(Position(row: 22, column: 2)))))
        #expect(state.draw().text.hasPrefix(" FARM"))
    }
}
