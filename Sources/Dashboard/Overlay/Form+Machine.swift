internal import Farm

/// The line of a printer's form about the machine behind it.
extension Form {
    /// What to do about the machine.
    enum MachineChoice: Equatable, Sendable {
        case leave, confirm, connect, disconnect
    }

    static let machineLabel = "machine"

    /// The choices of the line, and what each of them means.
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

    /// What follows once the form is saved; empty when the machine stays as it is.
    func machineRequests(_ snapshot: PrinterSnapshot, _ context: Context) -> [DashboardRequest] {
        switch machineChoice(snapshot.machine) {
        case .leave: return []
        case .connect: return [.overlay(ConnectOverlay(changing: snapshot, context))]
        case .confirm:
            return [
                .overlay(
                    Confirmation(
                        title: "Let this farm use the machine of \(snapshot.name)?",
                        lines: [
                            "It was restored from a backup. Make sure that no other farmtop moves the same machine."
                        ],
                        confirmed: [
                            .act(
                                [.machine(.confirm(snapshot.id))],
                                done: "\(snapshot.name) may be used by this farm.")
                        ]))
            ]
        case .disconnect:
            let address = snapshot.machine.map { "\($0.address)" } ?? "the machine"
            return [
                .overlay(
                    Confirmation(
                        title: "Disconnect \(snapshot.name)?",
                        lines: [
                            "\(address) is no longer read or moved, and its key is forgotten.",
                            snapshot.openPrint == nil
                                ? "The printer and its history stay."
                                : "Its print goes on; its record stays open here.",
                        ],
                        confirmed: [
                            .act(
                                [.machine(.disconnect(snapshot.id))], done: "\(snapshot.name) is disconnected.")
                        ]))
            ]
        }
    }
}
