import Farm
import Foundation
import HTTPTypes
import Testing

@Suite("The token endpoint", .timeLimit(.minutes(20)))
struct TokenTests {
    @Test("client_credentials by body and by Basic; never cached, no refresh token", arguments: Way.allCases)
    func success(way: Way) async throws {
        let farm = try await FarmFixture()
        let (id, secret) = (farm.credentials.client.publicID, try #require(farm.credentials.secret))
        try await farm.run(way) { app in
            let basic = "Basic " + Data("\(id):\(secret)".utf8).base64EncodedString()
            let nobody = App(client: app.client)
            for reply in [
                try await nobody.post(
                    "/o/token", form: "grant_type=client_credentials&client_id=\(id)&client_secret=\(secret)"),
                try await nobody.post(
                    "/o/token/", form: "grant_type=client_credentials&foo=bar&scope=",
                    headers: [.authorization: basic]),
            ] {
                #expect(reply.status == 200)
                #expect(reply.object["expires_in"] as? Int == 3_153_600_000)
                #expect(reply.object["token_type"] as? String == "Bearer")
                #expect(reply.object["scope"] as? String == "read write")
                #expect(reply.object["refresh_token"] == nil)
                #expect(reply.header("Cache-Control") == "no-store" && reply.header("Pragma") == "no-cache")
            }
        }
    }

    @Test(
        "every refusal has its code",
        arguments: [
            ("", "", 400, "invalid_request"),
            ("client_id=ID&client_secret=SECRET", "", 400, "invalid_request"),
            (
                "grant_type=client_credentials&grant_type=client_credentials&client_id=ID&client_secret=SECRET", "",
                400, "invalid_request"
            ),
            ("grant_type=nope&client_id=ID&client_secret=SECRET", "", 400, "unsupported_grant_type"),
            ("grant_type=password&client_id=ID&client_secret=SECRET", "", 400, "unsupported_grant_type"),
            ("grant_type=authorization_code&client_id=ID&client_secret=SECRET", "", 400, "unauthorized_client"),
            ("grant_type=client_credentials&client_id=ID&client_secret=SECRET&scope=admin", "", 400, "invalid_scope"),
            ("grant_type=client_credentials&client_id=ID&client_secret=wrong", "", 401, "invalid_client"),
            ("grant_type=client_credentials&client_id=nobody&client_secret=SECRET", "", 401, "invalid_client"),
            ("grant_type=client_credentials", "", 401, "invalid_client"),
            ("grant_type=client_credentials", "?client_id=ID&client_secret=SECRET", 400, "invalid_request"),
            ("grant_type=%zz", "", 400, "invalid_request"),
        ])
    func refusals(form: String, query: String, status: Int, code: String) async throws {
        let farm = try await FarmFixture()
        let (id, secret) = (farm.credentials.client.publicID, try #require(farm.credentials.secret))
        try await farm.run(.router) { app in
            func filled(_ text: String) -> String {
                text.replacingOccurrences(of: "ID", with: id).replacingOccurrences(of: "SECRET", with: secret)
            }
            let reply = try await App(client: app.client).post("/o/token/" + filled(query), form: filled(form))
            #expect(reply.status == status && reply.object["error"] as? String == code)
            #expect(reply.header("Cache-Control") == "no-store" && reply.header("Pragma") == "no-cache")
            #expect(reply.header("WWW-Authenticate") == nil)
        }
    }

    @Test("two ways of authentication are refused; a failed Basic gets a Basic challenge; JSON and GET are no requests")
    func shapes() async throws {
        let farm = try await FarmFixture()
        let (id, secret) = (farm.credentials.client.publicID, try #require(farm.credentials.secret))
        try await farm.run(.router) { app in
            let nobody = App(client: app.client)
            let basic = "Basic " + Data("\(id):\(secret)".utf8).base64EncodedString()
            let both = try await nobody.post(
                "/o/token/", form: "grant_type=client_credentials&client_id=\(id)&client_secret=\(secret)",
                headers: [.authorization: basic])
            #expect(both.status == 400 && both.object["error"] as? String == "invalid_request")
            let wrong = try await nobody.post(
                "/o/token/", form: "grant_type=client_credentials",
                headers: [.authorization: "Basic " + Data("\(id):x".utf8).base64EncodedString()])
            #expect(wrong.status == 401 && wrong.header("WWW-Authenticate")?.hasPrefix("Basic ") == true)
            let json = try await nobody.post("/o/token/", json: #"{"grant_type": "client_credentials"}"#)
            #expect(json.status == 400 && json.object["error"] as? String == "invalid_request")
            let get = try await nobody.get("/o/token/")
            #expect(get.status == 405 && get.header("Allow") == "POST, OPTIONS")
        }
    }
}
