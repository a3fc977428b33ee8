import Farm

extension Wire {
    /// Obico's `status` of a linked printer.
    struct Status: Decodable {
        struct State: Decodable { var error: String? }
        struct Progress: Decodable {
            var completion: Double?
            var printTime: Double?
            var printTimeLeft: Double?
        }
        struct Temperature: Decodable {
            var actual: Double?
            var target: Double?

            var value: ReadTemperature { ReadTemperature(actual: actual, target: target) }
        }
        var _ts: Int64
        var state: State
        var progress: Progress
        var temperatures: [String: Temperature]
    }

    /// What farmtop tells beside it.
    struct Machine: Decodable {
        struct Layer: Decodable {
            var now: Int
            var total: Int?
        }
        var kind: String
        var server: String?
        var firmware: String?
        var problem: String?
        var stale: Bool
        var detail: String?
        var file: String?
        var layer: Layer?
        var light: Bool?
        var abilities: [String]
    }
}

extension MachineSnapshot {
    /// Nil where none is linked, and for a kind that this version does not know. Where the machine is in the network the API does
    /// not tell. Written without closures: the optimiser of Swift 6.3.1 crashes on nested ones.
    init?(_ wire: Wire.Printer) {
        guard let machine = wire.machine, let kind = LinkKind(rawValue: machine.kind) else { return nil }
        self.init(
            settings: LinkSettings(address: LinkAddress(kind: kind, base: WebAddress(scheme: .http, host: ""))),
            isConfirmed: true, isStale: machine.stale, abilities: LinkAbilities(names: machine.abilities))
        if let status = wire.status { reading = PrinterReading(status, machine, state: wire.machine_state) }
        if let problem = machine.problem { fault = .printerNotConnected(cleanedText(problem, limit: 500)) }
        if let server = machine.server {
            identity = MachineIdentity(server: cleanedText(server, limit: 200), firmware: machine.firmware)
        }
    }
}

extension PrinterReading {
    fileprivate init(_ status: Wire.Status, _ machine: Wire.Machine, state: MachineState) {
        self.init(
            state: state, detail: machine.detail, error: status.state.error,
            at: Timestamp(microseconds: status._ts &* 1_000_000))
        if let file = machine.file { self.file = ReadFile(name: file) }
        if let completion = status.progress.completion { progress = completion / 100 }
        elapsed = status.progress.printTime
        remaining = status.progress.printTimeLeft
        nozzles = status.temperatures.filter { $0.key.hasPrefix("tool") }.sorted { $0.key < $1.key }.map(\.value.value)
        bed = status.temperatures["bed"]?.value
        if let layer = machine.layer { self.layer = ReadLayer(now: layer.now, total: layer.total) }
        light = machine.light
    }
}
