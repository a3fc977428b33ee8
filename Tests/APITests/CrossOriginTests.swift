import API
import Farm
import HTTPTypes
import Testing

@Suite("Pages of other origins", .timeLimit(.minutes(20)))
struct CrossOriginTests {
    private let listed = "https://app.example.org"
    private let preflight: HTTPFields = [.accessControlRequestMethod: "POST"]

    private func send(
        _ app: App, _ method: HTTPRequest.Method, _ path: String, origin: String?, _ headers: HTTPFields = [:]
    ) async throws -> App.Reply {
        var headers = headers
        if let origin { headers[.origin] = origin }
        return try await app.send(method, path, headers: headers)
    }

    @Test(
        "none may call unless it is listed: no header, and a preflight gets no permission",
        arguments: Way.allCases)
    func off(way: Way) async throws {
        try await FarmFixture().run(way) { app in
            let bare = App(client: app.client)
            let reply = try await send(app, .get, "/api/v1/printers/", origin: listed)
            #expect(reply.status == 200 && reply.header("Access-Control-Allow-Origin") == nil)
            #expect(reply.header("Vary") == nil)
            let asked = try await send(bare, .options, "/api/v1/printers/", origin: listed, preflight)
            #expect(asked.status == 204 && asked.header("Access-Control-Allow-Origin") == nil)
        }
    }

    @Test("a listed one may, letter by letter, without cookies; caches are told", arguments: Way.allCases)
    func on(way: Way) async throws {
        let farm = try await FarmFixture { $0.crossOrigin = CrossOrigin(origins: [listed]) }
        try await farm.run(way) { app in
            let bare = App(client: app.client)
            let reply = try await send(app, .get, "/api/v1/printers/", origin: listed)
            #expect(reply.header("Access-Control-Allow-Origin") == listed && reply.header("Vary") == "Origin")
            #expect(reply.header("Access-Control-Allow-Credentials") == nil)
            let refused = try await send(bare, .get, "/api/v1/printers/", origin: listed)
            #expect(refused.status == 401 && refused.header("Access-Control-Allow-Origin") == listed)
            for other in [
                "https://app.example.org.evil", "http://app.example.org", "https://app.example.org:444", "null",
            ] {
                let reply = try await send(app, .get, "/api/v1/printers/", origin: other)
                #expect(reply.status == 200 && reply.header("Access-Control-Allow-Origin") == nil)
                #expect(reply.header("Vary") == "Origin")
                let asked = try await send(bare, .options, "/api/v1/printers/", origin: other, preflight)
                #expect(asked.status == 204 && asked.header("Access-Control-Allow-Methods") == nil)
            }
            #expect(try await send(app, .get, "/api/v1/printers/", origin: nil).header("Vary") == "Origin")
        }
    }

    @Test("a preflight is answered without a token, also for paths that are not there", arguments: Way.allCases)
    func preflight(way: Way) async throws {
        let farm = try await FarmFixture { $0.crossOrigin = CrossOrigin(origins: [listed]) }
        try await farm.run(way) { app in
            let bare = App(client: app.client)
            for path in ["/api/v1/printers/", "/api/v1/nothing/", "/o/token/"] {
                let reply = try await send(bare, .options, path, origin: listed, preflight)
                #expect(reply.status == 204 && reply.header("Access-Control-Allow-Origin") == listed)
                #expect(reply.header("Access-Control-Allow-Methods")?.contains("PATCH") == true)
                #expect(reply.header("Access-Control-Allow-Headers")?.contains("Authorization") == true)
                #expect(reply.header("Access-Control-Allow-Credentials") == nil)
            }
        }
    }

    @Test("the pages of consent are for people only (RFC 9700 §2.6)")
    func consentPages() async throws {
        let farm = try await FarmFixture { $0.crossOrigin = CrossOrigin(origins: [listed]) }
        try await farm.run(.router) { app in
            for path in ["/o/authorize/", "/o/device/"] {
                let reply = try await send(App(client: app.client), .get, path, origin: listed)
                #expect(reply.header("Access-Control-Allow-Origin") == nil)
            }
        }
    }
}
