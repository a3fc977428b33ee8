import Farm
import FarmService
import Testing

@Suite("Alerts", .timeLimit(.minutes(10)))
struct AlertTests {
    @Test("a frame's score reaches the statistics, the store and the screen")
    func frame() async throws {
        let farm = try await TestFarm()
        let print = try await farm.start()
        let report = try #require(try await farm.frames(1, score: 26))
        #expect(report.statistics.p == 0.26)
        #expect(report.statistics.ewmMean == 0.26 * (2.0 / 13))
        #expect(report.statistics.predictionNumLifetime == 1)
        #expect(farm.store.rows.predictions.map(\.statistics) == [report.statistics])
        #expect(farm.store.rows.pictures[FrameKey(printID: print.id, number: 1)] == [26])
        let shown = try farm.snapshot
        #expect(shown.recent.map(\.p) == [0.26])
        #expect(shown.lastFrame?.detections == report.detections)
        #expect(shown.condition == .printing)
    }

    @Test("nothing is called failing in the first 30 frames, and an alert follows soon after")
    func warmingUp() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(25, score: 0)
        #expect(try await farm.frames(4, score: 150)?.alert == false)
        #expect(try await farm.frames(6, score: 150)?.alert == true)
        #expect(try farm.snapshot.condition <= .warning)
        #expect(farm.eventKinds.filter { $0 == .failureAlerted }.count >= 1)
    }

    @Test("a strong failure asks for a pause once, and the screen says FAILING until the app pauses")
    func pauseRequest() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(35, score: 0)
        let report = try #require(try await farm.frames(12, score: 200))
        #expect(report.pauseRequested)
        #expect(try farm.live.notWatchingReason == "Printer is not actively printing")
        #expect(try farm.snapshot.risk == 1)
        #expect(try farm.snapshot.condition == .failing)
        let app = Caller.client(
            AuthenticatedClient(
                tokenID: 1, clientID: 1, clientName: "orca", accountID: 1, scope: .all,
                expiresAt: farm.clock.now + .seconds(60)))
        let change = try await farm.service.perform(PausePrint(caller: app, printer: farm.printer))
        #expect(change.succeeded)
        #expect(change.live.currentPrint?.pauseConfirmed == true)
        _ = try await farm.service.perform(
            AcknowledgeAlert(caller: .administrator, printer: farm.printer, verdict: .failed))
        #expect(try farm.snapshot.condition == .paused)
        _ = try await farm.service.perform(ResumePrint(caller: app, printer: farm.printer))
        farm.clock.advance(by: .seconds(100))
        let again = try #require(try await farm.frames(5, score: 200))
        #expect(!again.pauseRequested, "the detector pauses a print once")
        #expect(again.alert)
    }

    @Test("an alert is not repeated while nobody answers it")
    func noRepeat() async throws {
        let farm = try await TestFarm()
        try await farm.onlyAlert()
        _ = try await farm.start()
        try await farm.frames(35, score: 0)
        try await farm.frames(200, score: 120)
        #expect(farm.eventKinds.filter { $0 == .failureAlerted }.count == 1)
    }

    @Test("after an acknowledgement the next alert waits 90 s")
    func coolDown() async throws {
        let farm = try await TestFarm()
        try await farm.onlyAlert()
        _ = try await farm.start()
        try await farm.frames(300, score: 0)
        #expect(try await farm.frames(10, score: 120)?.alert == true)
        _ = try await farm.service.perform(
            AcknowledgeAlert(caller: .administrator, printer: farm.printer, verdict: nil))
        #expect(try await farm.frames(89, score: 120)?.alert == false)
        #expect(try await farm.frames(2, score: 120)?.alert == true)
    }

    @Test("frames that still fail 90 s after a pause request alert again")
    func stillFailing() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(300, score: 0)
        #expect(try await farm.frames(20, score: 200)?.pauseRequested == true)
        let alerts = farm.eventKinds.filter { $0 == .failureAlerted }.count
        try await farm.frames(60, score: 200)
        #expect(farm.eventKinds.filter { $0 == .failureAlerted }.count == alerts)
        try await farm.frames(40, score: 200)
        #expect(farm.eventKinds.filter { $0 == .failureAlerted }.count == alerts + 1)
    }

    @Test("a pause that the operator asks for holds alerts back for 90 s as one of the detector does")
    func stillFailingAfterTheOperator() async throws {
        let farm = try await TestFarm()
        try await farm.onlyAlert()
        _ = try await farm.start()
        try await farm.frames(300, score: 0)
        try await farm.frames(120, score: 200)
        #expect(farm.eventKinds.count { $0 == .failureAlerted } == 1)
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        try await farm.frames(89, score: 200)
        #expect(farm.eventKinds.count { $0 == .failureAlerted } == 1)
        try await farm.frames(1, score: 200)
        #expect(farm.eventKinds.count { $0 == .failureAlerted } == 2)
    }

    @Test("a muted print is analysed and counted, but raises no alert")
    func muted() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        _ = try await farm.service.perform(MuteAlerts(caller: .administrator, printer: farm.printer, muted: true))
        try await farm.frames(35, score: 0)
        let report = try #require(try await farm.frames(20, score: 200))
        #expect(!report.alert && !report.pauseRequested)
        #expect(report.statistics.predictionNum == 55)
        #expect(try farm.live.notWatchingReason == "Alerts are muted for current print")
        #expect(!farm.eventKinds.contains(.failureAlerted))
    }

    @Test("not a failure withdraws a pause that the app has not carried out")
    func notAFailure() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(35, score: 0)
        #expect(try await farm.frames(12, score: 200)?.pauseRequested == true)
        let change = try await farm.service.perform(
            AcknowledgeAlert(caller: .administrator, printer: farm.printer, verdict: .notFailed))
        #expect(change.live.currentPrint?.pausedAt == nil)
        #expect(change.live.currentPrint?.alertOverwrite == .notFailed)
        #expect(change.live.currentPrint?.awaitsPause == false)
    }

    @Test("no frame for 60 s while printing is an event and a stale printer; the next frame clears it")
    func stale() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(3, score: 0)
        farm.clock.advance(by: .seconds(59))
        await farm.service.tick()
        #expect(try farm.snapshot.condition == .printing)
        farm.clock.advance(by: .seconds(1))
        await farm.service.tick()
        await farm.service.tick()
        #expect(try farm.snapshot.condition == .stale)
        #expect(farm.eventKinds.filter { $0 == .notWatched }.count == 1)
        try await farm.frames(1, score: 0)
        #expect(try farm.snapshot.condition == .printing)
    }

    @Test("when a print goes on after a pause, or farmtop after a rest, the wait for frames begins anew")
    func waitBeginsAnew() async throws {
        let farm = try await TestFarm()
        farm.clock.set(by: .zero - .seconds(7200))
        _ = try await farm.start()
        try await farm.frames(5, score: 0)
        let app = Caller.client(
            AuthenticatedClient(
                tokenID: 1, clientID: 1, clientName: "orca", accountID: 1, scope: .all, expiresAt: farm.clock.now))
        _ = try await farm.service.perform(PausePrint(caller: app, printer: farm.printer))
        farm.clock.advance(by: .seconds(3600))
        await farm.service.tick()
        _ = try await farm.service.perform(ResumePrint(caller: app, printer: farm.printer))
        await farm.service.tick()
        #expect(try farm.snapshot.condition == .printing)
        try await farm.frames(1, score: 0)

        let again = try await TestFarm(store: farm.store)
        await again.service.tick()
        #expect(try again.snapshot.condition == .printing)
        #expect(!farm.eventKinds.contains(.notWatched))
        // The pause was no interval between two frames: it does not make the wait longer.
        again.clock.advance(by: .seconds(60))
        await again.service.tick()
        #expect(try again.snapshot.condition == .stale)
        #expect(farm.eventKinds.count { $0 == .notWatched } == 1)
        let stale = try await TestFarm(store: farm.store)
        await stale.service.tick()
        #expect(try stale.snapshot.condition == .stale, "who was missed before is missed still")
    }

    @Test("a frame of a print that ended meanwhile changes nothing")
    func lateFrame() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start("a.gcode")
        let ticket = try farm.service.admitFrame(printer: farm.printer, caller: .administrator)
        _ = try await farm.start("b.gcode")
        await #expect(throws: FarmError.notPrinting) { try await farm.service.analyse([50], ticket: ticket) }
        #expect(try farm.live.printer.statistics == TemporalStatistics())
        #expect(farm.store.rows.predictions.isEmpty)
    }

    @Test("a picture that cannot be used leaves the state as it was")
    func unusable() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        let before = try farm.live
        let ticket = try farm.service.admitFrame(printer: farm.printer, caller: .administrator)
        await #expect(throws: FrameError.notUsable(reason: "not a picture")) {
            try await farm.service.analyse([255], ticket: ticket)
        }
        await #expect(throws: FrameError.queueFull(retryAfterSeconds: 3)) {
            try await farm.service.analyse([], ticket: ticket)
        }
        #expect(try farm.live == before)
    }

    @Test("the newest pictures stay, those around an alert too, the rest goes")
    func pictures() async throws {
        var limits = FarmLimits()
        limits.recentPictures = 3
        limits.picturesAroundAlert = 2
        let farm = try await TestFarm(limits: limits)
        _ = try await farm.start()
        try await farm.frames(35, score: 0)
        #expect(farm.store.rows.pictures.keys.map(\.number).sorted() == [33, 34, 35])
        try await farm.frames(30, score: 120)
        let alerts = farm.store.rows.events.filter { $0.kind == .failureAlerted }.compactMap(\.frame)
        #expect(!alerts.isEmpty)
        let expected = Set(alerts.flatMap { ($0 - 2)...($0 + 2) } + [63, 64, 65])
        #expect(Set(farm.store.rows.pictures.keys.map(\.number)) == expected)
    }

    @Test(
        "the picture of an alert stays when the print ended with it and the next one begins, also after a restart",
        arguments: [false, true])
    func lastPictureIsAnAlerts(restarts: Bool) async throws {
        var limits = FarmLimits()
        limits.recentPictures = 3
        limits.picturesAroundAlert = 2
        let farm = try await TestFarm(limits: limits)
        let print = try await farm.start()
        try await farm.frames(35, score: 0)
        while try await farm.frames(1, score: 150)?.alert == false {}
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
        var limits = FarmLimits()
        limits.recentPictures = 3
        limits.picturesAroundAlert = 2
        let farm = try await TestFarm(limits: limits)
        _ = try await farm.start()
        try await farm.frames(35, score: 0)
        while try await farm.frames(1, score: 150)?.alert == false {}
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
