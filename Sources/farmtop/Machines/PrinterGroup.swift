import ArgumentParser
import Farm
import Text

/// The printers of a group: those that have its tag.
struct PrinterGroup: ExpressibleByArgument, Equatable {
    /// As it is kept.
    var tag: String

    init?(argument: String) {
        guard let tag = PrinterTags.tag(argument) else { return nil }
        self.tag = tag
    }

    /// - Throws: a `CommandFailure` where the group is empty, with the groups that there are.
    func found(in farm: FarmSnapshot) throws(CommandFailure) -> [PrinterSnapshot] {
        let found = farm.printers.filter { $0.printer.settings.tags.contains(tag) }
        guard found.isEmpty else { return found }
        let known = Set(farm.printers.flatMap(\.printer.settings.tags.all)).sorted().joined(separator: ", ")
        throw .failed(
            "No printer is in the group \(tag). "
                + (known.isEmpty
                    ? "Put one in: farmtop printer edit NAME --tag \(shellWord(tag))" : "The groups are \(known)."))
    }
}

extension PrinterTags {
    /// What makes a tag, in a sentence.
    static var rule: String {
        "A printer is in at most \(limit) groups, each a word of 1 to \(lengthLimit) letters, digits, \"-\", \"_\" or \".\"."
    }
}

/// One printer, or all of a group.
struct PrinterSelection: ParsableArguments {
    @Argument(help: "The printer's name or number.", completion: CompleteCommand.completion(.printers))
    var printer: NamedPrinter?
    @Option(help: "All printers of this group instead.", completion: CompleteCommand.completion(.groups))
    var group: PrinterGroup?

    func validate() throws {
        guard (printer == nil) != (group == nil) else {
            throw ValidationError("Name one printer, or give --group GROUP.")
        }
    }
}

struct EditPrinter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Rename a printer, or put it into groups and take it out of them.")
    @Argument(help: "Its name, or its number in the list.", completion: CompleteCommand.completion(.printers))
    var printer: NamedPrinter
    @Option(help: "Its new name.") var name: String?
    @Option(help: "Put it into this group; may be given again.") var tag: [String] = []
    @Option(
        help: "Take it out of this group; may be given again.", completion: CompleteCommand.completion(.groups))
    var untag: [String] = []
    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard name != nil || !tag.isEmpty || !untag.isEmpty else {
            throw ValidationError("Nothing to change. Give --name, --tag or --untag.")
        }
        guard PrinterTags(tag) != nil, PrinterTags(untag) != nil else { throw ValidationError(PrinterTags.rule) }
    }

    func run() async throws {
        let (name, added, removed) = (name, tag, PrinterTags(untag) ?? [])
        let listing = try await FarmAccess.with(options.settings()) { farm in
            let snapshot = try await farm.snapshot()
            let view = try printer.found(in: snapshot)
            var settings = view.printer.settings
            let before = settings.name
            settings.name = name ?? settings.name
            let kept = settings.tags.all.filter { !removed.contains($0) }
            guard let tags = PrinterTags(kept + added) else { throw CommandFailure.usage(PrinterTags.rule) }
            settings.tags = tags
            _ = try await farm.perform(
                .updatePrinter(view.id, settings: settings, from: view.printer.settings))
            if let remark = snapshot.channelsNaming(view.id, asBefore: before, now: settings.name) {
                Console.error("farmtop: \(printable(remark))")
            }
            let groups = tags.isEmpty ? "is in no group" : "is in \(tags.all.joined(separator: ", "))"
            return Listing(
                done: settings.name == before
                    ? "Printer \(view.id) (\(settings.name)) \(groups)."
                    : "Printer \(view.id) (\(before)) is called \(settings.name) now, and \(groups).",
                [
                    ("id", .integer(view.id.rawValue)), ("name", .string(settings.name)),
                    ("tags", .list(tags.all.map(JSONText.string))),
                ])
        }
        try listing.show(asJSON: options.isJSON)
    }
}
