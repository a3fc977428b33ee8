/// Why a command is not sent. Nothing was sent and nothing changed.
public enum CommandRefusal: Error, Equatable, Sendable, Codable, CustomStringConvertible {
    /// The machine does not do that in this state.
    case wrongState(command: String, MachineState)
    case notOffered(command: String)
    /// The farm was restored from a backup, and nobody has said that no other farm uses the machine.
    case notConfirmed
    /// Another command waits for its confirmation.
    case busy(with: String)

    public var description: String {
        switch self {
        case .wrongState(let command, .offline): "The printer is offline: \(Self.verb(command)) was not sent."
        case .wrongState(let command, let state):
            "The printer \(state.predicate): \(Self.verb(command)) cannot be done now and was not sent."
        case .notOffered(let command): "This printer does not offer \(Self.verb(command))."
        case .notConfirmed:
            "Restored from a backup, this farm leaves the machine alone until you say that no other farm uses it: farmtop "
                + "printer confirm"
        case .busy(let other):
            "The printer has not confirmed \(Self.verb(other)) yet, so nothing was sent. Wait for it"
                + (Self.isStop(other) ? "." : ", or cancel the print.")
        }
    }

    private static func verb(_ command: String) -> String { command.replacing("_", with: " ") }

    private static func isStop(_ command: String) -> Bool {
        [LinkCommand.cancel.name, LinkCommand.emergencyStop.name].contains(command)
    }
}

extension MachineState {
    /// Behind "The printer".
    fileprivate var predicate: String {
        switch self {
        case .attention: "waits for a person"
        case .error: "has stopped with an error"
        default: "is \(rawValue)"
        }
    }
}

/// When a command makes sense, what confirms it, and how long that may take.
public enum CommandRules {
    /// - Parameter reading: nil before the machine has said anything: then only an emergency stop goes out.
    public static func refusal(
        of command: LinkCommand, reading: PrinterReading?, abilities: LinkAbilities
    ) -> CommandRefusal? {
        guard abilities.contains(command.ability) else { return .notOffered(command: command.name) }
        let state = reading?.state ?? .offline
        return isSensible(command, state, hasStrayPause: reading?.hasStrayPause ?? false)
            ? nil : .wrongState(command: command.name, state)
    }

    static func isSensible(_ command: LinkCommand, _ state: MachineState, hasStrayPause: Bool) -> Bool {
        switch command {
        case .pause: state == .printing
        case .resume: state == .paused
        case .cancel:
            [.printing, .pausing, .paused, .resuming, .attention].contains(state) || (hasStrayPause && state == .idle)
        case .start: [.idle, .complete, .cancelled].contains(state)
        case .light: state != .offline && state != .unlinked
        // The link decides whether it can still say it.
        case .emergencyStop: true
        }
    }

    /// Nothing waits for a cancel or an emergency stop: they go past a command that is open. A pause waits for no light.
    static func goesPast(_ command: LinkCommand, _ open: LinkCommand) -> Bool {
        if case .light = open { return true }
        return command == .cancel || command == .emergencyStop
    }

    /// A reading from after the request says that the machine did it, or that there is nothing left to do it to.
    static func isConfirmed(_ command: LinkCommand, by reading: PrinterReading) -> Bool {
        let state = reading.state
        switch command {
        case .pause: return state == .paused || state.isJobOver
        case .resume: return state == .printing || state.isJobOver
        case .cancel: return state.isJobOver && !reading.hasStrayPause
        case .start(let path):
            guard state.isJobActive else { return false }
            return reading.file?.path.map { $0 == path } ?? true
        case .light(let isOn): return reading.light == isOn
        case .emergencyStop: return !state.isJobActive && state != .attention
        }
    }

    /// The same of a command on its way. An emergency stop that the server has not taken is confirmed by an error that was not there
    /// before, and by nothing else: a job may be gone for another reason, with the heaters on.
    static func isConfirmed(_ command: MachineCommand, by reading: PrinterReading) -> Bool {
        guard isConfirmed(command.command, by: reading) else { return false }
        guard command.command == .emergencyStop else { return true }
        if command.wasAccepted {
            // A job that ran on to its end, or that a cancel ended after the deadline, is none that was stopped.
            if reading.state == .complete { return command.stateBefore == .complete }
            return command.outcome != .notConfirmed || reading.state != .cancelled
        }
        // Nobody knows whether the error of a machine is new that had not been heard before.
        guard reading.state == .error, let before = command.stateBefore else { return false }
        return before != .error && before != .offline && before != .unlinked
    }

    /// Sent once more where it was not confirmed: asking twice does no harm. A start would, and a light is not worth it.
    static func mayResend(_ command: LinkCommand) -> Bool {
        switch command {
        case .pause, .resume, .cancel, .emergencyStop: true
        case .start, .light: false
        }
    }

    /// From the request on.
    static func confirmedWithin(_ kind: LinkKind) -> Duration {
        switch kind {
        case .octoprint, .prusalink: .seconds(30)
        // It answers after the G-code before it: a heat-up, a macro.
        case .moonraker: .seconds(120)
        }
    }

    /// From then on an open command is shown as waiting for the printer.
    static let waitingAfter = Duration.seconds(30)

    /// How long a link waits for the server's answer.
    static func answeredWithin(_ command: LinkCommand, _ kind: LinkKind) -> Duration {
        switch (kind, command) {
        case (_, .emergencyStop): .seconds(10)
        case (.moonraker, _): .seconds(120)
        case (_, .start): .seconds(30)
        default: .seconds(10)
        }
    }
}

extension MachineState {
    /// No job is in the machine any more. Offline is no word on that.
    public var isJobOver: Bool {
        switch self {
        case .idle, .complete, .cancelled, .error: true
        case .unlinked, .offline, .printing, .pausing, .paused, .resuming, .finishing, .attention: false
        }
    }
}
