/// How far a command is. Wire: the raw value.
public enum CommandOutcome: String, Sendable, Codable, CaseIterable {
    case sent
    /// The server said yes, which is no word of the machine.
    case accepted
    case refused
    /// No answer, or the connection was lost: it may have been done.
    case unknown
    case notOffered = "not_offered"
    /// The machine's state says so.
    case confirmed
    /// The deadline passed without that.
    case notConfirmed = "not_confirmed"
}

/// A command on its way, or the last one of a machine.
public struct MachineCommand: Equatable, Sendable, Codable {
    /// Counts the commands of one machine since the start; answers name it.
    public let number: Int
    public let command: LinkCommand
    public let actor: EventActor
    public let requestedAt: Timestamp
    public internal(set) var outcome = CommandOutcome.sent
    /// The server's words to a refusal or a lost answer; cleaned.
    public internal(set) var words: String?
    public internal(set) var isResent = false
    /// When it counts as not confirmed.
    public let deadline: Timestamp
    /// From then on it is shown as waiting for the printer; nil: it never is.
    public let waitsFrom: Timestamp?

    init(number: Int, command: LinkCommand, actor: EventActor, at moment: Timestamp, kind: LinkKind) {
        self.number = number
        self.command = command
        self.actor = actor
        requestedAt = moment
        let limit = CommandRules.confirmedWithin(kind)
        deadline = moment + limit
        waitsFrom = limit > CommandRules.waitingAfter ? moment + CommandRules.waitingAfter : nil
    }

    /// Neither confirmed nor given up.
    public var isOpen: Bool { [.sent, .accepted, .unknown].contains(outcome) }

    /// How long a link waits for the server's answer.
    public func answerTimeout(_ kind: LinkKind) -> Duration { CommandRules.answeredWithin(command, kind) }

    public func isWaiting(at now: Timestamp) -> Bool {
        guard isOpen, let waitsFrom else { return false }
        return now >= waitsFrom
    }
}

/// What is to be done about a command.
public enum CommandAction: Equatable, Sendable {
    /// Ask the link, and give its outcome to `answered` under this number.
    case send(LinkCommand, number: Int, timeout: Duration)
    /// Its outcome has changed: write it down.
    case tell(MachineCommand)
    /// A pause, resume or cancel has not been confirmed: alert. For a pause that is `PauseNotConfirmed`.
    case alertNotConfirmed(MachineCommand)
}

/// The commands of one machine: one at a time, each a request that only the machine's state confirms.
///
/// Pure: requests, answers, readings and moments in, actions out.
public struct CommandTracker: Equatable, Sendable {
    public let kind: LinkKind
    /// The newest command, open or over.
    public private(set) var last: MachineCommand?
    private var reading: PrinterReading?
    private var count = 0

    public init(kind: LinkKind) { self.kind = kind }

    /// The command that the machine has not confirmed yet.
    public var open: MachineCommand? { last.flatMap { $0.isOpen ? $0 : nil } }

    /// When `tick` has something to say; nil: never.
    public var nextDeadline: Timestamp? { open?.deadline }

    /// When the open command counts as not confirmed; nil unless it is this one.
    public func deadline(of command: LinkCommand) -> Timestamp? {
        guard let open, open.command == command else { return nil }
        return open.deadline
    }

    /// How long this kind of machine may take to confirm a command.
    public var confirmedWithin: Duration { CommandRules.confirmedWithin(kind) }

    /// Nothing can be read: what the machine said last says nothing of now.
    public mutating func lost() { reading = nil }

    /// Somebody wants something of the machine.
    public mutating func request(
        _ command: LinkCommand, by actor: EventActor, abilities: LinkAbilities, at now: Timestamp
    ) throws(CommandRefusal) -> [CommandAction] {
        if let refusal = CommandRules.refusal(of: command, reading: reading, abilities: abilities) { throw refusal }
        if let open, !CommandRules.goesPast(command, open.command) { throw .busy(with: open.command.name) }
        count += 1
        let new = MachineCommand(number: count, command: command, actor: actor, at: now, kind: kind)
        last = new
        return [.tell(new), send(new)]
    }

    /// The server has answered. Answers to earlier commands come late and change nothing.
    public mutating func answered(_ outcome: LinkOutcome, number: Int, at now: Timestamp) -> [CommandAction] {
        guard var command = open, command.number == number else { return [] }
        switch outcome {
        case .accepted:
            guard command.outcome != .accepted else { return [] }
            command.outcome = .accepted
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
        return [.tell(command)] + (command.isOpen ? [] : alert(command))
    }

    /// The machine says what it does.
    public mutating func saw(_ reading: PrinterReading) -> [CommandAction] {
        self.reading = reading
        guard var command = last, command.isOpen || command.outcome == .notConfirmed, reading.at > command.requestedAt
        else { return [] }
        if CommandRules.isConfirmed(command.command, by: reading) {
            command.outcome = .confirmed
            last = command
            return [.tell(command)]
        }
        // The answer was lost, the machine is back, and it goes on as before.
        guard command.outcome == .unknown, !command.isResent, isUndone(command, reading) else { return [] }
        return resend(&command)
    }

    /// Time has passed.
    public mutating func tick(at now: Timestamp) -> [CommandAction] {
        guard var command = open else { return [] }
        // The clock was set back: the command must not stay open until that moment comes again.
        guard now >= command.deadline || now < command.requestedAt - .seconds(60) else { return [] }
        var actions: [CommandAction] = []
        let resends = !command.isResent && isUndone(command, reading)
        command.outcome = .notConfirmed
        last = command
        actions += [.tell(command)] + alert(command)
        if resends { actions += resend(&command) }
        return actions
    }

    /// The pause is not wanted any more: it is not repeated, and nobody is told that it was not confirmed. The machine may have
    /// got it already; then its state says so.
    public mutating func withdrawPause() {
        if open?.command == .pause { last = nil }
    }

    /// The link is gone for good: nothing more will be known of the open command.
    public mutating func abandon() -> [CommandAction] {
        guard var command = open else { return [] }
        command.outcome = .notConfirmed
        last = command
        reading = nil
        return [.tell(command)] + alert(command)
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
