import Farm
import Testing

@testable import FarmService

@Suite("A command that the printer did not confirm reaches people", .timeLimit(.minutes(20)))
struct UnheardCommandTests {
    private static func linkedFarm(
        repeats: Duration? = nil, topics: [NotificationTopic] = NotificationTopic.standard + [.paused]
    ) async throws -> TestFarm {
        var rule = NotificationRule(channel: "phone", topics: Set(topics), clock: .utc)
        rule.answers = Set(NotificationAnswer.allCases)
        rule.repeatEvery = repeats
        let farm = try await TestFarm(rules: [rule])
        try await farm.connect()
        return farm
    }

    @Test("a cancel that the printer ignores is told, said again, and over when the printer has done it")
    func cancel() async throws {
        let farm = try await Self.linkedFarm(repeats: .seconds(60))
        try await farm.says(.printing)
        _ = try await farm.service.perform(CancelPrint(caller: farm.mover, printer: farm.printer))
        try await farm.answers(.accepted)
        try await farm.says(.printing)
        await farm.pass(30)
        #expect(farm.topics == [.attention])
        let message = try #require(farm.store.rows.queued.last?.notification)
        #expect(message.severity == .critical && message.answers == [.acknowledge, .cancel])
        let text = try #require(message.subjects.first?.text)
        #expect(text.hasPrefix("benchy.gcode: The printer was asked to cancel 31 s ago"))
        try await farm.says(.printing)
        await farm.pass(60)
        #expect(farm.store.rows.queued.map(\.notification.form) == [.first, .reminder(number: 1)])
        try await farm.says(.cancelled)
        await farm.pass(120)
        #expect(farm.topics.filter { $0 == .attention }.count == 2, "nobody is asked any more")
    }

    @Test("a resume of which the printer says nothing is told once, though nothing shows it")
    func resume() async throws {
        let farm = try await Self.linkedFarm(repeats: .seconds(60), topics: [.attention])
        try await farm.says(.printing)
        try await farm.says(.paused)
        _ = try await farm.service.perform(ResumePrint(caller: farm.mover, printer: farm.printer))
        try await farm.says(.paused)
        await farm.pass(30)
        await farm.pass(300)
        #expect(farm.topics == [.attention])
        #expect(farm.store.rows.queued.last?.notification.answers == [])
    }

    @Test("so is a stop of a print that has ended in the books, and an emergency stop without a print")
    func printGone() async throws {
        let failed = try await Self.linkedFarm(topics: [.attention])
        try await failed.says(.printing)
        _ = try await failed.service.perform(
            FinishPrint(caller: .administrator, printer: failed.printer, result: .failed))
        try await failed.answers(.refused("no"))
        #expect(failed.topics == [.attention])
        let idle = try await Self.linkedFarm()
        _ = try await idle.service.perform(
            MoveMachine(caller: farmOperator, printer: idle.printer, command: .emergencyStop))
        try await idle.answers(.refused("no"))
        #expect(idle.topics == [.attention])
        let subject = try #require(idle.store.rows.queued.last?.notification.subjects.first)
        #expect(subject.printerName == "mk3" && subject.printID == nil && subject.filename == nil)
    }

    private let farmOperator = Caller.administrator

    @Test("a cancel while the printer cannot be reached is told too")
    func offline() async throws {
        let farm = try await Self.linkedFarm(topics: [.attention])
        try await farm.says(.printing)
        _ = try await farm.service.perform(CancelPrint(caller: farm.mover, printer: farm.printer))
        try await farm.tell(.offline(.noAnswer(seconds: 10)))
        await farm.pass(31)
        #expect(farm.topics == [.attention])
    }

    @Test(
        "a printer that cannot be heard for a while, or after a restart, still needs somebody: it is said again and answered"
    )
    func silentForAWhile() async throws {
        for restarts in [false, true] {
            var farm = try await Self.linkedFarm(repeats: .seconds(60))
            try await farm.says(.printing)
            try await farm.says(.attention, detail: "Filament runout.")
            await farm.pass(1)
            #expect(farm.topics == [.attention])
            if restarts {
                let printer = farm.printer
                farm = try await TestFarm(store: farm.store, rules: farm.service.rules, clock: farm.clock)
                farm.printer = printer
            } else {
                try await farm.tell(.offline(.noAnswer(seconds: 10)))
            }
            await farm.pass(20)
            try await farm.says(.attention, detail: "Filament runout.")
            await farm.pass(60)
            #expect(farm.topics == [.attention, .attention], "restarts: \(restarts)")
            #expect(try await farm.tap(.acknowledge) == .done("mk3: benchy.gcode – acknowledged."))
            try await farm.says(.printing)
            await farm.pass(120)
            #expect(farm.topics.filter { $0 == .attention }.count == 2)
        }
    }

    @Test("a printer that stops without a print is told until a person has been there; one tap says that it was seen")
    func withoutPrint() async throws {
        let farm = try await Self.linkedFarm(repeats: .seconds(60))
        try await farm.says(.error, error: "MCU lost")
        await farm.pass(60)
        #expect(farm.topics == [.attention, .attention])
        #expect(farm.store.rows.queued.last?.notification.answers == [.acknowledge])
        #expect(try await farm.tap(.acknowledge, person: "Anna") == .done("mk3 – acknowledged."))
        #expect(farm.store.rows.events.last?.text == "Anna (phone) has seen what was told of mk3.")
        await farm.pass(600)
        #expect(farm.topics.count == 2)
        try await farm.says(.idle)
        await farm.pass(1)
        #expect(farm.store.rows.notifications.occasions.isEmpty)
    }

    @Test("a tap on cancel asks the printer; where it does not hear, the message can be answered again")
    func cancelByTap() async throws {
        let farm = try await Self.linkedFarm(repeats: .seconds(600))
        try await farm.onlyAlert()
        try await farm.says(.printing)
        try await farm.frames(score: 200) { $0.alert }
        try await farm.says(.printing)
        let alert = try #require(farm.store.rows.queued.last?.notification.subjects.first?.occasionID)
        #expect(
            try await farm.tap(.cancel, on: alert, person: "Anna")
                == .done("mk3: benchy.gcode – asked the printer to cancel."))
        #expect(try farm.openPrint.isOpen)
        guard case .answeredBefore(let before) = try await farm.tap(.cancel, on: alert) else {
            Issue.record("the first answer counts")
            return
        }
        #expect(before.words == "cancel asked by Anna (phone)")
        try await farm.says(.printing)
        await farm.pass(30)
        #expect(farm.topics.last == .attention)
        #expect(farm.service.occasion(alert)?.answer == nil)
        #expect(
            try await farm.tap(.cancel, on: alert, person: "Ben")
                == .done("mk3: benchy.gcode – asked the printer to cancel."))
        try await farm.says(.cancelled)
        #expect(try farm.live.lastPrint?.result == .cancelled)
    }

    @Test("after a restart nobody knows whether the printer heard a tap: the message can be answered again")
    func restarted() async throws {
        let farm = try await Self.linkedFarm()
        try await farm.onlyAlert()
        try await farm.says(.printing)
        try await farm.frames(score: 200) { $0.alert }
        try await farm.says(.printing)
        let alert = try #require(farm.store.rows.queued.last?.notification.subjects.first?.occasionID)
        _ = try await farm.tap(.cancel, on: alert)
        #expect(farm.service.occasion(alert)?.answer?.verb == "cancel asked")
        let again = try await TestFarm(store: farm.store, rules: farm.service.rules, clock: farm.clock)
        let occasion = try #require(again.service.occasion(alert))
        #expect(occasion.answer == nil && occasion.overSince == nil)
    }

    @Test("a tap on resume asks the printer; where it does not hear, the message can be answered again")
    func resumeByTap() async throws {
        let farm = try await Self.linkedFarm()
        try await farm.says(.printing)
        try await farm.says(.paused)
        await farm.pass(20)
        try await farm.says(.paused)
        let paused = try #require(farm.store.rows.queued.last?.notification.subjects.first?.occasionID)
        #expect(
            try await farm.tap(.resume, on: paused) == .done("mk3: benchy.gcode – asked the printer to resume."))
        try await farm.says(.paused)
        await farm.pass(30)
        #expect(farm.service.occasion(paused)?.answer == nil && farm.topics == [.paused, .attention])
    }
}

extension TestFarm {
    var topics: [NotificationTopic] { store.rows.queued.map(\.notification.topic) }

    /// So many seconds pass, and farmtop looks.
    func pass(_ seconds: Int) async {
        clock.advance(by: .seconds(seconds))
        await service.tick()
    }

    /// - Parameter occasion: nil: what was told last.
    func tap(
        _ answer: NotificationAnswer, on occasion: OccasionID? = nil, person: String? = nil
    ) async throws -> AnswerOutcome {
        let last = store.rows.queued.last?.notification.subjects.first?.occasionID
        return try await service.perform(
            AnswerOccasion(occasion: try #require(occasion ?? last), answer: answer, channel: "phone", person: person))
    }
}
