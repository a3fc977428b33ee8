import Farm
import FarmService
import Logging
import OAuth
import Testing

@Suite("Events become messages, and answers come back", .timeLimit(.minutes(20)))
struct NotificationTests {
    private func rule(_ topics: [NotificationTopic] = NotificationTopic.standard) -> NotificationRule {
        var rule = NotificationRule(channel: "phone", topics: Set(topics), clock: .utc)
        rule.answers = Set(NotificationAnswer.allCases)
        return rule
    }

    private func alertedFarm() async throws -> TestFarm {
        let farm = try await TestFarm(rules: [rule()])
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.alert }
        return farm
    }

    private func answer(
        _ farm: TestFarm, _ answer: NotificationAnswer, person: String? = nil
    ) async throws -> AnswerOutcome {
        let occasion = try #require(farm.store.rows.queued.last?.notification.subjects.first?.occasionID)
        return try await farm.service.perform(
            AnswerOccasion(occasion: occasion, answer: answer, channel: "phone", person: person))
    }

    @Test("an alert is in the outbox with its event: number, picture, what was done, what can be answered")
    func alert() async throws {
        let farm = try await alertedFarm()
        let queued = try #require(farm.store.rows.queued.last)
        let subject = try #require(queued.notification.subjects.first)
        let event = try #require(farm.store.rows.events.last { $0.kind == .failureAlerted })
        #expect(queued.channel == "phone" && queued.notification.topic == .alert)
        #expect(subject.printerName == "mk3" && subject.filename == "benchy.gcode" && subject.text == event.text)
        #expect(subject.frame == event.frame && queued.notification.createdAt == event.createdAt)
        #expect(subject.probability == (try farm.live).failureProbability)
        #expect(queued.notification.answers == [.acknowledge, .dismiss, .mute, .pause, .cancel])
        #expect(subject.done == "No pause was asked." && subject.wanted == "Look at the print.")
    }

    @Test(
        "a button is good for a day of time that nobody can set: a clock set back revives none, one set forward ends none"
    )
    func buttonsAndClocks() async throws {
        let farm = try await alertedFarm()
        let queued = try #require(farm.store.rows.queued.last?.notification)
        #expect(queued.createdSteady == farm.service.steadyTime())
        let signer = AnswerSigner(key: Array(repeating: 7, count: 32))
        let desk = AnswerDesk(service: farm.service, signer: signer)
        let token = signer.token(
            AnswerToken(
                occasion: try #require(queued.subjects.first?.occasionID), answer: .cancel, isConfirmed: false,
                channel: "phone"), now: farm.service.steadyTime())
        func isGood() -> Bool {
            if case .confirm = desk.ask(token) { return true }
            return false
        }
        #expect(isGood())
        farm.clock.set(by: .seconds(3 * 86_400))
        #expect(isGood(), "set forward")
        farm.clock.set(by: .seconds(-30 * 86_400))
        #expect(isGood(), "set back")
        farm.clock.advance(by: .seconds(86_401))
        #expect(!isGood(), "a day has passed, whatever the wall clock says")
    }

    @Test("an event that could not be stored leaves no message")
    func notStored() async throws {
        let farm = try await TestFarm(rules: [rule(NotificationTopic.allCases)])
        _ = try await farm.start()
        farm.store.fail(true)
        await #expect(throws: FarmError.self) {
            try await farm.service.perform(
                FinishPrint(caller: .administrator, printer: farm.printer, result: .failed))
        }
        farm.store.fail(false)
        farm.clock.advance(by: .seconds(60))
        await farm.service.tick()
        #expect(farm.store.rows.queued.isEmpty)
    }

    @Test("without a rule nothing is kept")
    func noRule() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.alert }
        #expect(farm.store.rows.notifications == StoredNotifications() && farm.store.rows.queued.isEmpty)
    }

    @Test("the first answer counts, whoever gives it; it is an event that names the channel")
    func firstAnswer() async throws {
        let farm = try await alertedFarm()
        let outcome = try await answer(farm, .dismiss, person: "Anna\u{1B}")
        #expect(outcome == .done("mk3: benchy.gcode – dismissed."))
        #expect(try farm.openPrint.alertState == .dismissed)
        #expect(farm.store.rows.events.last?.actor == .channel("Anna (phone)"))
        let again = try await answer(farm, .pause)
        guard case .answeredBefore(let before) = again else {
            Issue.record("\(again)")
            return
        }
        #expect(before.words == "dismissed by Anna (phone)")
        #expect(try farm.openPrint.pauseRequestedAt == nil, "the second answer did nothing")
    }

    @Test("an answer at the screen ends the buttons, and later messages say who answered")
    func answeredAtScreen() async throws {
        let farm = try await alertedFarm()
        let occasion = try #require(farm.store.rows.queued.last?.notification.subjects.first?.occasionID)
        try await farm.acknowledge()
        let outcome = try await farm.service.perform(
            AnswerOccasion(occasion: occasion, answer: .cancel, channel: "phone"))
        guard case .answeredBefore = outcome else {
            Issue.record("\(outcome)")
            return
        }
        _ = try await farm.service.perform(
            FinishPrint(caller: .administrator, printer: farm.printer, result: .failed))
        farm.clock.advance(by: .seconds(60))
        await farm.service.tick()
        let last = try #require(farm.store.rows.queued.last?.notification)
        #expect(last.topic == .failed && last.subjects.first?.answered == "acknowledged by the operator")
    }

    @Test("after the end of the print no button does anything")
    func afterTheEnd() async throws {
        let farm = try await alertedFarm()
        _ = try await farm.service.perform(CancelPrint(caller: .administrator, printer: farm.printer))
        _ = try await farm.start("next.gcode")
        #expect(try await answer(farm, .cancel) == .over)
        #expect(try farm.openPrint.filename == "next.gcode")
    }

    @Test("a channel answers only what the configuration lets it")
    func notAllowed() async throws {
        var rule = rule()
        rule.answers = [.acknowledge]
        let farm = try await TestFarm(rules: [rule])
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.alert }
        #expect(farm.store.rows.queued.last?.notification.answers == [.acknowledge])
        await #expect(throws: FarmError.forbidden) { try await answer(farm, .cancel) }
        #expect(try farm.openPrint.isOpen)
    }

    @Test("pause by a tap asks for a pause and acknowledges; mute and cancel do what they say")
    func otherAnswers() async throws {
        let paused = try await alertedFarm()
        _ = try await answer(paused, .pause)
        #expect(try paused.openPrint.pauseRequestedAt != nil && paused.openPrint.alertState == .acknowledged)
        let muted = try await alertedFarm()
        _ = try await answer(muted, .mute)
        #expect(try muted.openPrint.isMuted)
        let cancelled = try await alertedFarm()
        _ = try await answer(cancelled, .cancel)
        #expect(cancelled.store.rows.prints.values.first?.result == .cancelled)
    }

    @Test(
        "a channel that comes to the configuration hears what stands and what comes, and no news that is older than it")
    func newChannel() async throws {
        var night = rule(NotificationTopic.allCases)
        night.quietHours = DailyHours(start: 0, end: 1439)
        let farm = try await TestFarm(rules: [night])
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.alert }
        _ = try await farm.service.perform(
            FinishPrint(caller: .administrator, printer: farm.printer, result: .failed))
        _ = try await farm.start("second.gcode")
        try await farm.frames(score: 200) { $0.alert }
        #expect(farm.service.occasions.contains { $0.topic == .failed && $0.isNews }, "held back by the quiet hours")
        await farm.service.shutdown()

        var added = rule(NotificationTopic.allCases)
        added.channel = "later"
        let known = farm.store.rows.queued.count
        for restart in 1...2 {
            let again = try await TestFarm(store: farm.store, rules: [night, added], clock: farm.clock)
            for _ in 0..<90 {
                again.clock.advance(by: .seconds(1))
                await again.service.tick()
            }
            let said = farm.store.rows.queued.dropFirst(known).filter { $0.channel == "later" }
            // The alert stands, and that no picture comes any more is new.
            #expect(Set(said.map(\.notification.topic)) == [.alert, .cameraLost], "restart \(restart)")
            if restart == 2 {
                _ = try await again.service.perform(
                    FinishPrint(caller: .administrator, printer: farm.printer, result: .failed))
                again.clock.advance(by: .seconds(90))
                await again.service.tick()
                let topics = farm.store.rows.queued.filter { $0.channel == "later" }.map(\.notification.topic)
                #expect(topics.last == .failed)
            }
            await again.service.shutdown()
        }
    }

    @Test("a camera that is lost while printing is told of, and that it is back, with a restart in between")
    func lostAndBack() async throws {
        let farm = try await TestFarm(rules: [rule()])
        _ = try await farm.start()
        farm.clock.advance(by: .seconds(61))
        await farm.service.tick()
        farm.clock.advance(by: .seconds(25))
        await farm.service.tick()
        #expect(farm.store.rows.queued.map(\.notification.topic) == [.cameraLost])
        let again = try FarmService(
            store: farm.store, detector: ScoringDetector(), failureModel: try TestFarm.failureModel(), rules: [rule()],
            randomSource: CountingRandom(), clock: farm.clock.clocks, logger: .init(label: "test"), version: "test")
        let ticket = try again.admitFrame(printer: farm.printer, caller: .administrator)
        _ = try await again.analyse([0, 1, 2], ticket: ticket)
        await again.tick()
        farm.clock.advance(by: .seconds(30))
        await again.tick()
        #expect(farm.store.rows.queued.count == 1, "not before it has stayed well for a minute")
        _ = try await again.analyse(
            [0, 1, 3], ticket: try again.admitFrame(printer: farm.printer, caller: .administrator))
        farm.clock.advance(by: .seconds(31))
        await again.tick()
        #expect(farm.store.rows.queued.map(\.notification.form) == [.first, .recovery])
        farm.clock.advance(by: .seconds(1))
        await again.tick()
        #expect(farm.store.rows.queued.count == 2)
    }

    @Test("whoever has seen that the camera is lost has not answered the alert of the same print")
    func seenIsNoAnswerToTheAlert() async throws {
        let farm = try await alertedFarm()
        let alert = try #require(farm.store.rows.queued.last?.notification.subjects.first?.occasionID)
        await farm.pass(90)
        await farm.pass(25)
        #expect(farm.topics == [.alert, .cameraLost])
        _ = try await answer(farm, .acknowledge)
        #expect(farm.service.occasion(alert)?.answer == nil)
        #expect(try await farm.tap(.dismiss, on: alert) == .done("mk3: benchy.gcode – dismissed."))
    }

    @Test("after a tap on pause later messages say that a pause was asked")
    func pauseIsTheAnswer() async throws {
        let farm = try await alertedFarm()
        let outcome = try await answer(farm, .pause, person: "Anna")
        #expect(outcome == .done("mk3: benchy.gcode – asked the app to pause."))
        _ = try await farm.service.perform(
            FinishPrint(caller: .administrator, printer: farm.printer, result: .failed))
        await farm.pass(60)
        let last = try #require(farm.store.rows.queued.last?.notification)
        #expect(last.topic == .failed && last.subjects.first?.answered == "pause asked by Anna (phone)")
    }

    @Test("a mute that is taken back, or a dismissal, leaves the alert to be answered again")
    func standsAgain() async throws {
        var repeating = rule()
        repeating.repeatEvery = .seconds(60)
        for isMute in [true, false] {
            let farm = try await TestFarm(rules: [repeating])
            _ = try await farm.start()
            try await farm.onlyAlert()
            try await farm.frames(score: 200) { $0.alert }
            let alert = try #require(farm.store.rows.queued.last?.notification.subjects.first?.occasionID)
            for isOn in [true, false] {
                if isMute {
                    _ = try await farm.service.perform(
                        MuteAlerts(caller: .administrator, printer: farm.printer, muted: isOn))
                } else if isOn {
                    try await farm.acknowledge(.notFailed)
                } else {
                    _ = try await farm.service.perform(
                        UndoDismissal(caller: .administrator, printer: farm.printer))
                }
                #expect((farm.service.occasion(alert)?.answer != nil) == isOn)
                await farm.pass(10)
            }
            await farm.pass(60)
            #expect(farm.store.rows.queued.map(\.notification.form) == [.first, .reminder(number: 1)])
            #expect(try await farm.tap(.acknowledge) == .done("mk3: benchy.gcode – acknowledged."))
        }
    }

    @Test("a farm that was restored sends nothing until its printers are confirmed; what still stands is told then")
    func restored() async throws {
        let farm = try await TestFarm(notifier: SilentNotifier(), rules: [rule(NotificationTopic.allCases)])
        let linked = try await farm.service.perform(
            CreatePrinter(caller: .administrator, account: 1, settings: PrinterSettings(name: "core"))
        ).printer.id
        let address = LinkAddress(kind: .octoprint, base: WebAddress(scheme: .http, host: "192.0.2.7"))
        let link = MachineLink(
            printerID: linked, settings: LinkSettings(address: address), credentials: .none, isConfirmed: false,
            createdAt: farm.clock.now)
        _ = try await farm.service.perform(ConnectMachine(caller: .administrator, link: link))
        #expect(farm.service.state.hold == .printers)
        _ = try await farm.service.perform(ReportConditions(.restarted, .warning, texts: ["started"]))
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.alert }
        #expect(farm.store.rows.queued.isEmpty && farm.store.rows.notices.isEmpty)
        _ = try await farm.service.perform(ConfirmMachine(caller: .administrator, printer: linked))
        #expect(farm.service.state.hold == nil)
        await farm.pass(1)
        #expect(farm.topics == [.alert])
    }

    @Test(
        "a farm that was restored and has no machines of its own sends nothing either, until a person has confirmed it once",
        arguments: [
            FarmAction.confirmRestore, .machine(.confirm(1)),
        ])
    func restoredWithoutMachines(confirmation: FarmAction) async throws {
        let store = MemoryStore()
        store.restore(at: Timestamp(secondsSince1970: 1_800_000_000))
        let farm = try await TestFarm(
            store: store, notifier: SilentNotifier(), rules: [rule(NotificationTopic.allCases)])
        #expect(farm.service.state.hold == .farm && farm.service.snapshot().status.hold == .farm)
        _ = try await farm.service.perform(ReportConditions(.restarted, .warning, texts: ["started"]))
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.alert }
        #expect(farm.store.rows.queued.isEmpty && farm.store.rows.notices.isEmpty)
        let again = try await TestFarm(store: store, rules: [rule()], clock: farm.clock)
        #expect(again.service.state.hold == .farm, "a restart is no confirmation")
        #expect(try await farm.service.perform(confirmation) == .done(succeeded: true))
        #expect(farm.service.state.hold == nil && store.rows.restoredAt == nil)
        await farm.pass(1)
        #expect(farm.topics == [.alert])
        #expect(try await farm.service.perform(confirmation) == .done(succeeded: false))
    }

    @Test("a message that farmtop asks for a pause has the buttons of the alert behind it, and answers that")
    func pauseAsked() async throws {
        let farm = try await TestFarm(rules: [rule([.alert, .pauseAsked])])
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.alert }
        try await farm.frames(score: 200) { $0.pauseRequested }
        #expect(farm.topics == [.alert, .pauseAsked])
        let messages = farm.store.rows.queued.map(\.notification)
        #expect(messages[1].answers == [.acknowledge, .dismiss, .mute, .cancel])
        #expect(messages[1].subjects.map(\.occasionID) == messages[0].subjects.map(\.occasionID))
        #expect(try await farm.tap(.dismiss, person: "Anna") == .done("mk3: benchy.gcode – dismissed."))
        #expect(try farm.openPrint.alertState == .dismissed)
    }

    @Test("a pause that a person asked for without an alert has nothing to answer")
    func pauseAskedByPerson() async throws {
        let farm = try await TestFarm(rules: [rule([.pauseAsked])])
        _ = try await farm.start()
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        #expect(farm.topics == [.pauseAsked])
        #expect(farm.store.rows.queued.last?.notification.answers == [])
    }

    @Test("a second tap is asked for beside what may be answered instead: nobody is caught by a tap that was not meant")
    func secondTap() async throws {
        let farm = try await alertedFarm()
        let signer = AnswerSigner(key: Array(repeating: 7, count: 32))
        let desk = AnswerDesk(service: farm.service, signer: signer)
        let occasion = try #require(farm.store.rows.queued.last?.notification.subjects.first?.occasionID)
        let cancel = AnswerToken(occasion: occasion, answer: .cancel, isConfirmed: false, channel: "phone")
        let reply = await desk.act(signer.token(cancel, now: farm.service.steadyTime()), person: "Anna")
        guard case .confirm(_, let yes, let others) = reply else {
            Issue.record("\(reply)")
            return
        }
        #expect(yes.label == "Cancel print: yes" && others.map(\.label) == ["Seen", "Not a failure", "Mute", "Pause"])
        #expect(await desk.act(others[0].token, person: "Anna") == .done("mk3: benchy.gcode – acknowledged."))
        #expect(await desk.act(yes.token, person: "Ben") == .refused("Answered already: acknowledged by Anna (phone)."))
        #expect(try farm.openPrint.isOpen)
    }

    @Test("an answer that cannot be stored just now is none: the same button works a moment later")
    func failedAnswer() async throws {
        let farm = try await alertedFarm()
        let signer = AnswerSigner(key: Array(repeating: 7, count: 32))
        let desk = AnswerDesk(service: farm.service, signer: signer)
        let occasion = try #require(farm.store.rows.queued.last?.notification.subjects.first?.occasionID)
        let token = signer.token(
            AnswerToken(occasion: occasion, answer: .dismiss, isConfirmed: false, channel: "phone"),
            now: farm.service.steadyTime())
        farm.store.fail(true)
        guard case .failed(let words) = await desk.act(token, person: "Anna") else {
            Issue.record("it was stored")
            return
        }
        #expect(words.contains("The change could not be stored"), "\(words)")
        #expect(farm.service.occasion(occasion)?.answer == nil)
        farm.store.fail(false)
        #expect(await desk.act(token, person: "Anna") == .done("mk3: benchy.gcode – dismissed."))
    }

    @Test("a pause that nobody confirmed is told with what to do, once")
    func notConfirmed() async throws {
        let farm = try await TestFarm(rules: [rule([.notConfirmed])])
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.pauseRequested }
        farm.clock.advance(by: .seconds(240))
        await farm.service.tick()
        let subject = try #require(farm.store.rows.queued.last?.notification.subjects.first)
        #expect(subject.topic == .notConfirmed && subject.wanted == "Pause the printer by hand.")
        #expect(subject.text.hasSuffix("and has not said that it did."), "\(subject.text)")
        let event = try #require(farm.store.rows.events.last { $0.kind == .pauseNotConfirmed })
        #expect(event.text.hasSuffix("Pause the printer by hand."), "the history has the whole sentence")
    }

    @Test("what concerns the whole farm is told while it is so")
    func conditions() async throws {
        let farm = try await TestFarm(rules: [rule(NotificationTopic.allCases)])
        for texts in [[], ["full"], ["full"], []] as [[String]] {
            _ = try await farm.service.perform(ReportConditions(.disk, .critical, texts: texts))
            farm.clock.advance(by: .seconds(90))
            await farm.service.tick()
        }
        #expect(farm.store.rows.queued.map(\.notification.form) == [.first, .recovery])
        #expect(farm.store.rows.notifications.occasions.isEmpty, "nothing is remembered for ever")
    }

    @Test("answers are counted with the time that they took")
    func figures() async throws {
        let farm = try await alertedFarm()
        farm.clock.advance(by: .seconds(42))
        _ = try await answer(farm, .acknowledge)
        let times = try #require(farm.service.answerFigures.times["channel"])
        #expect(farm.service.answerFigures.times.count == 1 && times.count == 1 && times.sum == 42)
        #expect(times.counts[1] == 1, "more than 30 s, at most 60 s")
    }
}
