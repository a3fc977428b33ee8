import ArgumentParser
import Farm

struct PrinterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "printer", abstract: "The printers of the farm.",
        subcommands: [Add.self, List.self, Archive.self, Unarchive.self, Remove.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "add", abstract: "Make a printer.")
        @Argument var name: String
        @Option(help: "Whose it is.") var account = Account.firstName
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.createPrinter(account: account, settings: PrinterSettings(name: name))) {
                .printer($0, "is made")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the printers.")
        @Flag(help: "Archived ones too.") var all = false
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.listPrinters(includeArchived: all)) { reply in
                guard case .printers(let printers) = reply else { return nil }
                return Listing(printers: printers, now: Timestamp.systemClock())
            }
        }
    }

    struct Archive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "archive", abstract: "Put a printer aside; a running print is cancelled.")
        @Argument(help: "Its number in the list.") var id: RowNumber
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.archivePrinter(PrinterID(id.value))) {
                .printer($0, "is archived") ?? Listing(done: "Printer \(id.value) is archived.")
            }
        }
    }

    struct Unarchive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unarchive", abstract: "Take an archived printer back.")
        @Argument(help: "Its number in the list.") var id: RowNumber
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.unarchivePrinter(PrinterID(id.value))) {
                .printer($0, "is back") ?? Listing(done: "Printer \(id.value) is back.")
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove a printer for good; its prints stay in the history.")
        @Argument(help: "Its number in the list.") var id: RowNumber
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.deletePrinter(PrinterID(id.value))) { _ in
                Listing(done: "Printer \(id.value) is removed.")
            }
        }
    }
}

extension Listing {
    /// Nil when the reply is about no printer.
    static func printer(_ reply: FarmReply, _ what: String) -> Listing? {
        guard case .printer(let printer, let account) = reply else { return nil }
        let listing = PrinterListing(printer: printer, accountName: account, currentPrint: nil)
        return Listing(
            done: "Printer \(printer.id) (\(printer.settings.name)) \(what).",
            [("printer", JSONText(listing: listing))])
    }
}
