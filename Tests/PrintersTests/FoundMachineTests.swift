import Farm
import Testing
import Wire

@testable import Printers

@Suite("Machines that answered a search", .timeLimit(.minutes(20)))
struct FoundMachineTests {
    private func message(_ records: [(String, DNSMessage.Content)]) -> DNSMessage {
        var bytes = DNSMessage.question(for: [])
        bytes[2] = 0x84
        // An empty answer, for its records to be set.
        guard var message = try? DNSMessage(bytes) else { preconditionFailure("an answer without records is one") }
        message.records = records.map { DNSMessage.Record(name: DNSName($0.0), content: $0.1) }
        return message
    }

    private func service(
        _ type: String, _ instance: String, _ host: String, _ port: Int, _ text: [String: String] = [:],
        _ addresses: [String]
    ) -> DNSMessage {
        message(
            [
                ("\(type).local", .instance(DNSName([instance] + DNSName("\(type).local").labels))),
                ("\(instance).\(type).local", .service(host: DNSName(host), port: port)),
                ("\(instance).\(type).local", .text(text)),
            ] + addresses.map { (host, .address($0)) })
    }

    @Test("each kind by its service, with the prefix that it names; IPv4 before IPv6")
    func kinds() {
        let found = FoundMachine.all(
            mdns: [
                service(
                    "_octoprint._tcp", "OctoPrint on octopi", "octopi.local", 80, ["path": "/octo"],
                    ["fe80:0:0:0:0:0:0:1", "10.0.0.1"]),
                service(
                    "_moonraker._tcp", "Moonraker", "voron.local", 7125, ["route_prefix": ""],
                    ["169.254.1.1", "10.0.0.2"]),
            ], ssdp: [])
        #expect(found.map(\.kind) == [.moonraker, .octoprint])
        #expect(found.map { "\($0.address)" } == ["http://10.0.0.2:7125", "http://10.0.0.1/octo"])
        #expect(found.map(\.host) == ["voron", "octopi"])
        #expect(found[1].name == "OctoPrint on octopi")
    }

    @Test("a PrusaLink that says it is an OctoPrint too is one PrusaLink, and two answers of one machine are one")
    func once() {
        let octoprint = service("_octoprint._tcp", "mk3", "mk3.local", 80, ["path": "/"], ["10.0.0.3"])
        let prusalink = service("_prusalink._tcp", "mk3", "mk3.local", 80, [:], ["10.0.0.3"])
        #expect(FoundMachine.all(mdns: [octoprint, prusalink, octoprint], ssdp: []).map(\.kind) == [.prusalink])
        #expect(FoundMachine.all(mdns: [prusalink, octoprint], ssdp: []).map(\.kind) == [.prusalink])
    }

    @Test("UPnP: OctoPrint and Moonraker by the place of their description; no other device")
    func upnp() {
        func answer(_ location: String) -> [SSDPMessage] {
            SSDPMessage(Array("HTTP/1.1 200 OK\r\nLocation: \(location)\r\nServer: x\r\n\r\n".utf8)).map { [$0] } ?? []
        }
        let found = FoundMachine.all(
            mdns: [],
            ssdp: answer("http://10.0.0.1:5000/plugin/discovery/discovery.xml")
                + answer("http://10.0.0.2:7125/server/zeroconf/ssdp") + answer("http://10.0.0.9:1400/root.xml")
                + answer("http://u:p@10.0.0.8/server/zeroconf/ssdp"))
        #expect(
            found.map { "\($0.kind.rawValue) \($0.address)" } == [
                "moonraker http://10.0.0.2:7125", "octoprint http://10.0.0.1:5000",
            ])
    }

    @Test("names from the network are cleaned; what gives no address is left out")
    func hostile() {
        let found = FoundMachine.all(
            mdns: [
                service("_octoprint._tcp", "a\u{1B}[2J", "pi\u{202E}.local", 80, [:], ["10.0.0.1"]),
                service("_octoprint._tcp", "b", "bad host.local", 80, [:], []),
                service("_octoprint._tcp", "c", "c.local", 0, [:], ["10.0.0.2"]),
                service("_octoprint._tcp", "d", "d.local", 80, ["path": "/x y"], ["10.0.0.3"]),
                service("_http._tcp", "e", "e.local", 80, [:], ["10.0.0.4"]),
            ], ssdp: [])
        #expect(found.count == 1)
        let isClean = found.allSatisfy { machine in
            (machine.name + machine.host).unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{202E}" }
        }
        #expect(isClean)
    }
}
