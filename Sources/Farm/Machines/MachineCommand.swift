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
    /// With the file, where it starts one.
    public let command: LinkCommand
    /// Who asked for it.
    public let actor: EventActor
    /// As the clock on the wall went then.
    public let requestedAt: Timestamp
    /// Time-outs go by it.
    public let requestedSteady: SteadyTime
    /// The job that it was given for; nil for what is about none.
    public let job: MachineJob?
    /// What the machine did when it was given; nil if it had not said.
    public let stateBefore: MachineState?
    /// As far as it is known now.
    public internal(set) var outcome = CommandOutcome.sent
    /// The server's words to a refusal or a lost answer; cleaned.
    public internal(set) var words: String?
    /// It was sent a second time, as nobody knew whether the first had come.
    public internal(set) var isResent = false
    /// The server said yes to it, or to its repetition, whatever became of it since.
    public internal(set) var wasAccepted = false
    /// When it counts as not confirmed. Of a clock that nobody can set.
    public let deadline: SteadyTime
    /// From then on it is shown as waiting for the printer; nil: it never is.
    public let waitsFrom: SteadyTime?
    /// The machine has another job by now: nothing that it does says anything of this command.
    public internal(set) var isSuperseded = false

    init(
        number: Int, command: LinkCommand, actor: EventActor, job: MachineJob?, stateBefore: MachineState?,
        at moment: FarmMoment, kind: LinkKind
    ) {
        self.number = number
        self.command = command
        self.actor = actor
        self.job = command.isAboutJob ? job : nil
        self.stateBefore = stateBefore
        requestedAt = moment.wall
        requestedSteady = moment.steady
        let limit = CommandRules.confirmedWithin(kind)
        deadline = moment.steady + limit
        waitsFrom = limit > CommandRules.waitingAfter ? moment.steady + CommandRules.waitingAfter : nil
    }

    /// Neither confirmed nor given up.
    public var isOpen: Bool { [.sent, .accepted, .unknown].contains(outcome) }

    /// How long a link waits for the server's answer.
    public func answerTimeout(_ kind: LinkKind) -> Duration { CommandRules.answeredWithin(command, kind) }

    /// Whether it has gone unanswered for so long that people are told that it waits.
    public func isWaiting(at now: SteadyTime) -> Bool {
        guard isOpen, let waitsFrom else { return false }
        return now >= waitsFrom
    }
}

extension MachineCommand {
    /// A cancel or an emergency stop that the machine refused or did not confirm: it goes on, and a person must act.
    public var isUnheardStop: Bool {
        guard command == .cancel || command == .emergencyStop, !isSuperseded else { return false }
        return outcome == .notConfirmed || outcome == .refused || outcome == .notOffered
    }
}
