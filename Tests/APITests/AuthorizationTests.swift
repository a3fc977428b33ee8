import API
import Farm
import FarmService
import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@Suite("Consent: the browser's page and the operator's word", .timeLimit(.minutes(20)))
struct AuthorizationTests {
    @Test("the page says who asks for what, shows the code, and is locked down", arguments: Way.allCases)
    func page(way: Way) async throws {
        let farm = try await FarmFixture()
        let phone = try await farm.addPhone(name: "Tom & <b>Jerry</b>\u{202E}")
        try await farm.run(way) { app in
            let browser = try await Browser(app, Browser.address(phone) + "&scope=read")
            let page = browser.page
            #expect(page.status == 200 && page.header("Content-Type") == "text/html; charset=utf-8")
            #expect(page.text.contains("Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;\u{FFFD}") && !page.text.contains("<b>"))
            #expect(page.text.contains("see printers") && !page.text.contains("pause, resume"))
            #expect(page.text.contains("127.0.0.1:50123") && !page.text.contains("<script"))
            let policy = try #require(page.header("Content-Security-Policy"))
            #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
            #expect(policy.contains("frame-ancestors 'none'"))
            #expect(page.header("Referrer-Policy") == "no-referrer" && page.header("Cache-Control") == "no-store")
            let cookie = try #require(page.header("Set-Cookie"))
            #expect(cookie.hasPrefix("farmtop_consent=") && browser.cookie.count == "farmtop_consent=".count + 22)
            for part in ["Path=\(browser.path);", "HttpOnly", "SameSite=Strict", "Max-Age=300"] {
                #expect(cookie.contains(part))
            }
            #expect(browser.code.count == 11)
            let waiting = farm.service.snapshot().consents
            #expect(waiting.map(\.scope) == [.read] && waiting.first?.address == (way == .live ? "127.0.0.1" : ""))
        }
    }

    @Test(
        "it waits until the operator types the code, then goes back with code, state and issuer, and takes the cookie away"
    )
    func approved() async throws {
        let farm = try await FarmFixture()
        let phone = try await farm.addPhone()
        try await farm.run(.router) { app in
            let browser = try await Browser(app, Browser.address(phone))
            let waiting = try await browser.goOn()
            #expect(waiting.status == 200 && waiting.text.contains(browser.code) && waiting.header("Set-Cookie") == nil)
            try await farm.approve(browser.code.lowercased())
            let back = try await browser.goOn()
            #expect(back.status == 303 && back.header("Cache-Control") == "no-store")
            let location = try #require(back.header("Location"))
            #expect(location.hasPrefix("http://127.0.0.1:50123/cb?"))
            #expect(location.query["state"] == "s&t" && location.query["iss"] == "http://127.0.0.1:3334")
            #expect(location.query["code"]?.count == 43 && location.query["error"] == nil)
            #expect(back.header("Set-Cookie")?.contains("Max-Age=0") == true)
            #expect(try await browser.goOn().header("Location") == location, "an answer that was lost is had again")
        }
    }

    @Test("denied, it goes back with access_denied")
    func denied() async throws {
        let farm = try await FarmFixture()
        let phone = try await farm.addPhone()
        try await farm.run(.router) { app in
            let browser = try await Browser(app, Browser.address(phone))
            let id = try #require(farm.service.snapshot().consents.first?.id)
            _ = try await farm.service.perform(FarmAction.denyConsent(id))
            let location = try #require(try await browser.goOn().header("Location"))
            #expect(location.query["error"] == "access_denied" && location.query["state"] == "s&t")
            #expect(location.query["code"] == nil && location.query["iss"] == "http://127.0.0.1:3334")
        }
    }

    @Test("another browser, or one without the cookie, gets nothing and takes nothing away")
    func bound() async throws {
        let farm = try await FarmFixture()
        let phone = try await farm.addPhone()
        try await farm.run(.router) { app in
            let browser = try await Browser(app, Browser.address(phone))
            try await farm.approve(browser.code)
            let nobody = App(client: app.client)
            for headers: HTTPFields in [[:], [.cookie: "farmtop_consent=AAAAAAAAAAAAAAAAAAAAAA"], [.cookie: "x"]] {
                let reply = try await nobody.send(.get, browser.path, headers: headers)
                #expect(reply.status == 404 && reply.header("Location") == nil)
                #expect(reply.text.contains("This request is no longer open"))
            }
            #expect(try await browser.goOn().status == 303)
        }
    }

    @Test(
        "row 31: a bad client or redirect URI is a page for the person, never a redirect",
        arguments: [
            "client_id=nobody", "", "client_id=ID&client_id=ID", "client_id=ID&redirect_uri=https%3A%2F%2Fevil.example",
            "client_id=ID&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcb%2F", "client_id=%zz", "client_id=%22%3E%3Cscript%3E",
        ])
    func notRedirected(query: String) async throws {
        let farm = try await FarmFixture()
        let phone = try await farm.addPhone()
        try await farm.run(.router) { app in
            let rest = "&response_type=code&code_challenge=\(exampleChallenge)&code_challenge_method=S256&state=s"
            let reply = try await App(client: app.client).get(
                "/o/authorize/?" + query.replacingOccurrences(of: "ID", with: phone) + rest)
            #expect(reply.status == 400 && reply.header("Location") == nil && reply.header("Set-Cookie") == nil)
            #expect(reply.header("Content-Type") == "text/html; charset=utf-8" && !reply.text.contains("<script"))
            #expect(reply.header("Content-Security-Policy")?.hasPrefix("default-src 'none'") == true)
            #expect(farm.service.snapshot().consents.isEmpty)
        }
    }

    @Test("what is wrong otherwise is told to the app, with state and issuer")
    func redirected() async throws {
        let farm = try await FarmFixture()
        let phone = try await farm.addPhone()
        try await farm.run(.router) { app in
            let base = "/o/authorize/?client_id=\(phone)&state=s"
            let pkce = "&code_challenge=\(exampleChallenge)&code_challenge_method=S256"
            for (query, error) in [
                ("&response_type=token" + pkce, "unsupported_response_type"), (pkce, "invalid_request"),
                ("&response_type=code", "invalid_request"),
                (
                    "&response_type=code&code_challenge=\(exampleChallenge)&code_challenge_method=plain",
                    "invalid_request"
                ),
                ("&response_type=code&scope=admin" + pkce, "invalid_scope"),
                ("&response_type=code&scope=read&scope=write" + pkce, "invalid_request"),
            ] {
                let reply = try await App(client: app.client).get(base + query)
                #expect(reply.status == 303)
                let location = try #require(reply.header("Location"))
                #expect(location.hasPrefix("http://127.0.0.1/cb?error=\(error)&"))
                #expect(location.query["state"] == "s" && location.query["iss"] != nil)
            }
            #expect(farm.service.snapshot().consents.isEmpty)
        }
    }

    @Test("three requests an address; HEAD opens none, and X-Forwarded-For makes no other address")
    func limits() async throws {
        let farm = try await FarmFixture()
        let phone = try await farm.addPhone()
        try await farm.run(.router) { app in
            let nobody = App(client: app.client)
            #expect(try await nobody.send(.head, Browser.address(phone)).status == 200)
            #expect(farm.service.snapshot().consents.isEmpty)
            for _ in 0..<3 { _ = try await Browser(app, Browser.address(phone)) }
            #expect(farm.service.snapshot().consents.count == 3)
            let forwarded = HTTPField.Name("X-Forwarded-For")!
            let full = try await nobody.send(.get, Browser.address(phone), headers: [forwarded: "10.9.8.7"])
            #expect(full.status == 429 && full.header("Location") == nil)
            let device = try await nobody.post("/o/device_authorization/", form: "client_id=\(phone)")
            #expect(device.status == 429 && device.header("Retry-After") != nil)
        }
    }

    @Test("a device is let in by its code; its page says where to type it", arguments: Way.allCases)
    func device(way: Way) async throws {
        // Time stands, so that the second question comes within the interval however busy this machine is.
        let farm = try await FarmFixture(standingAt: Timestamp(secondsSince1970: Date().timeIntervalSince1970))
        let phone = try await farm.addPhone()
        try await farm.run(way) { app in
            let nobody = App(client: app.client)
            let started = try await nobody.post("/o/device_authorization/", form: "client_id=\(phone)&scope=read")
            #expect(started.status == 200 && started.header("Cache-Control") == "no-store")
            #expect(started.object["verification_uri"] as? String == "http://127.0.0.1:3334/o/device/")
            #expect(started.object["expires_in"] as? Int == 300 && started.object["interval"] as? Int == 5)
            let code = try #require(started.object["device_code"] as? String)
            let user = try #require(started.object["user_code"] as? String)
            let form = "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=\(phone)&device_code="
            func error(_ code: String) async throws -> String? {
                try await app.ask(form + code).object["error"] as? String
            }
            #expect(try await error(code) == "authorization_pending")
            #expect(try await error(code) == "slow_down")
            #expect(try await error("x") == "invalid_grant")
            #expect(try await error("") == "invalid_request")
            try await farm.approve(user)
            let tokens = try await app.ask(form + code)
            #expect(tokens.status == 200 && tokens.object["scope"] as? String == "read")
            #expect(tokens.object["refresh_token"] != nil && tokens.object["expires_in"] as? Int == 3600)
            #expect(try await error(code) == "invalid_grant")
            let page = try await nobody.get("/o/device/")
            #expect(page.status == 200 && page.text.contains("typed in farmtop’s terminal"))
            let denied = try await nobody.post("/o/device_authorization/", form: "client_id=\(phone)")
            let id = try #require(farm.service.snapshot().consents.first?.id)
            _ = try await farm.service.perform(FarmAction.denyConsent(id))
            #expect(try await error(try #require(denied.object["device_code"] as? String)) == "access_denied")
        }
    }

    @Test("the control socket and the screen tell the operator who waits, never the code")
    func events() async throws {
        let farm = try await FarmFixture()
        let phone = try await farm.addPhone()
        try await farm.server.controlApplication(path: farm.folder.path + "/control.sock").test(.router) { client in
            let app = App(client: client)
            let browser = try await Browser(app, Browser.address(phone))
            let waiting = try await app.post("/control/actions/", json: #"{"listConsents": {}}"#)
            #expect(waiting.status == 200 && waiting.text.contains("phone") && !waiting.text.contains(browser.code))
        }
        var old = farm.service.snapshot()
        let new = old
        old.consents = []
        #expect(new.consents.count == 1)
        #expect(FarmSnapshotDelta(from: old, to: new).applying(to: old) == new)
    }
}
