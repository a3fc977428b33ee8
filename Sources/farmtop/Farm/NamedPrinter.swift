import ArgumentParser
import Farm
import FarmConfiguration
import Text

/// A printer as people name it on the command line: by its name, or by its number in the list; `id=7` is always the number.
struct NamedPrinter: ExpressibleByArgument {
    var text: String
    private static let numberMark = "id="

    init?(argument: String) { text = argument }

    /// - Throws: a `CommandFailure` that says what to write instead.
    func found(in farm: FarmSnapshot) throws(CommandFailure) -> PrinterSnapshot {
        if text.hasPrefix(Self.numberMark),
            let printer = farm.printers.first(where: { Self.numberMark + "\($0.id)" == text })
        {
            return printer
        }
        let named = farm.printers.filter { $0.printer.settings.name == text }
        if let numbered = farm.printers.first(where: { "\($0.id)" == text }) {
            guard let other = named.first(where: { $0.id != numbered.id }) else { return numbered }
            // Printers are often called 1, 2, 3: a command must not move another one than was meant.
            throw .failed(
                """
                \(printable(text)) is the number of \(printable(numbered.printer.settings.name)) and the name of printer \(other.id). \
                Say which one: \(Self.numberMark)\(numbered.id) or \(Self.numberMark)\(other.id).
                """)
        }
        if named.count == 1 { return named[0] }
        if named.isEmpty {
            throw .failed("There is no printer \(printable(text)). List them: farmtop printer list")
        }
        let numbers = named.map { "\($0.id)" }.joined(separator: ", ")
        throw .failed("\(named.count) printers have the name \(printable(text)). Give the number of one: \(numbers).")
    }
}

extension NamedPrinter {
    /// What a person writes for a printer: its name where no other printer is meant by it, else its number.
    static func word(for printer: PrinterSnapshot, in farm: FarmSnapshot, isHarmless: (String) -> Bool) -> String {
        let name = printer.printer.settings.name
        let others = farm.printers.filter { $0.id != printer.id }
        let isClear = !others.contains { $0.printer.settings.name == name || "\($0.id)" == name }
        if isHarmless(name), isClear { return name }
        let number = "\(printer.id)"
        return others.contains { $0.printer.settings.name == number } ? numberMark + number : number
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
