import Farm
import OAuth
import Testing

@Suite("Registering a client", .timeLimit(.minutes(20)))
struct RegistrationTests {
    @Test(
        "https, http on loopback and an app's own scheme may be redirected to",
        arguments: [
            "https://app.example/cb", "https://app.example:8443/cb?x=1", "http://127.0.0.1/cb", "http://[::1]:9000/cb",
            "http://localhost:8080/", "com.example.app:/cb", "com.example.app://cb",
        ])
    func allowed(_ text: String) throws { #expect(try RedirectURI(text).matches(text)) }

    @Test(
        "anything else may not, and it says why",
        arguments: [
            (Hostile("http://app.example/cb"), RedirectURIError.plainHTTP),
            ("http://127.0.0.1.evil.example/", .plainHTTP),
            ("https://app.example/cb#x", .hasFragment), ("/cb", .notAbsolute), ("", .notAbsolute),
            ("1https://x", .notAbsolute), ("javascript:alert(1)", .schemeNotAllowed("javascript")),
            ("data:text/html,x", .schemeNotAllowed("data")), ("ftp://x/", .schemeNotAllowed("ftp")),
            ("https://user@app.example/", .badAuthority), ("http://localhost@evil.example/", .badAuthority),
            ("https://app.example:0/", .badAuthority), ("https://app.example:99999/", .badAuthority),
            ("https:///cb", .badAuthority), ("https://app.example/a b", .badCharacter),
            ("https://é.example/", .badCharacter),
            ("https://app.example/\r\nX: y", .badCharacter), ("https://app.example/\\@x", .badCharacter),
        ])
    func refused(_ text: Hostile, _ error: RedirectURIError) {
        #expect(throws: error) { try RedirectURI(text.text) }
    }

    @Test("row 31: a match is exact, but loopback may use any port")
    func matching() throws {
        let web = try RedirectURI("https://app.example/cb")
        for other in [
            "https://app.example/cb/", "https://app.example/cb?x", "https://APP.example/cb",
            "https://app.example:443/cb",
        ] {
            #expect(!web.matches(other))
        }
        let local = try RedirectURI("http://127.0.0.1/cb")
        #expect(local.matches("http://127.0.0.1:50123/cb"))
        #expect(!local.matches("http://127.0.0.1:50123/other"))
        #expect(!local.matches("http://[::1]:50123/cb"))
        #expect(!local.matches("https://127.0.0.1:50123/cb"))
    }

    @Test("a plain client has no faults")
    func plain() { #expect(NewClient(name: "my-app").faults.isEmpty) }

    @Test("all faulty fields are told at once, by the wire's names")
    func allAtOnce() {
        let bad = NewClient(
            name: " ", scope: [], grants: [], redirectURIs: ["http://app.example/"], tokenLifetimeSeconds: 0)
        #expect(bad.faults.map(\.field) == ["name", "scope", "grants", "redirect_uris", "token_lifetime"])
    }

    @Test("authorization_code needs a redirect URI, refresh_token another grant beside it")
    func grants() {
        #expect(NewClient(name: "a", grants: [.authorizationCode]).faults.map(\.field) == ["redirect_uris"])
        #expect(NewClient(name: "a", grants: [.clientCredentials, .refreshToken]).faults.map(\.field) == ["grants"])
        #expect(NewClient(name: "a", grants: [.deviceCode, .refreshToken]).faults.isEmpty)
        #expect(
            NewClient(name: "a", grants: [.clientCredentials, .clientCredentials]).faults.map(\.field) == ["grants"])
    }

    @Test("a name has 1 to 256 characters and no NUL; a life 1 s to a hundred years")
    func bounds() {
        #expect(NewClient(name: String(repeating: "é", count: 256)).faults.isEmpty)
        #expect(!NewClient(name: String(repeating: "é", count: 257)).faults.isEmpty)
        #expect(!NewClient(name: "a\0b").faults.isEmpty)
        #expect(NewClient(name: "a", tokenLifetimeSeconds: 3_153_600_000).faults.isEmpty)
        #expect(NewClient(name: "a", tokenLifetimeSeconds: 3_153_600_001).faults.map(\.field) == ["token_lifetime"])
    }
}
