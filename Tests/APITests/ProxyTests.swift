import Farm
import HTTPTypes
import Testing

@testable import API

@Suite("Where a request comes from", .timeLimit(.minutes(20)))
struct ProxyTests {
    private func client(_ peer: String?, _ forwarded: [String], trusting texts: [String]) throws -> ClientAddress {
        let proxies = try #require(TrustedProxies(texts))
        var headers = HTTPFields()
        headers[values: .xForwardedFor] = forwarded
        return proxies.client(peer: peer.flatMap { IPAddress($0) }, headers: headers)
    }

    @Test("a header from an untrusted peer is ignored", arguments: [[], ["10.0.0.0/8"], ["unix"]])
    func forged(trusted: [String]) throws {
        #expect(try client("192.0.2.7", ["127.0.0.1"], trusting: trusted).text == "192.0.2.7")
    }

    @Test(
        "of a trusted proxy's chain the last address counts that is no trusted proxy",
        arguments: [
            (["198.51.100.1"], "198.51.100.1"),
            (["203.0.113.9, 198.51.100.1"], "198.51.100.1"),
            (["203.0.113.9", "198.51.100.1, 10.1.2.3"], "198.51.100.1"),
            (["10.1.2.3"], "10.1.2.3"),
            ([], "10.0.0.1"),
            (["nonsense"], "10.0.0.1"),
            (["198.51.100.1, nonsense"], "10.0.0.1"),
            (["198.51.100.1:4711"], "198.51.100.1"),
            (["[2001:db8::1]:4711"], "2001:db8:0:0:0:0:0:1"),
            (["2001:db8::1"], "2001:db8:0:0:0:0:0:1"),
            (["::ffff:198.51.100.1"], "198.51.100.1"),
        ])
    func chain(forwarded: [String], address: String) throws {
        #expect(try client("10.0.0.1", forwarded, trusting: ["10.0.0.0/8"]).text == address)
    }

    @Test("a unix socket's peers are believed only when they are listed")
    func unixSocket() throws {
        #expect(try client(nil, ["198.51.100.1"], trusting: ["unix"]).text == "198.51.100.1")
        #expect(try client(nil, ["198.51.100.1"], trusting: []).text == "")
    }

    @Test("somebody behind a proxy is not this machine, whether the proxy is known or not")
    func thisMachine() throws {
        #expect(try client("127.0.0.1", [], trusting: []).isThisMachine)
        #expect(try client("::1", [], trusting: []).isThisMachine)
        #expect(try client(nil, [], trusting: []).isThisMachine)
        #expect(try !client("127.0.0.1", ["127.0.0.1"], trusting: []).isThisMachine)
        #expect(try !client("127.0.0.1", ["198.51.100.1"], trusting: ["127.0.0.1"]).isThisMachine)
        #expect(try !client("192.0.2.1", [], trusting: []).isThisMachine)
    }

    @Test(
        "a range contains what has its first bits",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
            ("192.0.2.128/25", "192.0.2.129", true),
            ("192.0.2.128/25", "192.0.2.127", false), ("0.0.0.0/0", "203.0.113.1", true), ("0.0.0.0/0", "::1", false),
            ("fd00::/8", "fd12::1", true), ("fd00::/8", "fe80::1", false), ("::1", "::1", true),
            ("192.0.2.1", "::ffff:192.0.2.1", true), ("fe80::/10", "fe80::1%lo", true),
        ])
    func range(text: String, address: String, isInside: Bool) throws {
        let range = try #require(AddressRange(text))
        #expect(range.contains(try #require(IPAddress(address))) == isInside)
    }

    @Test(
        "what is no range is refused",
        arguments: [
            "", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "localhost", "/8", "1.2.3",
        ])
    func noRange(text: String) { #expect(AddressRange(text) == nil) }

    @Test("forged headers change neither links nor who may read the metrics; a proxy's clients need a token for those")
    func live() async throws {
        for trusted in [[], ["127.0.0.1"]] {
            let farm = try await FarmFixture { $0.proxies = TrustedProxies(trusted) ?? TrustedProxies() }
            try await farm.run(.live) { app in
                let bare = App(client: app.client)
                let forged: HTTPFields = [
                    .xForwardedFor: "198.51.100.1", HTTPField.Name("X-Forwarded-Proto")!: "https",
                    HTTPField.Name("X-Forwarded-Host")!: "evil.example.org",
                    HTTPField.Name("Forwarded")!: "for=198.51.100.1",
                ]
                let metadata = try await bare.send(.get, "/.well-known/oauth-authorization-server", headers: forged)
                #expect(metadata.object["issuer"] as? String == "http://127.0.0.1:3334")
                #expect(!metadata.text.contains("evil"))
                #expect(try await bare.get("/metrics").status == 200)
                #expect(try await bare.send(.get, "/metrics", headers: forged).status == 401)
                #expect(try await app.send(.get, "/metrics", headers: forged).status == 200)
            }
        }
    }

    @Test("failed authentications are limited by the client that a trusted proxy names, not by what anybody writes")
    func limiter() async throws {
        func failures(_ farm: FarmFixture, from address: @escaping @Sendable (Int) -> String) async throws -> [Int] {
            let id = farm.credentials.client.publicID
            let form = "grant_type=client_credentials&client_id=\(id)&client_secret=wrong"
            let found = Statuses()
            try await farm.run(.live) { app in
                for attempt in 0..<30 {
                    let reply = try await App(client: app.client).post(
                        "/o/token/", form: form, headers: [.xForwardedFor: address(attempt)])
                    await found.add(reply.status)
                }
            }
            return await found.all
        }
        let untrusting = try await FarmFixture()
        #expect(try await failures(untrusting) { "198.51.100.\($0)" }.contains(429))
        let trusting = try await FarmFixture { $0.proxies = TrustedProxies(["127.0.0.1"]) ?? TrustedProxies() }
        #expect(try await !failures(trusting) { "198.51.100.\($0)" }.contains(429))
        #expect(try await failures(trusting) { _ in "198.51.100.99" }.contains(429))
    }

    private actor Statuses {
        var all: [Int] = []
        func add(_ status: Int) { all.append(status) }
    }
}
