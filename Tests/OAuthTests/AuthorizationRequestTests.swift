import Farm
import OAuth
import Testing

/// The example of RFC 7636, appendix B.
let exampleVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
let exampleChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

func browserApp(
    grants: [Grant] = [.authorizationCode, .refreshToken], redirects: [String] = ["https://app.example/cb"],
    scope: Scope = .all
) -> OAuthClient {
    var app = client(secret: nil, scope: scope, grants: grants)
    app.redirectURIs = redirects
    return app
}

/// A right request, with some parameters put in place of others; nil takes one away.
func query(_ changes: [String: String?] = [:], adding: String = "") throws -> FormParameters {
    var values: [String: String?] = [
        "response_type": "code", "client_id": "app", "redirect_uri": "https://app.example/cb", "state": "s t&a",
        "code_challenge": exampleChallenge, "code_challenge_method": "S256",
    ]
    values.merge(changes) { $1 }
    var parameters = values.compactMap { name, value in value.map { FormParameters.Parameter(name: name, value: $0) } }
    parameters += try form(adding).parameters
    return FormParameters(parameters)
}

@Suite("Requests of the authorization endpoint, RFC 6749 §4.1.1", .timeLimit(.minutes(20)))
struct AuthorizationRequestTests {
    /// `error` as the app is told, or nil when it is not told.
    private func error(_ query: FormParameters, _ client: OAuthClient? = browserApp()) -> String? {
        do throws(AuthorizationRefusal) {
            _ = try AuthorizationRequest(query: query, client: client)
            return "none"
        } catch {
            guard case .redirect(let response) = error, case .error(let told) = response.result else { return nil }
            return told.code
        }
    }

    @Test("a right request is read whole; scope is the client's own when none is asked")
    func right() throws {
        let request = try AuthorizationRequest(query: query(), client: browserApp())
        #expect(request.scope == .all && request.state == "s t&a" && request.codeChallenge == exampleChallenge)
        #expect(request.redirectURI == "https://app.example/cb" && request.namesRedirectURI)
        #expect(try AuthorizationRequest(query: query(["scope": "read"]), client: browserApp()).scope == .read)
    }

    @Test("a redirect URI may be left out where there is one, and must be told where there are two")
    func onlyRedirect() throws {
        let request = try AuthorizationRequest(query: query(["redirect_uri": nil]), client: browserApp())
        #expect(request.redirectURI == "https://app.example/cb" && !request.namesRedirectURI)
        let two = browserApp(redirects: ["https://app.example/cb", "https://app.example/other"])
        #expect(error(try query(["redirect_uri": nil]), two) == nil)
    }

    @Test("row 31: what is wrong with client or redirect URI is told to the person, never by redirect")
    func neverRedirected() throws {
        for wrong in [
            try query(["client_id": nil]), try query(["redirect_uri": "https://app.example/cb/"]),
            try query(["redirect_uri": "https://evil.example/cb"]), try query(adding: "client_id=app"),
            try query(adding: "redirect_uri=https%3A%2F%2Fapp.example%2Fcb"),
        ] { #expect(error(wrong) == nil) }
        #expect(error(try query(), nil) == nil)
        #expect(error(try query(), browserApp(redirects: [])) == nil)
    }

    @Test("a loopback redirect may use any port, and goes back to the one that was asked")
    func loopback() throws {
        let app = browserApp(redirects: ["http://127.0.0.1/cb"])
        let request = try AuthorizationRequest(query: query(["redirect_uri": "http://127.0.0.1:50123/cb"]), client: app)
        #expect(request.redirectURI == "http://127.0.0.1:50123/cb")
        #expect(error(try query(["redirect_uri": "http://127.0.0.1:50123/other"]), app) == nil)
    }

    @Test("row 26: there is no implicit grant", arguments: ["token", "code token", "id_token", "CODE"])
    func implicit(_ type: String) throws {
        #expect(error(try query(["response_type": type])) == "unsupported_response_type")
    }

    @Test("row 45: PKCE is required, S256 only")
    func pkce() throws {
        let changes: [[String: String?]] = [
            ["code_challenge": nil], ["code_challenge_method": nil], ["code_challenge_method": "plain"],
            ["code_challenge_method": "s256"], ["code_challenge": "short"],
            ["code_challenge": String(exampleChallenge.dropLast() + "=")], ["code_challenge": exampleChallenge + "A"],
        ]
        for change in changes { #expect(error(try query(change)) == "invalid_request") }
    }

    @Test("every other fault has its code")
    func faults() throws {
        #expect(error(try query(["response_type": nil])) == "invalid_request")
        #expect(error(try query(adding: "state=again")) == "invalid_request")
        #expect(error(try query(["scope": "admin"])) == "invalid_scope")
        #expect(error(try query(["scope": "write"]), browserApp(scope: .read)) == "invalid_scope")
        #expect(error(try query(), browserApp(grants: [.deviceCode])) == "unauthorized_client")
    }

    @Test("the answer is put behind the query that the redirect URI has, with state as it came, and the issuer")
    func location() {
        func location(_ uri: String, _ result: AuthorizationResponse.Result, state: String? = "s t&a=é") -> String {
            AuthorizationResponse(redirectURI: uri, state: state, result: result).location(
                issuer: "https://farm.example")
        }
        let rest = "state=s%20t%26a%3D%C3%A9&iss=https%3A%2F%2Ffarm.example"
        #expect(location("https://a/cb", .code("c-_")) == "https://a/cb?code=c-_&" + rest)
        #expect(location("https://a/cb?x=1", .code("c")) == "https://a/cb?x=1&code=c&" + rest)
        #expect(
            location("https://a/cb?", .code("c"), state: nil) == "https://a/cb?code=c&iss=https%3A%2F%2Ffarm.example")
        #expect(
            location("com.example:/cb", .error(.accessDenied("No."))).hasPrefix(
                "com.example:/cb?error=access_denied&error_description=No.&state="))
    }
}

@Suite("Codes, RFC 6749 §4.1.3 and RFC 7636 §4.6", .timeLimit(.minutes(20)))
struct AuthorizationCodeTests {
    private let body = "grant_type=authorization_code&client_id=app&code=c&redirect_uri=https%3A%2F%2Fapp.example%2Fcb"

    private func redeem(
        _ body: String, request: AuthorizationRequest?, client: OAuthClient = browserApp()
    ) throws -> TokenGrant {
        let form = try form(body)
        let request0 = try TokenRequest(
            form: form, presented: try PresentedClient.parse(authorizationHeader: nil, form: form))
        return try TokenGrant.authorizationCode(
            request0, authorization: request, client: client, defaultLifetimeSeconds: 3600)
    }

    private func code(_ body: () throws -> TokenGrant) -> String? {
        do {
            _ = try body()
            return nil
        } catch { return (error as? OAuthError)?.code }
    }

    @Test("the verifier of RFC 7636, appendix B, proves its challenge, and no other does")
    func verifier() throws {
        let request = try AuthorizationRequest(query: query(), client: browserApp())
        let right = try redeem(body + "&code_verifier=" + exampleVerifier, request: request)
        #expect(right.scope == .all && right.lifetimeSeconds == 3600 && right.grant == .authorizationCode)
        for wrong in [exampleChallenge, String(exampleVerifier.dropLast()), exampleVerifier + "x", "a", "a%20b"] {
            #expect(code { try redeem(body + "&code_verifier=" + wrong, request: request) } == "invalid_grant")
        }
        #expect(code { try redeem(body, request: request) } == "invalid_request")
    }

    @Test("a code holds for its own client and redirect URI only")
    func bound() throws {
        let request = try AuthorizationRequest(query: query(), client: browserApp())
        let proof = "&code_verifier=" + exampleVerifier
        #expect(code { try redeem(body + proof, request: nil) } == "invalid_grant")
        var other = browserApp()
        other.id = 8
        #expect(code { try redeem(body + proof, request: request, client: other) } == "invalid_grant")
        #expect(
            code { try redeem("grant_type=authorization_code&client_id=app&code=c" + proof, request: request) }
                == "invalid_request")
        #expect(code { try redeem(body + "2" + proof, request: request) } == "invalid_grant")
        let unnamed = try AuthorizationRequest(query: query(["redirect_uri": nil]), client: browserApp())
        #expect(
            try redeem("grant_type=authorization_code&client_id=app&code=c" + proof, request: unnamed).scope == .all)
    }

    @Test("what the client lost since the consent is not given")
    func narrowed() throws {
        let request = try AuthorizationRequest(query: query(), client: browserApp())
        let proof = "&code_verifier=" + exampleVerifier
        #expect(try redeem(body + proof, request: request, client: browserApp(scope: .read)).scope == .read)
        let read = try AuthorizationRequest(query: query(["scope": "read"]), client: browserApp())
        #expect(code { try redeem(body + proof, request: read, client: browserApp(scope: .write)) } == "invalid_grant")
    }

    @Test("a code holds for 60 seconds")
    func age() throws {
        let request = try AuthorizationRequest(query: query(), client: browserApp())
        var codes = AuthorizationCodes()
        let noon = SteadyTime(microseconds: noon.microseconds)
        codes.issue(TokenDigest(of: "c"), for: request, now: noon)
        #expect(codes.request(TokenDigest(of: "c"), now: noon + .milliseconds(59_999)) == request)
        #expect(codes.request(TokenDigest(of: "c"), now: noon + .seconds(60)) == nil)
        #expect(codes.request(TokenDigest(of: "d"), now: noon) == nil)
    }
}
