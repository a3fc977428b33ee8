import Farm

extension FarmBackend {
    /// Printers after something was asked of their machines, as soon as each has answered, and after some seconds in any case: a
    /// machine that refuses says so at once.
    /// - Parameter before: as they were.
    func answered(_ before: [PrinterSnapshot], within limit: Duration = .seconds(3)) async throws -> [PrinterSnapshot] {
        let end = ContinuousClock.now + limit
        let ids = Set(before.map(\.id))
        let last = Dictionary(uniqueKeysWithValues: before.map { ($0.id, $0.machine?.lastCommand?.number ?? 0) })
        while true {
            let now = try await snapshot().printers.filter { ids.contains($0.id) }
            let waits = now.contains { printer in
                guard let command = printer.machine?.lastCommand else { return false }
                return command.number > last[printer.id] ?? 0 && command.outcome == .sent
            }
            if !waits || ContinuousClock.now >= end { return now }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

extension PrinterSnapshot {
    /// The command that its machine was given since then; nil for none.
    func newCommand(since before: PrinterSnapshot) -> MachineCommand? {
        guard let command = machine?.lastCommand, command.number != before.machine?.lastCommand?.number else {
            return nil
        }
        return command
    }
}

extension MachineCommand {
    /// It was not carried out, or nobody knows whether it was. One that is on its way has not failed.
    var hasFailed: Bool {
        switch outcome {
        case .sent, .accepted, .confirmed: false
        case .refused, .unknown, .notOffered, .notConfirmed: true
        }
    }
}

extension FarmAction {
    /// A connected machine has to do it.
    var asksMachine: Bool {
        switch self {
        case .pausePrint, .resumePrint, .cancelPrint: true
        default: false
        }
    }
}
