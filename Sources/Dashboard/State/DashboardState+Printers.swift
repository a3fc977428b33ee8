internal import Farm

/// Commands on printers: the open one, all the marked, or the selected one.
extension DashboardState {
    func printerRefusal(_ command: Command) -> String? {
        guard let applies = Self.condition(of: command) else {
            switch command {
            case .undo: return undo.isEmpty ? "There is nothing to undo." : nil
            case .open where area == .farm && detail == nil && table.selected == nil:
                return "There is no printer yet; c makes one."
            case .mark, .markRange, .markAll: return table.rows.isEmpty ? "There is no printer to mark." : nil
            default: return nil
            }
        }
        let targets = targets
        guard let first = targets.first else {
            return farm.printers.isEmpty ? "There is no printer yet; c makes one." : "Choose a printer first."
        }
        if case .edit = command, targets.count > 1 { return "Edit one printer at a time; esc unmarks." }
        guard targets.allSatisfy({ applies($0) != nil }) else { return nil }
        return targets.count == 1 ? applies(first) : "None of the \(targets.count) marked printers can do this now."
    }

    /// For a command on printers: why it does not apply to one; nil where it does.
    private static func condition(of command: Command) -> ((PrinterSnapshot) -> String?)? {
        switch command {
        case .start, .edit, .archive, .remove: { _ in nil }
        case .finish, .mute: { $0.openPrint == nil ? "\($0.name) is not printing." : nil }
        case .pause:
            { snapshot in
                guard let print = snapshot.openPrint else { return "\(snapshot.name) is not printing." }
                return print.pausedAt != nil && !print.awaitsPause
                    ? "\(snapshot.name) is paused already; r resumes." : nil
            }
        case .resume:
            { snapshot in
                guard let print = snapshot.openPrint else { return "\(snapshot.name) is not printing." }
                return print.pausedAt == nil ? "\(snapshot.name) is not paused." : nil
            }
        case .acknowledge:
            { $0.openPrint?.hasStandingAlert == true ? nil : "\($0.name) has no alert to acknowledge." }
        case .notAFailure, .wasAFailure:
            { $0.openPrint?.alertedAt != nil ? nil : "No alert was raised on \($0.name)'s print." }
        default: nil
        }
    }

    mutating func performOnPrinters(_ command: Command) -> [DashboardEffect] {
        let applies = Self.condition(of: command) ?? { _ in nil }
        let targets = targets.filter { applies($0) == nil }
        switch command {
        case .start:
            overlay = .prompt(
                Prompt(
                    purpose: .startPrint(targets.map(\.id)), label: "start on \(names(targets)), file: ",
                    field: TextField("", longest: 1000)))
        case .finish:
            overlay = .resultKeys(
                ResultQuestion(
                    subjects: targets.compactMap { target in
                        target.openPrint.map {
                            ResultQuestion.Subject(printer: target.id, name: target.name, filename: $0.filename)
                        }
                    }))
        case .pause:
            return act("Pause", targets, "Asked \(names(targets)) to pause.") { .pausePrint($0.id) }
        case .resume:
            return act("Resume", targets, "Asked \(names(targets)) to resume.") { .resumePrint($0.id) }
        case .acknowledge:
            return act("Acknowledge the alerts of", targets, "Acknowledged the alert on \(names(targets)).") {
                .acknowledgeAlert($0.id, verdict: nil)
            }
        case .notAFailure:
            return act("No failure on", targets, "Kept as no failure: \(names(targets)).") {
                .acknowledgeAlert($0.id, verdict: .notFailed)
            }
        case .wasAFailure:
            return act("A failure on", targets, "Kept as a failure: \(names(targets)).") {
                .acknowledgeAlert($0.id, verdict: .failed)
            }
        case .mute: return mute(targets)
        case .edit: if let target = targets.first { overlay = .form(.editPrinter(target.printer)) }
        case .newPrinter: overlay = .form(.newPrinter(accounts: openAccounts))
        case .archive: return archive(targets)
        case .remove: confirmRemoval(targets)
        case .undo: return takeBack()
        default: break
        }
        return []
    }

    var openAccounts: [String] {
        let names = farm.accounts.filter { $0.disabledAt == nil }.map(\.name)
        return names.isEmpty ? [Account.firstName] : names
    }

    func names(_ printers: [PrinterSnapshot]) -> String {
        let shown = printers.prefix(3).map(\.name).joined(separator: ", ")
        return printers.count > 3 ? "\(shown) and \(printers.count - 3) more" : shown
    }

    /// One action a printer; several printers are named and asked about first. What is said when done is said once.
    private mutating func act(
        _ verb: String, _ printers: [PrinterSnapshot], _ done: String, action: (PrinterSnapshot) -> FarmAction
    ) -> [DashboardEffect] {
        let actions = printers.map(action)
        guard printers.count > 1 else { return act(actions, done: done) }
        overlay = .confirm(
            Confirmation(
                title: "\(verb) \(printers.count) printers?",
                lines: [printers.map(\.name).joined(separator: ", ")], deed: .perform(actions, done: done)))
        return []
    }

    mutating func act(_ actions: [FarmAction], done: String) -> [DashboardEffect] {
        table.clearMarks()
        return actions.enumerated().map { request($0.element, done: $0.offset == actions.count - 1 ? done : "") }
    }

    /// Mutes all; unmutes if all are muted.
    private mutating func mute(_ printers: [PrinterSnapshot]) -> [DashboardEffect] {
        let mutes = printers.contains { $0.print?.isMuted == false }
        undo = printers.map { .muteAlerts($0.id, muted: $0.print?.isMuted == true) }
        return act(mutes ? "Mute" : "Unmute", printers, "\(mutes ? "Muted" : "Unmuted") \(names(printers)); u undoes.")
        {
            .muteAlerts($0.id, muted: mutes)
        }
    }

    /// Archiving ends a running print, which cannot be undone; then it is asked.
    private mutating func archive(_ printers: [PrinterSnapshot]) -> [DashboardEffect] {
        let actions = printers.map { FarmAction.archivePrinter($0.id) }
        let running = printers.filter { $0.openPrint != nil }
        guard !running.isEmpty else {
            undo = printers.map { .unarchivePrinter($0.id) }
            detail = nil
            return act(actions, done: "Archived \(names(printers)); u undoes.")
        }
        overlay = .confirm(
            Confirmation(
                title: "Archive \(names(printers))?", lines: running.map(endingLine),
                deed: .perform(actions, done: "Archived \(names(printers)).")))
        return []
    }

    private func endingLine(_ snapshot: PrinterSnapshot) -> String {
        "\(snapshot.name): the running print \(snapshot.print?.filename ?? "") counts as cancelled."
    }

    private mutating func confirmRemoval(_ printers: [PrinterSnapshot]) {
        overlay = .confirm(
            Confirmation(
                title: "Remove \(names(printers)) for good?",
                lines: printers.filter { $0.openPrint != nil }.map(endingLine)
                    + [
                        "Apps that report to \(printers.count == 1 ? "it" : "them") get 404. The history keeps the prints."
                    ],
                deed: .perform(printers.map { .deletePrinter($0.id) }, done: "Removed \(names(printers)).")))
    }

    private mutating func takeBack() -> [DashboardEffect] {
        let actions = undo
        undo = []
        return act(actions, done: "Undone.")
    }

    /// Starts a print on each; where one runs already, the change is asked about first.
    mutating func start(_ filename: String, on ids: [PrinterID]) -> [DashboardEffect] {
        let printers = ids.compactMap(printer)
        let actions = printers.map { FarmAction.startPrint($0.id, filename: filename) }
        let done = "Started \(filename) on \(names(printers))."
        let running = printers.filter { $0.openPrint != nil }
        guard !running.isEmpty || printers.count > 1 else { return act(actions, done: done) }
        overlay = .confirm(
            Confirmation(
                title: "Start \(filename) on \(printers.count > 1 ? "\(printers.count) printers" : names(printers))?",
                lines: (printers.count > 1 ? [printers.map(\.name).joined(separator: ", ")] : [])
                    + running.map {
                        "\($0.name): the running print \($0.print?.filename ?? ""), \(Clock.length($0.elapsed(at: now) ?? 0)) old, counts as finished."
                    }, deed: .perform(actions, done: done)))
        return []
    }
}
