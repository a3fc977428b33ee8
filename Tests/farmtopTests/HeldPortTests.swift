import FarmConfiguration
import Glibc
import TestSupport
import Testing

@testable import farmtop

@Suite("A port that is held until the farm listens on it", .timeLimit(.minutes(20)))
struct HeldPortTests {
    private let anyPort = ListenAddress(host: "127.0.0.1", port: 0)

    @Test("no other that asks for any port is given it")
    func distinct() throws {
        let held = try (0..<500).map { _ in try HeldPort(anyPort) }
        #expect(Set(held.map(\.port)).count == held.count)
    }

    @Test("an address that is not this machine's, or that somebody listens on, cannot be held")
    func refused() throws {
        #expect(throws: HeldPort.Refused.self) { try HeldPort(ListenAddress(host: "192.0.2.1", port: 0)) }
        let farm = try ServedFarm(try TestHome())
        let error = #expect(throws: HeldPort.Refused.self) {
            try HeldPort(ListenAddress(host: "127.0.0.1", port: Int(farm.port)))
        }
        #expect(error?.code == EADDRINUSE)
        #expect(farm.end(SIGTERM) == 0)
    }
}
