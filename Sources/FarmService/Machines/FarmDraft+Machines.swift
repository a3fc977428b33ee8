import Farm
import Text

extension FarmDraft {
    /// What the readings of a machine mean for its printer's print.
    mutating func carryOut(_ effects: [FollowingEffect], of id: PrinterID) {
        for effect in effects { carryOut(effect, of: id) }
    }

    private mutating func carryOut(_ effect: FollowingEffect, of id: PrinterID) {
        switch effect {
        case .open(let filename, let startedAt):
            openPrint(of: id, filename: filename, startedAt: min(startedAt, now), by: .machine, named: "the printer")
        case .end(let result, let reason):
            endCurrentPrint(of: id, as: result, reason: reason, by: .machine, named: "the printer")
            change(id) { $0.machine?.commands.jobIsOver() }
            writePrinter(id)
        case .name(let filename):
            change(id) { $0.currentPrint?.filename = filename }
            writePrinter(id)
        case .pause: confirmPause(of: id, by: .machine, text: "was paused by the printer.")
        case .resume: resume(id, by: .machine, named: "the printer")
        case .offline(let seconds, let reason):
            tell(
                .offline, .error, of: id, title: "Printer Offline",
                "is not followed: its printer has been offline for \(seconds) s. \(reason)")
        case .online: tell(.online, .info, of: id, title: "Printer Online", "is followed again: its printer is online.")
        case .attention(let words):
            tell(
                .attention, .error, of: id, title: "Printer Needs Attention", "needs a person at the printer: \(words)")
        }
    }

    /// An event of the open print; without one, of the printer.
    private mutating func tell(
        _ kind: FarmEvent.Kind, _ severity: FarmEvent.Severity, of id: PrinterID, title: String, _ words: String
    ) {
        guard let live = state.printers[id] else { return }
        if let print = live.currentPrint {
            record(kind, severity, by: .machine, title: title, text: "\(print.filename) \(words)", print: print)
        } else {
            record(
                kind, severity, by: .machine, title: title, text: "\(live.printer.settings.name) \(words)",
                printer: live.printer)
        }
    }

    // MARK: Commands

    /// Puts a command on the machine's command tracker; whoever runs its link sends it once this is on disk.
    mutating func ask(_ command: LinkCommand, of id: PrinterID, by actor: EventActor) throws(CommandRefusal) {
        guard var machine = state.printers[id]?.machine else { return }
        guard machine.link.isConfirmed else { throw .notConfirmed }
        let actions = try machine.commands.request(command, by: actor, abilities: machine.abilities, at: moment)
        install(machine.commands, of: id)
        note(actions, of: id)
    }

    /// The detector wants a pause. Where nothing can be sent, that is told at once: the alert matters more than the pause.
    mutating func askForPause(of id: PrinterID) {
        guard var machine = state.printers[id]?.machine else { return }
        do throws(CommandRefusal) {
            let actions = try machine.commands.requestWhenFree(
                .pause, by: .farmtop, abilities: machine.abilities, at: moment)
            install(machine.commands, of: id)
            note(actions, of: id)
        } catch .busy {
            // A pause is on its way already; its deadline is watched.
        } catch {
            pauseIsNotConfirmed(of: id, because: error.description)
        }
    }

    mutating func install(_ commands: CommandTracker, of id: PrinterID) {
        change(id) { $0.machine?.commands = commands }
    }

    /// Writes down what became of a command.
    mutating func note(_ actions: [CommandAction], of id: PrinterID) {
        for action in actions {
            switch action {
            // Who runs the link sees it in the command tracker.
            case .send: continue
            case .tell(let command): recordCommand(command, of: id)
            case .alertNotConfirmed(let command):
                if command.command == .pause {
                    pauseIsNotConfirmed(of: id, because: reason(command))
                } else {
                    isNotHeard(command, of: id)
                }
            }
        }
    }

    private func reason(_ command: MachineCommand) -> String {
        let name = command.command.name.replacing("_", with: " ")
        guard command.outcome != .refused else {
            return "The printer refused to \(name): \(command.words?.withoutFullStop ?? "no reason given")."
        }
        let seconds = Int(steady.seconds(since: command.requestedSteady))
        return "The printer was asked to \(name) \(seconds) s ago and has not said that it did."
    }

    /// A resume, cancel or emergency stop of which the machine says nothing: a person must look. A print that was ended in the
    /// books runs on, so it is followed again.
    private mutating func isNotHeard(_ command: MachineCommand, of id: PrinterID) {
        if command.command == .cancel { change(id) { $0.machine?.following.own() } }
        guard let live = state.printers[id] else { return }
        if let print = live.currentPrint { reopen(answeredBy: command.command, of: print.id) }
        let name = command.command.name.replacing("_", with: " ")
        let title = "\(name.prefix(1).uppercased())\(name.dropFirst()) Not Confirmed"
        let words = "\(reason(command)) Go to the printer."
        guard let print = live.currentPrint ?? live.lastPrint else {
            record(
                .attention, .error, by: .farmtop, title: title, text: "\(live.printer.settings.name): \(words)",
                printer: live.printer)
            return
        }
        record(.attention, .error, by: .farmtop, title: title, text: "\(print.filename): \(words)", print: print)
    }

    private mutating func recordCommand(_ command: MachineCommand, of id: PrinterID) {
        state.recordedCommands[
            CommandRecord(command: command.command.name, outcome: command.outcome), default: 0] += 1
        guard let live = state.printers[id], command.outcome != .accepted else { return }
        let told = ToldCommand(command.command, command.outcome, words: command.words)
        let (severity, title) = (command.outcome.severity, told.title)
        let text = told.text(of: live.printer.settings.name)
        if let print = live.currentPrint {
            record(.command, severity, by: command.actor, title: title, text: text, print: print)
        } else {
            record(.command, severity, by: command.actor, title: title, text: text, printer: live.printer)
        }
    }

    private mutating func pauseIsNotConfirmed(of id: PrinterID, because reason: String) {
        guard let print = state.printers[id]?.currentPrint, print.pausedAt == nil, print.pauseNotConfirmedAt == nil
        else { return }
        let now = now
        change(id) { live in
            live.currentPrint?.pauseRequestedAt = print.pauseRequestedAt ?? now
            live.currentPrint?.missPause(at: now)
        }
        writePrinter(id)
        guard let after = state.printers[id]?.currentPrint else { return }
        record(
            .pauseNotConfirmed, .error, by: .farmtop, title: "Pause Not Confirmed",
            text: "\(print.filename) goes on printing. \(reason) Pause the printer by hand.", print: after)
    }

    /// What time alone brings: silent machines, commands that nobody confirmed.
    mutating func watchMachines() {
        for (id, live) in state.printers {
            guard var machine = live.machine else { continue }
            let before = (machine.commands, machine.following)
            let actions = machine.commands.tick(at: steady)
            var effects: [FollowingEffect] = []
            if machine.reading == nil, machine.following.offlineSince == nil, live.currentPrint != nil {
                // A print from before the start: its machine has not spoken since.
                effects = machine.following.lost(machine.silence, at: steady, open: live.currentPrint)
            }
            effects += machine.following.tick(at: steady, open: live.currentPrint)
            guard before.0 != machine.commands || before.1 != machine.following else { continue }
            let (commands, following) = (machine.commands, machine.following)
            change(id) { live in
                live.machine?.commands = commands
                live.machine?.following = following
            }
            note(actions, of: id)
            carryOut(effects, of: id)
        }
    }
}
