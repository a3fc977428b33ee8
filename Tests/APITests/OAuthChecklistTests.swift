import Farm
import FarmService
import Foundation
import HTTPTypes
import Logging
import OAuth
import Testing

/// The checklist of OAuth rows over HTTP. Rows 3, 7, 8, 17, 19, 21 and 23 need no HTTP and are in OAuthTests.
@Suite("The OAuth checklist, RFC 6749 6750 7009 7636 7662 8414 8628 9700", .timeLimit(.minutes(20)))
struct OAuthChecklistTests {
    /// A farm with a confidential client, and its id and secret in a form.
    private func machine() async throws -> (farm: FarmFixture, form: String, basic: HTTPFields) {
        let farm = try await FarmFixture()
        let (id, secret) = (farm.credentials.client.publicID, try #require(farm.credentials.secret))
        let basic = "Basic " + Data("\(id):\(secret)".utf8).base64EncodedString()
        return (farm, "client_id=\(id)&client_secret=\(secret)", [.authorization: basic])
    }

    private let grant = "grant_type=client_credentials"

    @Test("rows 1, 2: Basic and body are accepted, the address is not", arguments: Way.allCases)
    func ways(way: Way) async throws {
        let (farm, form, basic) = try await machine()
        try await farm.run(way) { app in
            #expect(try await app.ask(grant, headers: basic).status == 200)
            #expect(try await app.ask(grant + "&" + form).status == 200)
            let uri = try await App(client: app.client).post("/o/token/?" + form, form: grant)
            #expect(uri.status == 400 && uri.object["error"] as? String == "invalid_request")
            #expect(uri.header("Cache-Control") == "no-store")
        }
    }

    @Test("row 4: more than one authentication method is invalid_request")
    func twoMethods() async throws {
        let (farm, form, basic) = try await machine()
        try await farm.run(.router) { app in
            let reply = try await app.ask(grant + "&" + form, headers: basic)
            #expect(reply.status == 400 && reply.object["error"] as? String == "invalid_request")
        }
    }

    @Test(
        "row 5: tokens are asked for by POST only",
        arguments: ["/o/token/", "/o/revoke_token/", "/o/introspect/", "/o/device_authorization/"])
    func postOnly(path: String) async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            for method: HTTPRequest.Method in [.get, .put, .head, .delete, .patch] {
                let reply = try await app.send(method, path)
                #expect(reply.status == 405 && reply.header("Allow") == "POST, OPTIONS")
            }
        }
    }

    @Test("rows 6, 9, 10, 11, 22, 25, 26: what is no request has its own error and gives no token")
    func requests() async throws {
        let (farm, form, _) = try await machine()
        try await farm.run(.router) { app in
            for (body, error) in [
                ("\(grant)&\(grant)&\(form)", "invalid_request"), (form, "invalid_request"),
                ("grant_type=nope&\(form)", "unsupported_grant_type"),
                ("grant_type=password&username=a&password=b&\(form)", "unsupported_grant_type"),
                ("grant_type=implicit&\(form)", "unsupported_grant_type"),
                ("grant_type=authorization_code&code=c&\(form)", "unauthorized_client"),
                ("grant_type=refresh_token&refresh_token=r&\(form)", "unauthorized_client"),
            ] {
                let reply = try await app.ask(body)
                #expect(reply.status == 400 && reply.object["error"] as? String == error)
            }
            let json = try await App(client: app.client).post(
                "/o/token/", json: #"{"grant_type": "client_credentials"}"#)
            #expect(json.status == 400 && json.object["error"] as? String == "invalid_request")
        }
    }

    @Test(
        "rows 12, 13, 14: unknown client and wrong secret get the same 401, with a Basic challenge where Basic was used"
    )
    func refusals() async throws {
        let farm = try await FarmFixture()
        let id = farm.credentials.client.publicID
        try await farm.run(.router) { app in
            func basic(_ text: String) -> HTTPFields {
                [.authorization: "Basic " + Data(text.utf8).base64EncodedString()]
            }
            let wrong = try await app.ask(grant, headers: basic("\(id):wrong"))
            let unknown = try await app.ask(grant, headers: basic("nobody:wrong"))
            #expect(wrong.status == 401 && wrong.object["error"] as? String == "invalid_client")
            #expect(wrong.header("WWW-Authenticate")?.hasPrefix("Basic realm=") == true)
            #expect(wrong.bytes == unknown.bytes && wrong.status == unknown.status)
            func names(_ reply: App.Reply) -> [String] {
                reply.headers.filter { $0.name != .date && $0.name.rawName != "X-Request-Id" }.map { "\($0)" }.sorted()
            }
            #expect(names(wrong) == names(unknown))
            let body = try await app.ask("\(grant)&client_id=\(id)&client_secret=wrong")
            #expect(body.status == 401 && body.header("WWW-Authenticate") == nil)
        }
    }

    @Test("rows 15, 16, 20: success has token, type, life and scope, is not cached, and has no refresh token")
    func success() async throws {
        let (farm, form, _) = try await machine()
        try await farm.run(.router) { app in
            for (body, status) in [(grant + "&" + form, 200), ("x", 400), ("grant_type=x&" + form, 400), (grant, 401)] {
                let reply = try await app.ask(body)
                #expect(reply.status == status)
                #expect(reply.header("Cache-Control") == "no-store" && reply.header("Pragma") == "no-cache")
            }
            let reply = try await app.ask(grant + "&" + form)
            #expect(Set(reply.object.keys) == ["access_token", "token_type", "expires_in", "scope"])
        }
    }

    @Test("rows 17, 18: scope is always said, and more than the client has is invalid_scope")
    func scope() async throws {
        let (farm, form, _) = try await machine()
        try await farm.run(.router) { app in
            #expect(try await app.ask("\(grant)&\(form)").object["scope"] as? String == "read write")
            #expect(try await app.ask("\(grant)&scope=read&\(form)").object["scope"] as? String == "read")
            for scope in ["admin", "read+admin"] {
                let reply = try await app.ask("\(grant)&scope=\(scope)&\(form)")
                #expect(reply.status == 400 && reply.object["error"] as? String == "invalid_scope")
            }
        }
    }

    @Test("row 19: a public client gets nothing by client_credentials")
    func publicClient() async throws {
        let farm = try await FarmFixture()
        let phone = try await farm.addPhone()
        try await farm.run(.router) { app in
            let reply = try await app.ask("\(grant)&client_id=\(phone)")
            #expect(reply.status == 401 && reply.object["error"] as? String == "invalid_client")
        }
    }

    @Test("row 24: guessing a secret is slowed with 429 and Retry-After; the right secret passes")
    func guessing() async throws {
        // With a clock that stands nothing is forgiven meanwhile.
        let farm = try await FarmFixture(standingAt: Timestamp(secondsSince1970: 1_800_000_000))
        let id = farm.credentials.client.publicID
        let form = "client_id=\(id)&client_secret=\(try #require(farm.credentials.secret))"
        try await farm.run(.router) { app in
            var statuses: [Int] = []
            for number in 0..<30 {
                let reply = try await app.ask("\(grant)&client_id=\(id)&client_secret=guess\(number)")
                statuses.append(reply.status)
                if reply.status == 429 { #expect(reply.header("Retry-After").flatMap { Int($0) } ?? 0 > 0) }
            }
            #expect(statuses == Array(repeating: 401, count: 10) + Array(repeating: 429, count: 20))
            #expect(try await app.ask("\(grant)&\(form)").status == 200)
        }
    }

    @Test("row 27: a token that may only read changes nothing, one that may only write sees nothing, on every route")
    func leastPrivilege() async throws {
        let (farm, form, _) = try await machine()
        try await farm.run(.router) { app in
            let paths = try #require(try await app.get("/openapi.json").object["paths"] as? [String: [String: Any]])
            var tried = 0
            for scope in ["read", "write"] {
                let token = try #require(
                    try await app.ask("\(grant)&scope=\(scope)&\(form)").object["access_token"] as? String)
                let limited = App(client: app.client, token: token)
                for (path, operations) in paths where path.hasPrefix("/api/") {
                    for method in operations.keys where (method == "get") != (scope == "read") {
                        let concrete = path.replacingOccurrences(of: "{id}", with: "1").replacingOccurrences(
                            of: "{frame}", with: "1.jpg")
                        let reply = try await limited.send(.init(method.uppercased())!, concrete)
                        #expect(reply.status == 403, "\(method) \(path)")
                        tried += 1
                    }
                }
            }
            #expect(tried > 25)
        }
    }

    @Test("rows 28, 29, 47: no secret, token or code is in the database, the logs, the screen or /metrics")
    func canaries() async throws {
        let log = CapturedLog()
        let farm = try await FarmFixture(logger: Logger(label: "test") { _ in log })
        let phone = try await farm.addPhone()
        let (id, secret) = (farm.credentials.client.publicID, try #require(farm.credentials.secret))
        try await farm.run(.live) { app in
            let browser = try await Browser(app, Browser.address(phone))
            try await farm.approve(browser.code)
            let code = try #require(try await browser.goOn().header("Location")?.query["code"])
            let first = try await app.exchange(code, phone).object
            let refresh = try #require(first["refresh_token"] as? String)
            let second = try await app.ask("grant_type=refresh_token&client_id=\(phone)&refresh_token=\(refresh)")
                .object
            let started = try await App(client: app.client).post("/o/device_authorization/", form: "client_id=\(phone)")
                .object
            _ = try await app.ask("\(grant)&client_id=\(id)&client_secret=canary-\(secret)")
            _ = try await app.get("/api/v1/printers/?access_token=\(refresh)")
            _ = try await App(client: app.client, token: "canary-token").get("/api/v1/printers/")
            let canaries: [String] = [
                secret, try #require(app.token), browser.code, String(browser.cookie.drop { $0 != "=" }.dropFirst()),
                code,
                refresh, try #require(first["access_token"] as? String),
                try #require(second["access_token"] as? String),
                try #require(second["refresh_token"] as? String), try #require(started["device_code"] as? String),
                try #require(started["user_code"] as? String), exampleVerifier, "canary-token",
            ]
            var places: [(String, String)] = [
                ("log", log.text), ("metrics", try await app.get("/metrics").text),
                ("screen", String(decoding: try JSONEncoder().encode(farm.service.snapshot()), as: UTF8.self)),
            ]
            for file in try FileManager.default.contentsOfDirectory(at: farm.folder, includingPropertiesForKeys: nil)
            where !file.hasDirectoryPath {
                // ISO Latin 1 keeps every byte.
                places.append(
                    (file.lastPathComponent, String(data: try Data(contentsOf: file), encoding: .isoLatin1) ?? ""))
            }
            #expect(places.count > 4 && log.text.contains("phone"))
            for (index, canary) in canaries.enumerated() {
                for (name, text) in places { #expect(!text.contains(canary), "canary \(index) is in \(name)") }
            }
        }
    }

    @Test("row 30: a client named like an account is no account, and an account's name is no client_id")
    func names() async throws {
        let farm = try await FarmFixture()
        let made = try await farm.add(NewClient(name: "operator"))
        try await farm.run(.router) { app in
            #expect(made.client.publicID.count == 24)
            let reply = try await app.ask("\(grant)&client_id=operator&client_secret=\(made.secret ?? "")")
            #expect(reply.status == 401)
        }
    }

    @Test("row 32: forged X-Forwarded headers change neither address nor issuer")
    func forwarded() async throws {
        let farm = try await FarmFixture()
        let phone = try await farm.addPhone()
        try await farm.run(.live) { app in
            var headers = HTTPFields()
            for (name, value) in [
                ("X-Forwarded-For", "10.9.8.7"), ("X-Forwarded-Host", "evil.example"), ("Forwarded", "for=10.9.8.7"),
            ] {
                headers[HTTPField.Name(name)!] = value
            }
            _ = try await app.send(.get, Browser.address(phone), headers: headers)
            #expect(farm.service.snapshot().consents.map(\.address) == ["127.0.0.1"])
            let metadata = try await app.send(.get, "/.well-known/oauth-authorization-server", headers: headers)
            #expect(!metadata.text.contains("evil.example"))
        }
    }

    @Test(
        "rows 33, 34, 35, 36, 37: what a resource answers without, with a bad, a narrow, two tokens, and one in the address"
    )
    func bearer() async throws {
        let (farm, form, _) = try await machine()
        try await farm.run(.router) { app in
            let nobody = App(client: app.client)
            let path = "/api/v1/printers/"
            #expect(try await nobody.get(path).header("WWW-Authenticate") == "Bearer realm=\"api\"")
            for token in ["unknown", "a b", "", String(repeating: "a", count: 600)] {
                let reply = try await App(client: app.client, token: token).get(path)
                #expect(reply.status == 401)
                #expect(reply.header("WWW-Authenticate") == "Bearer realm=\"api\", error=\"invalid_token\"")
            }
            let both = try await app.send(.get, path, headers: [HTTPField.Name("X-API-KEY")!: "x"])
            #expect(both.status == 400)
            #expect(try await nobody.get("\(path)?access_token=\(app.token ?? "")").status == 401)
            let narrow = try #require(
                try await app.ask("\(grant)&scope=read&\(form)").object["access_token"] as? String)
            let reply = try await App(client: app.client, token: narrow).post(path, json: #"{"name": "x"}"#)
            #expect(reply.status == 403)
            #expect(reply.header("WWW-Authenticate")?.contains("error=\"insufficient_scope\", scope=\"write\"") == true)
        }
    }

    @Test(
        "rows 38, 39, 40, 41, 42: revocation needs the client, is at once, forgives the unknown and a wrong hint, and spares others"
    )
    func revocation() async throws {
        let (farm, form, _) = try await machine()
        let other = try await farm.add(NewClient(name: "other"))
        let phone = try await farm.addPhone()
        try await farm.run(.router) { app in
            func revoke(_ body: String) async throws -> App.Reply {
                try await App(client: app.client).post("/o/revoke_token/", form: body)
            }
            let token = try #require(app.token)
            let bare = try await revoke("token=\(token)")
            #expect(bare.status == 401 && bare.object["error"] as? String == "invalid_client")
            #expect(try await revoke("token=unknown&\(form)").status == 200)
            #expect(try await revoke(form).object["error"] as? String == "invalid_request")
            let theirs = "client_id=\(other.client.publicID)&client_secret=\(other.secret ?? "")"
            #expect(try await revoke("token=\(token)&\(theirs)").status == 200)
            #expect(try await app.get("/api/v1/printers/").status == 200)
            let done = try await revoke("token=\(token)&token_type_hint=refresh_token&\(form)")
            #expect(done.status == 200 && done.bytes.isEmpty && done.header("Cache-Control") == "no-store")
            #expect(try await app.get("/api/v1/printers/").status == 401)

            // A public client says who it is; the refresh token takes all that came of the same consent along.
            let tokens = try await app.exchange(app.authorizationCode(farm, phone), phone).object
            let phoneApp = App(client: app.client, token: tokens["access_token"] as? String)
            #expect(try await phoneApp.get("/api/v1/printers/").status == 200)
            let refresh = try #require(tokens["refresh_token"] as? String)
            #expect(try await revoke("token=\(refresh)&token_type_hint=access_token&client_id=\(phone)").status == 200)
            #expect(try await phoneApp.get("/api/v1/printers/").status == 401)
            let again = try await app.ask("grant_type=refresh_token&client_id=\(phone)&refresh_token=\(refresh)")
            #expect(again.object["error"] as? String == "invalid_grant")
        }
    }

    @Test("rows 43, 44: introspection needs a client's secret, and tells of its own live tokens only")
    func introspection() async throws {
        let (farm, form, _) = try await machine()
        let web = try await farm.add(
            NewClient(
                name: "web", grants: [.authorizationCode, .refreshToken], redirectURIs: ["http://127.0.0.1/cb"],
                isConfidential: true))
        let phone = try await farm.addPhone()
        try await farm.run(.router) { app in
            func introspect(_ body: String) async throws -> App.Reply {
                try await App(client: app.client).post("/o/introspect/", form: body)
            }
            let token = try #require(app.token)
            #expect(try await introspect("token=\(token)").status == 401)
            #expect(try await introspect("token=\(token)&client_id=\(phone)").status == 401)
            let about = try await introspect("token=\(token)&\(form)").object
            #expect(Set(about.keys) == ["active", "scope", "client_id", "username", "token_type", "exp", "iat"])
            #expect(about["username"] as? String == "operator")
            let webForm = "client_id=\(web.client.publicID)&client_secret=\(web.secret ?? "")"
            for body in ["token=\(token)&\(webForm)", "token=unknown&\(form)"] {
                #expect(try await introspect(body).text == #"{"active":false}"#)
            }
            let code = try await app.authorizationCode(farm, web.client.publicID)
            let tokens = try await app.ask(
                "grant_type=authorization_code&code=\(code)&code_verifier=\(exampleVerifier)&\(webForm)"
                    + "&redirect_uri=http%3A%2F%2F127.0.0.1%3A50123%2Fcb"
            ).object
            let refresh = try #require(tokens["refresh_token"] as? String)
            let live = try await introspect("token=\(refresh)&\(webForm)").object
            #expect(live["active"] as? Bool == true && live["token_type"] == nil)
            #expect(
                try await app.ask("grant_type=refresh_token&refresh_token=\(refresh)&\(webForm)").status == 200,
                "to ask about it is no use of it")
            #expect(try await introspect("token=\(refresh)&\(webForm)").text == #"{"active":false}"#)
            _ = try await farm.service.perform(FarmAction.revokeTokens(client: web.client.publicID))
            #expect(
                try await introspect("token=\(tokens["access_token"] ?? "")&\(webForm)").text == #"{"active":false}"#)
        }
    }

    @Test(
        "row 45: a code without its verifier gives nothing, and works once; the second use ends what it gave",
        arguments: Way.allCases)
    func codes(way: Way) async throws {
        let farm = try await FarmFixture()
        let phone = try await farm.addPhone()
        try await farm.run(way) { app in
            let code = try await app.authorizationCode(farm, phone, scope: "read")
            #expect(try await app.exchange(code, phone, verifier: "").object["error"] as? String == "invalid_request")
            #expect(
                try await app.exchange(code, phone, verifier: exampleChallenge).object["error"] as? String
                    == "invalid_grant", "plain would have passed")
            let reply = try await app.exchange(code, phone)
            #expect(reply.status == 200 && reply.object["scope"] as? String == "read")
            #expect(reply.object["expires_in"] as? Int == 3600)
            let phoneApp = App(client: app.client, token: reply.object["access_token"] as? String)
            #expect(try await phoneApp.get("/api/v1/printers/").status == 200)
            let again = try await app.exchange(code, phone)
            #expect(again.status == 400 && again.object["error"] as? String == "invalid_grant")
            #expect(try await phoneApp.get("/api/v1/printers/").status == 401)
        }
    }

    @Test(
        "refresh: each token works once, may ask for less, and its use after ten seconds ends the family",
        arguments: Way.allCases)
    func refresh(way: Way) async throws {
        let clock = TestClock()
        let farm = try await FarmFixture(clock: clock)
        let phone = try await farm.addPhone()
        try await farm.run(way) { app in
            func refresh(_ token: Any?, _ more: String = "") async throws -> App.Reply {
                try await app.ask("grant_type=refresh_token&client_id=\(phone)&refresh_token=\(token ?? "")\(more)")
            }
            let first = try await app.exchange(app.authorizationCode(farm, phone), phone).object
            let second = try await refresh(first["refresh_token"], "&scope=read")
            #expect(second.status == 200 && second.object["scope"] as? String == "read")
            #expect(second.header("Cache-Control") == "no-store")
            let retry = try await refresh(first["refresh_token"], "&scope=read")
            #expect(retry.object["access_token"] as? String == second.object["access_token"] as? String)
            #expect(try await refresh("").object["error"] as? String == "invalid_request")
            clock.advance(.seconds(11))
            #expect(try await refresh(first["refresh_token"]).object["error"] as? String == "invalid_grant")
            #expect(
                try await refresh(second.object["refresh_token"]).object["error"] as? String == "invalid_grant")
            for token in [first["access_token"], second.object["access_token"]] {
                #expect(
                    try await App(client: app.client, token: token as? String).get("/api/v1/printers/").status == 401)
            }
        }
    }

    @Test("row 46: the metadata name the issuer, and every grant that they list works and no other")
    func metadata() async throws {
        let (farm, form, _) = try await machine()
        try await farm.run(.router) { app in
            let about = try await App(client: app.client).get("/.well-known/oauth-authorization-server").object
            let issuer = try #require(about["issuer"] as? String)
            #expect(issuer == "http://127.0.0.1:3334")
            for (name, value) in about where name.hasSuffix("_endpoint") {
                let address = try #require(value as? String)
                #expect(address.hasPrefix(issuer))
                let allowed = try await app.send(.trace, String(address.dropFirst(issuer.count))).header("Allow")
                #expect(allowed?.contains(name == "authorization_endpoint" ? "GET" : "POST") == true, "\(name)")
            }
            #expect(about["grant_types_supported"] as? [String] == Grant.allCases.map(\.rawValue))
            for grant in about["grant_types_supported"] as? [String] ?? [] {
                let error = try await app.ask("grant_type=\(grant)&\(form)").object["error"] as? String
                #expect(error == nil || error == "unauthorized_client", "\(grant)")
            }
            #expect(about["code_challenge_methods_supported"] as? [String] == ["S256"])
            #expect(about["response_types_supported"] as? [String] == ["code"])
            #expect(about["authorization_response_iss_parameter_supported"] as? Bool == true)
            #expect((about["introspection_endpoint_auth_methods_supported"] as? [String])?.contains("none") == false)
        }
    }
}
