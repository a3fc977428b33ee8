import Farm
import TestSupport
import Testing

@testable import Notifier

@Suite("Channels over TLS", .timeLimit(.minutes(20)))
struct WebhookTLSTests {
    @Test("a receiver is offered forward secrecy and authenticated encryption only")
    func offer() async throws {
        let receiver = try ClientHello()
        let transport = LiveTransport(
            userAgent: "x", deadline: .seconds(10), folder: "/tmp", now: { Timestamp(microseconds: 0) })
        async let offered = receiver.offeredSuites()
        _ = await transport.perform(
            .http(HTTPCall("https://127.0.0.1:\(receiver.port)/", type: "text/plain", body: [])))
        let suites = try await offered
        await transport.close()
        let weak = suites.filter { !ClientHello.isForwardSecret($0) }
        #expect(!suites.isEmpty && weak.isEmpty)
    }
}
