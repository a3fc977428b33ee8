public import Farm
public import Logging
import Synchronization

/// Runs one link for each machine of the farm: what a link tells becomes a command of the farm, and what the farm has put on a
/// machine's command tracker is sent once it is on disk.
///
/// It decides nothing: it looks at the committed state whenever that changes.
public actor MachineSupervisor {
    /// Makes the link that speaks a machine's language; it is not connected yet.
    public typealias LinkMaker = @Sendable (LinkSettings, LinkCredentials) -> any PrinterLink

    private struct Running {
        var stored: MachineLink
        var generation: UInt64
        var link: (any PrinterLink)?
        var task: Task<Void, Never>
        /// The last command that went out, and whether its repetition did.
        var sent: (number: Int, isRepetition: Bool)
    }

    private let service: FarmService
    private let sealer: any CredentialSealer
    private let makeLink: LinkMaker
    private let logger: Logger
    private let faults = Mutex(RepeatedFaults())
    private var running: [PrinterID: Running] = [:]

    public init(
        service: FarmService, sealer: any CredentialSealer, logger: Logger, makeLink: @escaping LinkMaker
    ) {
        self.service = service
        self.sealer = sealer
        self.makeLink = makeLink
        self.logger = logger
    }

    /// Until the task is cancelled or the farm is shut down; then every link has ended.
    public func run() async {
        var seen: UInt64?
        var looked: UInt64?
        while let revision = await service.revisions.next(after: seen) {
            seen = revision
            let state = service.state
            for live in state.printers.changed(since: looked) { follow(live) }
            looked = state.revision
        }
        for printer in running.keys { stop(printer) }
        // Each ends by itself now.
        for entry in ended { await entry.value }
        ended = []
    }

    /// The link of a printer, for its files and cameras; nil where none runs.
    public func link(of printer: PrinterID) -> (any PrinterLink)? { running[printer]?.link }

    private var ended: [Task<Void, Never>] = []

    private func follow(_ live: LivePrinter) {
        let printer = live.printer.id
        if let entry = running[printer], !isCurrent(entry, live) { stop(printer) }
        guard let machine = wanted(live) else { return }
        if running[printer] == nil { start(machine) }
        if let command = machine.commands.last { send(command, to: printer) }
    }

    /// The machine whose link has to run; nil for none.
    private func wanted(_ live: LivePrinter) -> LiveMachine? {
        guard live.printer.deletedAt == nil, live.printer.archivedAt == nil, let machine = live.machine,
            machine.link.isConfirmed
        else { return nil }
        return machine
    }

    private func isCurrent(_ entry: Running, _ live: LivePrinter) -> Bool {
        guard let machine = wanted(live) else { return false }
        return machine.generation == entry.generation && machine.link == entry.stored
    }

    private func start(_ machine: LiveMachine) {
        let (stored, generation) = (machine.link, machine.generation)
        let (printer, settings) = (stored.printerID, stored.settings)
        do {
            let credentials = try sealer.open(stored.credentials, for: .link(of: printer, settings.address))
            let link = makeLink(settings, credentials)
            let task = Task { await relay(link, of: printer, generation) }
            running[printer] = Running(stored: stored, generation: generation, link: link, task: task, sent: (0, false))
        } catch {
            let task = Task { await tell(.needsOperator(error), of: printer, generation) }
            running[printer] = Running(stored: stored, generation: generation, link: nil, task: task, sent: (0, false))
        }
    }

    private func stop(_ printer: PrinterID) {
        guard let entry = running.removeValue(forKey: printer) else { return }
        entry.task.cancel()
        ended.append(entry.task)
        // Those that have long ended need no waiting for.
        if ended.count > 64 { ended.removeFirst() }
    }

    private nonisolated func relay(_ link: any PrinterLink, of printer: PrinterID, _ generation: UInt64) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await link.run() }
            for await event in link.events { await tell(event, of: printer, generation) }
            group.cancelAll()
        }
    }

    private nonisolated func tell(_ event: LinkEvent, of printer: PrinterID, _ generation: UInt64) async {
        if case .said(let words) = event { logger.debug("Printer \(printer) says: \(words)") }
        let command = ApplyLinkEvent(printer: printer, generation: generation, event: event)
        guard case .reading = event else { return await insist(command, for: printer) }
        do { try await service.perform(command) } catch {
            // The next reading says it again.
            log("What machines tell could not be stored: \(error)")
        }
    }

    /// The same of any machine is logged once a minute: on a full disk each of them would say it with each reading.
    private nonisolated func log(_ fault: String) {
        let now = service.elapsed()
        if let line = faults.withLock({ $0.line(fault, at: now) }) { logger.warning("\(line)") }
    }

    /// What is said once must not be lost because the disk is full for a while: it is tried until it is in. Readings that come
    /// meanwhile wait in the link, which keeps the newest.
    private nonisolated func insist<Command: FarmCommand>(_ command: Command, for printer: PrinterID) async {
        var wait = Duration.milliseconds(100)
        while true {
            do throws(FarmError) {
                _ = try await service.perform(command)
                return
            } catch .unavailable(let reason, _) {
                log("What machines told once could not be taken in yet: \(reason)")
            } catch {
                return logger.warning("What printer \(printer) told was not taken in: \(error)")
            }
            // Cancelled: the link has ended, and what it told goes with it.
            do { try await Task.sleep(for: wait) } catch { return }
            wait = min(wait * 2, .seconds(5))
        }
    }

    private func send(_ command: MachineCommand, to printer: PrinterID) {
        guard let entry = running[printer], let link = entry.link, !command.isSuperseded else { return }
        let isUndone = command.isOpen || (command.isResent && command.outcome == .notConfirmed)
        let isNew = command.number > entry.sent.number && isUndone
        let isRepetition = command.number == entry.sent.number && command.isResent && !entry.sent.isRepetition
        guard isNew || isRepetition else { return }
        running[printer]?.sent = (command.number, command.isResent)
        let generation = entry.generation
        let timeout = command.answerTimeout(entry.stored.settings.address.kind)
        Task {
            let outcome = await link.send(command.command, of: command.job, timeout: timeout)
            await insist(
                AnswerMachineCommand(
                    printer: printer, generation: generation, number: command.number, outcome: outcome),
                for: printer)
        }
    }
}
