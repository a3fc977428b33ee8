import Dashboard
import Farm
import Testing

@Suite("Apps that ask for access", .timeLimit(.minutes(20)))
struct ConsentTests {
    static func consent(_ id: ConsentID, _ name: String, device: Bool = false) -> PendingConsent {
        PendingConsent(
            id: id, clientID: 2, clientPublicID: "\(name)-7f3a91", clientName: name, accountName: "operator",
            scope: device ? .read : .all, grant: device ? .deviceCode : .authorizationCode,
            redirectURI: device ? nil : "http://127.0.0.1:50123/callback", address: "192.168.1.23",
            createdAt: FarmFixture.now - .seconds(20), expiresAt: FarmFixture.now + .seconds(280))
    }

    private func farm(_ consents: PendingConsent...) -> FarmSnapshot {
        var farm = FarmFixture.farm
        farm.consents = consents
        return farm
    }

    private func dashboard(_ farm: FarmSnapshot, _ size: GridSize = GridSize(rows: 24, columns: 80)) -> DashboardState {
        var state = FarmFixture.dashboard(farm, columns: size.columns, rows: size.rows)
        state.answerLoads(state.press(.character("3")))
        return state
    }

    @Test(
        "They stand above the clients, with what they ask for, from where and until when", arguments: ScreenTests.sizes)
    func screen(size: GridSize) throws {
        let state = dashboard(
            farm(Self.consent(3, "phone-sam"), Self.consent(4, "print-server", device: true)), size)
        try GoldenScreen.expect(state.draw(), "consents-\(size.columns)x\(size.rows)")
    }

    @Test("i asks for the code that the app shows, and sends what is typed")
    func approve() {
        var state = dashboard(farm(Self.consent(3, "phone-sam")))
        #expect(state.press(.character("i")).isEmpty)
        _ = state.type("bcdfg-hjklm")
        let effects = state.press(.enter)
        #expect(effects.actions == [.approveConsent(code: "bcdfg-hjklm")])
        guard case .perform(_, let id)? = effects.first else {
            Issue.record("the farm was asked nothing")
            return
        }
        _ = state.handle(.reply(id, .success(.consent(Self.consent(3, "phone-sam")))))
        #expect(state.draw().text.contains("phone-sam has access: read write of operator."))
    }

    @Test("d denies the only one after a y, and asks for number or code where several wait")
    func deny() {
        var state = dashboard(farm(Self.consent(3, "phone-sam")))
        _ = state.press(.character("d"))
        #expect(state.press(.character("y")).actions == [.denyConsent(3)])
        state = dashboard(farm(Self.consent(3, "phone-sam"), Self.consent(4, "tv", device: true)))
        _ = state.press(.character("d"))
        _ = state.press(.enter)
        #expect(state.draw().text.contains("type a code, or esc to leave"))
        _ = state.type("#4")
        #expect(state.press(.enter).actions == [.denyConsent(4)])
        _ = state.press(.character("d"))
        _ = state.type("bcdfg-hjklm")
        #expect(state.press(.enter).actions == [.denyConsentCode("bcdfg-hjklm")])
    }

    @Test("with nobody waiting both keys say so")
    func nobody() {
        var state = dashboard(farm())
        for key: Key in [.character("i"), .character("d")] {
            #expect(state.press(key).actions.isEmpty)
            #expect(state.draw().text.contains("No app is waiting for access."))
        }
    }

    @Test("whoever begins to wait is told of in every area, once")
    func notice() {
        var state = FarmFixture.dashboard()
        _ = state.handle(.farm(.snapshot(farm(Self.consent(3, "phone-sam")))))
        #expect(state.draw().text.contains("phone-sam asks for access: 3 shows it."))
        _ = state.press(.escape)
        _ = state.handle(.farm(.snapshot(farm(Self.consent(3, "phone-sam")))))
        #expect(!state.draw().text.contains("asks for access"))
    }

    @Test("The bell rings for whoever begins to wait, at most once a minute, and not when it is off")
    func bell() {
        var state = FarmFixture.dashboard()
        #expect(state.handle(.farm(.snapshot(farm(Self.consent(3, "tv"))))).contains(.bell))
        #expect(!state.handle(.farm(.snapshot(farm(Self.consent(3, "tv"), Self.consent(4, "tv"))))).contains(.bell))
        _ = state.handle(.tick(FarmFixture.now + .seconds(61)))
        #expect(!state.handle(.farm(.snapshot(farm(Self.consent(4, "tv"))))).contains(.bell))
        #expect(state.handle(.farm(.snapshot(farm(Self.consent(5, "tv"))))).contains(.bell))
        var options = DashboardOptions()
        options.ringsBell = false
        state = FarmFixture.dashboard(options: options)
        #expect(!state.handle(.farm(.snapshot(farm(Self.consent(3, "tv"))))).contains(.bell))
    }

    @Test("Without an alert the alert line shows app, scopes and address; an alert comes first and names the app")
    func alertLine() {
        var calm = farm(Self.consent(3, "phone-sam"))
        calm.printers = calm.printers.filter { ![4, 6, 7].contains($0.id) }
        var state = FarmFixture.dashboard(calm)
        #expect(
            state.draw().text.contains(
                "CONSENT phone-sam  asks for read write from 192.168.1.23") && state.draw().text.contains("[3]"))
        state = FarmFixture.dashboard(farm(Self.consent(3, "phone-sam")), columns: 140, rows: 30)
        #expect(state.draw().text.contains("ALERT rack-a-07"))
        #expect(state.draw().text.contains("and phone-sam asks for access: 3"))
    }

    @Test("The window's title says that an app asks for access")
    func title() {
        var state = FarmFixture.dashboard()
        let effects = state.handle(.farm(.snapshot(farm(Self.consent(3, "phone-sam")))))
        let titles = effects.compactMap { if case .title(let text) = $0 { text } else { nil } }
        #expect(titles.last?.hasSuffix("1 app asks for access") == true)
        var options = DashboardOptions()
        options.setsTitle = false
        state = FarmFixture.dashboard(options: options)
        let silent = state.handle(.farm(.snapshot(farm(Self.consent(3, "phone-sam")))))
        #expect(!silent.contains { if case .title = $0 { true } else { false } })
    }
}
