import ArgumentParser
import Farm
import FarmConfiguration
import Text

struct PrinterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "printer", abstract: "The printers of the farm.",
        subcommands: [
            Add.self, List.self, Show.self, EditPrinter.self, ConnectPrinter.self, ImportPrintersCommand.self,
            DisconnectPrinter.self, ConfirmPrinter.self, PrinterLight.self, StopPrinter.self,
            ForgetCamera.self, Archive.self, Unarchive.self, Remove.self,
        ])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "add", abstract: "Make a printer.")
        @Argument var name: String
        @Option(help: "The account that it belongs to.") var account = Account.firstName
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(
                .createPrinter(account: account, settings: PrinterSettings(name: name)), makesFarm: true
            ) {
                .printer($0, "was added")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the printers.")
        @Flag(help: "List archived ones too.") var all = false
        @Option(help: "Only those of this group.", completion: CompleteCommand.completion(.groups))
        var group: PrinterGroup?
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.listPrinters(includeArchived: all)) { reply in
                guard case .printers(let printers) = reply else { return nil }
                let listed = printers.filter { group == nil || $0.printer.settings.tags.contains(group?.tag ?? "") }
                guard listed.isEmpty, !printers.isEmpty, let group else {
                    return Listing(printers: listed, now: Timestamp.systemClock())
                }
                return Listing(text: "No printer is in the group \(group.tag).", json: .list([]))
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
            let now = Timestamp.systemClock()
            let listing = try await FarmAccess.with(options.settings()) { farm in
                let snapshot = try await farm.snapshot()
                do throws(CommandFailure) {
                    return Listing(printer: try printer.found(in: snapshot), now: now)
                } catch {
                    guard let archived = try await farm.archived(printer) else { throw error }
                    return Listing(archived: archived)
                }
            }
            try listing.show(asJSON: options.isJSON)
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
            let number = PrinterID(id.value)
            let reply = try await options.performAsking(
                about: number, verb: "Archive", refused: "Nothing was archived.", yes: yes
            ) { farm, seen in
                if let printer = try await farm.listed(number), printer.archivedAt != nil {
                    throw CommandFailure.failed(
                        "Printer \(number) (\(printable(printer.settings.name))) is archived already. Take it back: farmtop printer "
                            + "unarchive \(number)")
                }
                return .archivePrinter(number, seen: seen)
            }
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
            let id = PrinterID(id.value)
            let reply = try await FarmAccess.with(options.settings()) { farm in
                if let printer = try await farm.listed(id), printer.archivedAt == nil {
                    throw CommandFailure.failed("Printer \(id) (\(printable(printer.settings.name))) is not archived.")
                }
                return try await farm.perform(.unarchivePrinter(id))
            }
            let listing =
                Listing.printer(reply, "is no longer archived") ?? Listing(done: "Printer \(id) is no longer archived.")
            try listing.show(asJSON: options.isJSON)
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove a printer for good; its prints stay in the history.")
        @Argument(help: "Its number in the list.") var id: RowNumber
        @Flag(help: "Do not ask, though it is printing.") var yes = false
        @OptionGroup var options: CommonOptions

        func run() async throws {
            let number = PrinterID(id.value)
            _ = try await options.performAsking(
                about: number, verb: "Remove", refused: "Nothing was removed.", yes: yes
            ) { _, seen in .deletePrinter(number, seen: seen) }
            try Listing(done: "Printer \(id.value) is removed.").show(asJSON: options.isJSON)
        }
    }
}

extension CommonOptions {
    /// Does what ends the print of a printer with it; asks first where one is open, and then it is about that one.
    /// - Parameters:
    ///   - verb: "Remove"
    ///   - action: given what was seen to be printed.
    fileprivate func performAsking(
        about id: PrinterID, verb: String, refused: String, yes: Bool,
        _ action: (any FarmBackend, SeenPrint) async throws -> FarmAction
    ) async throws -> FarmReply {
        try await FarmAccess.with(settings()) { farm in
            var listing: PrinterListing?
            if !yes, case .printers(let printers) = try await farm.perform(.listPrinters(includeArchived: true)) {
                listing = printers.first { $0.printer.id == id }
            }
            let asked = try await action(
                farm, listing.map { SeenPrint(open: $0.currentPrint?.id) } ?? .unknown)
            if let listing, let print = listing.currentPrint {
                try Console.confirm(
                    "\(listing.printer.settings.name) is printing \(print.filename), which then counts as cancelled; a connected machine goes on with it. \(verb) it?",
                    refused: refused)
            }
            return try await farm.perform(asked)
        }
    }
}

extension FarmBackend {
    /// A printer, archived or not; nil when there is none of that number.
    fileprivate func listed(_ id: PrinterID) async throws -> Printer? {
        guard case .printers(let all) = try await perform(.listPrinters(includeArchived: true)) else { return nil }
        return all.first { $0.printer.id == id }?.printer
    }

    /// The archived printer of that number, or the only one of that name.
    fileprivate func archived(_ named: NamedPrinter) async throws -> PrinterListing? {
        guard case .printers(let all) = try await perform(.listPrinters(includeArchived: true)) else { return nil }
        let archived = all.filter { $0.printer.archivedAt != nil }
        if let printer = archived.first(where: { "\($0.printer.id)" == named.text }) { return printer }
        let namesakes = archived.filter { $0.printer.settings.name == named.text }
        return namesakes.count == 1 ? namesakes[0] : nil
    }
}

extension Listing {
    fileprivate init(archived listing: PrinterListing) {
        let printer = listing.printer
        let since = printer.archivedAt.map { " since \($0.minute)" } ?? ""
        self.init(
            text:
                "Printer \(printer.id) (\(printable(printer.settings.name))) is archived\(since). Take it back: farmtop "
                + "printer unarchive \(printer.id)",
            json: JSONText(listing: listing))
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
