public import Farm
import Wire

/// Asks the local network once for servers of machines: by multicast DNS, which OctoPrint, PrusaLink and a Moonraker with
/// `[zeroconf]` answer, and by UPnP's discovery, which OctoPrint answers too and a Moonraker with `enable_ssdp`.
public enum MachineSearch {
    /// How long answers are gathered: machines wait up to half a second, and the question is repeated once.
    public static let duration = Duration.seconds(3)

    /// - Throws: when this machine is on no network.
    public static func run(for duration: Duration = duration) async throws(LinkFault) -> [FoundMachine] {
        let questions = [
            MulticastQuestion(
                group: "224.0.0.251", port: 5353, bytes: DNSMessage.question(for: FoundMachine.services.map(\.name))),
            MulticastQuestion(group: "239.255.255.250", port: 1900, bytes: SSDPMessage.search(seconds: 1)),
        ]
        let answers: [MulticastSearch.Answer]
        do throws(WireError) { answers = try await MulticastSearch(questions).answers(within: duration) } catch {
            throw LinkFault(error)
        }
        // What is no answer is not for us: everybody may send to an open port.
        let mdns = answers.filter { $0.question == 0 }.compactMap { try? DNSMessage($0.bytes) }
        let ssdp = answers.filter { $0.question == 1 }.compactMap { SSDPMessage($0.bytes) }
        return FoundMachine.all(mdns: mdns, ssdp: ssdp)
    }
}
