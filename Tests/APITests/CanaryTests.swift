import API
import Farm
import FarmService
import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

/// Texts that are gathered from everywhere.
private final class Texts: Sendable {
    private let texts = Mutex<[String]>([])
    func add(_ text: String) { texts.withLock { $0.append(text) } }
    var all: [String] { texts.withLock { $0 } }
}

@Suite("Canaries", .timeLimit(.minutes(20)))
struct CanaryTests {
    /// The forms in which a secret could turn up.
    private func forms(_ secret: String) -> [String] {
        let bytes = Data(secret.utf8)
        return [secret, bytes.base64EncodedString(), bytes.map { String(format: "%02x", $0) }.joined()]
    }

    /// Calls every route with these headers and a body that carries the secrets in fields that no route shows.
    private func callAll(
        _ app: App, _ headers: [HTTPFields], _ secrets: [String], refusals: Texts
    ) async throws {
        let paths = try #require(
            try await App(client: app.client).get("/openapi.json").object["paths"] as? [String: [String: Any]])
        for (path, operations) in paths.sorted(by: { $0.key < $1.key }) where path != "/api/v1/events/stream" {
            var concrete = path.replacingOccurrences(of: "{frame}", with: "1.jpg")
            while let brace = concrete.firstRange(of: /\{[a-z]+\}/) { concrete.replaceSubrange(brace, with: "1") }
            for name in operations.keys.sorted() where name != "delete" && !path.hasSuffix("/archive/") {
                let method = try #require(HTTPRequest.Method(name.uppercased()))
                let secret = secrets.joined()
                for header in headers {
                    for (body, type) in [
                        (
                            "{\"name\": \"x\", \"client_secret\": \"\(secret)\", \"filename\": \"f\"}",
                            "application/json"
                        ),
                        ("{\"client_secret\": \"\(secret)", "application/json"), ("\"\(secret)\"", "application/json"),
                        (
                            "grant_type=client_credentials&client_id=x&client_secret=\(secret)&token=\(secret)",
                            "application/x-www-form-urlencoded"
                        ),
                        (
                            "grant_type=refresh_token&refresh_token=\(secret)&code=\(secret)",
                            "application/x-www-form-urlencoded"
                        ),
                        ("--b\r\n\(secret)\r\n--b--", "multipart/form-data; boundary=b"),
                    ] {
                        let query = method == .get ? "?access_token=\(secret)" : ""
                        let reply = try await app.send(
                            method, concrete + query, method == .get ? nil : Array(body.utf8),
                            type: method == .get ? nil : type, headers: header)
                        #expect(reply.status < 500, "\(name) \(path)")
                        if reply.status >= 400 {
                            refusals.add("\(reply.headers) \(reply.text)")
                        }
                        if method == .get { break }
                    }
                }
            }
        }
    }

    @Test(
        "secrets, tokens and Authorization headers are in no log, error, metric or screen, and in no file but as hashes"
    )
    func canaries() async throws {
        let log = CapturedLog()
        var logger = Logger(label: "canary") { _ in log }
        logger.logLevel = .trace
        let farm = try await FarmFixture(detections: [], logger: logger)
        let secret = try #require(farm.credentials.secret)
        let token = try await farm.token()
        let wrong = "canary-wrong-4f1c2e9a7d"
        let basic = Data("\(farm.credentials.client.publicID):\(secret)".utf8).base64EncodedString()
        let apiKey = HTTPField.Name("X-API-KEY")!
        let refusals = Texts()
        try await farm.connect(.live) { connected in
            let app = App(client: connected.client, token: token)
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            #expect(try await app.predict(id, jpeg).status == 200)
            #expect(try await app.predict(id, Array("no image".utf8)).status == 400)
            // With a good token, a wrong one, two at once, a good and a wrong Basic, a key.
            try await callAll(app, [[:], [apiKey: token]], [wrong], refusals: refusals)
            let nobody = App(client: app.client)
            try await callAll(
                nobody,
                [
                    [.authorization: "Bearer \(wrong)"], [.authorization: "Bearer \(token)\(wrong)"],
                    [.authorization: "Basic \(basic)"], [.authorization: "Basic \(wrong)"], [apiKey: wrong],
                    [.authorization: wrong], [HTTPField.Name("Cookie")!: wrong],
                ], [secret, token, wrong], refusals: refusals)
            // Success by Basic, introspection and revocation, with what they carry.
            let own = "client_id=\(farm.credentials.client.publicID)&client_secret=\(secret)&token=\(token)"
            for path in ["/o/introspect/", "/o/revoke_token/", "/o/introspect/"] {
                #expect(try await nobody.post(path, form: own).status == 200)
            }
            let again = try await nobody.post(
                "/o/token/", form: "grant_type=client_credentials", headers: [.authorization: "Basic \(basic)"])
            #expect(again.status == 200)
        }
        // A rotated and a removed client had secrets too.
        guard
            case .credentials(let rotated) = try await farm.service.perform(
                FarmAction.rotateClient(farm.credentials.client.publicID, revokeTokens: false))
        else { throw FarmFixture.FixtureError.noCredentials }
        await farm.service.tick()

        let canaries = [secret, token, wrong, basic, try #require(rotated.secret)].flatMap(forms)
        @Sendable func expectNone(in text: String, _ place: String, sourceLocation: SourceLocation = #_sourceLocation) {
            for (number, canary) in canaries.enumerated() {
                #expect(!text.contains(canary), "canary \(number) is in \(place)", sourceLocation: sourceLocation)
            }
        }
        #expect(refusals.all.count > 200)
        expectNone(in: refusals.all.joined(separator: "\n"), "a refusal")
        expectNone(in: log.text, "the log")

        let authToken = try #require(farm.service.state.printers[1]?.printer.authToken)
        #expect(!log.text.contains(authToken))
        try await farm.server.application(host: "127.0.0.1", port: 0).test(.router) { client in
            let metrics = try await App(client: client).get("/metrics").text
            expectNone(in: metrics, "the metrics")
            #expect(metrics.contains("farmtop_requests_total") && !metrics.contains(authToken))
        }
        let snapshot = String(decoding: try JSONEncoder().encode(farm.service.snapshot()), as: UTF8.self)
        expectNone(in: snapshot, "the dashboard's snapshot")
        #expect(snapshot.contains("\"clients\""))
        try await farm.server.controlApplication(path: farm.folder.path + "/control.sock").test(.router) { client in
            for action in [FarmAction.listClients, .listTokens(client: nil), .listPrinters(includeArchived: true)] {
                let reply = try await App(client: client).send(
                    .post, "/control/actions", Array(try JSONEncoder().encode(action)), type: "application/json")
                #expect(reply.status == 200)
                expectNone(in: reply.text, "a list of the administrator")
            }
        }

        var files = 0
        var hasAuthToken = false
        let all = try #require(FileManager.default.enumerator(at: farm.folder, includingPropertiesForKeys: nil))
        for case let file as URL in all {
            guard let bytes = FileManager.default.contents(atPath: file.path), !bytes.isEmpty else { continue }
            files += 1
            for (number, canary) in canaries.enumerated() {
                #expect(bytes.range(of: Data(canary.utf8)) == nil, "canary \(number) is in \(file.lastPathComponent)")
            }
            hasAuthToken = hasAuthToken || bytes.range(of: Data(authToken.utf8)) != nil
        }
        #expect(files >= 2 && hasAuthToken)
    }
}
