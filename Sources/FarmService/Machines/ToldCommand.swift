import Farm
import Text

/// What became of a command, as its event tells it. The event is all that is kept of one: after a restart it is read again.
struct ToldCommand: Equatable {
    var name: String
    var outcome: CommandOutcome
    /// The server's, or farmtop's.
    var words: String?

    init(_ command: LinkCommand, _ outcome: CommandOutcome, words: String?) {
        name = Self.spoken(command)
        self.outcome = outcome
        self.words = words
    }

    private static func spoken(_ command: LinkCommand) -> String { command.name.replacing("_", with: " ") }

    var title: String { FarmEvent.commandTitle + name }

    func text(of printer: String) -> String {
        "\(printer): \(name) \(outcome.told)\(words.map { ": \($0.withoutFullStop)" } ?? "")."
    }

    /// - Returns: nil where the event tells of no such command.
    static func reading(_ event: FarmEvent, as command: LinkCommand) -> ToldCommand? {
        let name = spoken(command)
        guard event.kind == .command, event.title == FarmEvent.commandTitle + name, event.text.hasSuffix(".") else {
            return nil
        }
        for outcome in CommandOutcome.allCases {
            guard let found = event.text.firstRange(of: ": \(name) \(outcome.told)") else { continue }
            let rest = event.text[found.upperBound...].dropLast()
            if rest.isEmpty { return ToldCommand(command, outcome, words: nil) }
            if rest.hasPrefix(": ") { return ToldCommand(command, outcome, words: String(rest.dropFirst(2))) }
        }
        return nil
    }
}

extension CommandOutcome {
    /// Behind the command's name.
    fileprivate var told: String {
        switch self {
        case .sent: "was sent"
        case .accepted: "was accepted"
        case .refused: "was refused"
        case .unknown: "was sent, and no answer came"
        case .notOffered: "is not offered"
        case .confirmed: "was confirmed by the printer"
        case .notConfirmed: "was not confirmed by the printer"
        }
    }

    var severity: FarmEvent.Severity {
        switch self {
        case .sent, .accepted: .info
        case .refused, .unknown, .notOffered: .warning
        case .confirmed: .success
        case .notConfirmed: .error
        }
    }
}

extension LivePrinter {
    /// What became of the last stop of its machine, as it stood when farmtop ended.
    mutating func restoreStop(_ stored: StoredFarm, now: ClockReading) {
        guard machine != nil else { return }
        let event =
            if let currentPrint {
                stored.lastCommands[currentPrint.id]
            } else {
                stored.events.last {
                    $0.printerID == printer.id && $0.kind == .command && $0.title.hasPrefix(FarmEvent.commandTitle)
                }
            }
        // One that was about a print which is over is told in the history.
        guard let event, event.printID == currentPrint?.id else { return }
        for stop in [LinkCommand.emergencyStop, .cancel] {
            guard let told = ToldCommand.reading(event, as: stop) else { continue }
            machine?.commands.restore(
                stop, by: event.actor, outcome: told.outcome, words: told.words, isOfOpenJob: currentPrint != nil,
                at: FarmMoment(wall: event.createdAt, steady: now.steady(of: event.createdAt)))
        }
    }
}
