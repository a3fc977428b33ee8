import Farm
import FarmService
import Synchronization
import Testing

/// Counts how often it was woken.
private final class WokenNotifier: FarmNotifier {
    private let count = Mutex(0)
    var wakes: Int { count.withLock { $0 } }
    var status: ChannelStatus { ChannelStatus.webhook(receiver: "https://hooks.example.org", isSigned: true) }
    func wake() { count.withLock { $0 += 1 } }
    func sendTest() async -> ChannelTestResult {
        ChannelTestResult(
            channel: "webhook", receiver: "https://hooks.example.org", error: nil, answer: "204", milliseconds: 1)
    }
}

@Suite("Events and the webhook's outbox", .timeLimit(.minutes(20)))
struct WebhookNoticeTests {
    private func farm() async throws -> (TestFarm, WokenNotifier) {
        let notifier = WokenNotifier()
        return (try await TestFarm(notifier: notifier), notifier)
    }

    @Test("starting, pausing, resuming, finishing and cancelling each put a notice into the outbox, with their event")
    func life() async throws {
        let (farm, notifier) = try await farm()
        let print = try await farm.start("a.gcode")
        _ = try await farm.service.perform(PausePrint(caller: farm.app, printer: farm.printer))
        _ = try await farm.service.perform(ResumePrint(caller: .administrator, printer: farm.printer))
        _ = try await farm.service.perform(
            FinishPrint(caller: .administrator, printer: farm.printer, result: .success))
        _ = try await farm.start("b.gcode")
        _ = try await farm.service.perform(CancelPrint(caller: .administrator, printer: farm.printer))
        let notices = farm.store.rows.notices
        #expect(notices.map(\.kind) == [.started, .paused, .resumed, .done, .started, .cancelled])
        #expect(notices.map(\.createdAt) == farm.store.rows.events.filter { $0.printID != nil }.map(\.createdAt))
        #expect(Set(notices.map(\.deliveryID)).count == 6 && notices.allSatisfy { $0.deliveryID.utf8.count == 32 })
        #expect(notices[0].printID == print.id && notices[0].filename == "a.gcode" && notices[0].printerName == "mk3")
        #expect(notices[0].startedAt == print.startedAt && notices[0].endedAt == nil && notices[0].frame == nil)
        #expect(notices[3].endedAt != nil)
        // Woken after the answer has been given.
        while notifier.wakes < 6 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(notifier.wakes == 6)
    }

    @Test("a start that finishes an open print tells of both, in that order")
    func replaced() async throws {
        let (farm, _) = try await farm()
        _ = try await farm.start("a.gcode")
        _ = try await farm.start("b.gcode")
        #expect(farm.store.rows.notices.map(\.kind) == [.started, .done, .started])
        #expect(farm.store.rows.notices.map(\.filename) == ["a.gcode", "a.gcode", "b.gcode"])
    }

    @Test("archiving a printing printer, and deleting a running print, tell that it was cancelled")
    func takenAway() async throws {
        let (farm, _) = try await farm()
        let print = try await farm.start("a.gcode")
        _ = try await farm.service.perform(DeletePrints(caller: .administrator, prints: [print.id]))
        _ = try await farm.start("b.gcode")
        try await farm.service.perform(ArchivePrinter(caller: .administrator, printer: farm.printer))
        #expect(farm.store.rows.notices.map(\.kind) == [.started, .cancelled, .started, .cancelled])
    }

    @Test("a failure says whether a pause is asked; it never says paused before somebody confirmed it")
    func failures() async throws {
        let (farm, _) = try await farm()
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.pauseRequested }
        let failures = farm.store.rows.notices.filter { $0.kind == .failure }
        let alert = try #require(farm.store.rows.events.last { $0.kind == .failureAlerted })
        let request = try #require(farm.store.rows.events.last { $0.kind == .pauseRequested })
        #expect(failures.map(\.isPauseRequested) == [false, true], "the alert, and later the request")
        #expect(failures.map(\.isWarning) == [true, false])
        #expect(failures.map(\.frame) == [alert.frame, request.frame])
        #expect(failures.allSatisfy { !$0.isPrintPaused })
        farm.clock.advance(by: .seconds(120))
        await farm.service.tick()
        #expect(farm.store.rows.notices.contains { $0.kind == .pauseNotConfirmed })
        _ = try await farm.service.perform(PausePrint(caller: farm.app, printer: farm.printer))
        #expect(farm.store.rows.notices.last?.kind == .paused)
    }

    @Test("a pause that a person asks for is told of as well: the app has to carry it out")
    func personsPause() async throws {
        let (farm, _) = try await farm()
        _ = try await farm.start()
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        #expect(farm.store.rows.notices.map(\.kind) == [.started, .pauseRequested])
    }

    @Test("missing frames are told of; muting is nobody else's business")
    func notWatched() async throws {
        let (farm, _) = try await farm()
        _ = try await farm.start()
        farm.clock.advance(by: .seconds(61))
        await farm.service.tick()
        _ = try await farm.service.perform(MuteAlerts(caller: .administrator, printer: farm.printer, muted: true))
        #expect(farm.store.rows.notices.map(\.kind) == [.started, .notWatched])
        #expect(farm.eventKinds == [.started, .notWatched, .alertMuted])
    }

    @Test("an event that could not be stored leaves no notice and wakes nobody")
    func notStored() async throws {
        let (farm, notifier) = try await farm()
        farm.store.fail(true)
        await #expect(throws: FarmError.self) { try await farm.start() }
        #expect(farm.store.rows.notices.isEmpty && notifier.wakes == 0)
    }

    @Test("without a webhook nothing is put aside, and asking for one says how to get it")
    func none() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        #expect(farm.store.rows.notices.isEmpty)
        #expect(farm.service.snapshot().status.webhook == nil)
        await #expect(throws: FarmError.noWebhook) { try await farm.service.perform(FarmAction.webhookStatus) }
        #expect(FarmError.noWebhook.description.contains("[webhook]"))
    }
}
