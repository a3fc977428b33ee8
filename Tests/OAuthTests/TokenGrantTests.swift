import Farm
import Foundation
import OAuth
import Testing

@Suite("client_credentials, RFC 6749 §4.4", .timeLimit(.minutes(20)))
struct TokenGrantTests {
    private let body = "grant_type=client_credentials&client_id=app&client_secret=right"

    @Test("row 6: a repeated parameter is invalid_request, known or not", arguments: ["&grant_type=x", "&foo=1&foo=2"])
    func repeated(_ addition: String) {
        #expect(throws: OAuthError.self) { try grant(body + addition) }
        #expect(code { try grant(body + addition) } == "invalid_request")
    }

    @Test("row 7: unknown parameters are ignored")
    func unknown() throws { #expect(try grant(body + "&foo=bar").scope == .all) }

    @Test("row 8: an empty scope asks for the client's own")
    func emptyScope() throws { #expect(try grant(body + "&scope=", client: client(scope: .read)).scope == .read) }

    @Test("row 9: a missing grant_type is invalid_request")
    func missingGrant() {
        #expect(code { try grant("client_id=app&client_secret=right") } == "invalid_request")
        #expect(code { try grant("grant_type=&client_id=app&client_secret=right") } == "invalid_request")
    }

    @Test(
        "rows 10, 25: an unknown grant is unsupported_grant_type, and password is unknown",
        arguments: ["nope", "password", "implicit", "CLIENT_CREDENTIALS"])
    func unknownGrant(_ word: String) {
        let error = OAuthError.unsupportedGrantType
        #expect(throws: error) { try grant("grant_type=\(word)&client_id=app&client_secret=right") }
        #expect(error.status == 400)
    }

    @Test("row 11: a grant that the client may not use is unauthorized_client")
    func notAllowed() {
        #expect(throws: OAuthError.unauthorizedClient) {
            try grant("grant_type=authorization_code&client_id=app&client_secret=right")
        }
        #expect(throws: OAuthError.unauthorizedClient) { try grant(body, client: client(grants: [.authorizationCode])) }
    }

    @Test("rows 15, 17, 20: the reply has token, type, life and scope, and no refresh token")
    func reply() throws {
        let reply = TokenResponse(accessToken: "t", grant: try grant(body + "&scope=read"))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        #expect(
            String(decoding: try encoder.encode(reply), as: UTF8.self)
                == #"{"access_token":"t","expires_in":3153600000,"scope":"read","token_type":"Bearer"}"#)
    }

    @Test(
        "row 18: unknown, malformed or excessive scope is invalid_scope, never widened",
        arguments: ["admin", "read+admin", "write", "read+write", "+", "READ", "read,write"])
    func excessive(_ scope: String) {
        #expect(code { try grant(body + "&scope=" + scope, client: client(scope: .read)) } == "invalid_scope")
    }

    @Test("a scope may be asked in any order and twice")
    func anyOrder() throws { #expect(try grant(body + "&scope=write+read+write").scope.description == "read write") }

    @Test("row 19: a public client gets no token")
    func publicClient() {
        #expect(throws: OAuthError.invalidClient(usedBasic: false)) {
            try grant("grant_type=client_credentials&client_id=app", client: client(secret: nil))
        }
    }

    @Test("configuration and client shorten the life, and neither lengthens the other's")
    func lifetime() throws {
        #expect(try grant(body).lifetimeSeconds == 3_153_600_000)
        #expect(try grant(body, defaultLifetime: 60).lifetimeSeconds == 60)
        #expect(try grant(body, client: client(lifetime: 5), defaultLifetime: 60).lifetimeSeconds == 5)
        #expect(try grant(body, client: client(lifetime: 90), defaultLifetime: 60).lifetimeSeconds == 60)
        #expect(try grant(body, defaultLifetime: .max).lifetimeSeconds == 3_153_600_000)
    }

    @Test("row 21: an error_description holds only the characters allowed, whatever was asked")
    func descriptions() {
        let hostile = "\u{1B}[31m\"\\é\r\n\0\u{202E}" + String(repeating: "x", count: 500)
        let errors: [OAuthError] = [
            .invalidRequest(hostile), .invalidGrant(hostile), .invalidScope(hostile), .invalidClient(usedBasic: true),
            .unauthorizedClient, .unsupportedGrantType, .tooManyAttempts(retryAfterSeconds: 3),
            .init(.badEscape(parameter: 2)),
        ]
        for error in errors {
            let allowed = error.message.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
            #expect(allowed)
            #expect((1...320).contains(error.message.utf8.count))
        }
    }

    private func code(_ body: () throws -> TokenGrant) -> String? {
        do {
            _ = try body()
            return nil
        } catch { return (error as? OAuthError)?.code }
    }
}
