import Farm
import Testing

@Suite("Commands are requests that only the machine's state confirms", .timeLimit(.minutes(20)))
struct CommandTrackerTests {
    private let all: LinkAbilities = [.pause, .resume, .cancel, .start, .light, .emergencyStop]

    private func tracker(_ state: MachineState, _ kind: LinkKind = .octoprint) -> CommandTracker {
        var tracker = CommandTracker(kind: kind)
        _ = tracker.saw(reading(state, -1))
        return tracker
    }

    private func sends(_ actions: [CommandAction]) -> [String] {
        actions.compactMap { if case .send(let command, _, _) = $0 { command.name } else { nil } }
    }

    private func outcomes(_ actions: [CommandAction]) -> [String] {
        actions.compactMap { if case .tell(let command) = $0 { command.outcome.rawValue } else { nil } }
    }

    private func alerts(_ actions: [CommandAction]) -> Int {
        actions.count { if case .alertNotConfirmed = $0 { true } else { false } }
    }

    private let states: [MachineState] = [
        .offline, .idle, .printing, .pausing, .paused, .resuming, .finishing, .complete, .cancelled, .error, .attention,
    ]

    @Test(
        "the states from which a command is sent; from others nothing goes out",
        arguments: [
            (LinkCommand.pause, "printing"), (.resume, "paused"),
            (.cancel, "printing pausing paused resuming attention"),
            (.start(path: "a.gcode"), "idle complete cancelled"),
            (
                .light(true),
                "idle printing pausing paused resuming finishing complete cancelled error attention"
            ),
            (
                .emergencyStop,
                "offline idle printing pausing paused resuming finishing complete cancelled error attention"
            ),
        ])
    func sensible(command: LinkCommand, expected: String) {
        var found: [String] = []
        for state in states {
            var tracker = tracker(state)
            do {
                let actions = try tracker.request(command, by: .person, abilities: all, at: moment(0))
                #expect(sends(actions) == [command.name])
                found.append(state.rawValue)
            } catch {
                #expect(error == .wrongState(command: command.name, state))
                #expect(tracker.open == nil)
            }
        }
        #expect(found.joined(separator: " ") == expected)
    }

    @Test("Klipper's stray pause flag may be cancelled away while idle")
    func strayPause() throws {
        var tracker = CommandTracker(kind: .moonraker)
        var idle = reading(.idle, -1)
        idle.hasStrayPause = true
        _ = tracker.saw(idle)
        let sent = sends(try tracker.request(.cancel, by: .person, abilities: all, at: moment(0)))
        #expect(sent == ["cancel"])
        idle.at = at(1)
        #expect(tracker.saw(idle) == [])
        #expect(outcomes(tracker.saw(reading(.idle, 2))) == ["confirmed"])
    }

    @Test("what the machine does not offer is not sent")
    func notOffered() {
        var tracker = tracker(.printing)
        #expect(throws: CommandRefusal.notOffered(command: "pause")) {
            try tracker.request(.pause, by: .person, abilities: [.cancel], at: moment(0))
        }
    }

    @Test("a machine that has not spoken is sent nothing but an emergency stop")
    func silent() throws {
        var tracker = CommandTracker(kind: .moonraker)
        #expect(throws: CommandRefusal.wrongState(command: "pause", .offline)) {
            try tracker.request(.pause, by: .person, abilities: all, at: moment(0))
        }
        let sent = sends(try tracker.request(.emergencyStop, by: .person, abilities: all, at: moment(0)))
        #expect(sent == ["emergency_stop"])
    }

    @Test("an idle machine does not confirm an emergency stop by being idle, before the server has taken it")
    func stopOfIdle() throws {
        var tracker = tracker(.idle)
        _ = try tracker.request(.emergencyStop, by: .person, abilities: all, at: moment(0))
        #expect(tracker.saw(reading(.idle, 1)) == [])
        #expect(outcomes(tracker.answered(.refused("no such method"), number: 1)) == ["refused"])

        _ = try tracker.request(.emergencyStop, by: .person, abilities: all, at: moment(10))
        #expect(outcomes(tracker.answered(.accepted, number: 2)) == ["accepted"])
        #expect(outcomes(tracker.saw(reading(.idle, 12))) == ["confirmed"])
    }

    @Test(
        "an emergency stop that had no answer is not confirmed by a machine that was at rest: it is sent again, then told"
    )
    func stopOfIdleUnanswered() throws {
        var tracker = tracker(.idle)
        _ = try tracker.request(.emergencyStop, by: .person, abilities: all, at: moment(0))
        #expect(outcomes(tracker.answered(.unknown("the printer is not connected"), number: 1)) == ["unknown"])
        let again = tracker.saw(reading(.idle, 1))
        #expect(outcomes(again) == [] && sends(again) == ["emergency_stop"])
        #expect(tracker.saw(reading(.offline, 2)) == [])
        let late = tracker.tick(at: steady(30))
        #expect(outcomes(late) == ["not_confirmed"])
        #expect(alerts(late) == 1)
        #expect(tracker.saw(reading(.idle, 40)) == [])
        #expect(tracker.unheardStop == nil && tracker.last?.outcome == .notConfirmed)
    }

    @Test(
        "of a stop that had no answer a new error says that it was done, and nothing else does"
    )
    func stopSeen() throws {
        for (before, after, confirms) in [
            (MachineState.idle, MachineState.error, true), (.idle, .offline, false), (.error, .error, false),
            (.offline, .idle, false), (.offline, .error, false), (.printing, .offline, false),
            (.attention, .idle, false),
            (.printing, .cancelled, false),
            (.printing, .error, true),
        ] {
            var tracker = tracker(before)
            _ = try tracker.request(.emergencyStop, by: .person, abilities: all, at: moment(0))
            #expect(outcomes(tracker.saw(reading(after, 1))) == (confirms ? ["confirmed"] : []), "\(before) \(after)")
        }
    }

    @Test(
        "a stop that the server took, and that the machine shows only after the deadline, is confirmed then",
        arguments: [10.0, 40])
    func stopShownLate(answeredAt: Double) throws {
        var tracker = tracker(.printing)
        _ = try tracker.request(.emergencyStop, by: .person, abilities: all, at: moment(0))
        if answeredAt < 30 { _ = tracker.answered(.accepted, number: 1) }
        #expect(outcomes(tracker.tick(at: steady(30))) == ["not_confirmed"])
        if answeredAt >= 30 { #expect(tracker.answered(.accepted, number: 1) == []) }
        #expect(tracker.saw(reading(.printing, 41)) == [])
        #expect(tracker.unheardStop != nil)
        #expect(outcomes(tracker.saw(reading(.idle, 50))) == ["confirmed"])
        #expect(tracker.unheardStop == nil)
    }

    @Test(
        "a stop without an answer is told of as soon as the machine is seen to go on, long before its deadline, and sent again"
    )
    func stopUnheard() throws {
        var tracker = tracker(.printing, .moonraker)
        _ = try tracker.request(.emergencyStop, by: .person, abilities: all, at: moment(0))
        #expect(tracker.saw(reading(.printing, 1)) == [], "its answer may still come")
        _ = tracker.answered(.unknown("no answer within 10 s"), number: 1)
        tracker.lost()
        #expect(tracker.unheardStop == nil, "nobody knows")
        let heard = tracker.saw(reading(.printing, 15))
        #expect(outcomes(heard) == ["not_confirmed"])
        #expect(alerts(heard) == 1)
        #expect(sends(heard) == ["emergency_stop"])
        #expect(tracker.unheardStop?.words == "no answer came, and the printer goes on")
        #expect(tracker.saw(reading(.printing, 16)) == [])
        let late = tracker.tick(at: steady(120))
        #expect(late == [], "it was told")
        #expect(tracker.answered(.accepted, number: 1) == [])
        #expect(outcomes(tracker.saw(reading(.error, 121))) == ["confirmed"])
    }

    @Test("a stop that the server took and the machine ignored is not confirmed by the end of the print")
    func stopIgnored() throws {
        for end in [MachineState.complete, .cancelled] {
            var tracker = tracker(.printing, .moonraker)
            _ = try tracker.request(.emergencyStop, by: .person, abilities: all, at: moment(0))
            _ = tracker.answered(.accepted, number: 1)
            #expect(outcomes(tracker.tick(at: steady(120))) == ["not_confirmed"])
            #expect(tracker.saw(reading(end, 300)) == [], "\(end)")
            #expect(tracker.last?.outcome == .notConfirmed)
        }
        var soon = tracker(.printing, .moonraker)
        _ = try soon.request(.emergencyStop, by: .person, abilities: all, at: moment(0))
        _ = soon.answered(.accepted, number: 1)
        #expect(soon.saw(reading(.complete, 30)) == [], "the print ended before the deadline, by itself")
        #expect(outcomes(soon.saw(reading(.error, 31))) == ["confirmed"])
    }

    @Test("one that was repeated to a machine at rest holds back no command of the print that begins then")
    func stopUnheardAtRest() throws {
        var tracker = tracker(.offline, .moonraker)
        _ = try tracker.request(.emergencyStop, by: .person, abilities: all, at: moment(0))
        _ = tracker.answered(.unknown("the printer is not connected"), number: 1)
        #expect(sends(tracker.saw(reading(.idle, 10))) == ["emergency_stop"])
        _ = tracker.answered(.unknown("no answer within 10 s"), number: 1)
        let printing = tracker.saw(reading(.printing, 30))
        #expect(outcomes(printing) == ["not_confirmed"] && alerts(printing) == 1 && sends(printing) == [])
        #expect(sends(try tracker.request(.pause, by: .person, abilities: all, at: moment(31))) == ["pause"])
    }

    @Test("yes is not done: accepted, and then confirmed by the state")
    func accepted() throws {
        var tracker = tracker(.printing)
        _ = try tracker.request(.pause, by: .person, abilities: all, at: moment(0))
        #expect(outcomes(tracker.answered(.accepted, number: 1)) == ["accepted"])
        #expect(tracker.saw(reading(.printing, 2)) == [])
        #expect(tracker.saw(reading(.pausing, 3)) == [])
        #expect(outcomes(tracker.saw(reading(.paused, 4))) == ["confirmed"])
        #expect(tracker.open == nil)
        #expect(tracker.nextDeadline == nil)
    }

    @Test("the state may confirm before the server has answered")
    func confirmedFirst() throws {
        var tracker = tracker(.printing, .moonraker)
        _ = try tracker.request(.pause, by: .person, abilities: all, at: moment(0))
        #expect(outcomes(tracker.saw(reading(.paused, 1))) == ["confirmed"])
        #expect(tracker.answered(.accepted, number: 1) == [])
        #expect(tracker.last?.outcome == .confirmed)
    }

    @Test("a reading from before the request confirms nothing")
    func oldReading() throws {
        var tracker = tracker(.printing)
        _ = try tracker.request(.pause, by: .person, abilities: all, at: moment(0))
        #expect(tracker.saw(reading(.paused, -0.5)) == [])
        #expect(tracker.open != nil)
    }

    @Test("refused is over at once, in the server's words; a refused pause alerts")
    func refused() throws {
        var tracker = tracker(.printing)
        _ = try tracker.request(.pause, by: .farmtop, abilities: all, at: moment(0))
        let actions = tracker.answered(.refused("Printer is neither printing nor paused"), number: 1)
        #expect(outcomes(actions) == ["refused"])
        #expect(alerts(actions) == 1)
        #expect(tracker.last?.words == "Printer is neither printing nor paused")
        #expect(tracker.tick(at: steady(100)) == [])
    }

    @Test(
        "a lost answer is unknown: neither done nor failed; once the machine is seen to go on, it is asked again, once")
    func unknown() throws {
        var tracker = tracker(.printing)
        _ = try tracker.request(.pause, by: .farmtop, abilities: all, at: moment(0))
        #expect(outcomes(tracker.answered(.unknown("no answer within 10 s"), number: 1)) == ["unknown"])
        #expect(sends(tracker.saw(reading(.printing, 11))) == ["pause"])
        #expect(tracker.saw(reading(.printing, 12)) == [])
        #expect(tracker.answered(.unknown("no answer"), number: 1) == [])
        let late = tracker.tick(at: steady(30))
        #expect(alerts(late) == 1)
        #expect(sends(late) == [])
    }

    @Test("unknown, and the machine paused all the same: confirmed")
    func unknownButDone() throws {
        var tracker = tracker(.printing)
        _ = try tracker.request(.pause, by: .farmtop, abilities: all, at: moment(0))
        _ = tracker.answered(.unknown("connection lost"), number: 1)
        #expect(outcomes(tracker.saw(reading(.paused, 5))) == ["confirmed"])
        #expect(tracker.last?.words == nil)
    }

    @Test(
        "when a pause counts as not confirmed",
        arguments: [(LinkKind.octoprint, 30.0), (.prusalink, 30), (.moonraker, 120)])
    func deadline(kind: LinkKind, seconds: Double) throws {
        var tracker = tracker(.printing, kind)
        _ = try tracker.request(.pause, by: .farmtop, abilities: all, at: moment(0))
        _ = tracker.answered(.accepted, number: 1)
        _ = tracker.saw(reading(.printing, 20))
        #expect(tracker.nextDeadline == steady(seconds))
        #expect(tracker.tick(at: steady(seconds - 0.1)) == [])
        let actions = tracker.tick(at: steady(seconds))
        #expect(outcomes(actions) == ["not_confirmed"])
        #expect(alerts(actions) == 1)
        // Still printing: the one repetition goes out at the same moment.
        #expect(sends(actions) == ["pause"])
        #expect(tracker.tick(at: steady(seconds + 600)) == [])
        #expect(tracker.saw(reading(.printing, seconds + 1)) == [])
        #expect(outcomes(tracker.saw(reading(.paused, seconds + 5))) == ["confirmed"])
    }

    @Test("Moonraker is shown as waiting for the printer from 30 s on; the others never are")
    func waiting() throws {
        var klipper = tracker(.printing, .moonraker)
        _ = try klipper.request(.pause, by: .person, abilities: all, at: moment(0))
        let open = try #require(klipper.open)
        #expect(!open.isWaiting(at: steady(29)))
        #expect(open.isWaiting(at: steady(30)))
        var octoPrint = tracker(.printing)
        _ = try octoPrint.request(.pause, by: .person, abilities: all, at: moment(0))
        let other = try #require(octoPrint.open)
        #expect(!other.isWaiting(at: steady(29.9)))
    }

    @Test("a repetition that is refused leaves the word to the state")
    func refusedRepetition() throws {
        var tracker = tracker(.printing)
        _ = try tracker.request(.cancel, by: .person, abilities: all, at: moment(0))
        _ = tracker.answered(.unknown("no answer"), number: 1)
        #expect(sends(tracker.saw(reading(.printing, 2))) == ["cancel"])
        #expect(tracker.answered(.refused("no job"), number: 1) == [])
        #expect(outcomes(tracker.saw(reading(.cancelled, 4))) == ["confirmed"])
    }

    @Test("a start is never sent twice")
    func startOnce() throws {
        var tracker = tracker(.idle)
        _ = try tracker.request(.start(path: "a.gcode"), by: .person, abilities: all, at: moment(0))
        _ = tracker.answered(.unknown("no answer"), number: 1)
        #expect(tracker.saw(reading(.idle, 2)) == [])
        let late = tracker.tick(at: steady(30))
        #expect(sends(late) == [])
        #expect(alerts(late) == 0)
        #expect(outcomes(late) == ["not_confirmed"])
    }

    @Test("a start is confirmed by that file, not by another one")
    func startFile() throws {
        var tracker = tracker(.idle)
        _ = try tracker.request(.start(path: "a.gcode"), by: .person, abilities: all, at: moment(0))
        #expect(tracker.saw(reading(.printing, 2, file: "b.gcode")) == [])
        #expect(outcomes(tracker.saw(reading(.printing, 3, file: "a.gcode"))) == ["confirmed"])
    }

    @Test("one at a time; cancel and emergency stop go past, and late answers of the first change nothing")
    func oneAtATime() throws {
        var tracker = tracker(.printing)
        _ = try tracker.request(.pause, by: .farmtop, abilities: all, at: moment(0))
        #expect(throws: CommandRefusal.busy(with: "pause")) {
            try tracker.request(.pause, by: .person, abilities: all, at: moment(1))
        }
        #expect(throws: CommandRefusal.busy(with: "pause")) {
            try tracker.request(.light(true), by: .person, abilities: all, at: moment(1))
        }
        let cancel = sends(try tracker.request(.cancel, by: .person, abilities: all, at: moment(2)))
        #expect(cancel == ["cancel"])
        #expect(tracker.answered(.refused("too late"), number: 1) == [])
        let stop = sends(try tracker.request(.emergencyStop, by: .person, abilities: all, at: moment(3)))
        #expect(stop == ["emergency_stop"])
        #expect(tracker.open?.number == 3)
    }

    @Test("after its deadline a command blocks no other one")
    func freeAgain() throws {
        var tracker = tracker(.printing)
        _ = try tracker.request(.pause, by: .farmtop, abilities: all, at: moment(0))
        _ = tracker.tick(at: steady(30))
        let again = sends(try tracker.request(.pause, by: .person, abilities: all, at: moment(31)))
        #expect(again == ["pause"])
    }

    @Test("a print that ends answers its pause and its cancel", arguments: [LinkCommand.pause, .cancel])
    func ended(command: LinkCommand) throws {
        var tracker = tracker(.printing)
        _ = try tracker.request(command, by: .person, abilities: all, at: moment(0))
        #expect(tracker.saw(reading(.offline, 1)) == [])
        #expect(outcomes(tracker.saw(reading(.complete, 2))) == ["confirmed"])
    }

    @Test("a clock that is set, forward or back, confirms, expires and repeats nothing", arguments: [-7200.0, 7200])
    func clockSet(seconds: Double) throws {
        var tracker = tracker(.printing)
        _ = try tracker.request(.pause, by: .person, abilities: all, at: moment(0))
        #expect(tracker.tick(at: steady(5)) == [])
        var after = reading(.printing, 10)
        after.at = at(10 + seconds)
        #expect(tracker.saw(after, at: steady(10)) == [])
        #expect(outcomes(tracker.tick(at: steady(30))) == ["not_confirmed"])
        after = reading(.paused, 31)
        after.at = at(31 + seconds)
        #expect(outcomes(tracker.saw(after, at: steady(31))) == ["confirmed"])
    }

    @Test(
        "a repetition never hits the next job: the command of the old one ends unconfirmed, and nobody is alerted",
        arguments: [LinkCommand.pause, .cancel], ["file", "number", "beginning"])
    func nextJob(command: LinkCommand, change: String) throws {
        var tracker = CommandTracker(kind: .octoprint)
        _ = tracker.saw(reading(.printing, -1, elapsed: 3600, progress: 0.9, jobID: "1"))
        _ = try tracker.request(command, by: .person, abilities: all, at: moment(0))
        _ = tracker.answered(.unknown("no answer"), number: 1)
        let next =
            switch change {
            case "file": reading(.printing, 10, file: "b.gcode", elapsed: 3610, progress: 0.9, jobID: nil)
            case "number": reading(.printing, 10, elapsed: 3610, progress: 0.9, jobID: "2")
            default: reading(.printing, 10, elapsed: 3, progress: 0.01)
            }
        let actions = tracker.saw(next)
        #expect(sends(actions) == [])
        #expect(outcomes(actions) == ["not_confirmed"])
        #expect(alerts(actions) == 0)
        let late = tracker.tick(at: steady(600))
        #expect(late == [])
        // What the next job does says nothing of the old command.
        let paused = tracker.saw(reading(.paused, 601, file: "b.gcode", jobID: "2"))
        #expect(paused == [])
        #expect(tracker.unheardStop == nil)
    }

    @Test("a command that was late and not confirmed is not confirmed by the next job either")
    func nextJobAfterDeadline() throws {
        var tracker = CommandTracker(kind: .octoprint)
        _ = tracker.saw(reading(.printing, -1, jobID: "1"))
        _ = try tracker.request(.pause, by: .person, abilities: all, at: moment(0))
        _ = tracker.tick(at: steady(30))
        #expect(tracker.saw(reading(.printing, 40, jobID: "2")) == [])
        #expect(tracker.saw(reading(.paused, 50, jobID: "2")) == [])
        #expect(tracker.last?.outcome == .notConfirmed)
    }

    @Test(
        "a pause that must not be lost waits for the open command, goes out after it, and its deadline counts from the wish"
    )
    func waitingPause() throws {
        var tracker = tracker(.paused)
        _ = try tracker.request(.resume, by: .person, abilities: all, at: moment(0))
        _ = tracker.saw(reading(.printing, 0))
        let asked = try tracker.requestWhenFree(.pause, by: .farmtop, abilities: all, at: moment(5))
        #expect(asked == [])
        #expect(tracker.deadline(of: .pause) == steady(35))
        let free = tracker.saw(reading(.printing, 10))
        #expect(outcomes(free) == ["confirmed", "sent"])
        #expect(sends(free) == ["pause"])
        #expect(tracker.open?.deadline == steady(35))
        #expect(tracker.open?.number == 2)
        #expect(outcomes(tracker.saw(reading(.paused, 12))) == ["confirmed"])
    }

    @Test("a pause that waits until its deadline alerts; one whose print is over is dropped")
    func waitingPauseEnds() throws {
        func waiting() throws -> CommandTracker {
            var tracker = CommandTracker(kind: .moonraker)
            _ = tracker.saw(reading(.paused, -1))
            _ = try tracker.request(.resume, by: .person, abilities: all, at: moment(-100))
            _ = tracker.saw(reading(.printing, -100))
            _ = try tracker.requestWhenFree(.pause, by: .farmtop, abilities: all, at: moment(0))
            return tracker
        }
        var late = try waiting()
        // The state is as before the request, so the resume stays open until its own deadline.
        late.lost()
        let first = late.tick(at: steady(20))
        #expect(alerts(first) == 1)
        #expect(sends(first) == [])
        let second = late.tick(at: steady(120))
        #expect(alerts(second) == 1)
        #expect(late.nextDeadline == nil)
        var over = try waiting()
        let actions = over.saw(reading(.complete, 1))
        #expect(sends(actions) == [])
        #expect(over.nextDeadline == nil)
    }

    @Test("a cancel that was refused because the job had changed marks the next job with nothing")
    func refusedForNextJob() throws {
        var tracker = CommandTracker(kind: .prusalink)
        _ = tracker.saw(reading(.printing, -1, jobID: "1"))
        _ = try tracker.request(.cancel, by: .person, abilities: all, at: moment(0))
        _ = tracker.answered(.refused("The printer has another job by now."), number: 1)
        #expect(tracker.unheardStop != nil)
        #expect(tracker.saw(reading(.printing, 1, jobID: "2")) == [])
        #expect(tracker.unheardStop == nil)
        #expect(tracker.last?.outcome == .refused)
    }

    @Test("after a restart a stop is what the history tells of it; one without an answer is not sent again")
    func restored() {
        func tracker(_ outcome: CommandOutcome, isOfOpenJob: Bool = true) -> CommandTracker {
            var tracker = CommandTracker(kind: .moonraker)
            tracker.restore(
                .emergencyStop, by: .person, outcome: outcome, words: nil, isOfOpenJob: isOfOpenJob, at: moment(-60))
            return tracker
        }
        for outcome in [CommandOutcome.sent, .unknown, .refused, .notOffered, .notConfirmed] {
            var tracker = tracker(outcome)
            #expect(tracker.open == nil && tracker.unheardStop != nil, "\(outcome)")
            #expect(tracker.tick(at: steady(600)) == [])
            #expect(sends(tracker.saw(reading(.printing, 0))) == [])
            #expect(tracker.unheardStop != nil, "\(outcome)")
            tracker.jobIsOver()
            #expect(tracker.unheardStop == nil)
        }
        var stopped = tracker(.sent)
        #expect(outcomes(stopped.saw(reading(.error, 0))) == ["confirmed"])
        #expect(tracker(.confirmed).unheardStop == nil)
        #expect(tracker(.refused, isOfOpenJob: false).unheardStop == nil)
    }

    @Test("a cancel that is not confirmed is an unheard stop until the job is over, or something else is asked")
    func unheardStop() throws {
        var tracker = tracker(.printing)
        _ = try tracker.request(.cancel, by: .person, abilities: all, at: moment(0))
        #expect(tracker.unheardStop == nil)
        let late = tracker.tick(at: steady(30))
        #expect(alerts(late) == 1)
        #expect(tracker.unheardStop?.command == .cancel)
        _ = tracker.saw(reading(.printing, 31))
        #expect(tracker.unheardStop != nil)
        _ = tracker.saw(reading(.cancelled, 40))
        #expect(tracker.unheardStop == nil)
    }

    @Test("a link that is taken away gives its open command up, loudly")
    func abandoned() throws {
        var tracker = tracker(.printing)
        _ = try tracker.request(.pause, by: .farmtop, abilities: all, at: moment(0))
        #expect(alerts(tracker.abandon()) == 1)
        #expect(tracker.abandon() == [])
    }

    @Test("refusals are sentences")
    func words() {
        #expect(
            CommandRefusal.wrongState(command: "pause", .idle).description
                == "The printer is idle: pause cannot be done now and was not sent.")
        #expect(
            CommandRefusal.wrongState(command: "emergency_stop", .offline).description
                == "The printer is offline: emergency stop was not sent.")
    }
}
