import Farm
import FarmService
import OAuth
import Testing

@Suite("When somebody sets the clock", .timeLimit(.minutes(10)))
struct ClockSetTests {
    private let day = Duration.seconds(86_400)

    @Test("set back during a print, it ends no earlier than it began and took no negative time")
    func durations() async throws {
        let farm = try await TestFarm()
        let print = try await farm.start()
        farm.clock.set(by: .zero - day)
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
        farm.clock.set(by: .zero - day)
        try await farm.acknowledge()
        #expect(try farm.openPrint.hasStandingAlert == false)
        try await farm.clearPictures()
        try await farm.frames(score: 200) { $0.alert }
        #expect(farm.eventKinds.count { $0 == .failureAlerted } == 2)
    }

    @Test("set back after a pause was asked, its deadline comes after the usual time")
    func pauseDeadline() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        farm.clock.set(by: .zero - day)
        await farm.service.tick()
        farm.clock.advance(by: .seconds(30))
        await farm.service.tick()
        #expect(farm.eventKinds.last == .pauseNotConfirmed)
    }

    @Test("set back, a camera that is gone is missed after the usual time; set forward, the next frame mends it")
    func watching() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(5, score: 0)
        farm.clock.set(by: .zero - day)
        await farm.service.tick()
        #expect(try farm.snapshot.states.camera == .ok)
        farm.clock.advance(by: .seconds(60))
        await farm.service.tick()
        #expect(try farm.snapshot.states.camera == .stale)
        try await farm.frames(1, score: 0)
        #expect(try farm.snapshot.states.camera == .ok)
        farm.clock.set(by: day)
        await farm.service.tick()
        #expect(try farm.snapshot.states.camera == .stale)
        try await farm.frames(1, score: 0)
        #expect(try farm.snapshot.states.camera == .ok)
    }

    @Test(
        "a token lives through a clock set forward within its life and back again; one whose life is over then is gone")
    func tokens() async throws {
        let farm = try await TestFarm()
        let credentials = try await farm.service.perform(AddClient(NewClient(name: "app")))
        let token = try await TokenTests().issue(farm, credentials).accessToken
        let before = farm.service.authenticate(token: token)
        #expect(before != nil)
        for shift in [day, .zero - day, .zero - day, day] {
            farm.clock.set(by: shift)
            await farm.service.tick()
            #expect(farm.service.authenticate(token: token) == before)
        }
        let second = try await TokenTests().issue(farm, credentials).accessToken
        #expect(farm.service.authenticate(token: second)?.tokenID != before?.tokenID)
    }
}
