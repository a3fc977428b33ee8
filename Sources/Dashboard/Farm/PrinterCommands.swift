internal import Farm

/// Commands on printers: the open one, all the marked, or the selected one.
struct PrinterCommands: ContextReader {
    let targets: [PrinterSnapshot]
    let context: Context

    init(_ targets: [PrinterSnapshot], _ context: Context) {
        self.targets = targets
        self.context = context
    }

    /// Why a command cannot be done now; nil where it can, and for commands on anything else.
    func refusal(_ command: Command) -> String? {
        guard let applies = Self.condition(of: command, context) else { return nil }
        guard let first = targets.first else {
            return farm.printers.isEmpty ? context.noPrinter : "Choose a printer first."
        }
        if command == .edit, targets.count > 1 {
            return "Edit one printer at a time; \(keys.name(.back)) unmarks."
        }
        if command == .verdicts, targets.count > 1 {
            return "List the verdicts of one printer at a time; \(keys.name(.back)) unmarks."
        }
        if command == .bed, targets.count > 1 {
            return "Look at one bed at a time; \(keys.name(.back)) unmarks."
        }
        guard targets.allSatisfy({ applies($0) != nil }), !isLookedAtFirst(command) else { return nil }
        return targets.count == 1 ? applies(first) : "None of the \(targets.count) marked printers can do this now."
    }

    /// For a command on printers: why it does not apply to one; nil where it does.
    static func condition(of command: Command, _ context: Context) -> ((PrinterSnapshot) -> String?)? {
        let keys = context.keys
        return switch command {
        case .edit, .archive, .remove: { _ in nil }
        case .start: { MachineRefusal.start($0, keys) }
        case .light: { MachineRefusal.light($0, keys) }
        case .bed: { bedRefusal($0, isRemote: context.options.isRemote) }
        case .verdicts: { verdictsRefusal($0, isRemote: context.options.isRemote) }
        case .emergencyStop: { MachineRefusal.reason($0, .emergencyStop, "an emergency stop", keys) }
        case .finish, .mute: { $0.openPrint == nil ? "\($0.name) is not printing." : nil }
        case .pause: { pauseRefusal($0, keys) }
        case .confirmPause:
            { snapshot in
                guard let print = snapshot.openPrint else { return "\(snapshot.name) is not printing." }
                return print.pausedAt == nil ? nil : "\(snapshot.name) is paused already; r resumes."
            }
        case .resume:
            { snapshot in
                guard let print = snapshot.openPrint else { return "\(snapshot.name) is not printing." }
                return print.pausedAt != nil || print.awaitsPause ? nil : "\(snapshot.name) is not paused."
            }
        case .acknowledge:
            {
                $0.alert == .standing || $0.openPrint?.hasStandingPause == true
                    ? nil : "\($0.name) has no alert to acknowledge."
            }
        case .notAFailure:
            {
                if $0.alert == .dismissed {
                    return "The alert on \($0.name) is dismissed already; \(keys.name(.undo)) takes it back."
                }
                return $0.print?.alertedAt != nil ? nil : "No alert was raised on \($0.name)'s print."
            }
        case .wasAFailure: { $0.print?.alertedAt != nil ? nil : "No alert was raised on \($0.name)'s print." }
        case .forgetCamera: { $0.habit == nil ? "Nothing is known about \($0.name)'s camera yet." : nil }
        default: nil
        }
    }

    /// What the screen shows of this machine may be old: the farm asks it what it does now, and refuses only then.
    private func isLookedAtFirst(_ command: Command) -> Bool {
        guard targets.count == 1, let target = targets.first, let asked = Self.asked(by: command) else { return false }
        return target.isLookedAt(before: asked, at: now)
    }

    private static func asked(by command: Command) -> LinkCommand? {
        switch command {
        case .pause: .pause
        case .resume: .resume
        default: nil
        }
    }

    private static func verdictsRefusal(_ snapshot: PrinterSnapshot, isRemote: Bool) -> String? {
        isRemote ? "Verdicts are listed where the farm runs: farmtop camera verdicts \(snapshot.name)" : nil
    }

    private static func bedRefusal(_ snapshot: PrinterSnapshot, isRemote: Bool) -> String? {
        if isRemote { return "Beds are looked at where the farm runs: farmtop bed \(snapshot.name)" }
        if let print = snapshot.openPrint {
            return "\(snapshot.name) \(print.pausedAt == nil ? "is printing" : "has a paused print"): "
                + "its bed is looked at when the print is over."
        }
        return snapshot.cameras.isEmpty
            ? "farmtop reads no camera of \(snapshot.name); add one: farmtop camera add" : nil
    }

    private static func pauseRefusal(_ snapshot: PrinterSnapshot, _ keys: KeyMap) -> String? {
        guard let print = snapshot.openPrint else { return "\(snapshot.name) is not printing." }
        if print.pauseNotConfirmedAt != nil { return nil }
        if print.awaitsPause {
            return
                "A pause was requested on \(snapshot.name) already; \(keys.name(.confirmPause)) says it was paused by hand."
        }
        return print.pausedAt != nil ? "\(snapshot.name) is paused already; \(keys.name(.resume)) resumes." : nil
    }

    /// Does a command to those targets that it applies to; nothing where it is not about printers.
    func perform(_ command: Command) -> [DashboardRequest] {
        let applies = Self.condition(of: command, context) ?? { _ in nil }
        if isLookedAtFirst(command) { return carryOut(command) }
        return PrinterCommands(targets.filter { applies($0) == nil }, context).carryOut(command)
    }

    private func carryOut(_ command: Command) -> [DashboardRequest] {
        switch command {
        case .start: return startSomething
        case .light: return switchLight
        case .bed: return lookAtBed
        case .verdicts: return listVerdicts
        case .emergencyStop:
            return [
                .overlay(
                    StopQuestion(
                        targets.map { StopQuestion.Subject(printer: $0.id, print: $0.openPrint?.id, name: $0.name) }))
            ]
        case .finish: return [.overlay(ResultQuestion(subjects: targets.compactMap(ResultQuestion.Subject.init)))]
        case .pause:
            return act("Pause", "Asked \(names(targets)) to pause.") {
                .pausePrint($0.id, of: shownPrint($0))
            }
        case .confirmPause:
            return act("Paused by hand:", "Noted: \(names(targets)) was paused by hand.") {
                .confirmPause($0.id, of: shownPrint($0))
            }
        case .resume: return resume
        case .acknowledge:
            return act("Acknowledge the alerts of", "Acknowledged the alert on \(names(targets)).") {
                .acknowledgeAlert($0.id, of: shownPrint($0), verdict: nil)
            }
        case .notAFailure: return dismiss
        case .wasAFailure: return callFailure
        case .forgetCamera: return forgetCamera
        case .mute: return mute
        case .edit: return edit
        case .newPrinter: return [.overlay(AddingQuestion())]
        case .archive: return archive
        case .remove: return remove
        default: return []
        }
    }

    /// A machine that waits for a person does so for a reason, which is read before it may move again.
    private var resume: [DashboardRequest] {
        let waiting = targets.filter { $0.states.machine == .attention }
        guard !waiting.isEmpty else {
            return act("Resume", resumed) { .resumePrint($0.id, of: shownPrint($0)) }
        }
        let several = targets.count > 1
        let reasons = waiting.map { snapshot in
            "\(snapshot.name) waits for a person: \(snapshot.attentionWords ?? "it does not say why")"
        }
        return [
            .overlay(
                Confirmation(
                    title: several ? "Resume \(targets.count) printers?" : "Resume \(names(targets))?",
                    lines: (several ? [targets.map(\.name).joined(separator: ", ")] : []) + reasons
                        + ["Resuming lets it move and heat again."],
                    confirmed: [
                        .act(targets.map { .resumePrint($0.id, of: $0.openPrint?.id) }, done: resumed)
                    ]))
        ]
    }

    /// A machine that stands still has only been asked; it says itself when it goes on.
    private var resumed: String {
        func isAsked(_ target: PrinterSnapshot) -> Bool {
            target.machine != nil && (target.openPrint?.pausedAt != nil || !target.awaitsPause)
        }
        let asked = targets.filter(isAsked)
        let done = targets.filter { !isAsked($0) }
        return [
            done.isEmpty ? nil : "Resumed the print on \(names(done)).",
            asked.isEmpty ? nil : "Asked \(names(asked)) to resume.",
        ].compactMap(\.self).joined(separator: " ")
    }

    /// What is said when it is done, and how to take it back.
    private func undoable(_ done: String) -> String { "\(done); \(keys.name(.undo)) undoes." }

    /// One action a printer; several printers are named and asked about first. What is said when done is said once.
    private func act(
        _ verb: String, _ done: String, undo: Undo? = nil, action: (PrinterSnapshot) -> FarmAction
    ) -> [DashboardRequest] {
        let request = DashboardRequest.act(targets.map(action), done: done, undo: undo)
        guard targets.count > 1 else { return [request] }
        return [
            .overlay(
                Confirmation(
                    title: "\(verb) \(targets.count) printers?",
                    lines: [targets.map(\.name).joined(separator: ", ")], confirmed: [request]))
        ]
    }

    /// The print that is on the screen: the key is about no later one, however late the screen or the answer is.
    private func shownPrint(_ snapshot: PrinterSnapshot) -> PrintID? { snapshot.openPrint?.id }

    private var edit: [DashboardRequest] {
        guard var printer = targets.first?.printer else { return [] }
        printer.settings.name = context.twinNames[printer.id] ?? printer.settings.name
        return [
            .overlay(
                Form.editPrinter(printer, machine: targets.first?.machine, isRemote: context.options.isRemote))
        ]
    }

    /// Mutes all; unmutes if all are muted.
    private var mute: [DashboardRequest] {
        let mutes = targets.contains { $0.print?.isMuted == false }
        // Only of those that it changes: somebody may change another one meanwhile.
        let changed = targets.filter { ($0.print?.isMuted == true) != mutes }
        let undo = Undo(
            (changed.isEmpty ? targets : changed).map { .muteAlerts($0.id, of: shownPrint($0), muted: !mutes) },
            "\(names(targets)) \(mutes ? "no longer muted" : "muted again")", prints: targets.openPrints)
        return act(
            mutes ? "Mute" : "Unmute", undoable("\(mutes ? "Muted" : "Unmuted") \(names(targets))"), undo: undo
        ) { .muteAlerts($0.id, of: shownPrint($0), muted: mutes) }
    }

    /// Prints that run are answered; of those that have ended only the verdict is kept.
    private var dismiss: [DashboardRequest] {
        let open = targets.filter { $0.openPrint != nil }
        let undo = open.count == targets.count ? Undo.dismissal(of: open) : verdictUndo
        return act("Dismiss the alerts on", undoable("Dismissed the alert on \(names(targets))"), undo: undo) {
            judgement($0, .notFailed)
        }
    }

    private var callFailure: [DashboardRequest] {
        act(
            "Judge a failure: the alerts on", undoable("Judged a failure: the alert on \(names(targets))"),
            undo: verdictUndo
        ) { judgement($0, .failed) }
    }

    private func judgement(_ snapshot: PrinterSnapshot, _ verdict: AlertVerdict) -> FarmAction {
        guard snapshot.openPrint == nil, let print = snapshot.print else {
            return .acknowledgeAlert(snapshot.id, of: shownPrint(snapshot), verdict: verdict)
        }
        return .judgePrint(print.id, verdict: verdict)
    }

    /// Brings the verdicts back that were there.
    private var verdictUndo: Undo {
        Undo(
            targets.compactMap { $0.print.map { .judgePrint($0.id, verdict: $0.alertOverwrite) } },
            "the verdict on \(targets.map(\.name).joined(separator: ", "))")
    }

    private var forgetCamera: [DashboardRequest] {
        let learnt = targets.compactMap { snapshot in
            snapshot.habit.map { "\(snapshot.name): \(WhySentences.habit($0, isShort: false))." }
        }
        return [
            .overlay(
                Confirmation(
                    title: "Forget the \(targets.count == 1 ? "camera" : "cameras") of \(names(targets))?",
                    lines: learnt + ["farmtop learns it again, as for a camera that was moved or replaced."],
                    confirmed: [
                        .act(
                            targets.map { .forgetCamera($0.id) }, done: "Forgot the camera of \(names(targets)).")
                    ]))
        ]
    }

    /// Archiving ends a running print, which cannot be undone; then it is asked.
    private var archive: [DashboardRequest] {
        let actions = targets.map { FarmAction.archivePrinter($0.id, seen: SeenPrint(open: shownPrint($0))) }
        let running = targets.filter { $0.openPrint != nil }
        guard !running.isEmpty else {
            let undo = Undo(targets.map { .unarchivePrinter($0.id) }, "\(names(targets)) no longer archived")
            return [.act(actions, done: undoable("Archived \(names(targets))"), undo: undo)]
        }
        return [
            .overlay(
                Confirmation(
                    title: "Archive \(names(targets))?", lines: running.map(endingLine),
                    confirmed: [.act(actions, done: "Archived \(names(targets)).")]))
        ]
    }

    private func endingLine(_ snapshot: PrinterSnapshot) -> String {
        "\(snapshot.name): the running print \(snapshot.print?.filename ?? "") counts as cancelled"
            + (snapshot.machine == nil ? "." : "; the machine goes on with it.")
    }

    private var remove: [DashboardRequest] {
        let running = targets.filter { $0.openPrint != nil }.map(endingLine)
        let it = targets.count == 1 ? "it" : "them"
        return [
            .overlay(
                Confirmation(
                    title: "Remove \(names(targets)) for good?",
                    lines: running + ["Apps that report to \(it) get 404. The history keeps the prints."],
                    confirmed: [
                        .act(
                            targets.map { .deletePrinter($0.id, seen: SeenPrint(open: shownPrint($0))) },
                            done: "Removed \(names(targets)).")
                    ]))
        ]
    }

    /// The files of one linked printer; for others, and for several at once, a file name is asked for.
    private var startSomething: [DashboardRequest] {
        if targets.count == 1, let target = targets.first, target.machine?.abilities.contains(.files) == true {
            return [
                .overlay(FilesPanel(printer: target.id, name: target.name)), .ask(.machine(.listFiles(target.id))),
            ]
        }
        return [
            .overlay(
                Prompt(
                    purpose: .startPrint(targets.map(\.id)), label: "start on \(names(targets)), file: ",
                    field: TextField("", longest: 1000)))
        ]
    }

    private var lookAtBed: [DashboardRequest] {
        guard let target = targets.first else { return [] }
        let glance = BedGlance(target, isRemote: context.options.isRemote)
        return [.overlay(BedPanel(glance))] + glance.request
    }

    private var listVerdicts: [DashboardRequest] {
        guard let target = targets.first else { return [] }
        return [.overlay(VerdictsPanel(printer: target.id, name: target.name)), .ask(.listVerdicts(target.id))]
    }

    /// All on, or all off when all are on.
    private var switchLight: [DashboardRequest] {
        let turnsOn = targets.contains { $0.machine?.reading?.light != true }
        return [
            .act(
                targets.map { .machine(.move($0.id, .light(turnsOn))) },
                done: "Asked \(names(targets)) to switch the light \(turnsOn ? "on" : "off").")
        ]
    }

    /// Starts a print on each; where one runs already, or a machine starts at once, it is asked about first.
    func start(_ filename: String) -> [DashboardRequest] {
        let request = DashboardRequest.act(
            targets.map { .startPrint($0.id, filename: filename) }, done: "Started \(filename) on \(names(targets)).")
        // A machine that prints refuses another file.
        let running = targets.filter { $0.openPrint != nil && $0.machine == nil }
        let linked = targets.filter { $0.machine != nil }
        guard !running.isEmpty || !linked.isEmpty || targets.count > 1 else { return [request] }
        let several = targets.count > 1
        var lines = several ? [targets.map(\.name).joined(separator: ", ")] : []
        if !linked.isEmpty { lines.append("Is the bed clear? On \(names(linked)) it is printed at once.") }
        lines += running.map { snapshot in
            let age = Clock.length(snapshot.elapsed(at: now) ?? 0)
            return
                "\(snapshot.name): the running print \(snapshot.print?.filename ?? ""), \(age) old, counts as replaced."
        }
        let title = "Start \(filename) on \(several ? "\(targets.count) printers" : names(targets))?"
        guard !linked.isEmpty else {
            return [.overlay(Confirmation(title: title, lines: lines, confirmed: [request]))]
        }
        let question = StartQuestion(
            title: title, lines: lines, beds: linked.map { BedGlance($0, isRemote: context.options.isRemote) },
            confirmed: [request])
        return [.overlay(question)] + question.request
    }

    // MARK: For the foot of the screen

    /// What a person is likely to do to a printer: what answers its alert first.
    /// - Parameter opens: it has a page that is not open yet.
    static func likely(_ snapshot: PrinterSnapshot?, opens: Bool) -> [Command] {
        guard let snapshot else { return [.open] }
        let open: [Command] = opens ? [.open] : []
        guard let print = snapshot.openPrint else {
            let verdicts: [Command] = snapshot.print?.needsVerdict == true ? [.notAFailure, .wasAFailure] : []
            return open + verdicts + [.start, .edit, .light, .archive, .undo, .remove]
        }
        // P acts without a pause that is asked too; then p is the likelier one, and the bar has room for few.
        let pauses: [Command] = snapshot.awaitsPause ? [.confirmPause, .pause] : [.pause]
        let answers: [Command] =
            snapshot.alert == .standing || snapshot.awaitsPause
            ? [.acknowledge, .notAFailure, .wasAFailure] + pauses + [.resume] : []
        let change: [Command] = answers.isEmpty ? (print.pausedAt == nil ? [.pause] : [.resume]) : []
        return answers + open + change + [.finish, .mute, .undo, .edit, .light, .emergencyStop]
    }
}

extension ResultQuestion.Subject {
    /// Nil when nothing is printed there.
    fileprivate init?(_ snapshot: PrinterSnapshot) {
        guard let print = snapshot.openPrint else { return nil }
        self.init(
            printer: snapshot.id, print: print.id, name: snapshot.name, filename: print.filename,
            isAtMachine: snapshot.endsAtMachine)
    }
}

extension PrinterSnapshot {
    /// The machine tells nothing by itself, and a command that does not go with what it said last makes the farm ask it again.
    func isLookedAt(before command: LinkCommand, at now: Timestamp) -> Bool {
        guard isAskedFirst, let machine, machine.fault == nil else { return false }
        return FreshLook.isDue(before: command, machine.reading, machine.abilities, at: now)
    }

    /// A machine that can be asked has the print: nobody but it ends the record.
    var endsAtMachine: Bool { machine != nil && states.machine != .offline }
}
