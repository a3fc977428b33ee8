/// What is to be done about a command.
public enum CommandAction: Equatable, Sendable {
    /// Ask the link, and give its outcome to `answered` under this number.
    case send(LinkCommand, number: Int, timeout: Duration)
    /// Its outcome has changed: write it down.
    case tell(MachineCommand)
    /// A pause, resume, cancel or emergency stop has not been confirmed: alert. For a pause that is `PauseNotConfirmed`.
    case alertNotConfirmed(MachineCommand)
}

/// The commands of one machine: one at a time, each a request that only the machine's state confirms, and each for the job that
/// it was given for.
///
/// Pure: requests, answers, readings and moments in, actions out. Whatever is waited for goes by steady time.
public struct CommandTracker: Equatable, Sendable {
    /// What the machine speaks: some confirm otherwise than others.
    public let kind: LinkKind
    /// The newest command, open or over.
    public private(set) var last: MachineCommand?
    /// Wanted as soon as the open one is over.
    private var waiting: WaitingCommand?
    private var reading: PrinterReading?
    private var count = 0

    private struct WaitingCommand: Equatable {
        var command: LinkCommand
        var actor: EventActor
        var abilities: LinkAbilities
        var job: MachineJob?
        var moment: FarmMoment
    }

    public init(kind: LinkKind) { self.kind = kind }

    /// The command that the machine has not confirmed yet.
    public var open: MachineCommand? { last.flatMap { $0.isOpen ? $0 : nil } }

    /// When `tick` has something to say; nil: never.
    public var nextDeadline: SteadyTime? { [open?.deadline, waitingDeadline].compactMap(\.self).min() }

    private var waitingDeadline: SteadyTime? { waiting.map { $0.moment.steady + confirmedWithin } }

    /// When this command counts as not confirmed, on its way or waiting; nil for neither.
    public func deadline(of command: LinkCommand) -> SteadyTime? {
        if let waiting, waiting.command == command { return waitingDeadline }
        guard let open, open.command == command else { return nil }
        return open.deadline
    }

    /// How long this kind of machine may take to confirm a command.
    public var confirmedWithin: Duration { CommandRules.confirmedWithin(kind) }

    /// A stop that the machine has not heard, as long as the job goes on that it was for.
    public var unheardStop: MachineCommand? {
        guard let last, last.isUnheardStop, reading?.state.isJobOver != true else { return nil }
        return last
    }

    /// Nothing can be read: what the machine said last says nothing of now.
    public mutating func lost() { reading = nil }

    // MARK: Requests

    /// Somebody wants something of the machine.
    public mutating func request(
        _ command: LinkCommand, by actor: EventActor, abilities: LinkAbilities, at now: FarmMoment
    ) throws(CommandRefusal) -> [CommandAction] {
        if let refusal = CommandRules.refusal(of: command, reading: reading, abilities: abilities) { throw refusal }
        if let open, !CommandRules.goesPast(command, open.command) { throw .busy(with: open.command.name) }
        if command.isAboutJob { waiting = nil }
        count += 1
        let new = MachineCommand(
            number: count, command: command, actor: actor, job: reading.map(MachineJob.init),
            stateBefore: reading?.state, at: now, kind: kind)
        last = new
        return [.tell(new), send(new)]
    }

    /// The same for what must not be lost because another command is open, or the machine is about to go on: it goes out when
    /// that is over, and its deadline counts from now.
    public mutating func requestWhenFree(
        _ command: LinkCommand, by actor: EventActor, abilities: LinkAbilities, at now: FarmMoment
    ) throws(CommandRefusal) -> [CommandAction] {
        let isBlocked = open.map { !CommandRules.goesPast(command, $0.command) } ?? false
        guard isBlocked || reading?.state == .resuming else {
            return try request(command, by: actor, abilities: abilities, at: now)
        }
        guard abilities.contains(command.ability) else { throw .notOffered(command: command.name) }
        // The same is on its way.
        if let open, open.command == command { throw .busy(with: open.command.name) }
        guard waiting?.command != command else { return [] }
        waiting = WaitingCommand(
            command: command, actor: actor, abilities: abilities, job: reading.map(MachineJob.init), moment: now)
        return []
    }

    /// The command that waited, as one of its own: its deadline counts from when it was wanted.
    private mutating func taken(_ waiting: WaitingCommand) -> MachineCommand {
        self.waiting = nil
        count += 1
        return MachineCommand(
            number: count, command: waiting.command, actor: waiting.actor, job: waiting.job,
            stateBefore: reading?.state, at: waiting.moment, kind: kind)
    }

    /// The pause is not wanted any more: it is not sent or repeated, and nobody is told that it was not confirmed. The machine
    /// may have got it already; then its state says so.
    public mutating func withdrawPause() {
        if waiting?.command == .pause { waiting = nil }
        if open?.command == .pause { last = nil }
    }

    /// After a restart: what became of the last stop, as the history tells it. Nothing is sent again: what had no answer
    /// counts as not confirmed, until the machine says that it stopped.
    /// - Parameter isOfOpenJob: the job that it was for is still the printer's.
    public mutating func restore(
        _ command: LinkCommand, by actor: EventActor, outcome: CommandOutcome, words: String?, isOfOpenJob: Bool,
        at moment: FarmMoment
    ) {
        guard last == nil else { return }
        // The machine was at the print that is told of.
        var stop = MachineCommand(
            number: 0, command: command, actor: actor, job: nil, stateBefore: .printing, at: moment, kind: kind)
        stop.outcome = outcome
        stop.words = words
        if stop.isOpen {
            stop.outcome = .notConfirmed
            stop.words = "farmtop was started again before the machine answered"
        }
        stop.isSuperseded = !isOfOpenJob
        last = stop
    }

    /// The machine has said that its job is over or is another one: a stop that it did not heed is no matter of the next job.
    public mutating func jobIsOver() {
        guard var command = last, command.isUnheardStop else { return }
        command.isSuperseded = true
        last = command
    }

    // MARK: Answers and readings

    /// The server has answered. Answers to earlier commands come late and change nothing.
    public mutating func answered(_ outcome: LinkOutcome, number: Int) -> [CommandAction] {
        guard var command = last, command.number == number else { return [] }
        guard command.isOpen else {
            // People have been told that it is not confirmed; whether it still will be, only the state says.
            if command.outcome == .notConfirmed, outcome == .accepted { last?.wasAccepted = true }
            return []
        }
        switch outcome {
        case .accepted:
            guard command.outcome != .accepted else { return [] }
            command.outcome = .accepted
            command.wasAccepted = true
            command.words = nil
        case .unknown(let words):
            // An accepted command stays accepted, though the answer to its repetition was lost.
            guard command.outcome == .sent else { return [] }
            command.outcome = .unknown
            command.words = words
        case .refused(let words):
            // A repetition is refused where the first one was carried out: the state tells.
            guard !command.isResent else { return [] }
            command.outcome = .refused
            command.words = words
        case .notOffered: command.outcome = .notOffered
        }
        last = command
        return [.tell(command)] + (command.isOpen ? [] : alert(command)) + sendWaiting()
    }

    /// The machine says what it does.
    /// - Parameter moment: when the reading was received.
    public mutating func saw(_ reading: PrinterReading, at moment: SteadyTime) -> [CommandAction] {
        self.reading = reading
        return follow(reading, at: moment) + sendWaiting()
    }

    private mutating func follow(_ reading: PrinterReading, at moment: SteadyTime) -> [CommandAction] {
        guard var command = last, !command.isSuperseded, moment > command.requestedSteady else { return [] }
        if command.outcome != .confirmed, isOfAnotherJob(command, reading) { return supersede(&command) }
        guard command.isOpen || command.outcome == .notConfirmed else { return [] }
        if CommandRules.isConfirmed(command, by: reading) {
            command.outcome = .confirmed
            // What was in doubt is so no more.
            command.words = nil
            last = command
            return [.tell(command)]
        }
        // The answer was lost, the machine is back, and it goes on as before.
        guard command.outcome == .unknown, isUndone(command, reading) else { return [] }
        let repetition = command.isResent ? [] : resend(&command)
        guard command.command == .emergencyStop, reading.state.isJobActive else { return repetition }
        // Nobody waits for the deadline of a stop while the machine is seen to go on.
        command.outcome = .notConfirmed
        command.words = "no answer came, and the printer goes on"
        last = command
        return [.tell(command)] + alert(command) + repetition
    }

    private func isOfAnotherJob(_ command: MachineCommand, _ reading: PrinterReading) -> Bool {
        guard let job = command.job, reading.state.isJobActive || reading.state == .attention else { return false }
        return MachineJob(reading).differs(from: job)
    }

    /// The job that it was for is over, and another one must not be hit by it. Nobody needs an alert for that.
    private mutating func supersede(_ command: inout MachineCommand) -> [CommandAction] {
        let wasOpen = command.isOpen
        command.isSuperseded = true
        if wasOpen {
            command.outcome = .notConfirmed
            command.words = "the printer has another job by now"
        }
        last = command
        return wasOpen ? [.tell(command)] : []
    }

    // MARK: Time

    /// Time has passed.
    public mutating func tick(at now: SteadyTime) -> [CommandAction] {
        var actions: [CommandAction] = []
        if var command = open, now >= command.deadline {
            // What waits is wanted more than a repetition.
            let resends = waiting == nil && !command.isResent && isUndone(command, reading)
            command.outcome = .notConfirmed
            last = command
            actions += [.tell(command)] + alert(command)
            if resends { actions += resend(&command) }
        }
        if let waiting, let waitingDeadline, now >= waitingDeadline {
            var late = taken(waiting)
            late.outcome = .notConfirmed
            late.words = "another command took too long"
            actions += [.tell(late)] + alert(late)
        }
        return actions + sendWaiting()
    }

    /// The link is gone for good: nothing more will be known of the open command.
    public mutating func abandon() -> [CommandAction] {
        var actions: [CommandAction] = []
        var commands: [MachineCommand] = []
        if let open { commands.append(open) }
        if let waiting { commands.append(taken(waiting)) }
        for var command in commands {
            command.outcome = .notConfirmed
            if command.number == last?.number { last = command }
            actions += [.tell(command)] + alert(command)
        }
        reading = nil
        return actions
    }

    /// What waited goes out once nothing is open, if it still makes sense and its job still runs.
    private mutating func sendWaiting() -> [CommandAction] {
        guard let waiting, let reading, open == nil else { return [] }
        let isOver =
            waiting.job.map { MachineJob(reading).differs(from: $0) } ?? false || reading.state.isJobOver
            || CommandRules.isConfirmed(waiting.command, by: reading)
        if isOver {
            self.waiting = nil
            return []
        }
        guard CommandRules.refusal(of: waiting.command, reading: reading, abilities: waiting.abilities) == nil else {
            return []
        }
        let command = taken(waiting)
        last = command
        return [.tell(command), send(command)]
    }

    private func alert(_ command: MachineCommand) -> [CommandAction] {
        switch command.command {
        case .pause, .resume, .cancel, .emergencyStop: [.alertNotConfirmed(command)]
        case .start, .light: []
        }
    }

    /// The machine is still where it was when the command was given.
    private func isUndone(_ command: MachineCommand, _ reading: PrinterReading?) -> Bool {
        guard let reading else { return false }
        return CommandRules.isSensible(command.command, reading.state, hasStrayPause: reading.hasStrayPause)
    }

    private mutating func resend(_ command: inout MachineCommand) -> [CommandAction] {
        guard CommandRules.mayResend(command.command) else { return [] }
        command.isResent = true
        last = command
        return [send(command)]
    }

    private func send(_ command: MachineCommand) -> CommandAction {
        .send(
            command.command, number: command.number,
            timeout: CommandRules.answeredWithin(command.command, kind))
    }
}
