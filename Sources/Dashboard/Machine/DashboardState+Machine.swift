internal import Farm

/// Commands that go to the machine behind a printer, and the files that it has.
extension DashboardState {
    /// Why the machine of a printer cannot be asked for something now; nil where it can.
    static func machineRefusal(_ snapshot: PrinterSnapshot, _ ability: LinkAbilities, _ what: String) -> String? {
        guard let machine = snapshot.machine else {
            return "No machine is linked to \(snapshot.name); e connects one."
        }
        if let trouble = snapshot.linkTrouble { return "\(snapshot.name): \(trouble)" }
        if let fault = machine.fault { return "\(snapshot.name): \(fault.description)" }
        return machine.abilities.contains(ability) ? nil : "The machine of \(snapshot.name) does not offer \(what)."
    }

    static func lightRefusal(_ snapshot: PrinterSnapshot) -> String? {
        guard let machine = snapshot.machine, machine.fault == nil, machine.address.kind == .moonraker,
            !machine.abilities.contains(.light)
        else { return machineRefusal(snapshot, .light, "a light") }
        return "The light of \(snapshot.name) has no name yet: e, change the machine, light."
    }

    /// A linked printer starts what its machine has; others what their app is told.
    static func startRefusal(_ snapshot: PrinterSnapshot) -> String? {
        guard snapshot.machine != nil else { return nil }
        return machineRefusal(snapshot, .start, "to start a print")
    }

    /// Why a file cannot be started, though it can be looked at; nil where it can.
    func startRefusalOfFiles(_ panel: FilesPanel) -> String? {
        guard let snapshot = printer(panel.printer) else { return "This printer is no longer here." }
        if let refusal = Self.startRefusal(snapshot) { return refusal }
        switch snapshot.states.machine {
        case .idle, .complete, .cancelled: return nil
        case let state: return "It is \(state.rawValue) now; a file can be started when it is idle."
        }
    }

    // MARK: Light and stop

    /// All on, or all off when all are on.
    mutating func switchLight(_ printers: [PrinterSnapshot]) -> [DashboardEffect] {
        let turnsOn = printers.contains { $0.machine?.reading?.light != true }
        return act(
            printers.map { .machine(.move($0.id, .light(turnsOn))) },
            done: "Asked \(names(printers)) to switch the light \(turnsOn ? "on" : "off").")
    }

    mutating func handle(_ question: StopQuestion, _ key: Key) -> [DashboardEffect] {
        var question = question
        switch question.handle(key) {
        case .stays: overlay = .stop(question)
        case .left:
            overlay = nil
            say("Nothing was stopped.")
        case .confirmed:
            overlay = nil
            let names = question.subjects.map(\.name).joined(separator: ", ")
            return act(
                question.subjects.map { .machine(.move($0.printer, .emergencyStop)) },
                done: "Sent the emergency stop to \(names).")
        }
        return []
    }

    // MARK: Files

    /// The files of one linked printer; for others, and for several at once, a file name is asked for.
    mutating func startSomething(on targets: [PrinterSnapshot]) -> [DashboardEffect] {
        if targets.count == 1, let target = targets.first, target.machine?.abilities.contains(.files) == true {
            return showFiles(of: target)
        }
        overlay = .prompt(
            Prompt(
                purpose: .startPrint(targets.map(\.id)), label: "start on \(names(targets)), file: ",
                field: TextField("", longest: 1000)))
        return []
    }

    private mutating func showFiles(of snapshot: PrinterSnapshot) -> [DashboardEffect] {
        var panel = FilesPanel(printer: snapshot.id, name: snapshot.name)
        let effect = request(.machine(.listFiles(snapshot.id)), done: "")
        panel.awaited = RequestID(rawValue: lastRequest)
        overlay = .files(panel)
        return [effect]
    }

    mutating func handle(_ panel: FilesPanel, _ key: Key) -> [DashboardEffect] {
        var panel = panel
        let outcome = panel.handle(
            key, visible: FilesPanel.visibleRows(size), refusal: startRefusalOfFiles(panel))
        switch outcome {
        case .stays: overlay = .files(panel)
        case .left: overlay = nil
        case .reload:
            let effect = request(.machine(.listFiles(panel.printer)), done: "")
            panel.awaited = RequestID(rawValue: lastRequest)
            overlay = .files(panel)
            return [effect]
        case .start(let file):
            overlay = nil
            return act(
                [.machine(.startFile(panel.printer, path: file.path))],
                done: "Asked \(panel.name) to print \(file.name).")
        }
        return []
    }

    /// - Returns: nil when no list of files waits for this answer.
    mutating func answerFiles(
        _ result: Result<FarmReply, RequestFailure>, of id: RequestID
    ) -> [DashboardEffect]? {
        guard case .files(var panel) = overlay, panel.awaited == id else { return nil }
        panel.awaited = nil
        switch result {
        case .success(.files(let files)): panel.show(files)
        case .success: panel.fail("The farm gave another answer than a list of files.")
        case .failure(let failure): panel.fail(failure.message)
        }
        overlay = .files(panel)
        return []
    }

    func drawFiles(_ panel: FilesPanel, canvas: inout Canvas) {
        let holds = printer(panel.printer).map { [.done, .cancelled, .failed].contains($0.machineWord) } ?? false
        FilesView(
            panel: panel, size: size, utcOffsetSeconds: options.utcOffsetSeconds,
            bed: holds ? "The last print may still lie there. " : nil
        ).draw(in: &canvas)
    }

    // MARK: The machine in the form of a printer

    /// What the form's last line chose; empty when the machine stays as it is.
    mutating func changeMachine(_ choice: Form.MachineChoice, of snapshot: PrinterSnapshot) {
        switch choice {
        case .leave: break
        case .connect: connectMachine(of: snapshot)
        case .confirm:
            overlay = .confirm(
                Confirmation(
                    title: "Let this farm use the machine of \(snapshot.name)?",
                    lines: [
                        "It was restored from a backup. Make sure that no other farmtop moves the same machine."
                    ],
                    confirmedAction: .perform(
                        [.machine(.confirm(snapshot.id))], done: "\(snapshot.name) may be used by this farm.")))
        case .disconnect:
            let address = snapshot.machine.map { "\($0.address)" } ?? "the machine"
            overlay = .confirm(
                Confirmation(
                    title: "Disconnect \(snapshot.name)?",
                    lines: [
                        "\(address) is no longer read or moved, and its key is forgotten.",
                        snapshot.openPrint == nil
                            ? "The printer and its history stay." : "Its print goes on; its record stays open here.",
                    ],
                    confirmedAction: .perform(
                        [.machine(.disconnect(snapshot.id))], done: "\(snapshot.name) is disconnected.")))
        }
    }
}

extension Form {
    /// What to do about the machine behind a printer.
    enum MachineChoice: Equatable, Sendable {
        case leave, confirm, connect, disconnect
    }

    static let machineLabel = "machine"

    /// The line of the form, and what each of its choices means.
    static func machineChoices(_ machine: MachineSnapshot?) -> [(choice: MachineChoice, words: String)] {
        guard let machine else { return [(.leave, "none"), (.connect, "connect one: asks for it next")] }
        let here = "\(machine.address.kind.title) at \(machine.address.base.authority)"
        let confirm: [(MachineChoice, String)] =
            machine.isConfirmed ? [] : [(.confirm, "allow this farm to use it: it was restored")]
        return [(.leave, here)] + confirm + [
            (.connect, "change it, or its key or camera"), (.disconnect, "disconnect it"),
        ]
    }

    /// What the person chose.
    func machineChoice(_ machine: MachineSnapshot?) -> MachineChoice {
        let choices = Self.machineChoices(machine)
        guard let field = fields.first(where: { $0.label == Self.machineLabel }), choices.indices.contains(field.index)
        else { return .leave }
        return choices[field.index].choice
    }
}
