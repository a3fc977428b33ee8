public import Farm

/// Puts a machine behind a printer, or changes the one that is there.
public struct ConnectMachine: FarmCommand {
    var caller: Caller
    var link: MachineLink

    /// - Parameter link: with its credentials sealed for its printer and address.
    public init(caller: Caller, link: MachineLink) {
        self.caller = caller
        self.link = link
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> LivePrinter {
        let id = link.printerID
        let live = try draft.state.printer(id, for: caller)
        try draft.state.refuseTaken(link.settings.address, besides: id)
        draft.forgetMachine(of: id)
        let machine = LiveMachine(link, generation: draft.state.revision + 1)
        draft.change(id) { $0.machine = machine }
        draft.write(.machine(.link(link)))
        draft.record(
            .settings, .info, by: caller.actor, title: "Printer Connected",
            text: "\(live.printer.settings.name) was connected to \(link.settings.address) by \(caller.name).",
            printer: live.printer)
        return try draft.live(id)
    }
}

extension FarmState {
    /// One machine has one printer: two would send it commands against each other, and each would keep its job as a print.
    /// - Parameter printer: the one that may have it; nil for a new one.
    func refuseTaken(_ address: LinkAddress, besides printer: PrinterID?) throws(FarmError) {
        let place = MachinePlace(address)
        for live in printers.values where live.printer.id != printer && live.printer.deletedAt == nil {
            guard let machine = live.machine, MachinePlace(machine.link.settings.address) == place else { continue }
            let archived = live.printer.archivedAt == nil ? "" : " (archived)"
            throw .machineTaken(by: live.printer.settings.name + archived, address)
        }
    }
}

/// Makes a printer with a machine behind it, or neither.
struct ConnectNewPrinter: FarmCommand {
    /// With a reserved id.
    var create: CreatePrinter
    var link: MachineLink

    func apply(to draft: inout FarmDraft) throws(FarmError) -> LivePrinter {
        var attempt = draft
        _ = try create.apply(to: &attempt)
        let live = try ConnectMachine(caller: create.caller, link: link).apply(to: &attempt)
        draft = attempt
        return live
    }
}

/// Takes the machine away from a printer. Its open print stays, for an app or a person to end.
public struct DisconnectMachine: FarmCommand {
    var caller: Caller
    var printer: PrinterID

    public init(caller: Caller, printer: PrinterID) {
        self.caller = caller
        self.printer = printer
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> PrinterChange {
        let live = try draft.state.printer(printer, for: caller)
        guard let machine = live.machine else { return PrinterChange(live: live, succeeded: false) }
        draft.forgetMachine(of: printer)
        draft.record(
            .settings, .info, by: caller.actor, title: "Printer Disconnected",
            text:
                "\(live.printer.settings.name) was disconnected from \(machine.link.settings.address) by \(caller.name).",
            printer: live.printer)
        return PrinterChange(live: try draft.live(printer), succeeded: true)
    }
}

/// A person says that this farm, restored from a backup, may use the machine again.
public struct ConfirmMachine: FarmCommand {
    var caller: Caller
    var printer: PrinterID

    public init(caller: Caller, printer: PrinterID) {
        self.caller = caller
        self.printer = printer
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> PrinterChange {
        let live = try draft.state.printer(printer, for: caller)
        draft.confirmRestore()
        guard var link = live.machine?.link else { return PrinterChange(live: live, succeeded: false) }
        guard !link.isConfirmed else { return PrinterChange(live: live, succeeded: true) }
        link.isConfirmed = true
        let confirmed = link
        draft.change(printer) { $0.machine?.link = confirmed }
        draft.write(.machine(.link(confirmed)))
        draft.record(
            .settings, .info, by: caller.actor, title: "Printer Confirmed",
            text: "\(live.printer.settings.name) may use \(link.settings.address) again, by \(caller.name).",
            printer: live.printer)
        return PrinterChange(live: try draft.live(printer), succeeded: true)
    }
}

extension FarmDraft {
    /// The link, its row, and its sealed key.
    mutating func forgetMachine(of id: PrinterID) {
        guard var machine = state.printers[id]?.machine else { return }
        let actions = machine.commands.abandon()
        note(actions, of: id)
        change(id) { $0.machine = nil }
        write(.machine(.removeLink(id)))
    }
}

/// Takes what a link tells into the farm: the reading, and what it means for the print.
struct ApplyLinkEvent: FarmCommand {
    var printer: PrinterID
    /// `LiveMachine.generation` of the link that tells it.
    var generation: UInt64
    var event: LinkEvent

    func apply(to draft: inout FarmDraft) throws(FarmError) {
        guard let live = draft.state.printers[printer], live.printer.deletedAt == nil, var machine = live.machine,
            machine.generation == generation
        else { return }
        var actions: [CommandAction] = []
        var effects: [FollowingEffect] = []
        switch event {
        case .reading(let reading):
            machine.isStale = false
            machine.fault = nil
            let moment = draft.clock.steady(of: reading.at)
            actions = machine.commands.saw(reading, at: moment)
            effects = machine.following.saw(reading, at: moment, open: live.currentPrint)
            machine.reading = machine.following.shown(reading, at: moment, open: live.currentPrint)
        case .stale: machine.isStale = true
        case .offline(let fault), .needsOperator(let fault):
            machine.fault = fault
            machine.commands.lost()
            effects = machine.following.lost(fault.description, at: draft.steady, open: live.currentPrint)
        case .abilities(let abilities): machine.abilities = abilities
        case .identity(let identity): machine.identity = identity
        case .said: return
        }
        let changed = machine
        draft.change(printer) { $0.machine = changed }
        draft.note(actions, of: printer)
        draft.carryOut(effects, of: printer)
    }
}

/// Takes the server's answer to a command.
struct AnswerMachineCommand: FarmCommand {
    var printer: PrinterID
    var generation: UInt64
    var number: Int
    var outcome: LinkOutcome

    func apply(to draft: inout FarmDraft) throws(FarmError) {
        guard var machine = draft.state.printers[printer]?.machine, machine.generation == generation else { return }
        let before = machine.commands
        let actions = machine.commands.answered(outcome, number: number)
        guard machine.commands != before else { return }
        draft.install(machine.commands, of: printer)
        draft.note(actions, of: printer)
    }
}

/// Asks something of the machine that is not about its print: the light, an emergency stop.
public struct MoveMachine: FarmCommand {
    public var caller: Caller
    public var printer: PrinterID
    var command: LinkCommand
    /// The print that is meant; nil: whatever the machine does.
    var print: PrintID?

    public init(caller: Caller, printer: PrinterID, command: LinkCommand, print: PrintID? = nil) {
        self.caller = caller
        self.printer = printer
        self.command = command
        self.print = print
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> PrinterChange {
        let live = try draft.state.printer(printer, for: caller)
        try live.refuseAnother(than: print)
        guard live.machine != nil else { throw .machine(.notOffered(command: command.name)) }
        try draft.ask(command, of: live, for: caller)
        return PrinterChange(live: try draft.live(printer), succeeded: true)
    }
}

extension LivePrinter {
    /// Nothing is to be sent where the machine is as it is asked to be. Where it cannot be heard, or a stop is on its way, nobody knows
    /// that: then it is refused, as what would be sent is.
    func refuseUnheard(_ command: LinkCommand) throws(FarmError) {
        guard let machine else { return }
        if let open = machine.commands.open?.command, open == .cancel || open == .emergencyStop {
            throw .machine(.busy(with: open.name))
        }
        let state = machine.shownState
        let isSo = command == .resume ? state == .printing || state == .resuming : state != .offline
        guard isSo else { throw .machine(.wrongState(command: command.name, state)) }
    }

    /// Without an open print: a machine that cannot be heard may have begun one, so nobody is told that it prints nothing.
    func refuseSilent(_ command: LinkCommand) throws(FarmError) {
        guard let machine, machine.shownState == .offline else { return }
        throw .machine(.wrongState(command: command.name, .offline))
    }

    /// What a person was asked about must be what runs: an answer for the last print does not touch the next one.
    func refuseAnother(than print: PrintID?) throws(FarmError) {
        guard let print, let current = currentPrint, current.id != print else { return }
        throw .anotherPrint(filename: current.filename)
    }

    /// The same where nothing was seen to be printed: a print that has begun since is not ended unasked.
    func refuseAnother(than seen: SeenPrint) throws(FarmError) {
        switch seen {
        case .unknown: break
        case .nothing: if let currentPrint { throw .anotherPrint(filename: currentPrint.filename) }
        case .print(let id): try refuseAnother(than: id)
        }
    }

    /// A caller without the right moves no linked printer, also where there is nothing to move now.
    func refuseMoving(by caller: Caller) throws(FarmError) {
        guard machine == nil || caller.mayMoveMachines else { throw .mayNotMoveMachines }
    }
}

extension FarmDraft {
    /// A pause that is on its way is not wanted any more.
    mutating func withdrawPause(of id: PrinterID) {
        guard state.printers[id]?.machine != nil else { return }
        change(id) { $0.machine?.commands.withdrawPause() }
    }

    /// The machine is left alone until its printer comes back; then its link begins anew, and no command of before is sent again.
    mutating func restMachine(of id: PrinterID) {
        guard var machine = state.printers[id]?.machine else { return }
        let actions = machine.commands.abandon()
        note(actions, of: id)
        let fresh = LiveMachine(machine.link, generation: state.revision + 1)
        change(id) { $0.machine = fresh }
    }

    /// Asks the machine of a linked printer, for a caller who may.
    mutating func ask(_ command: LinkCommand, of live: LivePrinter, for caller: Caller) throws(FarmError) {
        guard caller.mayMoveMachines else { throw .mayNotMoveMachines }
        do throws(CommandRefusal) { try ask(command, of: live.printer.id, by: caller.actor) } catch {
            throw .machine(error)
        }
    }
}
