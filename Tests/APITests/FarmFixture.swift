import API
import FailureDetection
import Farm
import FarmService
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import OAuth
import Storage
import Synchronization
import TestSupport
import Testing

/// A detector that answers from a script: JPEGs that begin as JPEGs do get the next detections, all else is no image.
final class ScriptedDetector: FrameDetector {
    let model = ModelDescription(name: "scripted", inputWidth: 416, inputHeight: 416, gflop: 1, parameters: 1)
    let load = DetectorLoad()
    private let script: Mutex<[[Detection]]>

    init(_ script: [[Detection]] = []) { self.script = Mutex(script) }

    func submit(
        _ frame: SubmittedFrame, completion: @escaping @Sendable (Result<FrameAnalysis, FrameError>) -> Void
    ) throws(FrameError) {
        guard frame.jpeg.starts(with: [0xFF, 0xD8]) else {
            return completion(.failure(.notUsable(reason: "no SOI marker")))
        }
        let detections = script.withLock { $0.isEmpty ? [] : $0.removeFirst() }
        completion(.success(FrameAnalysis(width: 640, height: 480, detections: detections)))
    }

    func cancel(_ number: UInt64) {}
}

/// A detector whose frames wait until they are cancelled.
final class StalledDetector: FrameDetector {
    let model = ModelDescription(name: "stalled", inputWidth: 1, inputHeight: 1, gflop: 0, parameters: 0)
    let load = DetectorLoad()
    typealias Completion = @Sendable (Result<FrameAnalysis, FrameError>) -> Void
    private let waiting = Mutex<[UInt64: Completion]>([:])
    let (submitted, isSubmitted) = AsyncStream.makeStream(of: UInt64.self)
    let (cancelled, isCancelled) = AsyncStream.makeStream(of: UInt64.self)

    func submit(_ frame: SubmittedFrame, completion: @escaping Completion) throws(FrameError) {
        waiting.withLock { $0[frame.number] = completion }
        isSubmitted.yield(frame.number)
    }

    func cancel(_ number: UInt64) {
        guard let completion = waiting.withLock({ $0.removeValue(forKey: number) }) else { return }
        completion(.failure(.cancelled))
        isCancelled.yield(number)
    }
}

/// A clock that a test sets.
final class TestClock: Sendable {
    private let moment: Mutex<Timestamp>

    /// - Parameter start: such as `2026-03-08T04:30:00Z`.
    init(_ start: String = "2026-11-23T12:00:00Z") { moment = Mutex(Self.timestamp(start)) }

    var now: Timestamp { moment.withLock { $0 } }
    func set(_ text: String) { moment.withLock { $0 = Self.timestamp(text) } }
    func advance(_ duration: Duration) { moment.withLock { $0 = $0 + duration } }

    private static func timestamp(_ text: String) -> Timestamp {
        let date = ISO8601DateFormatter().date(from: text)
        precondition(date != nil, "\(text) is no time")
        return Timestamp(secondsSince1970: date?.timeIntervalSince1970 ?? 0)
    }
}

/// A farm on disk with one client, behind its API.
final class FarmFixture: Sendable {
    let folder: URL
    let service: FarmService
    let server: FarmServer
    let credentials: ClientCredentials

    init(
        detections: [[Detection]] = [], detector: (any FrameDetector)? = nil, notifier: (any FarmNotifier)? = nil,
        failureModel: FailureModel = FailureModel(), clock: TestClock? = nil, logger: Logger? = nil,
        standingAt moment: Timestamp? = nil, rules: [NotificationRule] = [],
        channels: (any NotificationChannels)? = nil,
        configure: (inout FarmServer.Configuration) -> Void = { _ in }
    ) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "farmtop-api-\(UUID().uuidString)")
        let store = try SQLiteStore(DataFolder(preparing: folder.path).lock())
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let logger = logger ?? quiet
        let now: @Sendable () -> Timestamp = {
            clock?.now ?? moment ?? Timestamp(secondsSince1970: Date().timeIntervalSince1970)
        }
        service = try FarmService(
            store: store, detector: detector ?? ScriptedDetector(detections), failureModel: failureModel,
            notifier: notifier, rules: rules, channels: channels, clock: .neverSet(now), logger: logger,
            version: "1.2.3")
        var configuration = FarmServer.Configuration(
            publicURL: "http://127.0.0.1:3334", pictureSigner: PictureSigner(key: Array(repeating: 7, count: 32)),
            answerSigner: AnswerSigner(key: Array(repeating: 7, count: 32)),
            holder: HolderDescription(pid: 1, version: "1.2.3", startedAt: now(), dataFolder: folder.path), now: now)
        configuration.consentHold = .zero
        // A busy machine takes its time between a connection, its request and its answer; a test of a deadline sets its own.
        configuration.limits.headDeadline = .seconds(3600)
        configuration.limits.refusalDeadline = .seconds(3600)
        configuration.limits.lingering = .seconds(3600)
        configure(&configuration)
        server = FarmServer(service: service, configuration: configuration, logger: logger)
        guard
            case .credentials(let credentials) = try await service.perform(FarmAction.addClient(NewClient(name: "app")))
        else { throw FixtureError.noCredentials }
        self.credentials = credentials
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    enum FixtureError: Error { case noCredentials, noToken }
}

/// Where a test's requests go: every conformance test runs both ways.
enum Way: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case router, live
    var testDescription: String { rawValue }
}

/// Sends requests straight to the router, or over a connection.
struct AppClient: Sendable {
    let exchange:
        @Sendable (HTTPRequest.Method, String, HTTPFields, ByteBuffer?) async throws -> (HTTPResponse, ByteBuffer)

    init(_ client: any TestClientProtocol) {
        exchange = { method, path, headers, body in
            let response = try await client.executeRequest(uri: path, method: method, headers: headers, body: body)
            return (response.head, response.body)
        }
    }

    init(_ connection: TestClient) {
        exchange = { method, path, headers, body in
            var headers = headers
            headers[.connection] = "keep-alive"
            let response = try await connection.execute(
                TestClient.Request(path, method: method, authority: "127.0.0.1", headers: headers, body: body))
            return (response.head, response.body ?? ByteBuffer())
        }
    }
}

/// A client of the API with its token.
struct App: Sendable {
    let client: AppClient
    var token: String?

    init(client: AppClient, token: String? = nil) {
        self.client = client
        self.token = token
    }

    init(client: any TestClientProtocol, token: String? = nil) {
        self.init(client: AppClient(client), token: token)
    }

    struct Reply: Sendable {
        var status: Int
        var headers: HTTPFields
        var bytes: [UInt8]
        var text: String { String(decoding: bytes, as: UTF8.self) }
        /// The body as Foundation reads it, so that our writer is checked by another reader.
        var json: Any? { try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) }
        var object: [String: Any] { json as? [String: Any] ?? [:] }
        func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
        var list: [[String: Any]] { json as? [[String: Any]] ?? [] }
        var printer: [String: Any] { object["printer"] as? [String: Any] ?? [:] }
        var id: Int { (object["id"] ?? printer["id"]) as? Int ?? -1 }
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]? = nil, type: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> Reply {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        if let type { headers[.contentType] = type }
        let (head, answer) = try await client.exchange(method, path, headers, body.map { ByteBuffer(bytes: $0) })
        return Reply(status: head.status.code, headers: head.headerFields, bytes: Array(answer.readableBytesView))
    }

    func get(_ path: String) async throws -> Reply { try await send(.get, path) }
    func post(_ path: String, json: String) async throws -> Reply {
        try await send(.post, path, Array(json.utf8), type: "application/json")
    }
    func patch(_ path: String, json: String) async throws -> Reply {
        try await send(.patch, path, Array(json.utf8), type: "application/json")
    }
    func post(_ path: String, form: String, headers: HTTPFields = [:]) async throws -> Reply {
        try await send(
            .post, path, Array(form.utf8), type: "application/x-www-form-urlencoded", headers: headers)
    }
    func predict(_ id: Int, _ jpeg: [UInt8]) async throws -> Reply {
        let head = "--b\r\nContent-Disposition: form-data; name=\"img\"; filename=\"a.jpg\"\r\n\r\n"
        return try await send(
            .post, "/api/v1/printers/\(id)/predict/", Array(head.utf8) + jpeg + Array("\r\n--b--\r\n".utf8),
            type: "multipart/form-data; boundary=b")
    }
    func start(_ id: Int, _ filename: String = "a.gcode") async throws -> Reply {
        try await post("/api/v1/printers/\(id)/start_print/", json: "{\"filename\": \"\(filename)\"}")
    }
    func finish(_ id: Int, _ status: String = "success") async throws -> Reply {
        try await post("/api/v1/printers/\(id)/finish_print/", json: "{\"status\": \"\(status)\"}")
    }
    func addPrinter(_ name: String = "mk3") async throws -> Int {
        try await post("/api/v1/printers/", json: "{\"name\": \"\(name)\"}").id
    }
}

extension FarmFixture {
    /// A token that the endpoint gave.
    func token() async throws -> String {
        let form =
            "grant_type=client_credentials&client_id=\(credentials.client.publicID)"
            + "&client_secret=\(credentials.secret ?? "")"
        return try await server.application(host: "127.0.0.1", port: 0).test(.router) { client in
            let reply = try await App(client: client).post("/o/token/", form: form)
            guard let token = reply.object["access_token"] as? String else { throw FixtureError.noToken }
            return token
        }
    }

    /// Runs a test with a client that has a token.
    func run(_ way: Way, scope: String? = nil, _ test: @Sendable @escaping (App) async throws -> Void) async throws {
        let form =
            "grant_type=client_credentials&client_id=\(credentials.client.publicID)"
            + "&client_secret=\(credentials.secret ?? "")" + (scope.map { "&scope=\($0)" } ?? "")
        try await connect(way) { app in
            let reply = try await app.post("/o/token/", form: form)
            guard let token = reply.object["access_token"] as? String else { throw FixtureError.noToken }
            try await test(App(client: app.client, token: token))
        }
    }

    /// Runs a test with a client that has no token yet.
    ///
    /// Hummingbird's own `.live` listens on `localhost`. A bare machine has no /etc/hosts to find that in, and the test
    /// would wait for ever for a server that could not start.
    func connect(_ way: Way, _ test: @Sendable @escaping (App) async throws -> Void) async throws {
        switch way {
        case .router:
            try await server.application(host: "127.0.0.1", port: 0).test(.router) { try await test(App(client: $0)) }
        case .live:
            try await live { port in
                let patience = TestClient.Configuration(timeout: .seconds(60))
                try await TestClient.withClient(host: "127.0.0.1", port: port, configuration: patience) { client in
                    try await test(App(client: AppClient(client)))
                }
            }
        }
    }
}

let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xD9]

/// One like no other: a camera that sends the same picture again and again is frozen.
func picture(at moment: Timestamp) -> [UInt8] { [0xFF, 0xD8] + Array("\(moment)".utf8) + [0xFF, 0xD9] }
