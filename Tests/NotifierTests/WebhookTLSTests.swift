import Farm
import TestSupport
import Testing

@testable import Notifier

@Suite("The webhook over TLS", .timeLimit(.minutes(20)))
struct WebhookTLSTests {
    @Test("a receiver is offered forward secrecy and authenticated encryption only")
    func offer() async throws {
        let receiver = try ClientHello()
        let target = try #require(WebhookTarget(url: "https://127.0.0.1:\(receiver.port)/"))
        let transport = HTTPTransport(target, deadline: .seconds(10), now: { Timestamp(microseconds: 0) })
        async let offered = receiver.offeredSuites()
        _ = await transport.post([], headers: [])
        let suites = try await offered
        await transport.close()
        let weak = suites.filter { !ClientHello.isForwardSecret($0) }
        #expect(!suites.isEmpty && weak.isEmpty)
    }
}
