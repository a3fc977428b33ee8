internal import Farm
import Text

/// The form for a printer's settings.
extension Form {
    private enum PrinterField: Int { case name, sensitivity, action, watching, groups }

    static func newPrinter(accounts: [String]) -> Form {
        var form = printer(PrinterSettings(name: ""), purpose: .newPrinter, title: "New printer")
        if accounts.count > 1 {
            form.fields.append(
                Field(label: "account", value: .choice(accounts, 0), hint: "whose printer this is"))
        }
        return form
    }

    /// - Parameter isRemote: the farm is elsewhere, and machines are connected there only.
    static func editPrinter(_ printer: Printer, machine: MachineSnapshot?, isRemote: Bool) -> Form {
        var form = Self.printer(
            printer.settings, purpose: .editPrinter(printer.id), title: "Edit \(printer.settings.name)")
        guard !isRemote else { return form }
        form.fields.append(
            Field(
                label: machineLabel, value: .choice(machineChoices(machine).map(\.words), 0),
                hint: machine == nil
                    ? "OctoPrint, Moonraker or PrusaLink behind this printer" : "what this printer is linked to"))
        return form
    }

    private static func printer(_ settings: PrinterSettings, purpose: Purpose, title: String) -> Form {
        Form(
            purpose: purpose, title: title,
            fields: [
                Field(
                    label: "name", value: .text(TextField(settings.name, longest: 256)),
                    hint: "1 to 256 characters"),
                Field(
                    label: "sensitivity",
                    value: .text(TextField(shortest(settings.detectiveSensitivity), longest: 8)),
                    hint: "0.8 to 1.2; higher alerts sooner"),
                Field(
                    label: "on failure",
                    value: .choice(["pause the print", "alert only"], settings.actionOnFailure == .pause ? 0 : 1),
                    hint: "what is asked of the printer"),
                Field(
                    label: "watching", value: .choice(["on", "off"], settings.watchingEnabled ? 0 : 1),
                    hint: "off: pictures are scored, without alerts"),
                Field(
                    label: "groups", value: .text(TextField(settings.tags.all.joined(separator: " "), longest: 1000)),
                    hint: "words, separated by spaces: / #rack-a lists a group"),
            ])
    }

    private static func shortest(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) + ".0" : text
    }

    /// The settings as they stand in the form, over those that it does not show; nil when a field is faulty, which
    /// is then marked.
    mutating func printerSettings(over settings: PrinterSettings) -> PrinterSettings? {
        var settings = settings
        var faults: [Int: String] = [:]
        settings.name = fields[PrinterField.name.rawValue].text.trimmingWhitespace()
        if settings.name.isEmpty { faults[PrinterField.name.rawValue] = "a printer needs a name" }
        let number = Double(fields[PrinterField.sensitivity.rawValue].text.trimmingWhitespace())
        if let number, (0.8...1.2).contains(number) {
            settings.detectiveSensitivity = number
        } else {
            faults[PrinterField.sensitivity.rawValue] = "a number from 0.8 to 1.2"
        }
        settings.actionOnFailure = fields[PrinterField.action.rawValue].index == 0 ? .pause : .none
        settings.watchingEnabled = fields[PrinterField.watching.rawValue].index == 0
        let words = fields[PrinterField.groups.rawValue].text.split { $0 == " " || $0 == "," }
            .map { String($0.hasPrefix("#") ? $0.dropFirst() : $0) }
        if let tags = PrinterTags(words) {
            settings.tags = tags
        } else {
            faults[PrinterField.groups.rawValue] =
                "at most \(PrinterTags.limit) words of letters, digits, - _ . up to \(PrinterTags.lengthLimit) long"
        }
        return check(faults) ? settings : nil
    }

    /// The account chosen for a new printer.
    var account: String? { fields.first { $0.label == "account" }?.text }
}
