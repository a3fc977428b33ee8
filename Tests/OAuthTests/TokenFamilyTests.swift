import Farm
import OAuth
import TestSupport
import Testing

@Suite("Refresh tokens, RFC 6749 §6 and RFC 9700 §4.14.2", .timeLimit(.minutes(20)))
struct TokenFamilyTests {
    private let random = SplitMixSource()

    private func family(_ token: RefreshToken, scope: Scope = .all) -> TokenFamily {
        TokenFamily(
            id: 1, clientID: 7, accountID: 1, grant: .authorizationCode, scope: scope, codeDigest: TokenDigest(of: "c"),
            refresh: token.digests, createdAt: noon, expiresAt: noon + .seconds(100))
    }

    @Test("row 23: the next token keeps its family's key and has 256 new random bits; no other text is one")
    func texts() throws {
        let first = RefreshToken(random: random)
        let next = first.next(random: random)
        #expect(first.text.count == 67 && next.text.count == 67)
        #expect(next.text.prefix(24) == first.text.prefix(24) && next.text.suffix(43) != first.text.suffix(43))
        #expect(next.digests.key == first.digests.key && next.digests.token != first.digests.token)
        #expect(RefreshToken(first.text) == first)
        for text in ["", String(first.text.dropLast()), first.text + "a", String(first.text.dropLast()) + "!"] {
            #expect(RefreshToken(text) == nil)
        }
    }

    @Test("the current token refreshes; the one before it ends the family")
    func rotation() {
        let first = RefreshToken(random: random)
        let next = first.next(random: random)
        let old = family(first)
        #expect(old.refresh(by: first.digests, asked: nil, client: browserApp(), now: noon) == .gives(.all))
        let new = old.refreshed(to: next.digests.token, lifetimeSeconds: 100, now: noon + .seconds(50))
        #expect(new.refreshedAt == noon + .seconds(50) && new.expiresAt == noon + .seconds(150))
        let later = noon + .seconds(120)
        #expect(new.refresh(by: next.digests, asked: nil, client: browserApp(), now: later) == .gives(.all))
        #expect(new.refresh(by: first.digests, asked: nil, client: browserApp(), now: later) == .ends)
    }

    @Test("a refresh may ask for less, never for more, and gets nothing that the client lost")
    func scope() {
        let token = RefreshToken(random: random)
        func refresh(
            _ asked: String?, of scope: Scope = .all, client: OAuthClient = browserApp()
        ) -> TokenFamily.Refresh {
            family(token, scope: scope).refresh(by: token.digests, asked: asked, client: client, now: noon)
        }
        #expect(refresh("read") == .gives(.read))
        #expect(refresh("read write", of: .read) == .refused(.invalidScope("read write")))
        #expect(refresh(nil, client: browserApp(scope: .read)) == .gives(.read))
        #expect(refresh("write", client: browserApp(scope: .read)) == .refused(.invalidScope("write")))
        guard case .refused(.invalidGrant) = refresh(nil, of: .write, client: browserApp(scope: .read)) else {
            Issue.record("nothing is left to give")
            return
        }
    }

    @Test("another client's, an expired and a revoked one are refused alike, and the family stays as it is")
    func refused() {
        let token = RefreshToken(random: random)
        var other = browserApp()
        other.id = 8
        let refusal = TokenFamily.Refresh.refused(.invalidRefreshToken)
        #expect(family(token).refresh(by: token.digests, asked: nil, client: other, now: noon) == refusal)
        let late = noon + .seconds(100)
        #expect(family(token).refresh(by: token.digests, asked: nil, client: browserApp(), now: late) == refusal)
        var revoked = family(token)
        revoked.revokedAt = noon
        #expect(revoked.refresh(by: token.digests, asked: nil, client: browserApp(), now: noon) == refusal)
        let old = token.next(random: random)
        #expect(revoked.refresh(by: old.digests, asked: nil, client: browserApp(), now: noon) == refusal)
    }
}
