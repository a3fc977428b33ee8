import Farm
import FarmService
import Foundation
import HTTPTypes
import Logging
import Synchronization
import Testing

/// The example of RFC 7636, appendix B.
let exampleVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
let exampleChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

/// Every line that was logged, at the finest level, with its metadata and error.
final class CapturedLog: LogHandler {
    private let lines = Mutex<[String]>([])
    var text: String { lines.withLock { $0.joined(separator: "\n") } }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    func log(event: LogEvent) {
        lines.withLock {
            $0.append("\(event.level) \(event.message) \(event.metadata ?? [:]) \(event.error.map { "\($0)" } ?? "")")
        }
    }
}

extension FarmFixture {
    @discardableResult
    func add(_ client: NewClient) async throws -> ClientCredentials {
        guard case .credentials(let made) = try await service.perform(FarmAction.addClient(client)) else {
            throw FixtureError.noCredentials
        }
        return made
    }

    /// An app on a phone: no secret, every grant that needs the operator's word.
    func addPhone(
        name: String = "phone", grants: [Grant] = [.authorizationCode, .deviceCode, .refreshToken]
    )
        async throws -> String
    {
        try await add(NewClient(name: name, grants: grants, redirectURIs: ["http://127.0.0.1/cb"])).client.publicID
    }

    func approve(_ code: String) async throws { _ = try await service.perform(FarmAction.approveConsent(code: code)) }
}

/// A browser at the authorization endpoint.
struct Browser: Sendable {
    let app: App
    var page: App.Reply
    var cookie: String
    var path: String
    var code: String

    /// - Parameter changes: put behind the right parameters.
    static func address(
        _ client: String, adding changes: String = "&redirect_uri=http%3A%2F%2F127.0.0.1%3A50123%2Fcb"
    ) -> String {
        "/o/authorize/?response_type=code&client_id=\(client)&state=s%26t&code_challenge=\(exampleChallenge)"
            + "&code_challenge_method=S256\(changes)"
    }

    init(_ app: App, _ address: String) async throws {
        self.app = App(client: app.client)
        page = try await self.app.get(address)
        cookie = try #require(page.header("Set-Cookie")?.prefix { $0 != ";" }.description)
        path = try #require(page.text.between(";url=", "\""))
        code = try #require(page.text.between("translate=\"no\" aria-label=", "</p>")?.between(">", nil))
    }

    func goOn() async throws -> App.Reply { try await app.send(.get, path, headers: [.cookie: "a=b; \(cookie)"]) }
}

extension String {
    /// What stands between two texts; up to the end without the second.
    func between(_ start: String, _ end: String?) -> String? {
        guard let from = range(of: start) else { return nil }
        guard let end else { return String(self[from.upperBound...]) }
        guard let to = range(of: end, range: from.upperBound..<endIndex) else { return nil }
        return String(self[from.upperBound..<to.lowerBound])
    }

    /// The parameters of an address's query, decoded.
    var query: [String: String] {
        var values: [String: String] = [:]
        for item in URLComponents(string: self)?.queryItems ?? [] { values[item.name] = item.value }
        return values
    }
}

extension App {
    /// A reply of the token endpoint, without a token of one's own.
    func ask(_ form: String, headers: HTTPFields = [:]) async throws -> Reply {
        try await App(client: client).post("/o/token/", form: form, headers: headers)
    }

    /// The code of a browser that the operator let on.
    func authorizationCode(_ farm: FarmFixture, _ client: String, scope: String = "") async throws -> String {
        let browser = try await Browser(
            self, Browser.address(client) + (scope.isEmpty ? "" : "&scope=\(scope)"))
        try await farm.approve(browser.code)
        return try #require(try await browser.goOn().header("Location")?.query["code"])
    }

    func exchange(_ code: String, _ client: String, verifier: String = exampleVerifier) async throws -> Reply {
        try await ask(
            "grant_type=authorization_code&client_id=\(client)&code=\(code)&code_verifier=\(verifier)"
                + "&redirect_uri=http%3A%2F%2F127.0.0.1%3A50123%2Fcb")
    }
}
