import Farm
import Testing

@testable import Dashboard

@Suite("Keys that go to machines", .timeLimit(.minutes(20)))
struct MachineKeyTests {
    private func dashboard(_ farm: FarmSnapshot = FarmFixture.calmMachines, down: Int = 1) -> DashboardState {
        var state = FarmFixture.dashboard(farm)
        for _ in 0..<down { _ = state.press(.down) }
        return state
    }

    @Test("L switches the light of the selected machine")
    func light() {
        var state = dashboard()
        #expect(state.press(.character("L")).actions == [.machine(.move(1, .light(false)))])
        var other = dashboard(down: 0)
        #expect(other.press(.character("L")).actions.isEmpty)
        #expect(other.draw().text.contains("No machine is linked to bench-1; e connects one."))
    }

    @Test("! asks for a typed word; anything else stops nothing")
    func stop() {
        var state = dashboard()
        #expect(state.press(.character("!")).isEmpty)
        #expect(state.draw().text.contains("Emergency stop of rack-a-01?"))
        #expect(state.press(.enter).isEmpty && state.press(.character("y")).isEmpty && state.press(.enter).isEmpty)
        #expect(state.draw().text.contains("type STOP in capitals"))
        _ = state.press(.control("u"))
        _ = state.type("STOP")
        #expect(state.press(.enter).actions == [.machine(.move(1, .emergencyStop, of: 101))])
    }

    @Test("A success that comes later does not hide that another machine did not stop")
    func oneFails() {
        var state = dashboard()
        let effects = state.carryOut([
            .act([1, 2, 3].map { .machine(.move($0, .emergencyStop)) }, done: "Sent to all.", undo: nil)
        ])
        let ids = effects.compactMap { effect -> RequestID? in
            if case .perform(_, let id) = effect { id } else { nil }
        }
        #expect(ids.count == 3)
        let name = FarmFixture.calmMachines.printers.first { $0.id == 2 }?.name ?? ""
        _ = state.handle(.reply(ids[0], .success(.done(succeeded: true))))
        #expect(!state.draw().text.contains("Sent to all."))
        _ = state.handle(.reply(ids[1], .failure(RequestFailure(message: "It did not answer."))))
        #expect(state.draw().text.contains("1 of 3 failed. \(name): It did not answer."))
        _ = state.handle(.reply(ids[2], .success(.done(succeeded: true))))
        #expect(state.draw().text.contains("1 of 3 failed. \(name): It did not answer."))
    }

    @Test("Several that are done are told of once, when the last one is")
    func allDone() {
        for (replies, words) in [([true, false], "Sent to all."), ([false, false], "No change")] {
            var state = dashboard()
            let effects = state.carryOut([
                .act([1, 2].map { .machine(.move($0, .emergencyStop)) }, done: "Sent to all.", undo: nil)
            ])
            for (effect, reply) in zip(effects, replies) {
                guard case .perform(_, let id) = effect else { continue }
                #expect(!state.draw().text.contains(words))
                _ = state.handle(.reply(id, .success(.done(succeeded: reply))))
            }
            #expect(state.draw().text.contains(words))
        }
    }

    @Test("p goes to a machine that is only asked from time to time, though it was idle when it was asked last")
    func looksAgain() {
        for (kind, secondsAgo, isSent) in [
            (LinkKind.prusalink, 20, true), (.prusalink, 1, false), (.moonraker, 20, false),
        ] {
            var farm = FarmSnapshot()
            farm.revision = 1
            farm.printers = [
                FarmFixture.linked(1, "mini", kind, says: FarmFixture.reading(.idle, secondsAgo: secondsAgo))
            ]
            var state = dashboard(farm, down: 0)
            let effects = state.press(.character("p"))
            #expect(effects.actions == (isSent ? [.pausePrint(1)] : []))
            for case .perform(_, let id) in effects { _ = state.handle(.reply(id, .success(.done(succeeded: false)))) }
            #expect(state.draw().text.contains("mini is not printing."))
        }
    }

    @Test("r asks a machine to resume, and does not say that it has")
    func resume() {
        var farm = FarmFixture.calmMachines
        for index in farm.printers.indices where farm.printers[index].id == 1 {
            farm.printers[index].print?.pausedAt = FarmFixture.now
        }
        var state = dashboard(farm)
        let effects = state.press(.character("r"))
        #expect(effects.actions == [.resumePrint(1, of: 101)])
        for case .perform(_, let id) in effects { _ = state.handle(.reply(id, .success(.done(succeeded: true)))) }
        #expect(state.draw().text.contains("Asked rack-a-01 to resume."))
    }

    @Test("r on a machine that waits for a person asks first, and says why it waits")
    func resumeAfterRefusal() {
        var tracker = CommandTracker(kind: .moonraker)
        let moment = FarmMoment(wall: FarmFixture.now, steady: SteadyTime(microseconds: 0))
        _ = try? tracker.request(.emergencyStop, by: .person, abilities: .emergencyStop, at: moment)
        _ = tracker.answered(.refused("M112 is off"), number: 1)
        var farm = FarmFixture.calmMachines
        for index in farm.printers.indices where farm.printers[index].id == 1 {
            farm.printers[index].print?.pausedAt = FarmFixture.now
            farm.printers[index].machine?.lastCommand = tracker.last
            farm.printers[index].states.machine = .attention
        }
        var state = dashboard(farm, down: 0)
        #expect(state.press(.character("r")).actions.isEmpty)
        let text = state.draw().text
        #expect(text.contains("Resume rack-a-01?"))
        #expect(text.contains("rack-a-01 waits for a person: the machine refused"))
        #expect(state.press(.enter).actions.isEmpty)
        #expect(state.press(.character("y")).actions == [.resumePrint(1, of: 101)])
    }

    @Test("Esc leaves the emergency stop, and says that nothing was stopped")
    func leaveStop() {
        var state = dashboard()
        _ = state.type("!STO")
        _ = state.press(.escape)
        #expect(state.draw().text.contains("Nothing was stopped."))
    }

    @Test("A machine that does not offer it says so", arguments: [GridSize(rows: 24, columns: 80)])
    func notOffered(size: GridSize) {
        var farm = FarmFixture.calmMachines
        farm.printers.removeAll { $0.id != 7 }
        var state = FarmFixture.dashboard(farm)
        #expect(state.press(.character("!")).isEmpty)
        #expect(state.draw().text.contains("The machine of rack-c-01 does not offer an emergency stop."))
    }

    @Test("f cancels a print at its machine; only the machine says that it is done")
    func finish() {
        var state = dashboard()
        _ = state.press(.character("f"))
        #expect(state.draw().text.contains("Cancel the print?"))
        #expect(state.press(.character("s")).actions.isEmpty)
        #expect(state.press(.character("c")).actions == [.finishPrint(1, of: 101, result: .cancelled, reason: nil)])
    }

    @Test("The bar and the help call f cancel where the print is a machine's, and finish where it is an app's")
    func cancelIsNamed() {
        let linked = dashboard().draw().text.split(separator: "\n").last ?? ""
        #expect(linked.contains("f cancel") && !linked.contains("f finish"))
        let app = dashboard(down: 0).draw().text.split(separator: "\n").last ?? ""
        #expect(app.contains("f finish"))
        var help = dashboard()
        _ = help.type("?cancel")
        #expect(help.draw().text.contains("Cancel or finish the print"))
    }

    @Test("A stop is said to be asked, not done; one that was refused, that it was, and that the machine goes on")
    func refusedStop() {
        var state = dashboard()
        _ = state.type("!STOP")
        let effects = state.press(.enter)
        for case .perform(_, let id) in effects { _ = state.handle(.reply(id, .success(.done(succeeded: true)))) }
        #expect(state.draw().text.contains("Asked rack-a-01 to stop at once."))
        var tracker = CommandTracker(kind: .moonraker)
        let reading = FarmFixture.calmMachines.printers[0].machine?.reading
        let moment = FarmMoment(wall: FarmFixture.now, steady: SteadyTime(microseconds: 0))
        if let reading { _ = tracker.saw(reading, at: SteadyTime(microseconds: 0)) }
        _ = try? tracker.request(.emergencyStop, by: .person, abilities: .emergencyStop, at: moment)
        _ = tracker.answered(.refused("M112 is off"), number: 1)
        var farm = FarmFixture.calmMachines
        farm.revision = 2
        farm.printers[0].machine?.lastCommand = tracker.last
        farm.printers[0].states.machine = .attention
        var page = FarmFixture.dashboard(farm, columns: 120, rows: 40)
        page.answerLoads(page.press(.enter))
        let text = page.draw().text
        #expect(text.contains("The machine refused the emergency stop"))
        #expect(text.contains("Printing, though asked to stop"))
        #expect(!text.contains("Waits for a person"))
    }

    @Test("A linked printer without a camera says that it has none, and which key adds one")
    func withoutCamera() {
        var farm = FarmFixture.calmMachines
        farm.printers[0].lastFrame = nil
        farm.printers[0].recent = []
        farm.printers[0].print?.frameCount = 0
        farm.printers[0].states.camera = .noPicture
        farm.printers[0].hasNoCamera = true
        let table = FarmFixture.dashboard(farm).draw().text
        #expect(table.contains("no cam") && !table.contains("no pic"))
        for size in MachineScreenTests.sizes {
            var state = FarmFixture.dashboard(farm, columns: size.columns, rows: size.rows)
            _ = state.press(.down)
            state.answerLoads(state.press(.enter))
            let text = state.draw().text
            #expect(text.contains("No camera: e adds one."), "\(size)")
            #expect(text.contains("no camera"), "\(size)")
            #expect(!text.contains("icture yet"), "\(size)")
        }
    }

    @Test("A machine that was connected just now is not heard yet; it is not offline")
    func notHeardYet() {
        var farm = FarmFixture.calmMachines
        farm.printers[0].machine?.reading = nil
        farm.printers[0].states.machine = .offline
        farm.printers[0].print = nil
        let text = FarmFixture.dashboard(farm).draw().text
        #expect(text.contains("NOT HEARD") && !text.contains("OFFLINE") && !text.contains("1 offline"))
        farm.printers[0].machine?.fault = .unreachable("connection refused")
        #expect(FarmFixture.dashboard(farm).draw().text.contains("OFFLINE"))
    }

    @Test("With --readonly nothing goes to a machine, and no key of it is offered")
    func readOnly() {
        var options = DashboardOptions()
        options.isReadOnly = true
        for key: Key in [.character("L"), .character("!"), .character("s"), .character("c"), .character("e")] {
            var state = FarmFixture.dashboard(FarmFixture.calmMachines, options: options)
            _ = state.press(.down)
            #expect(state.press(key).isEmpty, "\(key)")
            #expect(state.draw().text.contains("Read-only"), "\(key)")
        }
        let bar = FarmFixture.dashboard(FarmFixture.calmMachines, options: options).draw().text.split(separator: "\n")
            .last
        #expect(bar.map { !$0.contains("light") && !$0.contains("start") && !$0.contains("new") } == true)
    }

    @Test("A farm elsewhere connects no machine from here, and says so")
    func remote() {
        var options = DashboardOptions()
        options.isRemote = true
        var state = FarmFixture.dashboard(FarmFixture.calmMachines, options: options)
        _ = state.type("cm")
        #expect(state.draw().text.contains("only on the machine that runs the farm"))
        _ = state.press(.escape)
        _ = state.press(.character("e"))
        #expect(!state.draw().text.contains("machine  "))
    }

    // MARK: Groups

    private var grouped: FarmSnapshot {
        var farm = FarmFixture.calmMachines
        for index in farm.printers.indices where farm.printers[index].name.hasPrefix("rack-a") {
            farm.printers[index].printer.settings.tags = ["hall-2", "mk4"]
        }
        farm.printers[0].printer.settings.tags = ["hall-1"]
        return farm
    }

    @Test(
        "#group and group:group list a whole group and nothing else",
        arguments: ["#hall-2", "group:HALL-2", "#mk4 !rack-a-01"])
    func group(filter: String) {
        var state = FarmFixture.dashboard(grouped, columns: 100)
        _ = state.type("/\(filter)")
        _ = state.press(.enter)
        let names = state.table.rows.map { state.farm.printers[$0].name }
        #expect(names == ["rack-a-02", "rack-a-03"])
        #expect(PrinterFilter("#hall").matches(grouped.printers[1]) == false)
    }

    @Test("#fr lists the groups that begin so, as long as no group has just that name")
    func groupPrefix() {
        var farm = grouped
        farm.printers[0].printer.settings.tags = ["hall-20"]
        for (filter, count) in [("#hall", 3), ("#hall-2", 2), ("#hall-20", 1), ("#mk", 2), ("!#hall", 3)] {
            var state = FarmFixture.dashboard(farm, columns: 100)
            _ = state.type("/\(filter)")
            #expect(state.table.rows.count == count, "\(filter)")
        }
    }

    @Test("The header has the sums of the group that is shown")
    func sums() {
        var state = FarmFixture.dashboard(grouped, columns: 100)
        _ = state.type("/#hall-2")
        _ = state.press(.enter)
        let header = state.draw().text.split(separator: "\n")[0]
        #expect(header.contains("#hall-2: 2 of 6 printers  1 paused  1 printing"))
    }

    @Test("All of a group are marked and paused at once, after a question")
    func bulk() {
        var state = FarmFixture.dashboard(grouped, columns: 100)
        _ = state.type("/#hall-2")
        _ = state.press(.enter)
        _ = state.press(.control("a"))
        _ = state.press(.character("L"))
        var both = FarmFixture.dashboard(grouped, columns: 100)
        _ = both.type("/#hall-2")
        _ = both.press(.enter)
        _ = both.press(.control("a"))
        #expect(
            both.press(.character("L")).actions
                == [.machine(.move(2, .light(true))), .machine(.move(3, .light(true)))])
    }

    @Test("The form of a printer has its groups; words that are none are refused")
    func form() {
        var state = FarmFixture.dashboard(grouped)
        _ = state.press(.character("e"))
        for _ in 0..<4 { _ = state.press(.down) }
        _ = state.type(" Rack.7, #mk3")
        let actions = state.press(.enter).actions
        guard case .updatePrinter(8, let settings, _)? = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(settings.tags == ["mk3", "rack.7"])
        _ = state.press(.character("e"))
        for _ in 0..<4 { _ = state.press(.down) }
        _ = state.type(" a/b")
        #expect(state.press(.enter).isEmpty)
        #expect(state.draw().text.contains("letters, digits"))
    }
}
