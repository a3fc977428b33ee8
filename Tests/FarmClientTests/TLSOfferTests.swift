import FarmClient
import TestSupport
import Testing

@Suite("A farm on another machine, over TLS", .timeLimit(.minutes(20)))
struct TLSOfferTests {
    @Test("it is offered forward secrecy and authenticated encryption only")
    func offer() async throws {
        let server = try ClientHello()
        let farm = RemoteFarm(
            base: "https://127.0.0.1:\(server.port)",
            credentials: RemoteCredentials(clientID: "app", clientSecret: "secret"))
        async let offered = server.offeredSuites()
        _ = try? await farm.scope()
        let suites = try await offered
        await farm.close()
        let weak = suites.filter { !ClientHello.isForwardSecret($0) }
        #expect(!suites.isEmpty && weak.isEmpty)
    }
}
