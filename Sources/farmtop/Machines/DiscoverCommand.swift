import ArgumentParser
import Farm
import Printers
import Text

struct DiscoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discover", abstract: "Ask the local network for printers, and show how to connect each.",
        discussion: """
            One search of 3 seconds by multicast DNS and UPnP, on every IPv4 network of this machine. It finds OctoPrint,
            PrusaLink on a Raspberry Pi, and a Moonraker that has [zeroconf]; a printer that keeps silent is connected by
            its address all the same. Nothing is stored.
            """)
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let found = try await search()
        let settings = try options.settings()
        // A new user looks for printers before there is a farm.
        let hasFarm = try FarmAccess.hasFarm(in: settings.dataFolder())
        let printers = hasFarm ? try await FarmAccess.with(settings) { try await $0.snapshot().printers } : []
        try Listing(found: found, printers).show(asJSON: options.isJSON)
    }

    private func search() async throws(CommandFailure) -> [FoundMachine] {
        do throws(LinkFault) { return try await MachineSearch.run() } catch {
            throw .failed("This machine is on no network where printers can be looked for. Connect it to theirs.")
        }
    }
}

extension Listing {
    init(found: [FoundMachine], _ printers: [PrinterSnapshot]) {
        var table = Table("KIND", "NAME", "ADDRESS", "PRINTER")
        var lines: [String] = []
        var objects: [JSONText] = []
        for machine in found {
            let known = printers.first { $0.isConnected(to: machine) }
            let command = known == nil ? machine.connectCommand : nil
            table.add(
                machine.kind.title, machine.name, "\(machine.address)", known?.printer.settings.name ?? "not connected")
            if let command { lines.append(command) }
            objects.append(
                .object([
                    ("kind", .string(machine.kind.rawValue)), ("name", .string(machine.name)),
                    ("host", .string(machine.host)), ("url", .string("\(machine.address)")),
                    ("printer", JSONText(known?.printer.settings.name)), ("connect", JSONText(command)),
                ]))
        }
        var parts = [table.text]
        if !lines.isEmpty { parts.append((["Connect one, by a name of your choice:"] + lines).joined(separator: "\n")) }
        text =
            found.isEmpty
            ? "No printer answered. Connect one by its address: farmtop printer connect NAME --kind KIND --url URL"
            : parts.joined(separator: "\n\n")
        json = .list(objects)
    }
}

extension PrinterSnapshot {
    fileprivate func isConnected(to found: FoundMachine) -> Bool {
        guard let base = machine?.address.base, base.port == found.address.port else { return false }
        return base.host == found.address.host || base.host == found.host.lowercased()
            || base.host == "\(found.host.lowercased()).local"
    }
}

extension FoundMachine {
    /// Ready to be run; its words are from the network, so each is quoted.
    fileprivate var connectCommand: String {
        let key = kind == .prusalink ? " --key-file FILE" : ""
        // A name that begins like an option would be one.
        let name = host.hasPrefix("-") || host.isEmpty ? "printer" : host
        return
            "farmtop printer connect \(shellWord(name)) --kind \(kind.rawValue) --url \(shellWord("\(address)"))\(key)"
    }
}
