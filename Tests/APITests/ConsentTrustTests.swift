import API
import Farm
import FarmService
import Foundation
import HTTPTypes
import Testing

@Suite("Consent among users who do not trust each other", .timeLimit(.minutes(20)))
struct ConsentTrustTests {
    /// A farm behind a proxy that is trusted, so that a test can come from any address.
    private func farm() async throws -> FarmFixture {
        try await FarmFixture { $0.proxies = TrustedProxies(["127.0.0.1"]) ?? TrustedProxies() }
    }

    private static func from(_ address: String) -> HTTPFields { [HTTPField.Name("X-Forwarded-For")!: address] }

    @Test("an app's open request keeps nobody else's users from signing in, and none ends another")
    func several() async throws {
        let farm = try await farm()
        let phone = try await farm.addPhone()
        try await farm.run(.live) { app in
            let nobody = App(client: app.client)
            for (count, address) in ["192.0.2.1", "192.0.2.2", "192.0.2.2", "2001:db8::1"].enumerated() {
                let page = try await nobody.send(.get, Browser.address(phone), headers: Self.from(address))
                #expect(page.status == 200)
                #expect(farm.service.snapshot().consents.count == count + 1)
            }
        }
    }

    @Test("a source has three requests, whatever its addresses in one /64; the fourth is 429 with a sentence")
    func source() async throws {
        let farm = try await FarmFixture(clock: TestClock()) {
            $0.proxies = TrustedProxies(["127.0.0.1"]) ?? TrustedProxies()
        }
        let phone = try await farm.addPhone()
        try await farm.run(.live) { app in
            let nobody = App(client: app.client)
            for number in 1...3 {
                let page = try await nobody.send(
                    .get, Browser.address(phone), headers: Self.from("2001:db8:1:2::\(number)"))
                #expect(page.status == 200)
            }
            let full = try await nobody.send(
                .get, Browser.address(phone), headers: Self.from("2001:db8:1:2:ffff::9"))
            #expect(full.status == 429 && full.header("Location") == nil && full.header("Set-Cookie") == nil)
            #expect(full.header("Retry-After") == "300")
            #expect(full.text.contains("wait for an answer. Try again in"))
            let device = try await nobody.post(
                "/o/device_authorization/", form: "client_id=\(phone)", headers: Self.from("2001:db8:1:2:3::4"))
            #expect(device.status == 429)
            let other = try await nobody.send(
                .get, Browser.address(phone), headers: Self.from("2001:db8:1:3::1"))
            #expect(other.status == 200)
            #expect(farm.service.snapshot().consents.count == 4, "those that waited wait still")
        }
    }

    @Test(
        "an image, frame, script or prefetch of a foreign page begins no request and ends none",
        arguments: [
            ("Sec-Fetch-Dest", "image"), ("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Dest", "empty"),
            ("Sec-Fetch-Mode", "no-cors"), ("Sec-Purpose", "prefetch;prerender"),
            ("Purpose", "prefetch"), ("X-Moz", "prefetch"),
        ])
    func foreignPage(field: String, value: String) async throws {
        let farm = try await FarmFixture()
        let phone = try await farm.addPhone()
        let headers: HTTPFields = [try #require(HTTPField.Name(field)): value]
        try await farm.run(.router) { app in
            let browser = try await Browser(app, Browser.address(phone))
            let nobody = App(client: app.client)
            let refused = try await nobody.send(.get, Browser.address(phone), headers: headers)
            #expect(refused.status == 403 && refused.header("Set-Cookie") == nil)
            #expect(farm.service.snapshot().consents.count == 1)
            var own = headers
            own[.cookie] = browser.cookie
            #expect(try await nobody.send(.get, browser.path, headers: own).status == 403)
            try await farm.approve(browser.code)
            #expect(try await browser.goOn().status == 303)
        }
    }

    @Test("a browser that opens the page as a page is let through")
    func navigation() async throws {
        let farm = try await FarmFixture()
        let phone = try await farm.addPhone()
        let headers: HTTPFields = [
            HTTPField.Name("Sec-Fetch-Dest")!: "document", HTTPField.Name("Sec-Fetch-Mode")!: "navigate",
            HTTPField.Name("Sec-Fetch-Site")!: "cross-site",
        ]
        try await farm.run(.router) { app in
            let page = try await App(client: app.client).send(.get, Browser.address(phone), headers: headers)
            #expect(page.status == 200 && farm.service.snapshot().consents.count == 1)
        }
    }

    @Test("a foreign page's form or script begins no device request; a page of a listed origin may")
    func foreignForm() async throws {
        let farm = try await FarmFixture { $0.crossOrigin = CrossOrigin(origins: ["https://app.example.org"]) }
        let phone = try await farm.addPhone()
        let (site, origin) = (HTTPField.Name("Sec-Fetch-Site")!, HTTPField.Name("Origin")!)
        try await farm.run(.router) { app in
            func ask(_ headers: HTTPFields) async throws -> Int {
                try await App(client: app.client).post(
                    "/o/device_authorization/", form: "client_id=\(phone)", headers: headers
                ).status
            }
            var statuses: [Int] = []
            for (name, value) in [("cross-site", "https://evil.example"), ("cross-site", "null")] {
                statuses.append(try await ask([site: name, origin: value]))
            }
            #expect(statuses == [403, 403] && farm.service.snapshot().consents.isEmpty)
            statuses = [try await ask([site: "cross-site", origin: "https://app.example.org"]), try await ask([:])]
            #expect(statuses == [200, 200])
        }
    }

    @Test("the page's title is text: its name stands there without markup")
    func title() async throws {
        let farm = try await FarmFixture()
        let phone = try await farm.addPhone(name: "Tom & Jerry")
        try await farm.run(.router) { app in
            let page = try await Browser(app, Browser.address(phone)).page
            let title = try #require(page.text.between("<title>", "</title>"))
            #expect(title == "Tom &amp; Jerry asks to use this print farm · farmtop")
            #expect(page.text.contains("<h1><bdi>Tom &amp; Jerry</bdi> asks"))
        }
    }
}
