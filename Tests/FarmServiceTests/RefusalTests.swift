import Farm
import FarmService
import OAuth
import Testing

@Suite("Refused clients", .timeLimit(.minutes(20)))
struct RefusalTests {
    @Test(
        "Wrong secrets count as 401 and, beyond the limit, as 429, for the client that was named; a good one does not")
    func secrets() async throws {
        let farm = try await TestFarm()
        let made = try await farm.service.perform(AddClient(NewClient(name: "App")))
        func present(_ secret: String, id: String) throws {
            let form = FormParameters([
                FormParameters.Parameter(name: "client_id", value: id),
                FormParameters.Parameter(name: "client_secret", value: secret),
            ])
            _ = try farm.service.authenticateClient(
                PresentedClient.parse(authorizationHeader: nil, form: form), address: "10.0.0.1")
        }
        try present(try #require(made.secret), id: made.client.publicID)
        #expect(farm.service.snapshot().status.refusals.isEmpty)
        for _ in 0..<12 { #expect(throws: OAuthError.self) { try present("wrong", id: made.client.publicID) } }
        #expect(throws: OAuthError.self) { try present("wrong", id: "nobody") }
        let refusals = farm.service.snapshot().status.refusals
        #expect(refusals.map(\.clientID) == [made.client.id])
        #expect(refusals.first?.unauthorized.last == 10)
        #expect(refusals.first?.tooMany.last == 2)
        farm.clock.advance(by: .seconds(3600))
        #expect(farm.service.snapshot().status.refusals.first?.unauthorized.suffix(2) == [10, 0])
        farm.clock.advance(by: .seconds(23 * 3600))
        #expect(farm.service.snapshot().status.refusals.isEmpty)
    }
}
