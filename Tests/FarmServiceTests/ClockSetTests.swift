import Farm
import FarmService
import OAuth
import Testing

@Suite("When somebody sets the clock", .timeLimit(.minutes(20)))
struct ClockSetTests {
    private static let day = Duration.seconds(86_400)
    /// As a time server sets the clock of a machine that has none of its own, or a person one that went wrong.
    static let steps: [Duration] = [
        .seconds(600), .seconds(-600), .seconds(10_800), .seconds(-10_800), .seconds(2 * 86_400),
        .seconds(-2 * 86_400),
    ]

    @Test("during a print, it takes the time that it took, is watched all along, and no age jumps", arguments: steps)
    func durations(step: Duration) async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(10, score: 0)
        farm.clock.set(by: step)
        let before = try farm.snapshot.states
        await farm.service.tick()
        let shown = try farm.snapshot
        let age = try #require(shown.lastFrame).receivedAt
        let since = try #require(shown.runningSince)
        #expect(before.camera == .ok && shown.states.camera == .ok)
        #expect(farm.clock.now.seconds(since: age) == 0)
        #expect(farm.clock.now.seconds(since: since) == 10)
        for _ in 0..<10 {
            try await farm.frames(1, score: 0)
            await farm.service.tick()
        }
        _ = try await farm.service.perform(
            FinishPrint(caller: .administrator, printer: farm.printer, result: .success))
        await farm.service.tick()
        let ended = try #require(try farm.snapshot.print)
        #expect(ended.printTime == 20)
        #expect(!ended.isPrintTimeApproximate)
        let end = try #require(ended.endedAt)
        #expect(end >= ended.startedAt)
        #expect(farm.eventKinds == [.started, .ended])
    }

    @Test("while farmtop is down, the print still takes the time that it took", arguments: steps)
    func restart(step: Duration) async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(10, score: 0)
        farm.clock.set(by: step)
        farm.clock.advance(by: .seconds(30))
        let again = try await TestFarm(store: farm.store, clock: farm.clock)
        await again.service.tick()
        farm.clock.advance(by: .seconds(10))
        await again.service.tick()
        let live = try await again.service.perform(
            FinishPrint(caller: .administrator, printer: farm.printer, result: .success))
        let ended = try #require(live.lastPrint)
        #expect(ended.printTime == 50)
        #expect(!ended.isPrintTimeApproximate)
        #expect(farm.eventKinds == [.started, .ended])
    }

    @Test("over a reboot a print's time goes by the clock on the wall and is marked as approximate")
    func reboot() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(10, score: 0)
        farm.clock.set(by: Self.day)
        try await farm.frames(10, score: 0)
        farm.clock.reboot(after: .seconds(300))
        let again = try await TestFarm(store: farm.store, clock: farm.clock)
        farm.clock.advance(by: .seconds(15))
        // Set right after the start, as by a time server: that is within a boot again.
        farm.clock.set(by: .seconds(-600))
        let live = try await again.service.perform(
            FinishPrint(caller: .administrator, printer: farm.printer, result: .success))
        let ended = try #require(live.lastPrint)
        #expect(ended.printTime == 335)
        #expect(ended.isPrintTimeApproximate)
        let next = try await again.start()
        let stored = try #require(farm.store.rows.prints[next.id])
        #expect(stored.startedSteady != nil)
        _ = try await again.service.perform(
            FinishPrint(caller: .administrator, printer: again.printer, result: .success))
        let after = try #require(farm.store.rows.prints[next.id])
        #expect(!after.isPrintTimeApproximate)
    }

    @Test("over a reboot with a clock that stands at the time of the last shutdown, no time is negative")
    func rebootWithoutClock() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(10, score: 0)
        farm.clock.reboot(after: .seconds(-86_400))
        let again = try await TestFarm(store: farm.store, clock: farm.clock)
        farm.clock.advance(by: .seconds(15))
        let live = try await again.service.perform(
            FinishPrint(caller: .administrator, printer: farm.printer, result: .success))
        #expect(live.lastPrint?.printTime == 25)
    }

    @Test("set back during a print, it ends no earlier than it began; later prints and events keep their order")
    func order() async throws {
        let farm = try await TestFarm()
        let print = try await farm.start()
        farm.clock.set(by: .zero - Self.day)
        _ = try await farm.service.perform(
            FinishPrint(caller: .administrator, printer: farm.printer, result: .success))
        let ended = try #require(farm.store.rows.prints[print.id])
        #expect(ended.finishedAt == print.startedAt)
        #expect(ended.printTime == 0)
        let next = try await farm.start()
        #expect(next.id > print.id && next.startedAt < print.startedAt)
        #expect(farm.store.rows.events.map(\.id) == farm.store.rows.events.map(\.id).sorted())
    }

    @Test("set back after an alert, the next failure is told all the same, and an answer to it counts")
    func alerts() async throws {
        let farm = try await TestFarm()
        try await farm.onlyAlert()
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.alert }
        farm.clock.set(by: .zero - Self.day)
        try await farm.acknowledge()
        #expect(try farm.openPrint.hasStandingAlert == false)
        try await farm.clearPictures()
        try await farm.frames(score: 200) { $0.alert }
        #expect(farm.eventKinds.count { $0 == .failureAlerted } == 2)
    }

    @Test("the number of a print is the same as if nobody had set it", arguments: steps)
    func probability(step: Duration) async throws {
        let (set, left) = (try await TestFarm(), try await TestFarm())
        for farm in [set, left] {
            _ = try await farm.start()
            try await farm.frames(25, score: 40)
        }
        set.clock.set(by: step)
        let first = try await set.frames(25, score: 60)
        let second = try await left.frames(25, score: 60)
        #expect(first?.failureProbability == second?.failureProbability)
    }

    @Test("after a pause was asked, its deadline comes after the usual time", arguments: steps)
    func pauseDeadline(step: Duration) async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        farm.clock.advance(by: .seconds(29))
        farm.clock.set(by: step)
        await farm.service.tick()
        #expect(farm.eventKinds.last == .pauseRequested)
        let deadline = try #require(try farm.snapshot.pauseDeadline)
        #expect(deadline.seconds(since: farm.clock.now) == 1)
        farm.clock.advance(by: .seconds(1))
        await farm.service.tick()
        #expect(farm.eventKinds.last == .pauseNotConfirmed)
    }

    @Test("a camera that is gone is missed after the usual time", arguments: steps)
    func watching(step: Duration) async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(5, score: 0)
        farm.clock.advance(by: .seconds(59))
        farm.clock.set(by: step)
        await farm.service.tick()
        #expect(try farm.snapshot.states.camera == .ok)
        farm.clock.advance(by: .seconds(1))
        await farm.service.tick()
        #expect(try farm.snapshot.states.camera == .stale)
        #expect(farm.eventKinds.last == .notWatched)
        try await farm.frames(1, score: 0)
        #expect(try farm.snapshot.states.camera == .ok)
    }

    @Test("a print that is paused stays what it was, and one that has just ended stays on the screen", arguments: steps)
    func pausedAndDone(step: Duration) async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(5, score: 0)
        _ = try await farm.service.perform(ConfirmPause(caller: .administrator, printer: farm.printer))
        farm.clock.set(by: step)
        farm.clock.advance(by: .seconds(600))
        await farm.service.tick()
        #expect(try farm.snapshot.states.camera == .ok)
        _ = try await farm.service.perform(
            FinishPrint(caller: .administrator, printer: farm.printer, result: .success))
        farm.clock.set(by: .zero - step)
        await farm.service.tick()
        #expect(try farm.snapshot.print?.result == .success)
    }

    @Test(
        "a token lives through a clock set forward within its life and back again; one whose life is over then is gone")
    func tokens() async throws {
        let farm = try await TestFarm()
        let credentials = try await farm.service.perform(AddClient(NewClient(name: "app")))
        let token = try await TokenTests().issue(farm, credentials).accessToken
        let before = farm.service.authenticate(token: token)
        #expect(before != nil)
        for shift in [Self.day, .zero - Self.day, .zero - Self.day, Self.day] {
            farm.clock.set(by: shift)
            await farm.service.tick()
            #expect(farm.service.authenticate(token: token) == before)
        }
        let second = try await TokenTests().issue(farm, credentials).accessToken
        #expect(farm.service.authenticate(token: second)?.tokenID != before?.tokenID)
    }
}
