import Farm
import FarmService
import Testing

@Suite("Alerts", .timeLimit(.minutes(20)))
struct AlertTests {
    @Test("a frame's score reaches the statistics, the number, the store and the screen")
    func frame() async throws {
        let farm = try await TestFarm()
        let print = try await farm.start()
        let report = try #require(try await farm.frames(1, score: 26))
        #expect(report.statistics.p == 0.26)
        #expect(report.statistics.ewmMean == 0.26 * (2.0 / 13))
        #expect(report.statistics.predictionNumLifetime == 1)
        let stored = try #require(farm.store.rows.predictions.first)
        #expect(stored.statistics == report.statistics)
        #expect(stored.failureProbability == report.failureProbability)
        #expect(farm.store.rows.evidence[farm.printer]?.evidence.probability == report.failureProbability)
        #expect(farm.store.rows.pictures[FrameKey(printID: print.id, number: 1)]?.first == 26)
        let shown = try farm.snapshot
        #expect(shown.recent.map(\.p) == [0.26])
        #expect(shown.recent.map(\.failureProbability) == [report.failureProbability])
        #expect(shown.failureProbability == report.failureProbability)
        #expect(shown.print?.maxFailureProbability == report.failureProbability)
        #expect(shown.lastFrame?.detections == report.detections)
        #expect(shown.machineWord == .printing)
    }

    @Test("alert is true on the frame that raises one, and only there; it stands until it is answered")
    func raisedOnce() async throws {
        let farm = try await TestFarm()
        try await farm.onlyAlert()
        _ = try await farm.start()
        let raising = try await farm.frames(score: 200) { $0.alert }
        #expect(raising.alertStanding)
        let next = try #require(try await farm.frames(1, score: 200))
        #expect(!next.alert && next.alertStanding)
        #expect(try farm.snapshot.states.alert == .standing)
        #expect(try farm.snapshot.states.camera == .failing)
        #expect(farm.eventKinds.count { $0 == .failureAlerted } == 1)
    }

    @Test("a print that fails in each of 300 frames is called failing to the end", arguments: [1, 10])
    func failingForLong(secondsPerFrame: Int64) async throws {
        let farm = try await TestFarm()
        try await farm.onlyAlert()
        _ = try await farm.start()
        var numbers: [Double] = []
        for _ in 0..<300 {
            farm.clock.advance(by: .seconds(secondsPerFrame - 1))
            numbers.append(try #require(try await farm.frames(1, score: 167)).failureProbability)
        }
        let alertAt = try #require(numbers.firstIndex { $0 >= 0.6 })
        #expect(numbers[alertAt...].allSatisfy { $0 >= 0.6 }, "the number never falls while the failure lasts")
        #expect(try farm.snapshot.states.camera == .failing)
        #expect(try farm.openPrint.maxFailureProbability == numbers.max())
    }

    @Test("after an acknowledgement nothing more is raised until the pictures are clear")
    func acknowledged() async throws {
        let farm = try await TestFarm()
        try await farm.onlyAlert()
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.alert }
        try await farm.acknowledge()
        #expect(try farm.snapshot.states.alert == .acknowledged)
        try await farm.frames(200, score: 200)
        #expect(farm.eventKinds.count { $0 == .failureAlerted } == 1)
        #expect(try farm.snapshot.states.camera == .failing)
        try await farm.clearPictures()
        #expect(try farm.snapshot.states.alert == AlertState.none)
        try await farm.frames(score: 200) { $0.alert }
        #expect(farm.eventKinds.count { $0 == .failureAlerted } == 2)
    }

    @Test("a standing alert outlasts clear pictures")
    func standing() async throws {
        let farm = try await TestFarm()
        try await farm.onlyAlert()
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.alert }
        try await farm.clearPictures()
        #expect(try farm.snapshot.states.alert == .standing)
        #expect(try farm.snapshot.states.camera != .failing)
    }

    @Test("a muted print is analysed and counted, but raises no alert; the camera's state goes on")
    func muted() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        _ = try await farm.service.perform(MuteAlerts(caller: .administrator, printer: farm.printer, muted: true))
        let report = try await farm.frames(score: 200) { $0.failureProbability >= 0.9 }
        #expect(!report.alert && !report.alertStanding && !report.pauseRequested)
        #expect(try farm.live.notWatchingReason == "Alerts are muted for current print")
        #expect(try farm.snapshot.states.camera == .failing)
        #expect(!farm.eventKinds.contains(.failureAlerted))
    }

    @Test("watching that is switched on over the alert threshold alerts on the next frame")
    func watchedLate() async throws {
        let farm = try await TestFarm()
        try await farm.set("watching_enabled", .flag(false))
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.failureProbability >= 0.9 }
        #expect(try farm.snapshot.states.camera == .off)
        try await farm.set("watching_enabled", .flag(true))
        #expect(try await farm.frames(1, score: 200)?.alert == true)
    }

    @Test("the sensitivity moves the thresholds, never the number")
    func sensitivity() async throws {
        var numbers: [[Double]] = []
        for sensitivity in [0.8, 1, 1.2] {
            let farm = try await TestFarm()
            try await farm.set("detective_sensitivity", .number(sensitivity))
            _ = try await farm.start()
            for _ in 0..<20 { try await farm.frames(1, score: 60) }
            numbers.append(try farm.snapshot.recent.compactMap(\.failureProbability))
            let expected = [0.8: 0.75, 1: 0.6, 1.2: 0.45][sensitivity]
            #expect(abs(try farm.snapshot.thresholds.alert - (expected ?? 0)) < 1e-9)
        }
        #expect(numbers[0] == numbers[1] && numbers[1] == numbers[2])
    }

    @Test("a dismissed alert is no failure: the number starts anew, and a later rise alerts again")
    func dismissed() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.pauseRequested }
        try await farm.acknowledge(.notFailed)
        let shown = try farm.snapshot
        #expect(shown.states.alert == .dismissed)
        #expect(shown.states.camera == .ok)
        #expect(shown.print?.alertOverwrite == .notFailed)
        #expect(shown.print?.awaitsPause == false, "a pause that the app has not carried out is withdrawn")
        #expect(try #require(shown.failureProbability) < 0.1)
        try await farm.clearPictures()
        try await farm.frames(score: 200) { $0.alert }
        #expect(try farm.snapshot.states.alert == .standing)
    }

    @Test("a dismissal can be taken back: the alert stands again, without a verdict")
    func undo() async throws {
        let farm = try await TestFarm()
        try await farm.onlyAlert()
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.alert }
        try await farm.acknowledge(.notFailed)
        let change = try await farm.service.perform(UndoDismissal(caller: .administrator, printer: farm.printer))
        #expect(change.succeeded)
        #expect(try farm.snapshot.states.alert == .standing)
        #expect(try farm.openPrint.alertOverwrite == nil)
        let again = try await farm.service.perform(UndoDismissal(caller: .administrator, printer: farm.printer))
        #expect(!again.succeeded, "there is nothing left to take back")
    }

    @Test(
        "who takes a dismissal back brings back the answer of before it: seen, or judged a failure",
        arguments: [false, true])
    func undoKeepsAnswer(isJudged: Bool) async throws {
        let farm = try await TestFarm()
        try await farm.onlyAlert()
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.alert }
        try await farm.acknowledge()
        if isJudged { try await farm.acknowledge(.failed) }
        let answered = try farm.openPrint
        for _ in 0..<2 {
            farm.clock.advance(by: .seconds(5))
            try await farm.acknowledge(.notFailed)
            #expect(try farm.snapshot.states.alert == .dismissed)
            _ = try await farm.service.perform(UndoDismissal(caller: .administrator, printer: farm.printer))
            #expect(try farm.snapshot.states.alert == .acknowledged)
            #expect(try farm.openPrint.alertAcknowledgedAt == answered.alertAcknowledgedAt)
            #expect(try farm.openPrint.alertOverwrite == (isJudged ? .failed : nil))
        }
    }

    @Test("who dismisses an alert twice can take it back all the same, and it is one event")
    func dismissedTwice() async throws {
        let farm = try await TestFarm()
        try await farm.onlyAlert()
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.failureProbability > 0.9 }
        let before = try #require(try farm.snapshot.failureProbability)
        try await farm.acknowledge(.notFailed)
        try await farm.acknowledge(.notFailed)
        #expect(farm.eventKinds.count { $0 == .verdict } == 1)
        _ = try await farm.service.perform(UndoDismissal(caller: .administrator, printer: farm.printer))
        #expect(try farm.snapshot.failureProbability == before)
        #expect(try farm.snapshot.states == PrinterStates(camera: .failing, alert: .standing))
    }

    @Test("a verdict on the open print answers its alert, whichever way it is given")
    func verdictByPrint() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.pauseRequested }
        let print = try farm.openPrint.id
        _ = try await farm.service.perform(.judgePrint(print, verdict: .notFailed))
        #expect(try farm.snapshot.states == PrinterStates(camera: .ok, alert: .dismissed))
        #expect(try !farm.openPrint.awaitsPause)
        _ = try await farm.service.perform(.judgePrint(print, verdict: nil))
        #expect(try farm.snapshot.states == PrinterStates(camera: .failing, alert: .standing))
        _ = try await farm.service.perform(.judgePrint(print, verdict: .failed))
        #expect(try farm.snapshot.states.alert == .acknowledged)
        #expect(try farm.openPrint.alertOverwrite == .failed)
        _ = try await farm.service.perform(.judgePrint(print, verdict: nil))
        #expect(try farm.openPrint.alertOverwrite == nil)
        #expect(farm.eventKinds.count { $0 == .verdict } == 4)
    }

    @Test("a new alert has no verdict yet: history asks for one, whatever was said of an earlier alert of the print")
    func newAlert() async throws {
        let farm = try await TestFarm()
        try await farm.onlyAlert()
        let print = try await farm.start()
        try await farm.frames(score: 60) { $0.alert }
        try await farm.acknowledge(.notFailed)
        try await farm.clearPictures()
        try await farm.frames(score: 250) { $0.alert }
        #expect(try farm.openPrint.alertOverwrite == nil)
        _ = try await farm.service.perform(.finishPrint(farm.printer, result: .success, reason: nil))
        #expect(farm.store.rows.prints[print.id]?.needsVerdict == true)
    }

    @Test("taking a dismissal back asks for no second pause of the same alert")
    func undoAsksOnce() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(score: 250) { $0.pauseRequested }
        _ = try await farm.service.perform(PausePrint(caller: farm.app, printer: farm.printer))
        _ = try await farm.service.perform(ResumePrint(caller: farm.app, printer: farm.printer))
        try await farm.acknowledge(.notFailed)
        // The number is low meanwhile, which would make another pause possible.
        try await farm.frames(1, score: 0)
        _ = try await farm.service.perform(UndoDismissal(caller: .administrator, printer: farm.printer))
        try await farm.frames(20, score: 250)
        #expect(farm.eventKinds.count { $0 == .pauseRequested } == 1)
    }

    @Test(
        "a pause that nobody carried out, and that a dismissal withdrew, is asked again when the dismissal is taken back"
    )
    func undoAsksAgain() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(score: 250) { $0.pauseRequested }
        try await farm.acknowledge(.notFailed)
        _ = try await farm.service.perform(UndoDismissal(caller: .administrator, printer: farm.printer))
        try await farm.frames(score: 250) { $0.pauseRequested }
        #expect(farm.eventKinds.count { $0 == .pauseRequested } == 2)
    }

    @Test("who answers an alert that was never raised changes nothing")
    func nothingToAnswer() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        let before = try farm.live
        try await farm.acknowledge(.failed)
        #expect(try farm.live == before)
        #expect(farm.eventKinds == [.started])
    }

    @Test("each answer is an event that says who gave it")
    func answersAreEvents() async throws {
        let farm = try await TestFarm()
        try await farm.onlyAlert()
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.alert }
        _ = try await farm.service.perform(AcknowledgeAlert(caller: farm.app, printer: farm.printer, verdict: nil))
        try await farm.acknowledge(.failed)
        try await farm.acknowledge(.notFailed)
        _ = try await farm.service.perform(UndoDismissal(caller: .administrator, printer: farm.printer))
        let answers = farm.store.rows.events.suffix(4)
        #expect(answers.map(\.kind) == [.acknowledged, .verdict, .verdict, .verdict])
        #expect(answers.map(\.actor) == [.client("orca"), .person, .person, .person])
        #expect(
            answers.map(\.title) == [
                "Alert Acknowledged", "Alert Judged a Failure", "Alert Dismissed", "Verdict Taken Back",
            ])
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
}
