import ArgumentParser
import Farm
import FarmConfiguration

struct PrinterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "printer", abstract: "The printers of the farm.",
        subcommands: [
            Add.self, List.self, Show.self, ConnectPrinter.self, DisconnectPrinter.self, ConfirmPrinter.self,
            ForgetCamera.self, Archive.self, Unarchive.self, Remove.self,
        ])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "add", abstract: "Make a printer.")
        @Argument var name: String
        @Option(help: "Whose it is.") var account = Account.firstName
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.createPrinter(account: account, settings: PrinterSettings(name: name))) {
                .printer($0, "was added")
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

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show a printer in detail.")
        @Argument(help: "Its name, or its number in the list.", completion: CompleteCommand.completion(.printers))
        var printer: NamedPrinter
        @OptionGroup var options: CommonOptions

        func run() async throws {
            let view = try await FarmAccess.with(options.settings()) { try printer.found(in: await $0.snapshot()) }
            try Listing(printer: view, now: Timestamp.systemClock()).show(asJSON: options.isJSON)
        }
    }

    struct ForgetCamera: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "forget-camera",
            abstract: "Forget what was learned about a printer's camera: after it was moved or replaced.")
        @Argument(
            help: "The printer's name, or its number in the list.", completion: CompleteCommand.completion(.printers))
        var printer: NamedPrinter
        @OptionGroup var options: CommonOptions

        func run() async throws {
            let listing = try await FarmAccess.with(options.settings()) { farm in
                let view = try printer.found(in: await farm.snapshot())
                let name = view.printer.settings.name
                guard case .done(succeeded: true) = try await farm.perform(.forgetCamera(view.id)) else {
                    return Listing(done: "Nothing is known yet about the camera of \(name).")
                }
                return Listing(done: "Forgot what was learned about the camera of \(name).")
            }
            try listing.show(asJSON: options.isJSON)
        }
    }

    struct Archive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "archive", abstract: "Archive a printer; a running print counts as cancelled.")
        @Argument(help: "Its number in the list.") var id: RowNumber
        @Flag(help: "Do not ask, though it is printing.") var yes = false
        @OptionGroup var options: CommonOptions

        func run() async throws {
            let reply = try await options.performAsking(
                .archivePrinter(PrinterID(id.value)), verb: "Archive", refused: "Nothing was archived.", yes: yes)
            let listing = Listing.printer(reply, "is archived") ?? Listing(done: "Printer \(id.value) is archived.")
            try listing.show(asJSON: options.isJSON)
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
        @Flag(help: "Do not ask, though it is printing.") var yes = false
        @OptionGroup var options: CommonOptions

        func run() async throws {
            _ = try await options.performAsking(
                .deletePrinter(PrinterID(id.value)), verb: "Remove", refused: "Nothing was removed.", yes: yes)
            try Listing(done: "Printer \(id.value) is removed.").show(asJSON: options.isJSON)
        }
    }
}

extension CommonOptions {
    /// Does what ends the print of a printer with it; asks first where one is open.
    /// - Parameter verb: "Remove"
    fileprivate func performAsking(
        _ action: FarmAction, verb: String, refused: String, yes: Bool
    ) async throws -> FarmReply {
        try await FarmAccess.with(settings()) { farm in
            if !yes, case .printers(let printers) = try await farm.perform(.listPrinters(includeArchived: true)),
                let printer = printers.first(where: { action.concerns($0.printer.id) }),
                let print = printer.currentPrint
            {
                try Console.confirm(
                    "\(printer.printer.settings.name) is printing \(print.filename), which would be cancelled. \(verb) it?",
                    refused: refused)
            }
            return try await farm.perform(action)
        }
    }
}

extension FarmAction {
    fileprivate func concerns(_ id: PrinterID) -> Bool {
        switch self {
        case .archivePrinter(let printer), .deletePrinter(let printer): printer == id
        default: false
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
