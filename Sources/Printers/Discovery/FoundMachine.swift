public import Farm
import Wire

/// A machine's server that answered a search. All of it is what the network said: untrusted, cleaned, and not tried yet.
public struct FoundMachine: Hashable, Sendable {
    /// The protocol that the announced service stands for; the server itself has not been asked yet.
    public var kind: LinkKind
    /// What it calls itself.
    public var name: String
    /// The name of its computer, without `.local`; a name for the printer to begin with.
    public var host: String
    /// Where the announcement says that the server is: for the person to look at before anything is sent there.
    public var address: WebAddress

    public init(kind: LinkKind, name: String, host: String, address: WebAddress) {
        self.kind = kind
        self.name = name
        self.host = host
        self.address = address
    }
}

extension FoundMachine {
    /// What is asked for, and which server it means. PrusaLink says that it is an OctoPrint too.
    static let services: [(name: DNSName, kind: LinkKind)] = [
        (DNSName("_octoprint._tcp.local"), .octoprint), (DNSName("_moonraker._tcp.local"), .moonraker),
        (DNSName("_prusalink._tcp.local"), .prusalink),
    ]

    /// The machines that the answers name, each once, by address.
    static func all(mdns: [DNSMessage], ssdp: [SSDPMessage]) -> [FoundMachine] {
        let found = all(in: mdns) + ssdp.compactMap(FoundMachine.init(ssdp:))
        var known: [String: FoundMachine] = [:]
        for machine in found {
            let place = machine.address.authority
            // The first one has the better name, unless it turns out to be a PrusaLink.
            if known[place] == nil || machine.kind == .prusalink { known[place] = machine }
        }
        return known.values.sorted {
            ($0.kind.rawValue, $0.host, $0.address.authority) < ($1.kind.rawValue, $1.host, $1.address.authority)
        }
    }

    private static func all(in messages: [DNSMessage]) -> [FoundMachine] {
        var instances: [(name: DNSName, title: String, kind: LinkKind)] = []
        var services: [DNSName: (host: DNSName, port: Int)] = [:]
        var texts: [DNSName: [String: String]] = [:]
        var addresses: [DNSName: [String]] = [:]
        for record in messages.flatMap(\.records) {
            switch record.content {
            case .instance(let instance):
                guard let kind = Self.services.first(where: { $0.name == record.name })?.kind,
                    let title = instance.instance(of: record.name), !instances.contains(where: { $0.name == instance })
                else { continue }
                instances.append((instance, title, kind))
            case .service(let host, let port): services[record.name] = (host, port)
            case .text(let text): texts[record.name] = text
            case .address(let address): addresses[record.name, default: []].append(address)
            case .other: continue
            }
        }
        return instances.compactMap { instance, title, kind in
            guard let service = services[instance] else { return nil }
            return FoundMachine(kind, title, service, texts[instance] ?? [:], addresses[service.host] ?? [])
        }
    }

    /// Nil where no address can be made of it.
    private init?(
        _ kind: LinkKind, _ title: String, _ service: (host: DNSName, port: Int), _ text: [String: String],
        _ addresses: [String]
    ) {
        // An IPv4 address works from everywhere; a link-local one of IPv6 needs its interface.
        let number =
            addresses.first { !$0.contains(":") && !$0.hasPrefix("169.254.") } ?? addresses.first { !$0.contains(":") }
        let host = service.host.description
        let path = text[kind == .moonraker ? "route_prefix" : "path"] ?? ""
        let end = path == "/" ? "" : (path.isEmpty || path.hasPrefix("/") ? path : "/" + path)
        guard let address = Self.address("http://\(number ?? host):\(service.port)\(end)") else { return nil }
        self.init(
            kind: kind, name: cleanedText(title, limit: 100),
            host: cleanedText(service.host.labels.first ?? "", limit: 63), address: address)
    }

    /// By the place of its description, which each server has its own of; nil for another device.
    private init?(ssdp message: SSDPMessage) {
        guard let location = message.headers["location"] else { return nil }
        for (end, kind) in [
            ("/plugin/discovery/discovery.xml", LinkKind.octoprint), ("/server/zeroconf/ssdp", .moonraker),
        ] where location.hasSuffix(end) {
            guard let address = Self.address(String(location.dropLast(end.count))) else { return nil }
            self.init(
                kind: kind, name: cleanedText(message.headers["server"] ?? kind.title, limit: 100),
                host: address.host, address: address)
            return
        }
        return nil
    }

    private static func address(_ text: String) -> WebAddress? {
        guard let parsed = try? WebAddress.parse(text), parsed.credentials == nil, parsed.address.query == nil else {
            return nil
        }
        return parsed.address
    }
}
