import Farm
import FarmService
import TestSupport
import Testing

@Suite("A pause is asked, then confirmed, then true", .timeLimit(.minutes(20)))
struct PauseTests {
    @Test("the detector asks once for each rise; the print is paused when the app says so, not before")
    func askedThenConfirmed() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        let report = try await farm.frames(score: 200) { $0.pauseRequested }
        #expect(report.alertStanding)
        #expect(try farm.openPrint.pausedAt == nil)
        #expect(try farm.snapshot.machineWord == .asked)
        #expect(try farm.snapshot.isWatched, "until it stands still the print is watched")
        let change = try await farm.service.perform(PausePrint(caller: farm.app, printer: farm.printer))
        #expect(change.succeeded)
        #expect(try farm.openPrint.pausedAt == farm.clock.now)
        #expect(try farm.openPrint.pauseRequestedAt == nil)
        #expect(try farm.snapshot.machineWord == .paused)
        #expect(farm.eventKinds.last == .paused)
    }

    @Test("a pause freezes the number and the camera's state, a resume keeps both, and nothing is raised anew")
    func resumeKeeps() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.pauseRequested }
        _ = try await farm.service.perform(PausePrint(caller: farm.app, printer: farm.printer))
        try await farm.acknowledge()
        let frozen = try #require(try farm.snapshot.failureProbability)
        try await farm.frames(300, score: 0)
        #expect(try farm.snapshot.failureProbability == frozen)
        #expect(try farm.snapshot.states.camera == .failing)
        _ = try await farm.service.perform(ResumePrint(caller: farm.app, printer: farm.printer))
        #expect(try farm.snapshot.failureProbability == frozen)
        #expect(try farm.snapshot.states == PrinterStates(machine: .unlinked, camera: .failing, alert: .acknowledged))
        let after = try #require(try await farm.frames(5, score: 200))
        #expect(!after.alert && !after.pauseRequested)
        #expect(try farm.snapshot.states.camera == .failing, "its failing frames did not become normal")
    }

    @Test("a pause that nobody confirms within 30 s is told of once, and the row says so until somebody answers")
    func notConfirmed() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(20, score: 200)
        try await farm.frames(score: 200) { $0.pauseRequested }
        let deadline = try #require(try farm.snapshot.pauseDeadline)
        farm.clock.advance(by: .microseconds(deadline.microseconds - farm.clock.now.microseconds - 1))
        await farm.service.tick()
        #expect(try farm.snapshot.machineWord == .asked)
        farm.clock.advance(by: .microseconds(1))
        await farm.service.tick()
        await farm.service.tick()
        #expect(try farm.snapshot.machineWord == .notPaused)
        #expect(try farm.snapshot.rank.level == .urgent)
        #expect(farm.eventKinds.count { $0 == .pauseNotConfirmed } == 1)
        try await farm.acknowledge()
        #expect(try farm.snapshot.states.alert == .acknowledged)
        // Seen is not paused: the request stays, not confirmed, and the app goes on hearing of it.
        #expect(try farm.snapshot.machineWord == .notPaused)
        #expect(try farm.snapshot.rank.level < .alerted && farm.snapshot.rank.level > .urgent)
        #expect(try farm.snapshot.pauseDeadline == nil)
        let next = try #require(try await farm.frames(1, score: 200))
        #expect(next.pauseRequested)
        farm.clock.advance(by: .seconds(600))
        await farm.service.tick()
        #expect(farm.eventKinds.count { $0 == .pauseNotConfirmed } == 1)
        #expect(try farm.snapshot.machineWord == .notPaused)
        // Asked once more, it is a request again.
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        #expect(try farm.snapshot.machineWord == .asked)
    }

    @Test("seen before its deadline, a pause that is not confirmed is told of all the same")
    func seenTooEarly() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.pauseRequested }
        try await farm.acknowledge()
        farm.clock.advance(by: .seconds(120))
        await farm.service.tick()
        #expect(try farm.snapshot.machineWord == .notPaused)
    }

    @Test("an app has two of its picture intervals to confirm, and at least 30 s", arguments: [(1, 30), (40, 80)])
    func deadline(secondsPerFrame: Int64, seconds: Double) async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        for _ in 0..<20 {
            farm.clock.advance(by: .seconds(secondsPerFrame - 1))
            try await farm.frames(1, score: 0)
        }
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        let deadline = try #require(try farm.snapshot.pauseDeadline)
        #expect(deadline.seconds(since: farm.clock.now) == seconds)
    }

    @Test("a request that is taken back before the print stood still is no resume")
    func takenBack() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        _ = try await farm.service.perform(ResumePrint(caller: .administrator, printer: farm.printer))
        #expect(try farm.snapshot.machineWord == .printing)
        #expect(!farm.eventKinds.contains(.resumed))
        #expect(farm.store.rows.events.last?.title == "Pause Request Withdrawn")
    }

    @Test("a late confirmation is a confirmation")
    func late() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.pauseRequested }
        farm.clock.advance(by: .seconds(120))
        await farm.service.tick()
        _ = try await farm.service.perform(PausePrint(caller: farm.app, printer: farm.printer))
        #expect(try farm.snapshot.machineWord == .paused)
        #expect(try farm.openPrint.pauseNotConfirmedAt == nil)
    }

    @Test("the operator's p asks, and \"I paused it by hand\" confirms; both are events of the person")
    func byHand() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        let service = farm.service
        #expect(try await service.perform(.pausePrint(farm.printer)) == .done(succeeded: true))
        #expect(try farm.snapshot.machineWord == .asked)
        #expect(try await service.perform(.confirmPause(farm.printer)) == .done(succeeded: true))
        #expect(try farm.snapshot.machineWord == .paused)
        let events = farm.store.rows.events.suffix(2)
        #expect(events.map(\.kind) == [.pauseRequested, .paused])
        #expect(events.map(\.actor) == [.person, .person])
        #expect(events.last?.text == "benchy.gcode was paused by the operator, by hand at the machine.")
    }

    @Test("a pause that the operator asked for is not asked for once more by the detector")
    func operatorsPause() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        try await farm.frames(score: 200) { $0.failureProbability > 0.95 }
        #expect(farm.eventKinds.count { $0 == .pauseRequested } == 1)
    }

    @Test("a printer whose action is to alert only is never asked to pause")
    func alertOnly() async throws {
        let farm = try await TestFarm()
        try await farm.onlyAlert()
        _ = try await farm.start()
        let report = try await farm.frames(score: 200) { $0.failureProbability > 0.95 }
        #expect(report.alertStanding && !report.pauseRequested)
        #expect(
            try farm.snapshot.states.camera == .failing, "the camera's word is about evidence, not about the action")
    }

    @Test("a request is taken over by a restart, and its deadline too")
    func restart() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.pauseRequested }
        let before = try farm.snapshot
        let again = try await TestFarm(store: farm.store)
        let shown = try #require(again.service.snapshot().printers.first { $0.id == farm.printer })
        #expect(shown.machineWord == .asked)
        #expect(shown.states == before.states)
        #expect(shown.failureProbability == before.failureProbability)
    }
}
