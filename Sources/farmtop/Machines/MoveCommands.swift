import ArgumentParser
import Farm
import FarmConfiguration
import Text

struct PrinterLight: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "light", abstract: "Turn the light of a connected printer on or off.")
    enum Switch: String, ExpressibleByArgument, CaseIterable { case on, off }
    @Argument(help: "The printer's name or number.", completion: CompleteCommand.completion(.printers))
    var printer: NamedPrinter
    @Argument(help: "on or off.") var state: Switch
    @OptionGroup var options: CommonOptions

    func run() async throws {
        try await options.move(printer, .light(state == .on)) {
            "The light of \($0) was asked to go \(state.rawValue)."
        }
    }
}

struct StopPrinter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Emergency stop: the printer stops at once and must be restarted by hand.",
        discussion: "OctoPrint and Moonraker take it at any moment. PrusaLink has none: use the switch of the printer.")
    @Argument(help: "The printer's name or number.", completion: CompleteCommand.completion(.printers))
    var printer: NamedPrinter
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let outcome = try await FarmAccess.with(options.settings()) { farm in
            let view = try printer.found(in: await farm.snapshot())
            let name = view.printer.settings.name
            if !yes {
                try Console.confirm(
                    "Stop \(name) at once? Its print is lost and its firmware must be restarted.",
                    refused: "Nothing was stopped.")
            }
            let last = view.machine?.lastCommand?.number ?? 0
            _ = try await farm.perform(.machine(.move(view.id, .emergencyStop, of: view.openPrintID)))
            return StopOutcome(name: name, command: try await Self.answer(to: view.id, after: last, in: farm))
        }
        try Listing(
            done: outcome.sentence,
            [
                ("command", .string(LinkCommand.emergencyStop.name)),
                ("outcome", JSONText(outcome.command?.outcome.rawValue)),
            ]
        ).show(asJSON: options.isJSON)
        if outcome.isFailure { throw ExitCode(1) }
    }

    /// The stop as far as it is after some seconds: a machine that refuses says so at once.
    private static func answer(
        to printer: PrinterID, after last: Int, in farm: any FarmBackend
    ) async throws -> MachineCommand? {
        var found: MachineCommand?
        let end = ContinuousClock.now + .seconds(12)
        while ContinuousClock.now < end {
            let view = try await farm.snapshot().printers.first { $0.id == printer }
            if let command = view?.machine?.lastCommand, command.number > last { found = command }
            if let found, !found.isOpen { return found }
            try await Task.sleep(for: .milliseconds(200))
        }
        return found
    }
}

/// What became of an emergency stop.
struct StopOutcome: Equatable, Sendable {
    var name: String
    /// Nil: nothing is known of it.
    var command: MachineCommand?

    /// Whatever is not known to have stopped has not.
    var isFailure: Bool { command?.outcome != .confirmed }

    var sentence: String {
        let words = command?.words.map { " (\($0))" } ?? ""
        switch command?.outcome {
        case .confirmed: return "\(name) has stopped: it says so itself."
        case .refused: return "\(name) refused the emergency stop\(words) and goes on. Switch it off by hand."
        case .notOffered: return "\(name) does not take an emergency stop. Switch it off by hand."
        case .notConfirmed: return "\(name) has not said that it stopped. Go to it."
        case .sent, .accepted, .unknown, nil:
            return "\(name) was sent an emergency stop and has not said yet that it stopped. Look at it."
        }
    }
}

extension CommonOptions {
    /// - Parameter done: the sentence, given the printer's name.
    fileprivate func move(
        _ named: NamedPrinter, _ command: LinkCommand, _ done: @Sendable (String) -> String
    ) async throws {
        let listing = try await FarmAccess.with(settings()) { farm in
            let view = try named.found(in: await farm.snapshot())
            _ = try await farm.perform(.machine(.move(view.id, command)))
            return Listing(
                done: done(view.printer.settings.name), [("command", .string(command.name))])
        }
        try listing.show(asJSON: isJSON)
    }
}
