internal import Farm

/// Why the machine of a printer cannot be asked for something now: a sentence.
enum MachineRefusal {
    /// - Parameters:
    ///   - what: "a light", as in "does not offer a light".
    /// - Returns: nil where it can be asked.
    static func reason(
        _ snapshot: PrinterSnapshot, _ ability: LinkAbilities, _ what: String, _ keys: KeyMap
    ) -> String? {
        guard let machine = snapshot.machine else {
            return "No machine is linked to \(snapshot.name); \(keys.name(.edit)) connects one."
        }
        if let trouble = snapshot.linkTrouble { return "\(snapshot.name): \(trouble)" }
        if let fault = machine.fault { return "\(snapshot.name): \(fault.description)" }
        return machine.abilities.contains(ability) ? nil : "The machine of \(snapshot.name) does not offer \(what)."
    }

    static func light(_ snapshot: PrinterSnapshot, _ keys: KeyMap) -> String? {
        guard let machine = snapshot.machine, machine.fault == nil, machine.address.kind == .moonraker,
            !machine.abilities.contains(.light)
        else { return reason(snapshot, .light, "a light", keys) }
        if let name = machine.settings.lightName {
            return
                "The machine of \(snapshot.name) has no light \(name): \(keys.name(.edit)), change the machine, light."
        }
        return "The light of \(snapshot.name) has no name yet: \(keys.name(.edit)), change the machine, light."
    }

    /// A linked printer starts what its machine has; others what their app is told.
    static func start(_ snapshot: PrinterSnapshot, _ keys: KeyMap) -> String? {
        guard snapshot.machine != nil else { return nil }
        return reason(snapshot, .start, "to start a print", keys)
    }
}
