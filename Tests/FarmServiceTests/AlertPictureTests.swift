import Farm
import FarmService
import Testing

@Suite("Which pictures stay", .timeLimit(.minutes(20)))
struct AlertPictureTests {
    private var limits: FarmLimits {
        var limits = FarmLimits()
        limits.recentPictures = 3
        limits.picturesAroundAlert = 2
        return limits
    }

    @Test("the newest pictures stay, those around an alert too, the rest goes")
    func pictures() async throws {
        let farm = try await TestFarm(limits: limits)
        try await farm.onlyAlert()
        _ = try await farm.start()
        try await farm.frames(35, score: 0)
        #expect(farm.store.rows.pictures.keys.map(\.number).sorted() == [33, 34, 35])
        try await farm.frames(score: 120) { $0.alert }
        try await farm.frames(30, score: 120)
        let alert = try #require(farm.store.rows.events.last { $0.kind == .failureAlerted }?.frame)
        let last = try #require(try farm.live.lastFrame).number
        #expect(
            Set(farm.store.rows.pictures.keys.map(\.number)) == Set((alert - 2)...(alert + 2)).union(last - 2...last))
    }

    @Test(
        "the picture of an alert stays when the print ended with it and the next one begins, also after a restart",
        arguments: [false, true])
    func lastPictureIsAnAlerts(restarts: Bool) async throws {
        let farm = try await TestFarm(limits: limits)
        let print = try await farm.start()
        try await farm.frames(35, score: 0)
        try await farm.frames(score: 150) { $0.alert }
        let alert = try #require(farm.store.rows.events.last { $0.kind == .failureAlerted }?.frame)
        _ = try await farm.service.perform(CancelPrint(caller: .administrator, printer: farm.printer))
        let service = restarts ? try await TestFarm(store: farm.store, limits: limits).service : farm.service
        _ = try await service.perform(StartPrint(caller: .administrator, printer: farm.printer, filename: "next"))
        for _ in 0..<3 {
            _ = try await service.analyse(
                [0], ticket: service.admitFrame(printer: farm.printer, caller: .administrator))
        }
        let kept = farm.store.rows.pictures.keys.filter { $0.printID == print.id }.map(\.number)
        #expect(kept.sorted() == Array(alert - 2...alert))
    }

    @Test("the pictures of an alert stay after a restart, however much has happened since")
    func oldAlert() async throws {
        let farm = try await TestFarm(limits: limits)
        _ = try await farm.start()
        try await farm.frames(35, score: 0)
        try await farm.frames(score: 150) { $0.alert }
        let alert = try #require(farm.store.rows.events.last { $0.kind == .failureAlerted }?.frame)
        for number in 0..<200 {
            _ = try await farm.service.perform(
                MuteAlerts(caller: .administrator, printer: farm.printer, muted: number % 2 == 0))
        }
        let service = try await TestFarm(store: farm.store, limits: limits).service
        for _ in 0..<8 {
            _ = try await service.analyse(
                [0], ticket: service.admitFrame(printer: farm.printer, caller: .administrator))
        }
        let kept = Set(farm.store.rows.pictures.keys.map(\.number))
        #expect(kept == Set(alert - 2...alert + 2).union(alert + 6...alert + 8))
    }
}
