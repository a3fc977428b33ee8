import ArgumentParser
import Farm
import FarmService
import Text

/// `print upload`: a file to one machine, or to each of a group.
struct UploadPrint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload", abstract: "Send a file to a connected machine, whole or not at all.",
        discussion: """
            Moonraker compares the file's checksum; with the others its size is compared once it is there, where the
            machine tells it. With --start the machine prints it, and a machine that is not at rest gets no file. With
            --require-clear the farm looks at the bed before it takes the file, and again before it starts it; without
            it, look yourself.
            """)
    @Argument(help: "The file.", completion: .file(extensions: ["gcode", "gco", "g", "bgcode", "ufp"]))
    var file: String
    @Option(
        name: .customLong("on"), help: "The printer's name or number.",
        completion: CompleteCommand.completion(.printers))
    var printer: NamedPrinter?
    @Option(help: "All connected printers of this group instead.", completion: CompleteCommand.completion(.groups))
    var group: PrinterGroup?
    @Flag(help: "Print it.") var start = false
    @Flag(help: "With --start: send nothing where the bed is not clear, or the camera cannot tell.") var requireClear =
        false
    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard (printer == nil) != (group == nil) else {
            throw ValidationError("Say where to: --on PRINTER, or --group GROUP.")
        }
        guard start || !requireClear else {
            throw ValidationError("--require-clear is about a print that starts: give --start too, or leave it out.")
        }
    }

    func run() async throws {
        let upload = FileToUpload(localPath: absolute(file), start: start, requireClear: requireClear)
        let progress = UploadProgress(isShown: !options.isJSON && Console.isTerminal)
        let outcomes = try await FarmAccess.with(options.settings()) { farm in
            // Links run in a farm that serves; this process has none.
            guard !(farm is FarmService) else {
                throw CommandFailure.failed(
                    "No farmtop runs that reaches the machines. Start farmtop or farmtop serve, and send it again.")
            }
            let snapshot = try await farm.snapshot()
            let printers: [PrinterSnapshot] =
                if let group { try group.found(in: snapshot) } else if let printer {
                    [try printer.found(in: snapshot)]
                } else { [] }
            return await Uploads(file: upload, farm: farm, progress: progress).run(to: printers)
        }
        try Listing(uploads: outcomes).show(asJSON: options.isJSON)
        if outcomes.contains(where: { $0.stored == nil || $0.reason != nil }) { throw ExitCode(1) }
    }
}

/// What became of a file at one printer.
struct UploadOutcome: Sendable {
    var printer: PrinterSnapshot
    var isStarted = false
    /// Nil: it is not there.
    var stored: RemoteFile?
    /// Why it is not there, or does not print.
    var reason: String?

    var name: String { printer.printer.settings.name }
}

/// Sends a file to several machines, a few at a time.
struct Uploads {
    static let atOnce = 3
    var file: FileToUpload
    var farm: any FarmBackend
    var progress: UploadProgress

    /// In the order of the printers.
    func run(to printers: [PrinterSnapshot]) async -> [UploadOutcome] {
        let found = await withTaskGroup(of: UploadOutcome.self) { group in
            var outcomes: [PrinterID: UploadOutcome] = [:]
            var waiting = printers[...]
            for _ in 0..<Self.atOnce {
                guard let next = waiting.popFirst() else { break }
                group.addTask { await send(to: next) }
            }
            while let outcome = await group.next() {
                outcomes[outcome.printer.id] = outcome
                if let next = waiting.popFirst() { group.addTask { await send(to: next) } }
            }
            return outcomes
        }
        progress.end()
        return printers.compactMap { found[$0.id] }
    }

    private func send(to printer: PrinterSnapshot) async -> UploadOutcome {
        var outcome = UploadOutcome(printer: printer)
        if let reason = refusal(of: printer) {
            outcome.reason = reason
            return outcome
        }
        do {
            for try await step in farm.upload(file, to: printer.id) {
                switch step {
                case .toFarm(let sent, let size), .toMachine(let sent, let size):
                    progress.show(outcome.name, sent, of: size)
                case .done(let stored):
                    outcome.stored = stored
                    outcome.isStarted = file.start
                }
            }
            if outcome.isStarted, let stored = outcome.stored,
                let command = try await farm.answered([printer]).first?.newCommand(since: printer), command.hasFailed
            {
                outcome.isStarted = false
                outcome.reason = UploadError.notStarted(name: stored.name, reason: command.sentence).description
            }
            if outcome.stored == nil { outcome.reason = "The upload ended before the file was there. Send it again." }
        } catch FarmError.machine(.wrongState(_, let state)) where file.start {
            outcome.reason = notAtRest(printer, MachineWord(machine: state, print: nil))
        } catch let error as UploadError {
            if case .notStarted(let name, _) = error { outcome.stored = RemoteFile(path: name, name: name) }
            outcome.reason = error.description
        } catch {
            outcome.reason = CommandFailure(error)?.message ?? "\(error)"
        }
        progress.finish(outcome.name)
        return outcome
    }

    /// Why nothing is sent at all.
    private func refusal(of printer: PrinterSnapshot) -> String? {
        guard let machine = printer.machine else {
            return
                "It is not connected to a machine. Connect it: farmtop printer connect \(shellWord(printer.printer.settings.name))"
        }
        let isAtRest = [.idle, .complete, .cancelled].contains(printer.states.machine)
        // The farm looks again at a machine that it has to ask, before it refuses.
        guard file.start, !isAtRest, !machine.address.kind.isPolled else { return nil }
        return notAtRest(printer, printer.machineWord)
    }

    private func notAtRest(_ printer: PrinterSnapshot, _ word: MachineWord) -> String {
        let name = printable(printer.printer.settings.name)
        return "\(name) is not at rest (\(word.rawValue)), so the file was not sent. Leave --start out to send it."
    }
}

extension Listing {
    init(uploads: [UploadOutcome]) {
        text = uploads.map { outcome in
            let name = printable(outcome.name)
            guard let stored = outcome.stored, outcome.reason == nil else {
                return "\(name): \(printable(outcome.reason ?? ""))"
            }
            let size = stored.size == nil ? " (size not told)" : ""
            return "\(name): \(printable(stored.name)) is there\(size)\(outcome.isStarted ? ", and starts" : "")."
        }.joined(separator: "\n")
        json = .list(
            uploads.map { outcome in
                let isFailed = outcome.reason != nil || outcome.stored == nil
                return .object([
                    ("id", .integer(outcome.printer.id.rawValue)), ("printer", .string(outcome.name)),
                    ("result", .string(isFailed ? "failed" : outcome.isStarted ? "started" : "stored")),
                    ("file", JSONText(outcome.stored?.path)), ("bytes", JSONText(outcome.stored?.size)),
                    ("reason", JSONText(outcome.reason)),
                ])
            })
    }
}
