import Farm
import FarmClient
import FarmConfiguration
import Logging
import Testing

@testable import farmtop

@Suite("The demo's printers", .timeLimit(.minutes(20)))
struct SimulatedFarmTests {
    @Test("cancelled before the farm answers, they end at once", .timeLimit(.minutes(20)))
    func cancelled() async throws {
        let client = OAuthClient(
            id: 1, publicID: "abc", name: "demo", accountID: 1, secret: nil, scope: .all,
            grants: [.clientCredentials], redirectURIs: [], tokenLifetimeSeconds: nil,
            createdAt: Timestamp(microseconds: 0))
        let credentials = ClientCredentials(
            client: ClientSummary(client, accountName: "demo", lastUsedAt: nil, liveTokens: 0), secret: "s")
        let nobody = try HeldPort(ListenAddress(host: "127.0.0.1", port: 0))
        defer { withExtendedLifetime(nobody) {} }
        let port = nobody.port
        let printers = SimulatedCameras(
            farm: SimulatedFarm(.init()), printers: [1], base: "http://127.0.0.1:\(port)", credentials: credentials,
            logger: Logger(label: "test"))
        let running = Task { try await printers.run() }
        try await Task.sleep(for: .milliseconds(120))
        running.cancel()
        await #expect(throws: CancellationError.self) { try await running.value }
    }
}
