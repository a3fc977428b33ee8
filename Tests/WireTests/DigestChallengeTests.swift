import Testing

@testable import Wire

@Suite("HTTP Digest", .timeLimit(.minutes(20)))
struct DigestChallengeTests {
    private let realm = "http-auth@example.org"

    @Test("RFC 7616, 3.9.1: MD5 with qop auth")
    func md5() throws {
        let challenge = try #require(
            DigestChallenge(headers: [
                """
                Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, \
                nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
                """
            ]))
        let answer = challenge.answer(
            method: "GET", target: "/dir/index.html", user: "Mufasa", password: "Circle of Life", count: 1,
            clientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
        #expect(answer.contains("response=\"8ca523f5e9506fed4657c9700eebdbec\""))
        #expect(answer.contains("qop=auth, nc=00000001, "))
        #expect(answer.contains("opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""))
        #expect(answer.contains("algorithm=MD5"))
    }

    @Test("RFC 7616, 3.9.1: SHA-256; of two challenges the first one is answered")
    func sha256() throws {
        let challenge = try #require(
            DigestChallenge(headers: [
                """
                Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, \
                nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
                """,
                "Digest realm=\"http-auth@example.org\", qop=\"auth\", algorithm=MD5, nonce=\"other\"",
            ]))
        let answer = challenge.answer(
            method: "GET", target: "/dir/index.html", user: "Mufasa", password: "Circle of Life", count: 1,
            clientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
        #expect(answer.contains("response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""))
    }

    @Test("RFC 2617, 3.5: the algorithm was not named and is not named back")
    func rfc2617() throws {
        let challenge = try #require(
            DigestChallenge(headers: [
                """
                Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", \
                opaque="5ccc069c403ebaf9f0171e9517f40e41"
                """
            ]))
        let answer = challenge.answer(
            method: "GET", target: "/dir/index.html", user: "Mufasa", password: "Circle Of Life", count: 1,
            clientNonce: "0a4f113b")
        #expect(answer.contains("response=\"6629fae49393a05397450978507c4ef1\""))
        #expect(!answer.contains("algorithm"))
    }

    @Test("Buddy's form: without qop nothing is in the answer that its parser does not know")
    func withoutQop() throws {
        let challenge = try #require(
            DigestChallenge(headers: ["Digest realm=\"Printer API\", nonce=\"0123456789abcdef\", stale=\"false\""]))
        let answer = challenge.answer(
            method: "GET", target: "/api/v1/status", user: "maker", password: "secret", count: 7, clientNonce: "unused")
        #expect(
            answer == """
                Digest username="maker", realm="Printer API", nonce="0123456789abcdef", uri="/api/v1/status", \
                response="53e8f2af6c63e4077a96f4d0a7e17a01"
                """)
    }

    @Test(
        "what cannot be answered is no challenge",
        arguments: [
            "Basic realm=\"x\"", "Digest realm=\"x\"", "Digest nonce=\"x\"", "Digest", "", ",,,",
            "Digest realm=\"x\", nonce=\"n\", algorithm=SHA-512-256",
            "Digest realm=\"x\", nonce=\"n\", qop=\"auth-int\"",
            "Digest realm=\"unclosed",
        ])
    func unanswerable(header: String) {
        #expect(DigestChallenge(headers: [header]) == nil)
    }

    @Test("Basic and Digest may stand in one header value, and quotes inside quotes are escaped")
    func together() throws {
        let value = "Basic realm=\"a, b\", Digest realm=\"say \\\"hi\\\"\", nonce=abc, stale=TRUE"
        let challenge = try #require(DigestChallenge(headers: [value]))
        #expect(challenge.realm == "say \"hi\"")
        #expect(challenge.nonce == "abc")
        #expect(challenge.isStale)
        let answer = challenge.answer(
            method: "GET", target: "/", user: "a\"b\\c\r\nX: y", password: "p", count: 1, clientNonce: "c")
        #expect(answer.hasPrefix("Digest username=\"a\\\"b\\\\cX: y\", realm=\"say \\\"hi\\\"\""))
        #expect(!answer.contains("\n"))
    }
}

@Suite("Credentials and challenges", .timeLimit(.minutes(20)))
struct AuthorizationTests {
    private let start = ContinuousClock.now
    private let challenge = "Digest realm=\"Printer API\", nonce=\"n1\""

    /// One client that asks one request after the other.
    private struct Client {
        var authorization: Authorization
        var last = Authorization.Opening.nothing

        init(_ credentials: WireCredentials) { authorization = Authorization(credentials) }

        mutating func challenged(by values: [String], now: ContinuousClock.Instant) -> Authorization.Verdict {
            authorization.challenged(by: values, after: last, now: now)
        }
    }

    private func headers(_ client: inout Client, at seconds: Double) -> [HTTPHeader] {
        client.last = client.authorization.opening(
            method: "GET", target: "/api", now: start + .seconds(seconds), clientNonce: "c")
        return client.last.headers
    }

    @Test("two requests at once: the challenge of one is no refusal of the other's answer")
    func overlapping() {
        var authorization = Authorization(.password(user: "maker", "secret"))
        func open(_ authorization: inout Authorization) -> Authorization.Opening {
            authorization.opening(method: "GET", target: "/api", now: start, clientNonce: "c")
        }
        let poll = open(&authorization), upload = open(&authorization)
        #expect(authorization.challenged(by: [challenge], after: poll, now: start) == .again)
        let answered = open(&authorization)
        #expect(answered.headers.count == 1)
        #expect(authorization.challenged(by: [challenge], after: upload, now: start) == .again)
        #expect(authorization.challenged(by: [challenge], after: answered, now: start) == .wrongCredentials)
    }

    @Test("nothing is sent before the server has said what it wants, and Basic never on a guess")
    func first() {
        var authorization = Client(.password(user: "maker", "secret"))
        #expect(headers(&authorization, at: 0).isEmpty)
    }

    @Test("a refused answer to a fresh nonce is a wrong password")
    func wrong() {
        var authorization = Client(.password(user: "maker", "secret"))
        #expect(authorization.challenged(by: [challenge], now: start) == .again)
        #expect(headers(&authorization, at: 0).count == 1)
        #expect(authorization.challenged(by: [challenge], now: start) == .wrongCredentials)
    }

    @Test("stale=true is a right password: again")
    func stale() {
        var authorization = Client(.password(user: "maker", "secret"))
        #expect(authorization.challenged(by: [challenge], now: start) == .again)
        _ = headers(&authorization, at: 0)
        #expect(authorization.challenged(by: [challenge + ", stale=true"], now: start) == .again)
    }

    @Test("a nonce that has served before may be too old: again, once")
    func usedNonce() {
        var authorization = Client(.password(user: "maker", "secret"))
        #expect(authorization.challenged(by: [challenge], now: start) == .again)
        _ = headers(&authorization, at: 0)
        _ = headers(&authorization, at: 1)
        #expect(authorization.challenged(by: [challenge], now: start) == .again)
        _ = headers(&authorization, at: 1)
        #expect(authorization.challenged(by: [challenge], now: start) == .wrongCredentials)
    }

    @Test("Buddy's nonce lives 5 s: after 4 s nothing is sent that it would refuse")
    func age() {
        var authorization = Client(.password(user: "maker", "secret"))
        #expect(authorization.challenged(by: [challenge], now: start) == .again)
        #expect(headers(&authorization, at: 3.9).count == 1)
        #expect(headers(&authorization, at: 4).isEmpty)
        #expect(authorization.challenged(by: [challenge], now: start + .seconds(4)) == .again)
    }

    @Test("the count of a nonce grows with each request")
    func counts() {
        var authorization = Client(.password(user: "maker", "secret"))
        _ = authorization.challenged(by: [challenge + ", qop=\"auth\""], now: start)
        let first = headers(&authorization, at: 0).first?.value ?? ""
        let second = headers(&authorization, at: 0).first?.value ?? ""
        #expect(first.contains("nc=00000001"))
        #expect(second.contains("nc=00000002"))
    }

    @Test("Basic is sent where the server asks for it, and refused once is refused for good")
    func basic() {
        var authorization = Client(.password(user: "Aladdin", "open sesame"))
        #expect(authorization.challenged(by: ["Basic realm=\"camera\""], now: start) == .again)
        #expect(
            headers(&authorization, at: 0) == [HTTPHeader("Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")])
        #expect(authorization.challenged(by: ["Basic realm=\"camera\""], now: start) == .wrongCredentials)
    }

    @Test("a key that is refused is wrong, and what nobody speaks is unsupported")
    func others() {
        var key = Client(.header(HTTPHeader("X-Api-Key", "k")))
        #expect(key.challenged(by: [], now: start) == .wrongCredentials)
        var password = Client(.password(user: "u", "p"))
        #expect(password.challenged(by: ["Negotiate"], now: start) == .unsupported)
    }
}
