import ArgumentParser
import Farm
import FarmConfiguration
import Text

struct PrintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "print", abstract: "Prints: start, finish, pause, resume, list.",
        subcommands: [
            Start.self, Finish.self, Cancel.self, Pause.self, Resume.self, Acknowledge.self, Dismiss.self, List.self,
            UploadPrint.self,
        ])

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "start",
            abstract:
                "Start a file of a connected machine; else say that a print started: an open one ends as replaced.")
        @Argument(help: "The printer's name or number.", completion: CompleteCommand.completion(.printers))
        var printer: NamedPrinter
        @Argument(help: "What is printed.") var file: String
        @Flag(help: "Do not ask, though a print is open.") var yes = false
        @Flag(help: "Start nothing where the bed is not clear, or the camera cannot tell.") var requireClear = false
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.act(on: printer) { printer in
                // A connected machine refuses while it prints.
                if let print = printer.print, print.isOpen, printer.machine == nil, !yes {
                    try Console.confirm(
                        "\(printer.printer.settings.name) is printing \(print.filename), which would end as replaced. "
                            + "Start \(file)?",
                        refused: "Nothing was started.")
                }
                return .startPrint(printer.id, filename: file, requireClear: requireClear)
            }
        }
    }

    struct Finish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "finish", abstract: "End the print: it went well, or it failed.")
        @Argument(help: "The printer's name or number.", completion: CompleteCommand.completion(.printers))
        var printer: NamedPrinter
        @Option(help: "Say that it failed, and why: \"warping\".") var failed: String?
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.act(on: printer) {
                .finishPrint($0.id, of: $0.openPrintID, result: failed == nil ? .success : .failed, reason: failed)
            }
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "cancel", abstract: "Cancel the print.")
        @OptionGroup var selection: PrinterSelection
        @Flag(help: "Do not ask.") var yes = false
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.act(on: selection, asking: yes ? nil : GroupQuestion(verb: "Cancel", done: "cancelled")) {
                .cancelPrint($0.id, of: $0.openPrintID)
            }
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pause",
            abstract: "Ask the machine or the app to pause the print, or say that you paused it by hand.")
        @OptionGroup var selection: PrinterSelection
        @Flag(help: "The machine is paused already: you did it by hand.") var byHand = false
        @Flag(help: "Do not ask, though it is a group.") var yes = false
        @OptionGroup var options: CommonOptions

        func run() async throws {
            let question = GroupQuestion(verb: "Pause", done: "paused", isForGroupsOnly: true)
            try await options.act(on: selection, asking: yes ? nil : question) {
                byHand ? .confirmPause($0.id, of: $0.openPrintID) : .pausePrint($0.id, of: $0.openPrintID)
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume",
            abstract: "Resume the print at a connected machine, or say that it goes on; or withdraw a pause request.")
        @OptionGroup var selection: PrinterSelection
        @Flag(help: "Do not ask, though it is a group.") var yes = false
        @OptionGroup var options: CommonOptions

        func run() async throws {
            let question = GroupQuestion(verb: "Resume", done: "resumed", isForGroupsOnly: true)
            try await options.act(on: selection, asking: yes ? nil : question) {
                .resumePrint($0.id, of: $0.openPrintID)
            }
        }
    }

    struct Acknowledge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ack", abstract: "Acknowledge the alert: you have seen it.")
        @Argument(help: "The printer's name or number.", completion: CompleteCommand.completion(.printers))
        var printer: NamedPrinter
        @Flag(help: "Judge it too: the print is failing.") var failed = false
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.act(on: printer) { before in
                try before.requireAlert(to: "acknowledge")
                return .acknowledgeAlert(before.id, of: before.openPrintID, verdict: failed ? .failed : nil)
            }
        }
    }

    struct Dismiss: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "dismiss", abstract: "Dismiss the alert: it is not a failure.")
        @Argument(help: "The printer's name or number.", completion: CompleteCommand.completion(.printers))
        var printer: NamedPrinter
        @Flag(help: "Undo the dismissal: the alert stands again.") var undo = false
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.act(on: printer) { before in
                guard undo else {
                    try before.requireAlert(to: "dismiss")
                    return .acknowledgeAlert(before.id, of: before.openPrintID, verdict: .notFailed)
                }
                guard before.states.alert == .dismissed else {
                    let name = printable(before.printer.settings.name)
                    throw CommandFailure.failed("No alert of \(name) is dismissed, so there is nothing to undo.")
                }
                return .undoDismissal(before.id)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the prints of a printer, or of all, newest first.")
        @Argument(help: "The printer's name or number.", completion: CompleteCommand.completion(.printers))
        var printer: NamedPrinter?
        @Option(help: "How many.") var limit = 20
        @OptionGroup var options: CommonOptions

        func validate() throws {
            guard (1...1000).contains(limit) else { throw ValidationError("--limit takes 1 to 1000.") }
        }

        func run() async throws {
            let listing = try await FarmAccess.with(options.settings()) { farm in
                var query = PrintQuery()
                query.limit = limit
                if let printer { query.printerIDs = [try printer.found(in: await farm.snapshot()).id] }
                return Listing(prints: try await farm.prints(query))
            }
            try listing.show(asJSON: options.isJSON)
        }
    }
}

extension CommonOptions {
    /// Does something to the print of a printer and says how the printer is afterwards.
    func act(on named: NamedPrinter, _ action: (PrinterSnapshot) throws -> FarmAction) async throws {
        let (listing, hasFailed) = try await FarmAccess.with(settings()) { farm in
            let before = try named.found(in: try await farm.snapshot())
            let action = try action(before)
            if case .done(succeeded: false) = try await farm.perform(action) {
                throw CommandFailure.failed(before.nothingDone)
            }
            let after = try await farm.answered([before]).first
            if farm.isHere, after?.print?.awaitsPause == true, before.print?.awaitsPause != true {
                Console.error(
                    "farmtop: No farm is running here. The app is asked to pause once one runs: farmtop serve")
            }
            return (
                Listing(changed: after ?? before, from: before, asksMachine: action.asksMachine),
                after?.newCommand(since: before)?.hasFailed == true
            )
        }
        try listing.show(asJSON: isJSON)
        if hasFailed { throw ExitCode(1) }
    }
}

extension PrinterSnapshot {
    /// - Parameter act: what is to be done with it, for the message.
    fileprivate func requireAlert(to act: String) throws {
        guard let print, print.isOpen else { throw CommandFailure.failed(nothingDone) }
        guard states.alert != .none || print.hasStandingPause else {
            throw CommandFailure.failed("\(printable(printer.settings.name)) has no alert to \(act).")
        }
    }

    /// The print that an answer to a question is about.
    var openPrintID: PrintID? { print?.isOpen == true ? print?.id : nil }

    /// Why an action had nothing to act on.
    var nothingDone: String {
        let name = printable(printer.settings.name)
        return print?.isOpen == true ? "\(name) is in that state already." : "\(name) is not printing."
    }
}
