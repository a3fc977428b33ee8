import Farm
import Testing

@testable import Dashboard

/// What an operator meets in a day: hints that hold, names that tell apart, steps that lead.
@Suite("The operator's day", .timeLimit(.minutes(20)))
struct OperatorsDayTests {
    private func bar(_ state: DashboardState) -> String {
        String(state.draw().text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().last ?? "")
    }

    private func status(_ state: DashboardState) -> String {
        String(state.draw().text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(2).last ?? "")
    }

    // MARK: Hints

    @Test("At 80x24 view, filter, mark, new, sort, theme and help can be found, beside an alert too")
    func everydayKeys() {
        let state = FarmFixture.dashboard()
        let text = bar(state) + status(state)
        for hint in ["tab view", "/ filter", "space mark", "c new", "S sort", "T theme", "? help", "2 history"] {
            #expect(text.contains(hint), "\(hint)")
        }
    }

    @Test("An idle printer is offered what can be done to it, and nothing else")
    func idlePrinter() {
        var state = FarmFixture.dashboard()
        _ = state.press(.end)
        for hint in ["enter open", "s start", "e edit", "x archive"] { #expect(bar(state).contains(hint)) }
        for hint in ["pause", "finish", "mute", "resume", "ack"] { #expect(!bar(state).contains(hint)) }
    }

    @Test("Who may only look is offered no key that changes the farm, in no place")
    func readOnly() {
        var options = DashboardOptions()
        options.isReadOnly = true
        for keys in [[], [Key.enter], [.character("2"), .down], [.character("3")], [.function(9)]] {
            var state = FarmFixture.dashboard(options: options)
            for key in keys { state.answerLoads(state.press(key)) }
            let text = bar(state) + status(state) + state.draw().text.split(separator: "\n")[1]
            for binding in KeyMap.standard.bindings {
                for use in binding.uses where use.changesFarm {
                    #expect(!text.contains("\(binding.keys[0].name) \(use.short)"), "\(use.command)")
                }
            }
            #expect(!text.contains("[a]") && !text.contains("F7"))
        }
    }

    @Test("While a question is open the foot of the screen has its keys and no others")
    func openQuestion() {
        var state = FarmFixture.dashboard()
        _ = state.press(.character("D"))
        #expect(bar(state) == " y yes  N no")
        _ = state.press(.escape)
        _ = state.press(.character(":"))
        #expect(bar(state) == " enter run  tab complete  ↑↓ earlier  esc leave")
    }

    @Test("Apps that ask for access stand beside the areas, not in their place")
    func areasStay() {
        var farm = FarmFixture.farm
        farm.printers = farm.printers.filter { $0.id == 9 }
        farm.consents = [ConsentTests.consent(3, "phone-sam")]
        var state = FarmFixture.dashboard(farm)
        state.answerLoads(state.press(.character("2")))
        #expect(status(state).contains("1 farm  2 history  3 oauth  4 log  5 system"))
        #expect(status(state).contains("CONSENT phone-sam"))
    }

    @Test("Ages run by themselves where there are some, and an idle farm is left in peace")
    func ages() {
        var farm = FarmFixture.farm
        farm.printers = farm.printers.filter { $0.id == 9 }
        var state = FarmFixture.dashboard(farm)
        #expect(state.nextTick == nil)
        state.answerLoads(state.press(.character("3")))
        #expect(state.nextTick != nil)
        farm.consents = [ConsentTests.consent(3, "phone-sam")]
        #expect(FarmFixture.dashboard(farm).nextTick != nil)
    }

    @Test("What was said of a lost link goes when it is back")
    func reconnected() {
        var state = FarmFixture.dashboard()
        _ = state.handle(.farm(.disconnected(reason: "connection refused")))
        _ = state.press(.character("p"))
        #expect(state.draw().text.contains("Not connected: connection refused"))
        _ = state.handle(.farm(.snapshot(FarmFixture.farm)))
        #expect(!state.draw().text.contains("Not connected"))
    }

    // MARK: Names and widths

    @Test("Printers of one name carry their number, and are edited and undone by their own name")
    func twins() throws {
        var farm = FarmSnapshot()
        farm.printers = [FarmFixture.printer(3, "mk4"), FarmFixture.printer(12, "mk4"), FarmFixture.printer(4, "xl")]
        var state = FarmFixture.dashboard(farm)
        let text = state.draw().text
        #expect(text.contains(" mk4 #3 ") && text.contains(" mk4 #12 ") && text.contains(" xl "))
        _ = state.press(.character("e"))
        #expect(state.draw().text.contains("Edit mk4 "))
        let actions = state.press(.enter).actions
        guard case .updatePrinter(3, let settings, _)? = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(settings.name == "mk4")
    }

    @Test("A number behind a long name is never cut")
    func shortened() {
        let name = CellText(untrusted: "A very long name of a printer #1234")
        #expect(name.shortened(to: 14).description.hasSuffix("#1234"))
        #expect(name.shortened(to: 14).width <= 14)
    }

    @Test("A wider screen never has fewer columns, nor less room for a name", arguments: [24, 48])
    func monotone(rows: Int) {
        var before = (shown: 0, name: 0)
        for columns in 60...240 {
            let layout = FarmLayout(GridSize(rows: rows, columns: columns)).columns(machines: false)
            let shown = [layout.file, layout.time, layout.frame, layout.spark].count { $0.isShown }
            #expect(shown >= before.shown && layout.name.width >= before.name, "\(columns)")
            before = (shown, layout.name.width)
        }
    }

    @Test("The camera wall uses the whole screen", arguments: [1, 2, 4, 9, 12, 40])
    func wall(count: Int) {
        let rect = Rect(row: 2, column: 0, rows: 40, columns: 160)
        let grid = CardGrid.cameras(rect, count: count)
        let rows = (min(count, grid.capacity) + grid.across - 1) / grid.across
        #expect(rows * grid.height > rect.rows - grid.height, "\(count): \(rows) rows of \(grid.height)")
        #expect(grid.capacity >= count)
    }

    @Test("An emoji with joiners keeps its parts; a joiner that joins nothing is seen")
    func emoji() {
        #expect(CellText(untrusted: "👩‍🚒 a").description == "👩🚒 a")
        #expect(CellText(untrusted: "👍🏽").description == "👍")
        #expect(CellText(untrusted: "👨‍👩‍👧").width == 6)
        #expect(CellText(untrusted: "a\u{200D}b").description == "a\u{FFFD}b")
        #expect(CellText(untrusted: "👩\u{200D}").description == "👩\u{FFFD}")
    }

    // MARK: Many at once

    @Test("Thirty cameras lost at once are one line of the events")
    func manyLost() {
        var farm = FarmSnapshot()
        farm.printers = (1...30).map { FarmFixture.printer(PrinterID($0), "p\($0)") }
        farm.events = (1...30).map {
            FarmFixture.event(
                EventID($0), .notWatched, .warning, "Not watched", "no picture for 60 s", printer: PrinterID($0),
                secondsAgo: 60)
        }
        farm.events.append(
            FarmFixture.event(31, .started, .info, "Print started", "a.gcode", printer: 1, secondsAgo: 5))
        let text = FarmFixture.dashboard(farm).draw().text
        #expect(text.contains("30 printers"))
        #expect(text.split(separator: "\n").count { $0.contains("Not watched") } == 1)
        #expect(text.contains("Print started"))
    }

    /// Thirty printers whose cameras are well, and then are not.
    private func lostFarm() -> (before: FarmSnapshot, after: FarmSnapshot) {
        var before = FarmSnapshot()
        before.printers = (1...30).map { number in

            FarmFixture.printer(
                PrinterID(number), "p\(number)",
                print: FarmFixture.print(PrintID(number), on: PrinterID(number), "\(number).gcode", minutes: 30))
        }
        var after = before
        for index in after.printers.indices { after.printers[index].states.camera = .stale }
        after.events = (1...30).map {
            FarmFixture.event(
                EventID($0), .notWatched, .warning, "Not watched", "No picture of \($0).gcode", printer: PrinterID($0),
                secondsAgo: 60)
        }
        return (before, after)
    }

    @Test("Thirty cameras lost at once are one line of the log, which says whose they are")
    func manyLostInTheLog() {
        var state = FarmFixture.dashboard(lostFarm().after)
        state.answerLoads(state.press(.character("4")))
        let lines = state.draw().text.split(separator: "\n").filter { $0.contains("Not watched") }
        #expect(lines.first?.contains("30 printers") == true && lines.first?.contains("p30, p29, p28") == true)
        #expect(state.draw().text.contains("1 warning"))
        _ = state.press(.character("b"))
        #expect(state.draw().text.contains("This line is about 30 printers"))
        _ = state.press(.enter)
        #expect(state.draw().text.contains("This line is about 30 printers"))
        _ = state.type("/p17")
        _ = state.press(.enter)
        #expect(state.draw().text.contains("No picture of 17.gcode"))
    }

    @Test("Thirty cameras lost at once are one line of the printers and one of the events in the plain feed")
    func manyLostInPlainLines() {
        let farm = lostFarm()
        var feed = PlainFeed(utcOffsetSeconds: 0)
        _ = feed.lines(.snapshot(farm.before), at: FarmFixture.now)
        let lines = feed.lines(.snapshot(farm.after), at: FarmFixture.now)
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix("12:53:07 30 printers: camera stale: p") == true)
        #expect(lines.last?.hasPrefix("12:53:07 30 printers: warning: Not watched: p30, p29, ") == true)
        var values = PlainFeed(utcOffsetSeconds: 0)
        _ = values.changes(.snapshot(farm.before))
        let changes = values.changes(.snapshot(farm.after))
        #expect(changes.count == 60)
    }

    @Test("A camera that is lost twice is two lines")
    func lostTwice() {
        var farm = FarmSnapshot()
        farm.printers = [FarmFixture.printer(1, "p1")]
        farm.events = (1...2).map {
            FarmFixture.event(
                EventID($0), .notWatched, .warning, "Not watched", "no picture", printer: 1, secondsAgo: 60 - Int($0))
        }
        let text = FarmFixture.dashboard(farm).draw().text
        #expect(text.split(separator: "\n").count { $0.contains("Not watched") } == 2)
    }

    // MARK: Taking back

    @Test("Archived printers are listed and taken back, and that is undone too")
    func archived() throws {
        var state = FarmFixture.dashboard()
        let effects = state.press(.character("v"))
        #expect(effects.actions == [.listPrinters(includeArchived: true)])
        guard case .perform(_, let id)? = effects.first else { return }
        var gone = FarmFixture.printer(20, "old-mk3").printer
        gone.archivedAt = FarmFixture.now - .seconds(86_400)
        let listings = [gone, FarmFixture.printer(1, "rack-a-01").printer].map {
            PrinterListing(printer: $0, accountName: "operator", currentPrint: nil)
        }
        _ = state.handle(.reply(id, .success(.printers(listings))))
        #expect(state.draw().text.contains("Archived printers") && state.draw().text.contains("old-mk3"))
        #expect(state.press(.enter).actions == [.unarchivePrinter(20)])
        #expect(state.press(.character("u")).actions == [.archivePrinter(20, seen: .nothing)])
    }

    @Test("A client that was disabled, and a print marked as failed, are undone with u")
    func undone() {
        var state = FarmFixture.dashboard()
        state.answerLoads(state.press(.character("3")))
        #expect(state.press(.character("x")).actions == [.setClientDisabled("orca-lab-7f3a91", disabled: true)])
        let undone = state.press(.character("u"))
        #expect(undone.actions == [.setClientDisabled("orca-lab-7f3a91", disabled: false)])
        state = FarmFixture.dashboard()
        state.answerLoads(state.press(.character("2")))
        _ = state.press(.down)
        _ = state.press(.character("f"))
        #expect(state.press(.character("5")).actions == [.markFailed(90, reason: "warping")])
        #expect(state.press(.character("u")).actions == [.unmarkFailed(90, result: .success, verdict: nil)])
    }

    // MARK: The first day

    @Test("The first steps stay until a picture comes, each ticked when it is done, with the address of this farm")
    func firstSteps() {
        var options = DashboardOptions()
        options.machineAddress = "192.168.1.20"
        var farm = FarmSnapshot()
        farm.status.address = "http://0.0.0.0:4000"
        func text(_ farm: FarmSnapshot) -> String { FarmFixture.dashboard(farm, options: options).draw().text }
        #expect(text(farm).contains("1  Add a printer") && text(farm).contains("http://192.168.1.20:4000"))
        #expect(text(farm).contains("farmtop printer connect mk4 --kind octoprint") && text(farm).contains("press c"))
        farm.printers = [FarmFixture.printer(1, "mk4")]
        farm.printers[0].habit = nil
        #expect(text(farm).contains("✓  Add a printer") && text(farm).contains("2  Make a client"))
        farm.clients = [FarmFixture.client(1, "app", tokens: 1)]
        #expect(text(farm).contains("4  Start a print"))
        farm.printers[0] = FarmFixture.printer(
            1, "mk4", print: FarmFixture.print(1, on: 1, "a.gcode", minutes: 1, frames: 0))
        farm.printers[0].habit = nil
        farm.printers[0].lastFrame = nil
        #expect(text(farm).contains("/api/v1/printers/1/predict/"))
        farm.printers[0] = FarmFixture.printer(1, "mk4", print: FarmFixture.print(1, on: 1, "a.gcode", minutes: 1))
        #expect(!text(farm).contains("Start a print"))
    }

    @Test("A connected printer needs no client: its camera and a print are the steps that are left")
    func firstStepsOfAConnectedPrinter() throws {
        var farm = FarmSnapshot()
        farm.printers = [FarmFixture.printer(3, "mk4")]
        farm.printers[0].habit = nil
        let base = WebAddress(scheme: .http, host: "octopi.local")
        farm.printers[0].machine = MachineSnapshot(
            settings: LinkSettings(address: LinkAddress(kind: .octoprint, base: base)), isConfirmed: true)
        func text(_ farm: FarmSnapshot) -> String { FarmFixture.dashboard(farm).draw().text }
        #expect(!text(farm).contains("client") && !text(farm).contains("token"))
        #expect(text(farm).contains("2  Name its camera, then start a print:"))
        #expect(text(farm).contains("farmtop camera add 3 http://CAMERA/snapshot.jpg"))
        let settings = try #require(CameraSettings(name: "camera", source: .snapshot(base)))
        farm.printers[0].cameras = [CameraSnapshot(id: 1, settings: settings, isConfirmed: true, fault: nil)]
        #expect(text(farm).contains("2  Start a print; its camera's pictures are judged."))
    }

    // MARK: Without a screen

    @Test("The plain feed tells each change once, as a value that becomes a line or JSON")
    func plainChanges() {
        var feed = PlainFeed(utcOffsetSeconds: 0)
        var farm = FarmSnapshot()
        farm.printers = [FarmFixture.printer(1, "mk4")]
        #expect(feed.changes(.snapshot(farm)) == [.connected(printers: 1), .printer(farm.printers[0])])
        #expect(feed.changes(.snapshot(farm)).isEmpty)
        #expect(feed.changes(.disconnected(reason: "gone")) == [.disconnected(reason: "gone")])
        #expect(feed.changes(.disconnected(reason: "gone")).isEmpty)
        farm.printers = []
        #expect(feed.changes(.snapshot(farm)) == [.connected(printers: 0), .removed(1, name: "mk4")])
    }
}
