import ArgumentParser
import Farm
import Text

/// A printer as people name it on the command line: by its name, or by its number in the list.
struct NamedPrinter: ExpressibleByArgument {
    var text: String

    init?(argument: String) { text = argument }

    /// - Throws: a `CommandFailure` that says what to write instead.
    func found(in farm: FarmSnapshot) throws(CommandFailure) -> PrinterSnapshot {
        // A number is always the printer of that number: a name that an app gave must not stand in its way.
        if let printer = farm.printers.first(where: { "\($0.id)" == text }) { return printer }
        let named = farm.printers.filter { $0.printer.settings.name == text }
        if named.count == 1 { return named[0] }
        if named.isEmpty {
            throw .failed("There is no printer \(printable(text)). List them: farmtop printer list")
        }
        let numbers = named.map { "\($0.id)" }.joined(separator: ", ")
        throw .failed("\(named.count) printers have the name \(printable(text)). Give the number of one: \(numbers).")
    }
}

extension FarmBackend {
    /// The farm at this moment.
    func snapshot() async throws -> FarmSnapshot {
        for await update in updates() {
            switch update {
            case .snapshot(let farm): return farm
            case .disconnected(let reason): throw CommandFailure.failed(printable(reason))
            }
        }
        throw CommandFailure.failed("The farm ended before it answered. Try again.")
    }
}
