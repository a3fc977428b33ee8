import Farm
import TestSupport
import Testing

@testable import FarmService

@Suite("A printer with a machine behind it", .timeLimit(.minutes(20)))
struct LinkedPrinterTests {
    @Test("the print opens, pauses, resumes and ends by the machine's word")
    func follows() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        #expect(try farm.snapshot.states.machine == .idle)
        try await farm.says(.printing, elapsed: 0)
        #expect(try farm.openPrint.filename == "benchy.gcode")
        #expect(try farm.snapshot.machineWord == .printing)
        try await farm.says(.pausing)
        try await farm.says(.paused)
        #expect(try farm.openPrint.pausedAt == farm.clock.now)
        #expect(try farm.snapshot.machineWord == .paused)
        try await farm.says(.printing)
        #expect(try farm.openPrint.pausedAt == nil)
        try await farm.says(.complete)
        #expect(try farm.live.currentPrint == nil)
        #expect(try farm.live.lastPrint?.result == .success)
        #expect(farm.eventKinds == [.started, .paused, .resumed, .ended])
        let actors = Set(farm.store.rows.events.filter { $0.printID != nil }.map(\.actor.kind))
        #expect(actors == ["machine"])
    }

    @Test("a job that the machine stopped failed, with its words; nobody has judged an alert by that")
    func failed() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        try await farm.says(.error, error: "Move out of range")
        let print = try #require(try farm.live.lastPrint)
        #expect(print.result == .failed)
        #expect(print.failureReason == "Move out of range")
        #expect(print.alertOverwrite == nil)
        #expect(try farm.snapshot.machineWord == .error)
        #expect(try farm.snapshot.rank.level == .urgent)
    }

    @Test("a farmtop that restarts in the middle goes on with the same print")
    func restart() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing, elapsed: 0)
        let before = try farm.openPrint.id
        let again = try await TestFarm(store: farm.store)
        let service = again.service
        let live = try service.state.printer(farm.printer, for: .administrator)
        #expect(live.machine?.state == .offline, "it has not spoken yet")
        #expect(live.currentPrint?.id == before)
    }

    @Test(
        "what became of an emergency stop is known after a kill and a new start, until the job is over",
        arguments: [LinkOutcome?.none, .accepted, .unknown("timed out"), .refused("M112 is off."), .notOffered])
    func stopAfterRestart(answer: LinkOutcome?) async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        _ = try await farm.service.perform(
            MoveMachine(caller: .administrator, printer: farm.printer, command: .emergencyStop))
        if let answer { try await farm.answers(answer) }
        var again = try await TestFarm(store: farm.store)
        again.printer = farm.printer
        let stop = try #require(try again.lastCommand)
        #expect(stop.command == .emergencyStop && stop.actor == .person)
        #expect(!stop.isOpen, "it is not sent again")
        switch answer {
        case .refused: #expect(stop.outcome == .refused && stop.words == "M112 is off")
        case .notOffered: #expect(stop.outcome == .notOffered)
        default: #expect(stop.outcome == .notConfirmed)
        }
        try await again.says(.printing)
        #expect(try again.snapshot.states.machine == .attention, "a person is needed")
        #expect(try again.snapshot.rank.level == .urgent)
        try await again.says(.complete)
        try await again.says(.printing)
        #expect(try again.snapshot.states.machine == .printing, "the next job has nothing to do with it")
    }

    @Test(
        "a resume that finds nothing paused is refused while a cancel has no answer, and while the machine cannot be heard"
    )
    func resumeOfNothing() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        let resume = ResumePrint(caller: .administrator, printer: farm.printer)
        #expect(try await farm.service.perform(resume).succeeded, "it prints, as it is asked to")
        #expect(try farm.lastCommand == nil)
        _ = try await farm.service.perform(CancelPrint(caller: .administrator, printer: farm.printer))
        await #expect(throws: FarmError.machine(.busy(with: "cancel"))) { try await farm.service.perform(resume) }
        #expect(
            FarmError.machine(.busy(with: "cancel")).description
                == "The printer has not confirmed cancel yet, so nothing was sent. Wait for it.")
        try await farm.answers(.refused("no"))
        await #expect(throws: FarmError.machine(.wrongState(command: "resume", .attention))) {
            try await farm.service.perform(resume)
        }
        try await farm.tell(.offline(.connectionLost))
        await #expect(throws: FarmError.machine(.wrongState(command: "resume", .offline))) {
            try await farm.service.perform(resume)
        }
        #expect(try farm.lastCommand?.command == .cancel)
    }

    @Test("an emergency stop without an answer needs a person as soon as the machine is heard to go on")
    func unheardStop() async throws {
        let farm = try await TestFarm()
        try await farm.connect(.moonraker)
        try await farm.says(.printing)
        _ = try await farm.service.perform(
            MoveMachine(caller: .administrator, printer: farm.printer, command: .emergencyStop))
        try await farm.answers(.unknown("no answer within 10 s"))
        try await farm.tell(.offline(.connectionLost))
        #expect(!farm.eventKinds.contains(.attention))
        try await farm.says(.printing)
        #expect(try farm.snapshot.states.machine == .attention)
        #expect(farm.store.rows.events.last?.title == "Emergency stop Not Confirmed")
        #expect(farm.eventKinds.count { $0 == .attention } == 1)
        farm.clock.advance(by: .seconds(200))
        await farm.service.tick()
        #expect(farm.eventKinds.count { $0 == .attention } == 1)
        // Its repetition was heard after all.
        try await farm.answers(.accepted)
        try await farm.says(.error)
        #expect(try farm.lastCommand?.outcome == .confirmed)
    }

    @Test("a pause is a request: asked, accepted, and true when the machine says so")
    func pause() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        #expect(try farm.lastCommand?.command == .pause)
        #expect(try farm.snapshot.machineWord == .asked)
        try await farm.answers(.accepted)
        #expect(try farm.openPrint.pausedAt == nil)
        try await farm.says(.paused)
        #expect(try farm.lastCommand?.outcome == .confirmed)
        #expect(try farm.openPrint.pauseRequestedAt == nil)
        #expect(try farm.snapshot.machineWord == .paused)
        let commands = farm.store.rows.events.filter { $0.kind == .command }.map(\.text)
        #expect(commands == ["mk3: pause was sent.", "mk3: pause was confirmed by the printer."])
    }

    @Test(
        "an alert that asks for a pause pauses the machine; failing that, PauseNotConfirmed at 30 s, and the one repetition"
    )
    func detectorPauses() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        try await farm.frames(score: 200) { $0.pauseRequested }
        #expect(try farm.lastCommand?.command == .pause)
        #expect(try farm.lastCommand?.actor == .farmtop)
        #expect(try farm.snapshot.pauseDeadline == farm.clock.now + .seconds(30))
        try await farm.answers(.accepted)
        try await farm.says(.printing)
        farm.clock.advance(by: .seconds(28))
        await farm.service.tick()
        #expect(try farm.openPrint.pauseNotConfirmedAt == nil)
        farm.clock.advance(by: .seconds(1))
        await farm.service.tick()
        await farm.service.tick()
        #expect(try farm.snapshot.machineWord == .notPaused)
        #expect(farm.eventKinds.count { $0 == .pauseNotConfirmed } == 1)
        #expect(try farm.lastCommand?.isResent == true)
        try await farm.says(.paused)
        #expect(try farm.snapshot.machineWord == .paused)
        #expect(try farm.openPrint.pauseNotConfirmedAt == nil)
    }

    @Test("a detector's pause that cannot be sent is told at once")
    func detectorOffline() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        try await farm.tell(.offline(.connectionLost))
        try await farm.frames(score: 200) { $0.pauseRequested }
        #expect(try farm.openPrint.pauseNotConfirmedAt == farm.clock.now)
        #expect(farm.eventKinds.count { $0 == .pauseNotConfirmed } == 1)
    }

    @Test("a refused pause is told at once, with the printer's words")
    func refused() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        try await farm.answers(.refused("Printer is neither printing nor paused"))
        #expect(try farm.openPrint.pauseNotConfirmedAt != nil)
        let text = farm.store.rows.events.last { $0.kind == .pauseNotConfirmed }?.text ?? ""
        #expect(text.contains("Printer is neither printing nor paused"))
    }

    @Test(
        "Moonraker has 120 s",
        arguments: [(LinkKind.moonraker, 119.0, false), (.moonraker, 120, true), (.prusalink, 30, true)])
    func deadlines(kind: LinkKind, seconds: Double, isTold: Bool) async throws {
        let farm = try await TestFarm()
        try await farm.connect(kind)
        try await farm.says(.printing)
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        farm.clock.advance(by: .seconds(seconds))
        await farm.service.tick()
        #expect(try (farm.openPrint.pauseNotConfirmedAt != nil) == isTold)
    }

    @Test("a missed pause that somebody has seen can be asked of the machine again")
    func askedAgain() async throws {
        let farm = try await TestFarm()
        try await farm.connect(.prusalink)
        try await farm.says(.printing)
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        try await farm.answers(.refused("busy"))
        try await farm.acknowledge()
        let before = try #require(try farm.lastCommand?.number)
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        #expect(try farm.lastCommand?.number == before + 1 && farm.lastCommand?.isOpen == true)
    }

    @Test("a pause that was withdrawn is neither repeated nor missed")
    func withdrawn() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        _ = try await farm.service.perform(ResumePrint(caller: .administrator, printer: farm.printer))
        try await farm.says(.printing)
        farm.clock.advance(by: .seconds(300))
        await farm.service.tick()
        #expect(try farm.lastCommand == nil)
        #expect(!farm.eventKinds.contains(.pauseNotConfirmed))
        #expect(try farm.openPrint.pauseRequestedAt == nil)
    }

    @Test("a printer that comes back from the archive begins anew: no command of before is sent again")
    func unarchived() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        farm.clock.advance(by: .seconds(31))
        await farm.service.tick()
        #expect(try farm.lastCommand?.isResent == true)
        try await farm.service.perform(ArchivePrinter(caller: .administrator, printer: farm.printer))
        _ = try await farm.service.perform(UnarchivePrinter(caller: .administrator, printer: farm.printer))
        #expect(try farm.lastCommand == nil)
        #expect(try farm.snapshot.states.machine == .offline, "it has not spoken yet")
    }

    @Test("without the right a client takes no machine out of the books either")
    func rightsOverBooks() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        let print = try farm.openPrint.id
        await #expect(throws: FarmError.mayNotMoveMachines) {
            try await farm.service.perform(ArchivePrinter(caller: farm.app, printer: farm.printer))
        }
        await #expect(throws: FarmError.mayNotMoveMachines) {
            try await farm.service.perform(DeletePrinter(caller: farm.app, printer: farm.printer))
        }
        await #expect(throws: FarmError.mayNotMoveMachines) {
            try await farm.service.perform(DeletePrints(caller: farm.app, prints: [print]))
        }
        #expect(try farm.openPrint.id == print)
    }

    @Test("a client without the right moves no machine; reading and predict are as ever")
    func rights() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        await #expect(throws: FarmError.mayNotMoveMachines) {
            try await farm.service.perform(StartPrint(caller: farm.app, printer: farm.printer, filename: "a.gcode"))
        }
        try await farm.says(.printing)
        await #expect(throws: FarmError.mayNotMoveMachines) {
            try await farm.service.perform(PausePrint(caller: farm.app, printer: farm.printer))
        }
        await #expect(throws: FarmError.mayNotMoveMachines) {
            try await farm.service.perform(CancelPrint(caller: farm.app, printer: farm.printer))
        }
        await #expect(throws: FarmError.mayNotMoveMachines) {
            try await farm.service.perform(FinishPrint(caller: farm.app, printer: farm.printer, result: .cancelled))
        }
        #expect(try farm.openPrint.pauseRequestedAt == nil)
        #expect(try farm.lastCommand == nil)
        try await farm.frames(1, score: 0)
        let change = try await farm.service.perform(PausePrint(caller: farm.mover, printer: farm.printer))
        #expect(change.succeeded)
        #expect(try farm.lastCommand?.actor == .client("farm app"))
    }

    @Test(
        "a start goes to the machine, and the print opens when the machine prints; what runs already is answered with it"
    )
    func start() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        let start = try farm.start("benchy.gcode", caller: farm.mover)
        _ = try await farm.service.perform(start)
        #expect(try farm.lastCommand?.command == .start(path: "benchy.gcode"))
        #expect(try farm.live.currentPrint == nil)
        try await farm.says(.printing)
        let running = try await farm.service.perform(start)
        #expect(running.currentPrint?.filename == "benchy.gcode")
        await #expect(throws: FarmError.machine(.wrongState(command: "start", .printing))) {
            try await farm.service.perform(StartPrint(caller: farm.mover, printer: farm.printer, filename: "b.gcode"))
        }
    }

    @Test(
        "a start that was listed by another link, or by none, starts nothing; nor does one of a machine that is busy by now"
    )
    func startRace() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        let start = try farm.start("benchy.gcode", caller: farm.mover)
        // Another machine was put behind the printer while the list was on its way.
        try await farm.connect()
        await #expect(throws: FarmError.self) { try await farm.service.perform(start) }
        await #expect(throws: FarmError.self) {
            try await farm.service.perform(
                StartPrint(caller: farm.mover, printer: farm.printer, filename: "benchy.gcode"))
        }
        #expect(try farm.lastCommand == nil)
        let late = try farm.start("benchy.gcode", caller: farm.mover)
        try await farm.says(.printing, file: "other.gcode")
        await #expect(throws: FarmError.machine(.wrongState(command: "start", .printing))) {
            try await farm.service.perform(late)
        }
        #expect(try farm.lastCommand == nil)
    }

    @Test(
        "a cancel that is not confirmed alerts: event, webhook, screen; its print is followed, and the alert ends with it"
    )
    func cancelNotConfirmed() async throws {
        let farm = try await TestFarm(notifier: SilentNotifier())
        try await farm.connect()
        try await farm.says(.printing)
        _ = try await farm.service.perform(CancelPrint(caller: farm.mover, printer: farm.printer))
        try await farm.answers(.accepted)
        try await farm.says(.printing)
        farm.clock.advance(by: .seconds(30))
        await farm.service.tick()
        #expect(farm.eventKinds.count { $0 == .attention } == 1)
        #expect(farm.store.rows.notices.map(\.kind) == [.started, .attention])
        #expect(try farm.snapshot.machineWord == .attention)
        #expect(try farm.snapshot.rank.level == .urgent)
        #expect(try farm.openPrint.isOpen)
        try await farm.says(.cancelled)
        #expect(try farm.live.lastPrint?.result == .cancelled)
        #expect(try farm.snapshot.machineWord == .cancelled)
    }

    @Test("a print that was marked as failed, and whose cancel was refused, runs on as a print that is followed")
    func failedAndRefused() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        let first = try farm.openPrint.id
        _ = try await farm.service.perform(
            FinishPrint(caller: .administrator, printer: farm.printer, result: .failed, reason: "spaghetti"))
        try await farm.says(.printing)
        #expect(try farm.live.currentPrint == nil)
        try await farm.answers(.refused("The printer's state does not allow that."))
        #expect(farm.eventKinds.count { $0 == .attention } == 1)
        try await farm.says(.printing)
        #expect(try farm.openPrint.id != first)
        #expect(try farm.snapshot.machineWord == .attention)
    }

    @Test("the detector's pause waits for a command that is open, and goes out when that is over")
    func detectorWaits() async throws {
        let farm = try await TestFarm()
        try await farm.connect(.moonraker)
        try await farm.says(.printing)
        try await farm.says(.paused)
        _ = try await farm.service.perform(ResumePrint(caller: .administrator, printer: farm.printer))
        let resume = try #require(try farm.lastCommand)
        // The print goes on in the books, and the machine has not said so yet.
        try await farm.service.perform(WantPause(printer: farm.printer))
        #expect(try farm.lastCommand?.number == resume.number)
        try await farm.says(.printing)
        #expect(try farm.lastCommand?.command == .pause)
        #expect(try farm.lastCommand?.actor == .farmtop)
        #expect(try farm.lastCommand?.isOpen == true)
    }

    @Test("a machine that needs a person while nothing is printed is told to webhook and channels, and can be answered")
    func attentionWithoutPrint() async throws {
        let rule = NotificationRule(channel: "phone", clock: .utc)
        let farm = try await TestFarm(notifier: SilentNotifier(), rules: [rule])
        try await farm.connect()
        try await farm.says(.attention, detail: "Door open.")
        let notice = try #require(farm.store.rows.notices.last)
        #expect(farm.store.rows.notices.map(\.kind) == [.attention] && notice.printID == nil && notice.filename.isEmpty)
        let queued = try #require(farm.store.rows.queued.last?.notification)
        let subject = try #require(queued.subjects.first)
        #expect(queued.topic == .attention && queued.severity == .critical && subject.printerName == "mk3")
        #expect(subject.text == "mk3 needs a person at the printer: Door open." && subject.filename == nil)
        #expect(queued.answers == [.acknowledge], "there is nothing to cancel")
        let answer = AnswerOccasion(occasion: subject.occasionID, answer: .acknowledge, channel: "phone")
        #expect(try await farm.service.perform(answer) == .done("mk3 – acknowledged."))
        #expect(farm.store.rows.events.last?.kind == .acknowledged)
        #expect(farm.store.rows.events.last?.actor == .channel("phone"))
        try await farm.says(.idle)
        #expect(farm.store.rows.notices.count == 1 && farm.store.rows.queued.count == 1)
    }

    @Test("a resume that the machine refuses is told to the channels too: somebody must go there")
    func refusedResume() async throws {
        let farm = try await TestFarm(rules: [NotificationRule(channel: "phone", clock: .utc)])
        try await farm.connect(.moonraker)
        try await farm.says(.printing)
        try await farm.says(.paused)
        _ = try await farm.service.perform(ResumePrint(caller: .administrator, printer: farm.printer))
        try await farm.answers(.refused("Door open."))
        #expect(farm.eventKinds.contains(.attention))
        let subject = try #require(farm.store.rows.queued.last?.notification.subjects.first)
        #expect(subject.topic == .attention && subject.wanted == "Go to the printer.")
        #expect(!subject.text.contains("Go to the printer."), "it is said once: \(subject.text)")
    }

    @Test("printing and then offline is told to the webhook, and so is the return")
    func offlineNotices() async throws {
        let farm = try await TestFarm(notifier: SilentNotifier())
        try await farm.connect()
        try await farm.says(.printing)
        try await farm.tell(.offline(.noAnswer(seconds: 10)))
        farm.clock.advance(by: .seconds(60))
        await farm.service.tick()
        try await farm.says(.printing)
        try await farm.says(.attention, detail: "filament")
        #expect(farm.store.rows.notices.map(\.kind) == [.started, .offline, .online, .attention])
    }

    @Test(
        "a print whose machine has not spoken since the start, or may not be used after a restore, is told after a minute"
    )
    func silentSinceStart() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        let again = try await TestFarm(store: farm.store, clock: farm.clock)
        await again.service.tick()
        farm.clock.advance(by: .seconds(61))
        await again.service.tick()
        let told = farm.store.rows.events.filter { $0.kind == .offline }
        #expect(told.count == 1)
        #expect(told.first?.text.contains("has not reached it") == true)
    }

    @Test("a link that was restored says so wherever its fault is shown")
    func restored() async throws {
        let farm = try await TestFarm()
        let link = MachineLink(
            printerID: farm.printer, settings: farm.settings, credentials: .none, isConfirmed: false,
            createdAt: farm.clock.now)
        _ = try await farm.service.perform(ConnectMachine(caller: .administrator, link: link))
        #expect(try farm.snapshot.machine?.fault == .notConfirmed)
        #expect(try farm.live.awaitsConfirmation)
        _ = try await farm.service.perform(ConfirmMachine(caller: .administrator, printer: farm.printer))
        #expect(try farm.snapshot.machine?.fault == nil)
        #expect(try !farm.live.awaitsConfirmation)
    }

    @Test("a clock that is set tells of nothing too early", arguments: [-7200.0, 7200])
    func clockSet(seconds: Double) async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        farm.clock.set(by: .seconds(seconds))
        await farm.service.tick()
        #expect(try farm.lastCommand?.isOpen == true)
        #expect(try farm.openPrint.pauseNotConfirmedAt == nil)
        farm.clock.advance(by: .seconds(30))
        await farm.service.tick()
        #expect(try farm.lastCommand?.outcome == .notConfirmed)
    }

    @Test("commands are counted by what became of them")
    func counted() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        try await farm.answers(.accepted)
        try await farm.says(.paused)
        let counted = farm.service.state.recordedCommands
        #expect(counted[CommandRecord(command: "pause", outcome: .sent)] == 1)
        #expect(counted[CommandRecord(command: "pause", outcome: .accepted)] == 1)
        #expect(counted[CommandRecord(command: "pause", outcome: .confirmed)] == 1)
    }

    @Test("a cancel goes to the machine; the print ends when the machine has ended it")
    func cancel() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        _ = try await farm.service.perform(CancelPrint(caller: farm.mover, printer: farm.printer))
        #expect(try farm.openPrint.isOpen)
        try await farm.says(.finishing, detail: "cancelling")
        try await farm.says(.cancelled)
        #expect(try farm.live.lastPrint?.result == .cancelled)
        #expect(try farm.lastCommand?.outcome == .confirmed)
    }

    @Test("finish_print: a cancel cancels, anything else waits for the machine")
    func finish() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        await #expect(throws: FarmError.stillRunning) {
            try await farm.service.perform(FinishPrint(caller: farm.mover, printer: farm.printer, result: .success))
        }
        _ = try await farm.service.perform(FinishPrint(caller: farm.mover, printer: farm.printer, result: .cancelled))
        #expect(try farm.lastCommand?.command == .cancel)
        #expect(try farm.openPrint.isOpen)
    }

    @Test("a person's word that it failed ends the print and cancels at the machine, and no second print comes of it")
    func markFailed() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        _ = try await farm.service.perform(
            FinishPrint(caller: .administrator, printer: farm.printer, result: .failed, reason: "spaghetti"))
        #expect(try farm.live.lastPrint?.failureReason == "spaghetti")
        #expect(try farm.lastCommand?.command == .cancel)
        try await farm.says(.printing)
        try await farm.says(.finishing, detail: "cancelling")
        try await farm.says(.cancelled)
        #expect(try farm.live.currentPrint == nil)
        #expect(farm.eventKinds.count { $0 == .started } == 1)
    }

    @Test("printing and then offline is told after a minute, and is the only word on the missing pictures")
    func offline() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        try await farm.frames(3, score: 0)
        try await farm.tell(.offline(.noAnswer(seconds: 10)))
        #expect(try farm.snapshot.machineWord == .offline)
        farm.clock.advance(by: .seconds(59))
        await farm.service.tick()
        #expect(!farm.eventKinds.contains(.offline))
        farm.clock.advance(by: .seconds(60))
        await farm.service.tick()
        await farm.service.tick()
        #expect(farm.eventKinds.count { $0 == .offline } == 1)
        #expect(!farm.eventKinds.contains(.notWatched))
        try await farm.says(.printing)
        #expect(farm.eventKinds.last == .online)
    }

    @Test("idle and then offline is silent")
    func offlineIdle() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.tell(.offline(.noAnswer(seconds: 10)))
        farm.clock.advance(by: .seconds(600))
        await farm.service.tick()
        #expect(try farm.snapshot.states.machine == .offline)
        #expect(!farm.store.rows.events.map(\.kind).contains(.offline))
    }

    @Test("what an earlier link still tells is not heard")
    func earlierLink() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        let old = try #require(try farm.live.machine?.generation)
        try await farm.connect()
        try await farm.says(.idle)
        var reading = PrinterReading(state: .printing, file: ReadFile(name: "x"), at: farm.clock.now)
        reading.elapsed = 1
        try await farm.service.perform(
            ApplyLinkEvent(printer: farm.printer, generation: old, event: .reading(reading)))
        #expect(try farm.snapshot.states.machine == .idle)
    }

    @Test("a printer that is disconnected or removed keeps no link and no key")
    func disconnected() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        #expect(farm.store.rows.links.count == 1)
        try await farm.says(.printing)
        _ = try await farm.service.perform(DisconnectMachine(caller: .administrator, printer: farm.printer))
        #expect(farm.store.rows.links.isEmpty)
        #expect(try farm.snapshot.states.machine == .unlinked)
        #expect(try farm.openPrint.isOpen, "an app or a person may end it")
        try await farm.connect()
        try await farm.service.perform(DeletePrinter(caller: .administrator, printer: farm.printer))
        #expect(farm.store.rows.links.isEmpty)
    }
}

/// The detector wants a pause now, whatever the pictures say.
private struct WantPause: FarmCommand {
    var printer: PrinterID
    func apply(to draft: inout FarmDraft) throws(FarmError) { draft.askForPause(of: printer) }
}

final class SilentNotifier: FarmNotifier {
    var status: ChannelStatus { ChannelStatus.webhook(receiver: "https://hooks.example.org", isSigned: true) }
    func wake() {}
    func sendTest() async -> ChannelTestResult {
        ChannelTestResult(
            channel: "webhook", receiver: "https://hooks.example.org", error: nil, answer: "204", milliseconds: 1)
    }
}
