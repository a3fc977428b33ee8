import Farm
import Foundation
import OAuth
import TestSupport
import Testing

@Suite("Client authentication, RFC 6749 §2.3", .timeLimit(.minutes(20)))
struct ClientAuthenticationTests {
    private func basic(_ text: String) -> String { "Basic " + Data(text.utf8).base64EncodedString() }

    @Test("row 1: Basic is accepted, in any case of the word, padded or not")
    func basicIsAccepted() throws {
        for header in [basic("app:right"), "bASIC YXBwOnJpZ2h0", "Basic  YXBwOnJpZ2h0 "] {
            #expect(try grant("grant_type=client_credentials", header: header).scope == .all)
        }
    }

    @Test("row 2: id and secret in the body are accepted")
    func bodyIsAccepted() throws {
        #expect(try grant("grant_type=client_credentials&client_id=app&client_secret=right").scope == .all)
    }

    @Test("row 3: id and secret are form-decoded after Basic decoding")
    func formDecoded() throws {
        let header = basic("my%3Aapp:a%25%3Ab%2Bc+%C3%A9")
        let presented = try PresentedClient.parse(authorizationHeader: header, form: FormParameters())
        #expect(presented == PresentedClient(id: "my:app", secret: "a%:b+c é", usedBasic: true))
    }

    @Test("row 4: Basic and a secret in the body together are invalid_request; the same id twice is not two methods")
    func twoMethods() throws {
        #expect(
            throws: OAuthError.invalidRequest("Authenticate by the Authorization header or by the body, not by both.")
        ) {
            try grant("grant_type=client_credentials&client_id=app&client_secret=right", header: basic("app:right"))
        }
        #expect(throws: OAuthError.invalidRequest("The client_id of the body is not that of the Authorization header."))
        {
            try grant("grant_type=client_credentials&client_id=other", header: basic("app:right"))
        }
        #expect(try grant("grant_type=client_credentials&client_id=app", header: basic("app:right")).scope == .all)
    }

    @Test("row 12, 14: unknown id, wrong secret, no secret, disabled client and account all look the same")
    func oneRefusal() {
        var disabled = client()
        disabled.disabledAt = noon
        let suspended = Account(id: 1, name: "operator", createdAt: noon, disabledAt: noon)
        let body = "grant_type=client_credentials&client_id=app"
        #expect(throws: OAuthError.invalidClient(usedBasic: false)) { try grant(body + "&client_secret=wrong") }
        #expect(throws: OAuthError.invalidClient(usedBasic: false)) { try grant(body) }
        #expect(throws: OAuthError.invalidClient(usedBasic: false)) {
            try grant(body + "&client_secret=right", client: nil)
        }
        #expect(throws: OAuthError.invalidClient(usedBasic: false)) {
            try grant(body + "&client_secret=right", client: disabled)
        }
        #expect(throws: OAuthError.invalidClient(usedBasic: false)) {
            try grant(body + "&client_secret=right", account: suspended)
        }
        #expect(throws: OAuthError.invalidClient(usedBasic: false)) { try grant("grant_type=client_credentials") }
    }

    @Test("authentication alone refuses a disabled client, a disabled account and another account")
    func disabled() throws {
        let presented = PresentedClient(id: "app", secret: "right", usedBasic: false)
        try presented.authenticate(as: client(), of: operatorAccount)
        var disabled = client()
        disabled.disabledAt = noon
        let suspended = Account(id: 1, name: "operator", createdAt: noon, disabledAt: noon)
        let other = Account(id: 2, name: "other", createdAt: noon)
        for (client, account) in [(disabled, operatorAccount), (client(), suspended), (client(), other)] {
            #expect(throws: OAuthError.invalidClient(usedBasic: false)) {
                try presented.authenticate(as: client, of: account)
            }
        }
    }

    @Test("row 13: a refused Basic is challenged with Basic, a refused body with nothing")
    func challenge() {
        #expect(OAuthError.invalidClient(usedBasic: true).challenge == "Basic realm=\"oauth\"")
        #expect(OAuthError.invalidClient(usedBasic: false).challenge == nil)
        #expect(OAuthError.invalidClient(usedBasic: true).status == 401)
        #expect(OAuthError.invalidClient(usedBasic: true).code == "invalid_client")
    }

    @Test(
        "a header that is no Basic credential is a failed authentication",
        arguments: ["", "Basic", "Basic ", "Basic !!!!", "Basic YXBw", "Basic OnJpZ2h0", "Bearer abc", "Basic YQ==="])
    func badHeader(_ header: String) {
        #expect(throws: OAuthError.invalidClient(usedBasic: true)) {
            try PresentedClient.parse(authorizationHeader: header, form: FormParameters())
        }
    }

    @Test("a Basic secret with a bad escape is a failed authentication, not an error")
    func badEscape() {
        #expect(throws: OAuthError.invalidClient(usedBasic: true)) {
            try PresentedClient.parse(authorizationHeader: basic("app:100%"), form: FormParameters())
        }
    }

    @Test("a public client authenticates without a secret and not with one")
    func publicClient() throws {
        let app = client(secret: nil)
        try PresentedClient(id: "app", secret: nil, usedBasic: false).authenticate(as: app, of: operatorAccount)
        #expect(throws: OAuthError.invalidClient(usedBasic: false)) {
            try PresentedClient(id: "app", secret: "x", usedBasic: false).authenticate(as: app, of: operatorAccount)
        }
    }

    @Test("whatever the header, the parser answers")
    func fuzz() {
        var random = SplitMix(seed: 0xBA51C)
        let seeds = [basic("app:right"), basic("a%20b:%C3%A9"), "Bearer abc", "Basic \t ="]
        for round in 0..<20_000 {
            let header = String(decoding: random.mutate(Array(seeds[round % seeds.count].utf8)), as: UTF8.self)
            let presented = try? PresentedClient.parse(authorizationHeader: header, form: FormParameters())
            #expect(presented.map { $0.usedBasic && !$0.id.isEmpty && $0.secret != "" } ?? true)
            _ = BearerCredential.parse(authorization: [header], apiKey: [header])
        }
    }
}
