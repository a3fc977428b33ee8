import ArgumentParser
import Farm
import FarmConfiguration
import Foundation
import Text

struct ImportPrintersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Connect all printers of a table (CSV), or none.",
        discussion: """
            The first line names the columns: name, kind and url are needed; key or key_file, user, camera, account, tags
            and fingerprint are taken. A key_file is looked for beside the table. Every machine is tried first; when a
            line is wrong or a machine does not answer, each fault is named with its line, and nothing is stored. A
            printer of the same name is connected; others are made.
            """)
    @Argument(help: "The table; - reads it from standard input.", completion: .file(extensions: ["csv"]))
    var file: String
    @Flag(help: "Check the table and try the machines, and store nothing.") var dryRun = false
    @Flag(help: "Do not try the machines: some are switched off.") var untested = false
    @Option(help: "Whose a new printer is, where its line does not say.") var account = Account.firstName
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let list = try read()
        let settings = try options.settings()
        // Faults of every kind are named in one go, but for a table with faults no farm is made.
        let folder = try settings.dataFolder()
        guard list.problems.isEmpty || FarmAccess.hasFarm(in: folder) else {
            return try refuse(list.problems + (await tried(list.printers)))
        }
        let plan = try await FarmAccess.with(settings, makesFarm: true) { farm in
            let plan = try await ImportPlan(list.printers, account: account, in: farm)
            try refuse(list.problems + plan.problems + (await tried(list.printers)))
            guard !dryRun else { return plan }
            // The farm may have changed while the machines were tried.
            let current = try await ImportPlan(list.printers, account: account, in: farm)
            try refuse(current.problems)
            _ = try await farm.perform(.machine(.importPrinters(current.printers)))
            return current
        }
        try Listing(imported: list.printers, plan, isDryRun: dryRun, isTested: !untested).show(asJSON: options.isJSON)
    }

    /// What is wrong with the machines themselves, as far as they are tried.
    private func tried(_ printers: [ListedPrinter]) async -> [ListProblem] {
        guard !untested, !printers.isEmpty else { return [] }
        if Console.isTerminal, !options.isJSON {
            Console.error("Trying \(printers.count) machines, each for 20 seconds at most.")
        }
        return await ImportTest(printers: printers).problems()
    }

    private func read() throws -> PrinterList {
        let data =
            file == "-"
            ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: absolute(file))
        guard let data else {
            throw CommandFailure.failed("\(printable(file)) cannot be read. Name a table that you may read.")
        }
        do throws(CSVFault) {
            let folder = URL(filePath: absolute(file)).deletingLastPathComponent().path
            return PrinterList(try CSVTable(Array(data))) { (path) throws(CommandFailure) in
                try CredentialOptions.secret(in: path.hasPrefix("/") || file == "-" ? path : "\(folder)/\(path)")
            }
        } catch {
            try refuse([ListProblem(line: error.line, column: nil, message: error.description)])
            throw ExitCode(1)
        }
    }

    /// Names every problem and ends, unless there are none.
    private func refuse(_ problems: [ListProblem]) throws {
        guard !problems.isEmpty else { return }
        if options.isJSON {
            try Console.out(problems.map(\.json.description).joined(separator: "\n"))
            throw ExitCode(1)
        }
        let name = file == "-" ? "standard input" : printable(file)
        let sorted = problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
        throw CommandFailure.failed(
            (sorted.map { printable($0.sentence(in: name)) } + ["Nothing was imported."]).joined(separator: "\n"))
    }
}

/// What the farm makes of a list.
struct ImportPlan: Sendable {
    enum Change: String, Sendable {
        /// A new printer.
        case added
        /// A printer that was there, and had no machine.
        case connected
        /// A printer that had another machine, or the same one with other settings.
        case changed
    }
    var printers: [ImportedPrinter] = []
    /// One for each printer, in the same order.
    var changes: [Change] = []
    var problems: [ListProblem] = []

    init(_ list: [ListedPrinter], account standard: String, in farm: any FarmBackend) async throws {
        guard case .accounts(let accounts) = try await farm.perform(.listAccounts) else { return }
        let snapshot = try await farm.snapshot()
        for listed in list {
            let account = listed.account ?? standard
            let named = snapshot.printers.filter { $0.printer.settings.name == listed.name }
            if named.count > 1 {
                add(listed, "name", "\(named.count) printers have this name. Rename all but one.")
            } else if let known = named.first, listed.account != nil, known.accountName != account {
                add(listed, "account", "The printer of this name belongs to another account. Leave the cell empty.")
            } else if named.isEmpty, !accounts.contains(where: { $0.name == account && $0.disabledAt == nil }) {
                add(listed, "account", "There is no such account. Make it: farmtop account add \(shellWord(account))")
            }
            let place = MachinePlace(listed.link.address)
            if let taken = snapshot.printers.first(where: { $0.machinePlace == place }),
                taken.printer.settings.name != listed.name
            {
                add(listed, "url", "The printer \(taken.printer.settings.name) has this machine already.")
            }
            let machine = named.first?.machine
            changes.append(named.isEmpty ? .added : machine == nil ? .connected : .changed)
            printers.append(
                ImportedPrinter(
                    printer: named.first?.id, account: account, name: listed.name, link: listed.link,
                    credentials: listed.credentials,
                    camera: listed.camera.flatMap { CameraSettings(name: "camera", source: $0) },
                    tags: listed.tags))
        }
    }

    private mutating func add(_ listed: ListedPrinter, _ column: String, _ message: String) {
        problems.append(ListProblem(line: listed.line, column: column, message: message))
    }
}

extension PrinterSnapshot {
    fileprivate var machinePlace: MachinePlace? { machine.map { MachinePlace($0.address) } }
}

/// Tries the machines of a list, some at a time.
struct ImportTest: Sendable {
    static let atOnce = 8
    var printers: [ListedPrinter]

    func problems() async -> [ListProblem] {
        await withTaskGroup(of: ListProblem?.self) { group in
            var problems: [ListProblem] = []
            var waiting = printers[...]
            for _ in 0..<Self.atOnce {
                guard let next = waiting.popFirst() else { break }
                group.addTask { await Self.problem(of: next) }
            }
            while let problem = await group.next() {
                if let problem { problems.append(problem) }
                if let next = waiting.popFirst() { group.addTask { await Self.problem(of: next) } }
            }
            return problems
        }
    }

    private static func problem(of printer: ListedPrinter) async -> ListProblem? {
        do throws(LinkFault) {
            _ = try await LinkTest(settings: printer.link, credentials: printer.credentials.credentials ?? .none).run()
            return nil
        } catch .certificateNotApproved(let found) {
            return ListProblem(
                line: printer.line, column: "fingerprint",
                message: "Nobody has approved the certificate \(found). Compare it, then put it into this column.")
        } catch {
            let column = error == .wrongCredentials ? "key" : "url"
            return ListProblem(line: printer.line, column: column, message: error.description)
        }
    }
}

extension Listing {
    init(imported list: [ListedPrinter], _ plan: ImportPlan, isDryRun: Bool, isTested: Bool) {
        var table = Table("LINE#", "NAME", "MACHINE", "CAMERA", "RESULT")
        var objects: [JSONText] = []
        for (listed, change) in zip(list, plan.changes) {
            let camera = listed.camera == nil ? "" : "yes"
            let result = isDryRun ? "would be \(change.rawValue)" : change.rawValue
            table.add("\(listed.line)", listed.name, "\(listed.link.address)", camera, result)
            objects.append(
                .object([
                    ("line", .integer(Int64(listed.line))), ("name", .string(listed.name)),
                    ("kind", .string(listed.link.address.kind.rawValue)),
                    ("url", .string("\(listed.link.address.base)")),
                    ("result", .string(change.rawValue)), ("stored", .boolean(!isDryRun)),
                ]))
        }
        let count = "\(list.count) \(list.count == 1 ? "printer" : "printers")"
        let tried = isTested ? "every machine answers" : "no machine was tried"
        let ending = isDryRun ? "Nothing was stored: \(count), and \(tried)." : "\(count) imported; \(tried)."
        text = list.isEmpty ? "The table has no printers." : "\(table.text)\n\n\(ending)"
        json = .list(objects)
    }
}
