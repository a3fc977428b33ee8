import Farm
import Testing

@testable import Dashboard

@Suite("OAuth clients", .timeLimit(.minutes(20)))
struct ClientTests {
    private func dashboard(_ size: GridSize = GridSize(rows: 24, columns: 80)) -> DashboardState {
        var farm = FarmFixture.farm
        var unauthorized = Array(repeating: 0, count: ClientRefusals.hours)
        unauthorized[3] = 2
        unauthorized[23] = 1
        var tooMany = Array(repeating: 0, count: ClientRefusals.hours)
        tooMany[23] = 4
        farm.status.refusals = [ClientRefusals(clientID: 1, unauthorized: unauthorized, tooMany: tooMany)]
        var state = FarmFixture.dashboard(farm, columns: size.columns, rows: size.rows)
        state.answerLoads(state.press(.character("3")))
        return state
    }

    @Test("A client that was refused says how often in 24 hours, and when", arguments: ScreenTests.sizes)
    func refusals(size: GridSize) throws {
        try GoldenScreen.expect(dashboard(size).draw(), "refusals-\(size.columns)x\(size.rows)")
    }

    @Test("The form of a client has all that may be changed", arguments: ScreenTests.sizes)
    func form(size: GridSize) throws {
        var state = dashboard(size)
        _ = state.press(.down)
        _ = state.press(.character("e"))
        try GoldenScreen.expect(state.draw(), "client-\(size.columns)x\(size.rows)")
    }

    @Test("e changes name, scope, redirect URIs, life and the right to move machines; u brings the old ones back")
    func edit() {
        var state = dashboard()
        state.answerLoads(state.press(.down))
        _ = state.press(.character("e"))
        _ = state.type("-2")
        _ = state.press(.tab)
        _ = state.press(.right)
        for _ in 0..<2 { _ = state.press(.tab) }
        _ = state.type(" https://sam.example/cb")
        _ = state.press(.tab)
        _ = state.type("600")
        _ = state.press(.tab)
        _ = state.press(.right)
        let saved = state.press(.enter)
        let patch = ClientPatch(
            name: "phone-sam-2", scope: .read,
            redirectURIs: ["http://127.0.0.1/callback", "https://sam.example/cb"], tokenLifetime: .seconds(600),
            mayMoveMachines: true)
        #expect(saved.actions == [.editClient("phone-sam-7f3a91", patch)])
        let old = ClientPatch(
            name: "phone-sam", scope: .all,
            redirectURIs: ["http://127.0.0.1/callback"], tokenLifetime: .standard,
            mayMoveMachines: false)
        #expect(state.press(.character("u")).actions == [.editClient("phone-sam-7f3a91", old)])
    }

    @Test("A form that the farm refuses opens again with what was typed")
    func refused() {
        var state = dashboard()
        _ = state.press(.character("c"))
        _ = state.type("lab")
        guard case .perform(_, let id)? = state.press(.enter).first else {
            Issue.record("nothing was asked for")
            return
        }
        #expect(!state.draw().text.contains("New OAuth client"))
        _ = state.handle(.reply(id, .failure(RequestFailure(message: "That name is taken."))))
        let text = state.draw().text
        #expect(text.contains("New OAuth client"))
        #expect(text.contains("lab"))
        #expect(text.contains("That name is taken."))
    }

    @Test("A public client cannot be given client credentials: it has no secret")
    func publicClient() {
        var state = dashboard()
        state.answerLoads(state.press(.down))
        _ = state.press(.character("e"))
        for _ in 0..<2 { _ = state.press(.tab) }
        _ = state.press(.left)
        #expect(state.press(.enter).actions.isEmpty)
        #expect(state.draw().text.contains("need a secret"))
    }

    @Test("A new client for authorization code has redirect URIs and, if asked for, a secret")
    func newClient() {
        var state = dashboard()
        _ = state.press(.character("c"))
        _ = state.type("web")
        for _ in 0..<2 { _ = state.press(.tab) }
        _ = state.press(.right)
        #expect(state.press(.enter).actions.isEmpty)
        #expect(state.draw().text.contains("needs a redirect URI"))
        _ = state.type("https://web.example/cb")
        for _ in 0..<3 { _ = state.press(.tab) }
        _ = state.press(.right)
        let expected = NewClient(
            name: "web", account: "operator", scope: .all, grants: [.authorizationCode, .refreshToken],
            redirectURIs: ["https://web.example/cb"], tokenLifetimeSeconds: nil, isConfidential: true)
        #expect(state.press(.enter).actions == [.addClient(expected)])
    }

    @Test(
        "o asks whether the tokens shall be revoked with the old secret; y leaves them, r revokes, enter does neither")
    func rotate() {
        for (key, revokes) in [(Key.character("y"), false), (.character("r"), true)] {
            var state = dashboard()
            _ = state.press(.character("o"))
            #expect(state.draw().text.contains("y leaves its 2 live tokens as they are; r revokes them too."))
            #expect(state.press(.enter).actions.isEmpty)
            #expect(state.draw().text.contains("Press y to do it, r to revoke its tokens too, n or esc to leave it."))
            #expect(state.press(key).actions == [.rotateClient("orca-lab-7f3a91", revokeTokens: revokes)])
        }
        var farm = FarmFixture.farm
        farm.clients[0].liveTokens = 0
        var state = FarmFixture.dashboard(farm)
        _ = state.type("3o")
        #expect(state.draw().text.contains("It has no live tokens."))
        #expect(state.press(.character("r")).actions.isEmpty)
    }

    @Test("On a small screen the tokens take the place of the clients; where there are none it says so")
    func smallTokens() throws {
        var state = dashboard(GridSize(rows: 10, columns: 40))
        _ = state.press(.enter)
        #expect(state.draw().text.hasPrefix(" OAUTH  ‹ orca-lab"))
        #expect(state.draw().text.contains("▌ 12        access"))
        _ = state.press(.escape)
        #expect(state.draw().text.contains("phone-sam"))
        var effects = state.press(.down)
        guard case .perform(.listTokens, let id)? = effects.first else {
            Issue.record("the farm was asked nothing")
            return
        }
        effects = state.handle(.reply(id, .success(.tokens([]))))
        _ = state.press(.enter)
        #expect(state.draw().text.contains("phone-sam has no live tokens."))
    }

    @Test("X revokes the chosen token, or in the list of clients all of one client's; both after a y")
    func revoke() {
        var state = dashboard()
        _ = state.press(.character("X"))
        #expect(state.draw().text.contains("Revoke all 2 tokens of orca-lab?"))
        #expect(state.press(.enter).actions.isEmpty)
        #expect(state.press(.character("y")).actions == [.revokeTokens(client: "orca-lab-7f3a91")])
        state = dashboard()
        _ = state.press(.enter)
        _ = state.press(.character("X"))
        #expect(state.press(.character("y")).actions == [.revokeToken(12)])
    }

    @Test(
        "A client or printer that was just made is selected as soon as it is there, unless somebody moved meanwhile",
        arguments: [false, true])
    func madeIsSelected(moves: Bool) throws {
        var state = FarmFixture.dashboard()
        state.answerLoads(state.press(.character("3")))
        let credentials = ClientCredentials(client: FarmFixture.client(9, "a-new-one", tokens: 0), secret: "s")
        let made = state.type("ca-new-one") + state.press(.enter)
        guard case .perform(_, let id)? = made.last else { return #expect(Bool(false), "nothing is asked for") }
        _ = state.handle(.reply(id, .success(.credentials(credentials))))
        _ = state.press(.escape)
        if moves { _ = state.press(.down) }
        var farm = FarmFixture.farm
        farm.clients.append(credentials.client)
        _ = state.handle(.farm(.snapshot(farm)))
        #expect(state.draw().text.contains("─ a-new-one ─") == !moves)

        _ = state.press(.character("1"))
        let effect = state.type("ca-printer") + state.press(.enter)
        guard case .perform(_, let number)? = effect.last else { return #expect(Bool(false), "nothing is asked for") }
        let printer = FarmFixture.printer(99, "ca-printer")
        _ = state.handle(.reply(number, .success(.printer(printer.printer, accountName: "operator"))))
        if moves { _ = state.press(.up) }
        farm.printers.append(printer)
        _ = state.handle(.farm(.snapshot(farm)))
        #expect((state.table.selected == 99) == !moves)
    }
}
