import ArgumentParser
import Farm
import Text

/// Asked once before something is done to a print, or to those of a group.
struct GroupQuestion {
    /// "Cancel"
    var verb: String
    /// "cancelled"
    var done: String
    /// The print of one printer is not asked about.
    var isForGroupsOnly = false

    /// Nil where there is nothing to ask about.
    func text(_ printers: [PrinterSnapshot], isGroup: Bool) -> String? {
        let open = printers.filter { $0.print?.isOpen == true }
        guard !open.isEmpty, isGroup || !isForGroupsOnly else { return nil }
        guard isGroup else { return "\(verb) \(open[0].print?.filename ?? "") on \(open[0].printer.settings.name)?" }
        let names = open.map(\.printer.settings.name).joined(separator: ", ")
        return "\(verb) \(open.count == 1 ? "one print" : "\(open.count) prints"), on \(names)?"
    }
}

extension CommonOptions {
    /// Does something to the print of one printer, or to each open print of a group, and says what became of each.
    /// - Parameter question: nil does not ask.
    func act(
        on selection: PrinterSelection, asking question: GroupQuestion?, _ action: (PrinterSnapshot) -> FarmAction
    ) async throws {
        guard let group = selection.group else {
            guard let named = selection.printer else { return }
            return try await act(on: named) { printer in
                if let text = question?.text([printer], isGroup: false) {
                    try Console.confirm(text, refused: "Nothing was \(question?.done ?? "done").")
                }
                return action(printer)
            }
        }
        let outcomes = try await FarmAccess.with(settings()) { farm in
            let printers = try group.found(in: await farm.snapshot())
            if let text = question?.text(printers, isGroup: true) {
                try Console.confirm(text, refused: "Nothing was \(question?.done ?? "done").")
            }
            return try await Self.act(on: printers, of: farm, action)
        }
        try Listing(outcomes: outcomes).show(asJSON: isJSON)
        if outcomes.contains(where: \.isFailure) { throw ExitCode(1) }
    }

    /// So many are asked at the same time: one that hangs is waited for some seconds.
    private static let atOnce = 16

    private static func act(
        on printers: [PrinterSnapshot], of farm: any FarmBackend, _ action: (PrinterSnapshot) -> FarmAction
    ) async throws -> [PrinterOutcome] {
        let asked = printers.map { (printer: $0, action: action($0)) }
        var outcomes = try await withThrowingTaskGroup(of: (Int, PrinterOutcome).self) { group in
            var found: [Int: PrinterOutcome] = [:]
            for (index, one) in asked.enumerated() {
                if index >= atOnce, let (done, outcome) = try await group.next() { found[done] = outcome }
                group.addTask { (index, try await ask(one.printer, one.action, farm)) }
            }
            while let (done, outcome) = try await group.next() { found[done] = outcome }
            return asked.indices.compactMap { found[$0] }
        }
        let after = try await farm.answered(outcomes.filter { $0.result == .done }.map(\.printer))
        for index in outcomes.indices where outcomes[index].result == .done {
            let before = outcomes[index].printer
            guard let view = after.first(where: { $0.id == before.id }) else { continue }
            outcomes[index].words = Listing(changed: view, from: before, asksMachine: action(before).asksMachine).text
            if view.newCommand(since: before)?.hasFailed == true { outcomes[index].result = .failed }
        }
        return outcomes
    }

    private static func ask(
        _ printer: PrinterSnapshot, _ action: FarmAction, _ farm: any FarmBackend
    ) async throws -> PrinterOutcome {
        let nothingToDo = PrinterOutcome(printer: printer, result: .nothingToDo, words: printer.nothingDone)
        let mayPrint = action.asksMachine && printer.isAskedFirst
        guard printer.print?.isOpen == true || mayPrint else { return nothingToDo }
        do {
            guard case .done(succeeded: false) = try await farm.perform(action) else {
                return PrinterOutcome(printer: printer, result: .done, words: nil)
            }
            return nothingToDo
        } catch FarmError.notPrinting {
            return nothingToDo
        } catch let error as FarmError {
            // One that is refused does not stop the others.
            return PrinterOutcome(printer: printer, result: .failed, words: error.description)
        }
    }
}

/// What became of one printer of a group.
struct PrinterOutcome: Sendable {
    enum Result: String, Sendable {
        case done
        case nothingToDo = "nothing_to_do"
        case failed
    }
    /// As it was before.
    var printer: PrinterSnapshot
    var result: Result
    /// A sentence.
    var words: String?

    var isFailure: Bool { result == .failed }
}

extension Listing {
    init(outcomes: [PrinterOutcome]) {
        text = outcomes.map { outcome in
            let name = printable(outcome.printer.printer.settings.name)
            return outcome.isFailure ? "\(name): \(printable(outcome.words ?? ""))" : printable(outcome.words ?? name)
        }.joined(separator: "\n")
        json = .list(
            outcomes.map { outcome in
                .object([
                    ("id", .integer(outcome.printer.id.rawValue)),
                    ("name", .string(outcome.printer.printer.settings.name)),
                    ("result", .string(outcome.result.rawValue)), ("words", JSONText(outcome.words)),
                ])
            })
    }
}
