import Farm
import FarmService
import OAuth
import Testing

/// The example of RFC 7636, appendix B.
private let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
private let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

/// An app of a farm, with what apps, browsers and the operator do.
private struct App {
    let farm: TestFarm
    let id: String

    init(_ farm: TestFarm, grants: [Grant] = [.authorizationCode, .deviceCode, .refreshToken]) async throws {
        self.farm = farm
        let made = try await farm.service.perform(
            AddClient(NewClient(name: "App", grants: grants, redirectURIs: ["http://127.0.0.1/cb"])))
        id = made.client.publicID
    }

    var client: OAuthClient { get throws { try #require(farm.service.state.client(publicID: id)) } }

    private func form(_ values: [(String, String)]) -> FormParameters {
        FormParameters(values.map { FormParameters.Parameter(name: $0.0, value: $0.1) })
    }

    func authorize(scope: String = "", address: String = "10.0.0.1") throws -> ConsentPage {
        try #require(
            try farm.service.authorize(
                form([
                    ("response_type", "code"), ("client_id", id), ("code_challenge", challenge),
                    ("code_challenge_method", "S256"), ("scope", scope), ("state", "s"),
                ]), address: address, opens: true))
    }

    /// A code that the operator agreed to.
    func code(scope: String = "") async throws -> String {
        let page = try authorize(scope: scope)
        _ = try await farm.service.perform(FarmAction.approveConsent(code: page.code))
        return try code(of: page)
    }

    func code(of page: ConsentPage) throws -> String {
        guard
            case .redirect(let response) = farm.service.visitConsent(
                page.consent.id, cookie: try #require(page.cookie)), case .code(let code) = response.result
        else { throw FarmError.noSuchConsent }
        return code
    }

    private func ask(_ values: [(String, String)]) async throws -> TokenResponse {
        let form = form(values + [("client_id", id)])
        let presented = try PresentedClient.parse(authorizationHeader: nil, form: form)
        return try await farm.service.issueToken(TokenRequest(form: form, presented: presented), client: client)
    }

    func exchange(_ code: String) async throws -> TokenResponse {
        try await ask([("grant_type", "authorization_code"), ("code", code), ("code_verifier", verifier)])
    }
    func refresh(_ token: String?, scope: String = "") async throws -> TokenResponse {
        try await ask([("grant_type", "refresh_token"), ("refresh_token", token ?? ""), ("scope", scope)])
    }
    func device(_ code: String) async throws -> TokenResponse {
        try await ask([("grant_type", Grant.deviceCode.rawValue), ("device_code", code)])
    }
    func opens(_ token: String) -> Scope? { farm.service.authenticate(token: token)?.scope }

    /// The same app after a restart of the farm.
    func restarted() async throws -> App {
        App(farm: try await TestFarm(store: farm.store), id: id)
    }
    private init(farm: TestFarm, id: String) {
        self.farm = farm
        self.id = id
    }
}

@Suite("Grants that need the operator's word", .timeLimit(.minutes(20)))
struct GrantTests {
    @Test("a code gives an access token for an hour and a refresh token; nothing of them is stored but digests")
    func code() async throws {
        let app = try await App(TestFarm())
        let tokens = try await app.exchange(app.code(scope: "read"))
        #expect(tokens.expiresIn == 3600 && tokens.scope == "read" && tokens.refreshToken?.count == 67)
        #expect(app.opens(tokens.accessToken) == .read)
        let stored = "\(app.farm.store.rows.tokens) \(app.farm.store.rows.families)"
        #expect(!stored.contains(tokens.accessToken))
        app.farm.clock.advance(by: .seconds(3600))
        #expect(app.opens(tokens.accessToken) == nil)
    }

    @Test("the second use of a code ends what the first gave, also after a restart")
    func reusedCode() async throws {
        let app = try await App(TestFarm())
        let code = try await app.code()
        let tokens = try await app.exchange(code)
        await #expect(throws: OAuthError.invalidCode) { try await app.exchange(code) }
        #expect(app.opens(tokens.accessToken) == nil)
        await #expect(throws: OAuthError.invalidRefreshToken) { try await app.refresh(tokens.refreshToken) }
        await #expect(throws: OAuthError.invalidCode) { try await app.exchange(code) }

        let other = try await app.code()
        let more = try await app.exchange(other)
        let later = try await app.restarted()
        #expect(later.opens(more.accessToken) == .all)
        await #expect(throws: OAuthError.invalidCode) { try await later.exchange(other) }
        #expect(later.opens(more.accessToken) == nil)
        #expect(try await later.restarted().opens(more.accessToken) == nil, "the end is stored")
    }

    @Test("a code gives nothing a second time, though what it gave first has ended since, by its age or by revocation")
    func reusedAfterTheEnd() async throws {
        let app = try await App(TestFarm(), grants: [.authorizationCode, .deviceCode])
        let started = try app.farm.service.authorizeDevice(scope: nil, client: app.client, address: "10.0.0.9")
        _ = try await app.farm.service.perform(FarmAction.approveConsent(code: started.userCode))
        _ = try await app.device(started.deviceCode)
        _ = try await app.farm.service.perform(FarmAction.revokeTokens(client: app.id))
        app.farm.clock.advance(by: .seconds(61))
        await app.farm.service.tick()
        await #expect(throws: OAuthError.invalidDeviceCode) { try await app.device(started.deviceCode) }

        _ = try await app.farm.service.perform(
            EditClient(publicID: app.id, patch: ClientPatch(tokenLifetime: .seconds(1))))
        let code = try await app.code()
        _ = try await app.exchange(code)
        app.farm.clock.advance(by: .seconds(2))
        await app.farm.service.tick()
        await #expect(throws: OAuthError.invalidCode) { try await app.exchange(code) }
        app.farm.clock.advance(by: .seconds(120))
        await app.farm.service.tick()
        #expect(app.farm.service.state.families.isEmpty, "no code of theirs is left")
    }

    @Test("of eight exchanges of one code at the same time one succeeds, and then its tokens are ended")
    func parallel() async throws {
        let app = try await App(TestFarm())
        let code = try await app.code()
        let given = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do { return try await app.exchange(code).accessToken } catch { return nil }
                }
            }
            return await group.reduce(into: [String]()) { if let token = $1 { $0.append(token) } }
        }
        #expect(given.count == 1)
        #expect(given.allSatisfy { app.opens($0) == nil })
        #expect(app.farm.store.rows.families.count == 1)
    }

    @Test("each refresh replaces the token; one that was replaced ends the family, also after a restart")
    func rotation() async throws {
        let app = try await App(TestFarm())
        let first = try await app.exchange(app.code())
        let second = try await app.refresh(first.refreshToken, scope: "read")
        #expect(second.scope == "read" && app.opens(second.accessToken) == .read)
        #expect(app.opens(first.accessToken) == .all, "the access token beside it lives its hour")
        let third = try await app.refresh(second.refreshToken)
        #expect(third.scope == "read write", "what was consented to is not lost by asking for less")
        let later = try await app.restarted()
        later.farm.clock.advance(by: .seconds(11))
        await #expect(throws: OAuthError.invalidRefreshToken) { try await later.refresh(second.refreshToken) }
        for token in [first, second, third] { #expect(later.opens(token.accessToken) == nil) }
        await #expect(throws: OAuthError.invalidRefreshToken) { try await later.refresh(third.refreshToken) }
    }

    @Test("the same refresh within ten seconds gets the same tokens; a later one ends the family")
    func retry() async throws {
        let app = try await App(TestFarm())
        let first = try await app.exchange(app.code())
        let second = try await app.refresh(first.refreshToken)
        app.farm.clock.advance(by: .seconds(10))
        let again = try await app.refresh(first.refreshToken)
        #expect(again.accessToken == second.accessToken && again.refreshToken == second.refreshToken)
        #expect(again.expiresIn == 3590 && again.scope == second.scope)
        #expect(app.opens(second.accessToken) == .all && app.farm.store.rows.tokens.count == 2)
        app.farm.clock.advance(by: .seconds(1))
        await #expect(throws: OAuthError.invalidRefreshToken) { try await app.refresh(first.refreshToken) }
        #expect(app.opens(second.accessToken) == nil)
        await #expect(throws: OAuthError.invalidRefreshToken) { try await app.refresh(second.refreshToken) }
    }

    @Test("a clock that is set between a refresh and its repetition makes no theft of it", arguments: [3000, -3000])
    func retryOverSetClock(seconds: Int64) async throws {
        let app = try await App(TestFarm())
        let first = try await app.exchange(app.code())
        let second = try await app.refresh(first.refreshToken)
        app.farm.clock.set(by: .seconds(seconds))
        let again = try await app.refresh(first.refreshToken)
        #expect(again.accessToken == second.accessToken && again.refreshToken == second.refreshToken)
        app.farm.clock.advance(by: .seconds(11))
        await #expect(throws: OAuthError.invalidRefreshToken) { try await app.refresh(first.refreshToken) }
    }

    @Test(
        "a clock that is set neither ends nor prolongs a request for access, nor the code that comes of it",
        arguments: [86_400, -86_400])
    func consentOverSetClock(seconds: Int64) async throws {
        let app = try await App(TestFarm())
        let page = try app.authorize()
        app.farm.clock.set(by: .seconds(seconds))
        app.farm.clock.advance(by: .seconds(299))
        await app.farm.service.tick()
        let waiting = try #require(app.farm.service.waitingConsents.first)
        #expect(waiting.expiresAt == app.farm.clock.now + .seconds(1))
        _ = try await app.farm.service.perform(FarmAction.approveConsent(code: page.code))
        let code = try app.code(of: page)
        app.farm.clock.set(by: .seconds(-seconds))
        app.farm.clock.advance(by: .seconds(59))
        #expect(app.opens(try await app.exchange(code).accessToken) == .all)

        _ = try await app.farm.service.perform(FarmAction.revokeTokens(client: app.id))
        app.farm.clock.set(by: .seconds(seconds))
        await app.farm.service.tick()
        await #expect(throws: OAuthError.invalidCode) { try await app.exchange(code) }

        let late = try await app.code()
        app.farm.clock.set(by: .seconds(-seconds))
        app.farm.clock.advance(by: .seconds(60))
        await #expect(throws: OAuthError.invalidCode) { try await app.exchange(late) }
    }

    @Test("eight refreshes of one token at the same time get the same tokens, and none is stored in clear")
    func parallelRefresh() async throws {
        let app = try await App(TestFarm())
        let first = try await app.exchange(app.code())
        let given = await withTaskGroup(of: TokenResponse?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do { return try await app.refresh(first.refreshToken) } catch { return nil }
                }
            }
            return await group.reduce(into: [TokenResponse]()) { if let tokens = $1 { $0.append(tokens) } }
        }
        let tokens = try #require(given.first)
        #expect(given.count == 8 && given.allSatisfy { $0 == tokens })
        #expect(app.opens(tokens.accessToken) == .all)
        let stored = "\(app.farm.store.rows.tokens) \(app.farm.store.rows.families)"
        #expect(!stored.contains(tokens.accessToken) && !stored.contains(tokens.refreshToken ?? ""))
        let next = try await app.refresh(tokens.refreshToken)
        #expect(next.accessToken != tokens.accessToken)
    }

    @Test("once the new token was used the one before it is no retry any more, however soon it comes")
    func retryAfterUse() async throws {
        let app = try await App(TestFarm())
        let first = try await app.exchange(app.code())
        let second = try await app.refresh(first.refreshToken)
        let third = try await app.refresh(second.refreshToken)
        await #expect(throws: OAuthError.invalidRefreshToken) { try await app.refresh(first.refreshToken) }
        #expect(app.opens(third.accessToken) == nil)
    }

    @Test("a retry gets no more than the refresh did, and nothing once the access token is revoked")
    func retryChecks() async throws {
        let app = try await App(TestFarm())
        let first = try await app.exchange(app.code())
        let second = try await app.refresh(first.refreshToken, scope: "read")
        await #expect(throws: OAuthError.invalidScope("read write")) { try await app.refresh(first.refreshToken) }
        #expect(try await app.refresh(first.refreshToken, scope: "read").accessToken == second.accessToken)
        let id = try #require(app.farm.service.authenticate(token: second.accessToken)?.tokenID)
        _ = try await app.farm.service.perform(FarmAction.revokeToken(id))
        await #expect(throws: OAuthError.invalidRefreshToken) {
            try await app.refresh(first.refreshToken, scope: "read")
        }
        #expect(try await app.refresh(second.refreshToken).scope == "read write", "the family lives")
    }

    @Test("after a restart the tokens of a moment ago are not known any more: nothing is given, and nothing ends")
    func retryAfterRestart() async throws {
        let app = try await App(TestFarm())
        let first = try await app.exchange(app.code())
        let second = try await app.refresh(first.refreshToken)
        let later = try await app.restarted()
        await #expect(throws: OAuthError.invalidRefreshToken) { try await later.refresh(first.refreshToken) }
        #expect(later.opens(second.accessToken) == .all)
        #expect(try await later.refresh(second.refreshToken).scope == "read write")
    }

    @Test("a refresh that is refused for its scope uses nothing up")
    func refusedRefresh() async throws {
        let app = try await App(TestFarm())
        let tokens = try await app.exchange(app.code(scope: "read"))
        await #expect(throws: OAuthError.invalidScope("write")) {
            try await app.refresh(tokens.refreshToken, scope: "write")
        }
        #expect(try await app.refresh(tokens.refreshToken).scope == "read")
    }

    @Test("a refresh token that lies unused for 90 days is ended")
    func unused() async throws {
        let app = try await App(TestFarm())
        let tokens = try await app.exchange(app.code())
        app.farm.clock.advance(by: .seconds(89 * 86_400))
        let next = try await app.refresh(tokens.refreshToken)
        app.farm.clock.advance(by: .seconds(90 * 86_400))
        await #expect(throws: OAuthError.invalidRefreshToken) { try await app.refresh(next.refreshToken) }
        await app.farm.service.tick()
        #expect(app.farm.service.state.families.isEmpty, "and forgotten")
    }

    @Test("a client without the refresh grant gets no refresh token, and its code works once all the same")
    func noRefresh() async throws {
        let app = try await App(TestFarm(), grants: [.authorizationCode])
        let code = try await app.code()
        let tokens = try await app.exchange(code)
        #expect(tokens.refreshToken == nil)
        await #expect(throws: OAuthError.unauthorizedClient) { try await app.refresh("x") }
        await #expect(throws: OAuthError.invalidCode) { try await app.exchange(code) }
        #expect(app.opens(tokens.accessToken) == nil)
    }

    @Test("a device waits, is let in by its code, and its device code works once")
    func device() async throws {
        let app = try await App(TestFarm())
        let started = try app.farm.service.authorizeDevice(scope: "read", client: app.client, address: "10.0.0.9")
        await #expect(throws: OAuthError.authorizationPending) { try await app.device(started.deviceCode) }
        await #expect(throws: OAuthError.slowDown) { try await app.device(started.deviceCode) }
        guard
            case .consent(let consent) = try await app.farm.service.perform(
                FarmAction.approveConsent(code: started.userCode))
        else {
            Issue.record("no consent")
            return
        }
        #expect(consent.address == "10.0.0.9" && consent.grant == .deviceCode)
        let tokens = try await app.device(started.deviceCode)
        #expect(app.opens(tokens.accessToken) == .read && tokens.refreshToken != nil)
        await #expect(throws: OAuthError.invalidDeviceCode) { try await app.device(started.deviceCode) }
        #expect(app.opens(tokens.accessToken) == nil)
    }

    @Test("a change that cannot be stored leaves the code and the refresh token as they were")
    func storeFails() async throws {
        let app = try await App(TestFarm())
        let code = try await app.code()
        app.farm.store.fail(true)
        await #expect(throws: FarmError.self) { try await app.exchange(code) }
        app.farm.store.fail(false)
        let tokens = try await app.exchange(code)
        app.farm.store.fail(true)
        await #expect(throws: FarmError.self) { try await app.refresh(tokens.refreshToken) }
        app.farm.store.fail(false)
        #expect(try await app.refresh(tokens.refreshToken).scope == "read write")
    }

    @Test("the operator lists access and refresh tokens with their grant, and ends one, a family, or all")
    func tokens() async throws {
        let app = try await App(TestFarm())
        let first = try await app.exchange(app.code())
        let second = try await app.refresh(first.refreshToken)
        let other = try await app.exchange(app.code())
        func list() async throws -> [TokenSummary] {
            guard case .tokens(let tokens) = try await app.farm.service.perform(FarmAction.listTokens(client: app.id))
            else { return [] }
            return tokens
        }
        let listed = try await list()
        #expect(
            listed.map { "\($0.id) \($0.kind) \($0.grant)" } == [
                "1 refresh authorizationCode", "2 access authorizationCode", "3 access refreshToken",
                "4 refresh authorizationCode", "5 access authorizationCode",
            ])
        #expect(listed[0].lastUsedAt != nil && listed[3].lastUsedAt == nil)
        #expect(app.farm.service.snapshot().clients.first?.liveTokens == 5)
        _ = try await app.farm.service.perform(FarmAction.revokeToken(3))
        #expect(app.opens(second.accessToken) == nil && app.opens(first.accessToken) != nil)
        _ = try await app.farm.service.perform(FarmAction.revokeToken(1))
        #expect(app.opens(first.accessToken) == nil && app.opens(other.accessToken) != nil)
        await #expect(throws: FarmError.noSuchToken) { try await app.farm.service.perform(FarmAction.revokeToken(1)) }
        _ = try await app.farm.service.perform(FarmAction.revokeTokens(client: app.id))
        #expect(try await list().isEmpty && app.opens(other.accessToken) == nil)
    }

    @Test("an edited client keeps its tokens, which lose what it loses")
    func edit() async throws {
        let app = try await App(TestFarm())
        let tokens = try await app.exchange(app.code())
        let changed = try await app.farm.service.perform(
            EditClient(
                publicID: app.id, patch: ClientPatch(name: " new ", scope: .read, tokenLifetime: .seconds(60))))
        #expect(changed.name == "new" && changed.scope == .read && changed.tokenLifetimeSeconds == 60)
        #expect(app.opens(tokens.accessToken) == .read)
        let next = try await app.refresh(tokens.refreshToken)
        #expect(next.scope == "read" && next.expiresIn == 60)
        await #expect(throws: FarmError.self) {
            try await app.farm.service.perform(
                EditClient(publicID: app.id, patch: ClientPatch(grants: [.clientCredentials])))
        }
        await #expect(throws: FarmError.self) {
            try await app.farm.service.perform(EditClient(publicID: app.id, patch: ClientPatch(redirectURIs: [])))
        }
        _ = try await app.farm.service.perform(
            EditClient(publicID: app.id, patch: ClientPatch(grants: [.authorizationCode], tokenLifetime: .standard)))
        await #expect(throws: OAuthError.unauthorizedClient) { try await app.refresh(next.refreshToken) }
    }

    @Test("what a disabled or removed client asks for is seen and approved no more")
    func gone() async throws {
        let app = try await App(TestFarm())
        let page = try app.authorize()
        #expect(app.farm.service.snapshot().consents.map(\.clientName) == ["App"])
        _ = try await app.farm.service.perform(SetClientDisabled(publicID: app.id, disabled: true))
        #expect(app.farm.service.snapshot().consents.isEmpty)
        await #expect(throws: FarmError.wrongCode) {
            try await app.farm.service.perform(FarmAction.approveConsent(code: page.code))
        }
        #expect(app.farm.service.visitConsent(page.consent.id, cookie: try #require(page.cookie)) == .gone)
    }

    @Test("a browser that waits is answered when the operator decides, not when its time is over")
    func hold() async throws {
        let app = try await App(TestFarm())
        let page = try app.authorize()
        let cookie = try #require(page.cookie)
        async let answer = app.farm.service.awaitConsent(page.consent.id, cookie: cookie, longest: .seconds(3600))
        _ = try await app.farm.service.perform(FarmAction.denyConsent(page.consent.id))
        guard case .redirect(let response) = await answer, case .error(.accessDenied) = response.result else {
            Issue.record("the browser should be told of the denial")
            return
        }
        #expect(response.state == "s")
    }

    @Test("the screen is told when an app begins to wait, and when its time is over")
    func snapshots() async throws {
        let app = try await App(TestFarm())
        var updates = app.farm.service.updates().makeAsyncIterator()
        _ = await updates.next()
        _ = try app.authorize()
        guard case .snapshot(let snapshot)? = await updates.next() else {
            Issue.record("the screen should hear of the app")
            return
        }
        #expect(snapshot.consents.count == 1)
        app.farm.clock.advance(by: .seconds(300))
        await app.farm.service.tick()
        guard case .snapshot(let later)? = await updates.next() else {
            Issue.record("the screen should hear that its time is over")
            return
        }
        #expect(later.consents.isEmpty)
    }

    @Test("above the limit of families the least recently refreshed one ends")
    func manyFamilies() async throws {
        var limits = FarmLimits()
        limits.liveTokensPerClient = 2
        let app = try await App(TestFarm(limits: limits))
        var given: [TokenResponse] = []
        for _ in 0..<3 {
            given.append(try await app.exchange(app.code()))
            app.farm.clock.advance(by: .seconds(1))
        }
        await #expect(throws: OAuthError.invalidRefreshToken) { try await app.refresh(given[0].refreshToken) }
        #expect(try await app.refresh(given[2].refreshToken).scope == "read write")
    }
}
