public import Farm
import Text

/// What else a linked machine says, beside Obico's `status`, and what it can do; as the API tells it. Where it is in the network
/// is told to no client.
public struct ToldMachine: WireObject {
    /// A word of `LinkKind`; a newer farm may know more.
    var kind = ""
    var server: String?
    var firmware: String?
    /// Why nothing can be read.
    var problem: String?
    var isStale = false
    var detail: String?
    var file: String?
    var layer: ReadLayer?
    var light: Bool?
    var abilities: [String] = []

    public static let schemaName = "Machine"
    public static var blank: Self { ToldMachine() }

    public static let fields: WireTable<Self> = [
        .text("kind", { $0.kind }, { $0.kind = $1 }),
        .optionalText("server", { $0.server }, { $0.server = $1 }),
        .optionalText("firmware", { $0.firmware }, { $0.firmware = $1 }),
        .optionalText("problem", { $0.problem }, { $0.problem = $1 }),
        .flag("stale", { $0.isStale }, { $0.isStale = $1 }),
        .optionalText("detail", { $0.detail }, { $0.detail = $1 }),
        .optionalText("file", { $0.file }, { $0.file = $1 }),
        .object("layer", { $0.layer }, { $0.layer = $1 }),
        .optionalFlag("light", { $0.light }, { $0.light = $1 }),
        .texts("abilities", { $0.abilities }, { $0.abilities = $1 }),
    ]
}

extension ToldMachine {
    init(_ machine: MachineSnapshot) {
        kind = machine.address.kind.rawValue
        server = machine.identity?.server
        firmware = machine.identity?.firmware
        problem = machine.fault?.description
        isStale = machine.isStale
        detail = machine.reading?.detail
        file = machine.reading?.file?.name
        layer = machine.reading?.layer
        light = machine.reading?.light
        abilities = machine.abilities.names
    }

    /// Nil for a kind that this version does not know.
    /// - Parameter status: Obico's `status` of the same printer; nil before the machine's first word.
    func snapshot(status: (any WireSource)?, state: MachineState) throws -> MachineSnapshot? {
        guard let kind = LinkKind(rawValue: kind) else { return nil }
        var machine = MachineSnapshot(
            settings: LinkSettings(address: LinkAddress(kind: kind, base: WebAddress(scheme: .http, host: ""))),
            isConfirmed: true, isStale: isStale, abilities: LinkAbilities(names: abilities))
        if let status { machine.reading = try reading(status, state: state) }
        if let problem { machine.fault = .printerNotConnected(cleanedText(problem, limit: 500)) }
        if let server {
            machine.identity = MachineIdentity(server: cleanedText(server, limit: 200), firmware: firmware)
        }
        return machine
    }

    private func reading(_ status: any WireSource, state: MachineState) throws -> PrinterReading {
        var reading = try PrinterReading(status: status, state: state)
        reading.detail = detail
        if let file { reading.file = ReadFile(name: file) }
        reading.layer = layer
        reading.light = light
        return reading
    }
}

extension ReadLayer: WireObject {
    public static let schemaName = "MachineLayer"
    public static var blank: Self { ReadLayer(now: 0) }
    public static let fields: WireTable<Self> = [
        .whole("now", { Int64($0.now) }, { $0.now = Int($1) }),
        .optionalWhole("total", { $0.total.map(Int64.init) }, { $0.total = $1.map(Int.init) }),
    ]
}
