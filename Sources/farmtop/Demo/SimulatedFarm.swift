import Farm
import Printers

/// The machines of the demo, by the addresses that their printers have.
struct SimulatedFarm: Sendable {
    struct Plan: Sendable {
        var printers = 12
        /// Between two frames of a printer.
        var interval = Duration.seconds(1)
        /// How much faster prints advance.
        var speed = 1.0
    }
    let plan: Plan
    let machines: [SimulatedMachine]

    static let names = [
        "Prusa MK4 #1", "Prusa MK4 #2", "Voron 2.4", "Sovol SV08 left", "Sovol SV08 right", "Ender 3 shelf",
        "Prusa XL", "Voron 0.2", "Prusa Mini A", "Prusa Mini B", "Ratrig V-Core", "Ender 5 garage",
    ]
    static let files = [
        "bracket_x8.gcode", "vase_spiral.gcode", "gear_24t_PETG.gcode", "clip_batch_40.gcode",
        "housing_top_0.2mm.gcode",
        "fan_duct.gcode", "benchy.gcode", "cable_chain_12.gcode", "lid_v3.gcode", "spool_holder.gcode",
    ]

    init(_ plan: Plan) {
        self.plan = plan
        let unit = Double(plan.interval.components.seconds) + Double(plan.interval.components.attoseconds) * 1e-18
        machines = (0..<plan.printers).map { index in
            let round = index / Self.names.count
            let name = Self.names[index % Self.names.count] + (round == 0 ? "" : " (\(round + 1))")
            var pace = SimulatedPrint.Pace()
            pace.rest = max(pace.rest, 5 * unit) * plan.speed
            pace.reaction *= plan.speed
            pace.patience *= plan.speed
            return SimulatedMachine(
                name: name, print: SimulatedPrint(index: index, files: Self.files, unit: unit, pace: pace),
                files: Self.files, speed: plan.speed)
        }
    }

    /// As a list of printers that is imported whole.
    var printers: [ImportedPrinter] {
        machines.enumerated().map { index, machine in
            let kind: LinkKind =
                machine.name.hasPrefix("Prusa") ? .prusalink : machine.name.hasPrefix("Ender") ? .octoprint : .moonraker
            let tags: PrinterTags = index % 12 < 6 ? ["front"] : ["back"]
            return ImportedPrinter(
                account: Account.firstName, name: machine.name,
                link: LinkSettings(
                    address: LinkAddress(kind: kind, base: WebAddress(scheme: .http, host: Self.host(of: index)))),
                credentials: .none, tags: tags)
        }
    }

    private static func host(of index: Int) -> String { "machine-\(index + 1).demo" }

    /// The link to a machine of this farm; a real one to any other address, as nobody is kept from connecting his own.
    func link(_ settings: LinkSettings, _ credentials: LinkCredentials) -> any PrinterLink {
        let index = machines.indices.first { Self.host(of: $0) == settings.address.base.host }
        guard let index else { return MachineLinks.link(settings, credentials: credentials, environment: .system) }
        return SimulatedLink(machines[index], as: settings.address.kind, now: Timestamp.systemClock)
    }
}
