import Farm
import OAuth
import Testing

@Suite("Bearer tokens, RFC 6750", .timeLimit(.minutes(20)))
struct BearerTests {
    @Test("row 33: no header, or one of another scheme, is no credential")
    func none() {
        #expect(BearerCredential.parse(authorization: [], apiKey: []) == .none)
        #expect(BearerCredential.parse(authorization: ["Basic YTpi"], apiKey: []) == .none)
        #expect(BearerCredential.parse(authorization: [""], apiKey: []) == .none)
    }

    @Test("the scheme is read in any case, and X-API-KEY holds a bare token")
    func token() {
        for header in ["Bearer abc", "bearer abc", "BEARER  abc "] {
            #expect(BearerCredential.parse(authorization: [header], apiKey: []) == .token("abc"))
        }
        #expect(BearerCredential.parse(authorization: [], apiKey: ["a-._~+/9=="]) == .token("a-._~+/9=="))
        #expect(BearerCredential.parse(authorization: ["Basic YTpi"], apiKey: ["abc"]) == .token("abc"))
    }

    @Test("row 36: a token in two places is refused, the same one too")
    func several() {
        #expect(BearerCredential.parse(authorization: ["Bearer abc"], apiKey: ["abc"]) == .several)
        #expect(BearerCredential.parse(authorization: ["Bearer abc", "Bearer abc"], apiKey: []) == .several)
        #expect(BearerCredential.parse(authorization: [], apiKey: ["a", "b"]) == .several)
    }

    @Test(
        "row 36: a header without a token, or with what no token holds, is malformed",
        arguments: ["Bearer", "Bearer ", "Bearer a b", "Bearer é", "Bearer =", "Bearer a=b", "Bearer a,b"])
    func malformed(_ header: String) {
        #expect(BearerCredential.parse(authorization: [header], apiKey: []) == .malformed)
    }

    @Test("a token as long as a novel is malformed")
    func tooLong() {
        #expect(BearerCredential.parse(authorization: [], apiKey: [String(repeating: "a", count: 513)]) == .malformed)
    }

    @Test("row 34: a token holds until it expires or is revoked, and while client and account are enabled")
    func validity() {
        var token = AccessToken(
            id: 1, digest: TokenDigest(of: "t"), clientID: 7, accountID: 1, scope: .all, createdAt: noon,
            expiresAt: noon + .seconds(60))
        let account = operatorAccount
        let later = noon + .seconds(59)
        #expect(token.effectiveScope(client: client(), account: account, at: later) == .all)
        #expect(token.effectiveScope(client: client(), account: account, at: noon + .seconds(60)) == nil)
        #expect(token.effectiveScope(client: nil, account: account, at: later) == nil)
        #expect(token.effectiveScope(client: client(scope: .read), account: account, at: later) == .read)
        var disabled = client()
        disabled.disabledAt = noon
        #expect(token.effectiveScope(client: disabled, account: account, at: later) == nil)
        let suspended = Account(id: 1, name: "operator", createdAt: noon, disabledAt: noon)
        #expect(token.effectiveScope(client: client(), account: suspended, at: later) == nil)
        token.revokedAt = noon
        #expect(token.effectiveScope(client: client(), account: account, at: later) == nil)
    }
}
