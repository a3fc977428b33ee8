import Dashboard
import Farm

/// Printers with machines behind them.
extension FarmFixture {
    /// What a machine says while it prints.
    /// - Parameters:
    ///   - progress: 0...1.
    ///   - remaining: seconds.
    static func reading(
        _ state: MachineState, file: String? = nil, progress: Double? = nil, remaining: Double? = nil,
        secondsAgo: Int = 1
    ) -> PrinterReading {
        var reading = PrinterReading(
            state: state, file: file.map { ReadFile(name: $0, path: $0) }, at: now - .seconds(secondsAgo))
        reading.progress = progress
        reading.remaining = remaining
        reading.nozzles = [
            ReadTemperature(actual: progress == nil ? 24.2 : 214.8, target: progress == nil ? 0 : 215)
        ]
        reading.bed = ReadTemperature(actual: progress == nil ? 22.9 : 60.1, target: progress == nil ? 0 : 60)
        return reading
    }

    static func machine(_ kind: LinkKind, _ host: String, _ reading: PrinterReading?) -> MachineSnapshot {
        var abilities: LinkAbilities = [.pause, .resume, .cancel, .start, .files, .upload]
        if kind == .moonraker { abilities.formUnion([.emergencyStop, .light]) }
        return MachineSnapshot(
            settings: LinkSettings(
                address: LinkAddress(
                    kind: kind, base: WebAddress(scheme: .http, host: host, port: kind.standardPort))),
            isConfirmed: true, reading: reading, abilities: abilities,
            identity: MachineIdentity(
                server: kind == .moonraker ? "Moonraker v0.9.3" : "\(kind.title) 1.11.8",
                firmware: kind == .moonraker ? "Klipper v0.12.0" : nil))
    }

    /// A printer whose machine says what `reading` says.
    static func linked(
        _ id: PrinterID, _ name: String, _ kind: LinkKind = .moonraker, print: Print? = nil,
        says reading: PrinterReading, level: Double = 0.03
    ) -> PrinterSnapshot {
        var snapshot = printer(id, name, print: print, level: level)
        snapshot.machine = machine(kind, "\(name).lan", reading)
        snapshot.states.machine = reading.state
        snapshot.hasNoCamera = snapshot.print?.isOpen == true && snapshot.lastFrame == nil
        return snapshot
    }

    /// Printing, paused, one that waits for filament, a stale one, an offline one, one at rest, and two without a machine.
    static var machines: FarmSnapshot {
        var printing = reading(.printing, file: "clip_batch_40.gcode", progress: 0.974, remaining: 190)
        printing.layer = ReadLayer(now: 156, total: 160)
        printing.elapsed = 19_000
        printing.light = true
        printing.filament = ReadFilament(type: "PLA", used: 4200)
        var slow = reading(.printing, file: "housing_top.gcode", progress: 0.12, remaining: 27_000)
        slow.layer = ReadLayer(now: 12, total: 251)
        var paused = reading(.paused, file: "gear_24t.gcode", progress: 0.88, remaining: 1320)
        paused.layer = ReadLayer(now: 80)
        var runout = reading(.attention, file: "vase.gcode", progress: 0.31, remaining: 14_700)
        runout.error = "Filament runout on extruder 0"
        var stale = linked(
            5, "rack-b-02", .octoprint, print: print(105, on: 5, "fan_duct.gcode", minutes: 70),
            says: reading(.printing, file: "fan_duct.gcode", progress: 0.43, remaining: 6600, secondsAgo: 90))
        stale.machine?.isStale = true
        var lost = linked(
            6, "rack-b-03", .prusalink, print: print(106, on: 6, "lid_v3.gcode", minutes: 40),
            says: reading(.printing, file: "lid_v3.gcode", progress: 0.55, remaining: 5400, secondsAgo: 240))
        lost.machine?.fault = .unreachable("connection refused")
        lost.states.machine = .offline
        var farm = FarmSnapshot()
        farm.revision = 1
        farm.printers = [
            linked(1, "rack-a-01", print: print(101, on: 1, "clip_batch_40.gcode", minutes: 317), says: printing),
            linked(2, "rack-a-02", print: print(102, on: 2, "housing_top.gcode", minutes: 61), says: slow),
            linked(3, "rack-a-03", print: print(103, on: 3, "gear_24t.gcode", minutes: 150), says: paused),
            linked(4, "rack-a-04", print: print(104, on: 4, "vase.gcode", minutes: 110), says: runout), stale, lost,
            linked(7, "rack-c-01", .octoprint, says: reading(.idle)),
            printer(8, "bench-1", print: print(108, on: 8, "bracket.gcode", minutes: 12)), printer(9, "bench-2"),
        ]
        farm.printers[2].print?.pausedAt = now - .seconds(300)
        farm.accounts = [Account(id: 1, name: "operator", createdAt: now - .seconds(86_400))]
        farm.status.address = "http://127.0.0.1:3334"
        farm.events = [
            event(
                1, .attention, .error, "Printer Needs Attention",
                "vase.gcode waits at the printer: Filament runout on extruder 0", printer: 4, secondsAgo: 30,
                by: .machine)
        ]
        return farm
    }

    /// The same without what calls for a person.
    static var calmMachines: FarmSnapshot {
        var farm = machines
        farm.printers.removeAll { [4, 5, 6].contains($0.id) }
        farm.events = []
        return farm
    }
}
