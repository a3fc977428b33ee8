import ArgumentParser
import Farm

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
        try await options.move(printer, .emergencyStop) { name in
            "\(name) was sent an emergency stop. Look at it: only its state says that it stopped."
        } before: { name in
            guard !yes else { return }
            try Console.confirm(
                "Stop \(name) at once? Its print is lost and its firmware must be restarted.",
                refused: "Nothing was stopped.")
        }
    }
}

extension CommonOptions {
    /// - Parameters:
    ///   - done: the sentence, given the printer's name.
    ///   - before: asks a person, given the printer's name.
    fileprivate func move(
        _ named: NamedPrinter, _ command: LinkCommand, _ done: @Sendable (String) -> String,
        before: (String) throws -> Void = { _ in }
    ) async throws {
        let listing = try await FarmAccess.with(settings()) { farm in
            let view = try named.found(in: await farm.snapshot())
            try before(view.printer.settings.name)
            _ = try await farm.perform(.machine(.move(view.id, command)))
            return Listing(
                done: done(view.printer.settings.name), [("command", .string(command.name))])
        }
        try listing.show(asJSON: isJSON)
    }
}
