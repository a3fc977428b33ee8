import Farm
import FarmService
import Testing

@Suite("What the camera says", .timeLimit(.minutes(20)))
struct CameraStateTests {
    private func camera(_ farm: TestFarm) throws -> CameraState { try farm.snapshot.states.camera }

    @Test("off without a print, no picture from the first second of one, then what the pictures show")
    func first() async throws {
        let farm = try await TestFarm()
        #expect(try camera(farm) == .off)
        _ = try await farm.start()
        #expect(try camera(farm) == .noPicture)
        #expect(try !farm.snapshot.isWatched, "nothing is watched that no picture came of")
        try await farm.frames(1, score: 0)
        #expect(try camera(farm) == .ok)
        #expect(try farm.snapshot.isWatched)
        try await farm.frames(score: 200) { $0.failureProbability >= 0.3 && $0.failureProbability < 0.6 || $0.alert }
        #expect([.watch, .failing].contains(try camera(farm)))
        try await farm.frames(score: 200) { $0.failureProbability >= 0.6 }
        #expect(try camera(farm) == .failing)
    }

    @Test("no frame for 60 s while printing is an event and a stale camera; the next frame clears it")
    func stale() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(3, score: 0)
        farm.clock.advance(by: .seconds(59))
        await farm.service.tick()
        #expect(try camera(farm) == .ok)
        farm.clock.advance(by: .seconds(1))
        await farm.service.tick()
        await farm.service.tick()
        #expect(try camera(farm) == .stale)
        #expect(farm.eventKinds.filter { $0 == .notWatched }.count == 1)
        try await farm.frames(1, score: 0)
        #expect(try camera(farm) == .ok)
    }

    @Test("a print of which no picture comes is missed after 60 s, where earlier prints had some")
    func noneAfterOthers() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        farm.clock.advance(by: .seconds(600))
        await farm.service.tick()
        #expect(try camera(farm) == .noPicture, "nothing has ever taken pictures of it")
        #expect(try farm.snapshot.rank.level == .printing)
        try await farm.frames(1, score: 0)
        _ = try await farm.service.perform(CancelPrint(caller: .administrator, printer: farm.printer))
        _ = try await farm.start()
        farm.clock.advance(by: .seconds(59))
        await farm.service.tick()
        #expect(try camera(farm) == .noPicture)
        farm.clock.advance(by: .seconds(1))
        await farm.service.tick()
        #expect(try camera(farm) == .stale)
        #expect(try farm.snapshot.rank.level == .unseen)
        let again = try await TestFarm(store: farm.store)
        await again.service.tick()
        #expect(try camera(again) == .stale, "also after a restart")
        try await farm.frames(1, score: 0)
        #expect(try camera(farm) == .ok)
    }

    @Test("a mute leaves the camera's state as it is, and no alert is raised for missing pictures")
    func staleWhileMuted() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(3, score: 0)
        _ = try await farm.service.perform(MuteAlerts(caller: .administrator, printer: farm.printer, muted: true))
        farm.clock.advance(by: .seconds(61))
        await farm.service.tick()
        #expect(try camera(farm) == .stale)
        #expect(!farm.eventKinds.contains(.notWatched))
    }

    @Test("when a print goes on after a pause, or farmtop after a rest, the wait for frames begins anew")
    func waitBeginsAnew() async throws {
        let farm = try await TestFarm()
        farm.clock.set(by: .zero - .seconds(7200))
        _ = try await farm.start()
        try await farm.frames(5, score: 0)
        _ = try await farm.service.perform(PausePrint(caller: farm.app, printer: farm.printer))
        farm.clock.advance(by: .seconds(3600))
        await farm.service.tick()
        _ = try await farm.service.perform(ResumePrint(caller: farm.app, printer: farm.printer))
        await farm.service.tick()
        #expect(try camera(farm) == .ok)
        try await farm.frames(1, score: 0)

        let again = try await TestFarm(store: farm.store)
        await again.service.tick()
        #expect(try camera(again) == .ok)
        #expect(!farm.eventKinds.contains(.notWatched))
        // The pause was no interval between two frames: it does not make the wait longer.
        again.clock.advance(by: .seconds(60))
        await again.service.tick()
        #expect(try camera(again) == .stale)
        #expect(farm.eventKinds.count { $0 == .notWatched } == 1)
        let stale = try await TestFarm(store: farm.store)
        await stale.service.tick()
        #expect(try camera(stale) == .stale, "who was missed before is missed still")
    }

    @Test("the same picture for 60 s and three times is a frozen camera; another one clears it")
    func frozen() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(60, score: 3, frozen: true)
        #expect(try camera(farm) == .ok)
        try await farm.frames(1, score: 3, frozen: true)
        #expect(try camera(farm) == .frozen)
        #expect(try !farm.snapshot.isWatched)
        try await farm.frames(1, score: 4)
        #expect(try camera(farm) == .ok)
    }

    @Test("a pause freezes what the camera says: a camera that is gone does not come back by it")
    func paused() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(3, score: 0)
        farm.clock.advance(by: .seconds(61))
        await farm.service.tick()
        _ = try await farm.service.perform(PausePrint(caller: farm.app, printer: farm.printer))
        #expect(try camera(farm) == .stale)
        farm.clock.advance(by: .seconds(600))
        #expect(try camera(farm) == .stale)
    }

    @Test("a pause that begins with fresh pictures keeps the camera as it was, however long it lasts")
    func freshThenPaused() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(3, score: 0)
        _ = try await farm.service.perform(PausePrint(caller: farm.app, printer: farm.printer))
        farm.clock.advance(by: .seconds(600))
        #expect(try camera(farm) == .ok)
    }

    @Test("pictures that show nothing are a black camera")
    func black() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(1, score: 254)
        #expect(try camera(farm) == .black)
        try await farm.frames(1, score: 0)
        #expect(try camera(farm) == .ok)
    }
}
