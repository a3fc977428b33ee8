internal import Farm

/// Commands on printers: the open one, all the marked, or the selected one.
extension DashboardState {
    func printerRefusal(_ command: Command) -> String? {
        guard let applies = Self.condition(of: command) else {
            switch command {
            case .undo: return undoable == nil ? "There is nothing to undo." : nil
            case .open where area == .farm && detail == nil && table.selected == nil:
                return "There is no printer yet; c adds one."
            case .mark, .markRange, .markAll: return table.rows.isEmpty ? "There is no printer to mark." : nil
            default: return nil
            }
        }
        let targets = targets
        guard let first = targets.first else {
            return farm.printers.isEmpty ? "There is no printer yet; c adds one." : "Choose a printer first."
        }
        if case .edit = command, targets.count > 1 { return "Edit one printer at a time; esc unmarks." }
        guard targets.allSatisfy({ applies($0) != nil }) else { return nil }
        return targets.count == 1 ? applies(first) : "None of the \(targets.count) marked printers can do this now."
    }

    /// For a command on printers: why it does not apply to one; nil where it does.
    static func condition(of command: Command) -> ((PrinterSnapshot) -> String?)? {
        switch command {
        case .edit, .archive, .remove: { _ in nil }
        case .start: startRefusal
        case .light: lightRefusal
        case .emergencyStop: { machineRefusal($0, .emergencyStop, "an emergency stop") }
        case .finish, .mute: { $0.openPrint == nil ? "\($0.name) is not printing." : nil }
        case .pause: pauseRefusal
        case .confirmPause:
            { snapshot in
                guard let print = snapshot.openPrint else { return "\(snapshot.name) is not printing." }
                return print.awaitsPause || print.pauseNotConfirmedAt != nil
                    ? nil : "No pause was requested on \(snapshot.name)."
            }
        case .resume:
            { snapshot in
                guard let print = snapshot.openPrint else { return "\(snapshot.name) is not printing." }
                return print.pausedAt != nil || print.awaitsPause ? nil : "\(snapshot.name) is not paused."
            }
        case .acknowledge:
            {
                $0.alert == .standing || $0.openPrint?.pauseNotConfirmedAt != nil
                    ? nil : "\($0.name) has no alert to acknowledge."
            }
        case .notAFailure:
            {
                if $0.alert == .dismissed { return "The alert on \($0.name) is dismissed already; u takes it back." }
                return $0.print?.alertedAt != nil ? nil : "No alert was raised on \($0.name)'s print."
            }
        case .wasAFailure: { $0.print?.alertedAt != nil ? nil : "No alert was raised on \($0.name)'s print." }
        case .forgetCamera: { $0.habit == nil ? "Nothing is known about \($0.name)'s camera yet." : nil }
        default: nil
        }
    }

    private static func pauseRefusal(_ snapshot: PrinterSnapshot) -> String? {
        guard let print = snapshot.openPrint else { return "\(snapshot.name) is not printing." }
        if print.pauseNotConfirmedAt != nil { return nil }
        if print.awaitsPause {
            return "A pause was requested on \(snapshot.name) already; P says it was paused by hand."
        }
        return print.pausedAt != nil ? "\(snapshot.name) is paused already; r resumes." : nil
    }

    mutating func performOnPrinters(_ command: Command) -> [DashboardEffect] {
        let applies = Self.condition(of: command) ?? { _ in nil }
        let targets = targets.filter { applies($0) == nil }
        switch command {
        case .start: return startSomething(on: targets)
        case .light: return switchLight(targets)
        case .emergencyStop:
            overlay = .stop(StopQuestion(targets.map { StopQuestion.Subject(printer: $0.id, name: $0.name) }))
        case .finish:
            overlay = .resultKeys(
                ResultQuestion(
                    subjects: targets.compactMap { target in
                        target.openPrint.map {
                            ResultQuestion.Subject(
                                printer: target.id, name: target.name, filename: $0.filename,
                                isAtMachine: target.machine != nil && target.states.machine != .offline)
                        }
                    }))
        case .pause:
            return act("Pause", targets, "Asked \(names(targets)) to pause.") { .pausePrint($0.id) }
        case .confirmPause:
            return act("Paused by hand:", targets, "Noted: \(names(targets)) was paused by hand.") {
                .confirmPause($0.id)
            }
        case .resume:
            return act("Resume", targets, "Resumed the print on \(names(targets)).") { .resumePrint($0.id) }
        case .acknowledge:
            return act("Acknowledge the alerts of", targets, "Acknowledged the alert on \(names(targets)).") {
                .acknowledgeAlert($0.id, verdict: nil)
            }
        case .notAFailure: return dismiss(targets)
        case .wasAFailure: return callFailure(targets)
        case .forgetCamera: confirmForgetting(targets)
        case .mute: return mute(targets)
        case .edit:
            if let snapshot = targets.first {
                var target = snapshot.printer
                target.settings.name = twinNames[target.id] ?? target.settings.name
                overlay = .form(.editPrinter(target, machine: snapshot.machine, isRemote: options.isRemote))
            }
        case .newPrinter: overlay = .adding
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
        _ verb: String, _ printers: [PrinterSnapshot], _ done: String, undo: Undo? = nil,
        action: (PrinterSnapshot) -> FarmAction
    ) -> [DashboardEffect] {
        let actions = printers.map(action)
        guard printers.count > 1 else { return act(actions, done: done, undo: undo) }
        overlay = .confirm(
            Confirmation(
                title: "\(verb) \(printers.count) printers?",
                lines: [printers.map(\.name).joined(separator: ", ")],
                confirmedAction: .perform(actions, done: done, undo: undo)))
        return []
    }

    /// - Parameter undo: what takes it back; nil where nothing does, and what was done before stays undoable.
    mutating func act(_ actions: [FarmAction], done: String, undo: Undo? = nil) -> [DashboardEffect] {
        table.clearMarks()
        if let undo { self.undo = undo }
        return actions.enumerated().map { request($0.element, done: $0.offset == actions.count - 1 ? done : "") }
    }

    /// Mutes all; unmutes if all are muted.
    private mutating func mute(_ printers: [PrinterSnapshot]) -> [DashboardEffect] {
        let mutes = printers.contains { $0.print?.isMuted == false }
        let undo = Undo(
            printers.map { .muteAlerts($0.id, muted: $0.print?.isMuted == true) },
            "\(names(printers)) \(mutes ? "no longer muted" : "muted again")", prints: printers.openPrints)
        return act(
            mutes ? "Mute" : "Unmute", printers, "\(mutes ? "Muted" : "Unmuted") \(names(printers)); u undoes.",
            undo: undo
        ) { .muteAlerts($0.id, muted: mutes) }
    }

    /// Of prints that run as an answer to their alerts; of those that have ended as a verdict alone.
    private mutating func dismiss(_ printers: [PrinterSnapshot]) -> [DashboardEffect] {
        let open = printers.filter { $0.openPrint != nil }
        let undo = open.count == printers.count ? Undo.dismissal(of: open) : Self.verdictUndo(printers)
        return act(
            "Dismiss the alerts on", printers, "Dismissed the alert on \(names(printers)); u undoes.", undo: undo
        ) {
            Self.judgement($0, .notFailed)
        }
    }

    private mutating func callFailure(_ printers: [PrinterSnapshot]) -> [DashboardEffect] {
        act(
            "Judge a failure: the alerts on", printers, "Judged a failure: the alert on \(names(printers)); u undoes.",
            undo: Self.verdictUndo(printers)
        ) { Self.judgement($0, .failed) }
    }

    private static func judgement(_ snapshot: PrinterSnapshot, _ verdict: AlertVerdict) -> FarmAction {
        guard snapshot.openPrint == nil, let print = snapshot.print else {
            return .acknowledgeAlert(snapshot.id, verdict: verdict)
        }
        return .judgePrint(print.id, verdict: verdict)
    }

    /// Brings the verdicts back that were there.
    private static func verdictUndo(_ printers: [PrinterSnapshot]) -> Undo {
        Undo(
            printers.compactMap { $0.print.map { .judgePrint($0.id, verdict: $0.alertOverwrite) } },
            "the verdict on \(printers.map(\.name).joined(separator: ", "))")
    }

    private mutating func confirmForgetting(_ printers: [PrinterSnapshot]) {
        let learnt = printers.compactMap { snapshot in
            snapshot.habit.map { "\(snapshot.name): \(WhySentences.habit($0, isShort: false))." }
        }
        overlay = .confirm(
            Confirmation(
                title: "Forget the \(printers.count == 1 ? "camera" : "cameras") of \(names(printers))?",
                lines: learnt + ["farmtop learns it again, as for a camera that was moved or replaced."],
                confirmedAction: .perform(
                    printers.map { .forgetCamera($0.id) }, done: "Forgot the camera of \(names(printers)).")))
    }

    /// Archiving ends a running print, which cannot be undone; then it is asked.
    private mutating func archive(_ printers: [PrinterSnapshot]) -> [DashboardEffect] {
        let actions = printers.map { FarmAction.archivePrinter($0.id) }
        let running = printers.filter { $0.openPrint != nil }
        guard !running.isEmpty else {
            detail = nil
            return act(
                actions, done: "Archived \(names(printers)); u undoes.",
                undo: Undo(printers.map { .unarchivePrinter($0.id) }, "\(names(printers)) no longer archived"))
        }
        overlay = .confirm(
            Confirmation(
                title: "Archive \(names(printers))?", lines: running.map(endingLine),
                confirmedAction: .perform(actions, done: "Archived \(names(printers)).")))
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
                confirmedAction: .perform(printers.map { .deletePrinter($0.id) }, done: "Removed \(names(printers)).")))
    }

    private mutating func takeBack() -> [DashboardEffect] {
        guard let taken = undoable else { return [] }
        if taken == undo { undo = nil }
        return act(taken.actions, done: "Undone: \(taken.what).")
    }

    /// Starts a print on each; where one runs already, the change is asked about first.
    mutating func start(_ filename: String, on ids: [PrinterID]) -> [DashboardEffect] {
        let printers = ids.compactMap(printer)
        let actions = printers.map { FarmAction.startPrint($0.id, filename: filename) }
        let done = "Started \(filename) on \(names(printers))."
        // A machine that prints refuses another file.
        let running = printers.filter { $0.openPrint != nil && $0.machine == nil }
        let linked = printers.filter { $0.machine != nil }
        guard !running.isEmpty || !linked.isEmpty || printers.count > 1 else { return act(actions, done: done) }
        var lines = printers.count > 1 ? [printers.map(\.name).joined(separator: ", ")] : []
        if !linked.isEmpty { lines.append("Is the bed clear? On \(names(linked)) it is printed at once.") }
        lines += running.map {
            "\($0.name): the running print \($0.print?.filename ?? ""), \(Clock.length($0.elapsed(at: now) ?? 0)) old, counts as replaced."
        }
        overlay = .confirm(
            Confirmation(
                title: "Start \(filename) on \(printers.count > 1 ? "\(printers.count) printers" : names(printers))?",
                lines: lines, confirmedAction: .perform(actions, done: done)))
        return []
    }
}
