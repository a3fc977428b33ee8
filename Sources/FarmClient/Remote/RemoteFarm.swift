internal import AsyncHTTPClient
public import Farm
import FoundationEssentials
import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
import Synchronization
import Text
import WireSchema

/// What a client shows to get tokens (RFC 6749 §2.3.1). The secret is never part of a message.
public struct RemoteCredentials: Sendable {
    public var clientID: String
    public var clientSecret: String

    public init(clientID: String, clientSecret: String) {
        self.clientID = clientID
        self.clientSecret = clientSecret
    }
}

/// A farm on another machine, over its API and event stream, with what a client's scopes allow.
/// Call `close` before it goes away.
public final class RemoteFarm: FarmBackend {
    let base: String
    let credentials: RemoteCredentials
    private let client: HTTPClient
    private let retryDelay: Duration
    private let version: String?
    private let token = Mutex<Wire.Token?>(nil)

    /// No answer is that long; unit: bytes. A printer takes up to four kilobytes of the list.
    static let answerLimit = 256 << 20

    /// - Parameters:
    ///   - base: `https://farm.example.org`, without a trailing slash.
    ///   - version: of this program; nil talks to a farm of any version.
    public init(
        base: String, credentials: RemoteCredentials, retryDelay: Duration = .seconds(2), version: String? = nil
    ) {
        self.base = base
        self.credentials = credentials
        self.retryDelay = retryDelay
        self.version = version
        var configuration = HTTPClient.Configuration()
        // The stream has a heartbeat every 15 s: silence for three of them is a dead link.
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(45))
        configuration.tlsConfiguration = .farm
        // A secret and tokens go to the address that was named, and to no other.
        configuration.redirectConfiguration = .disallow
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Ends every connection. The client cannot be used afterwards.
    public func close() async {
        // Only a second close fails, and that has nothing left to end.
        try? await client.shutdown()
    }

    /// What the credentials allow; asks for a token if there is none yet.
    public func scope() async throws -> Scope {
        let token = try await currentToken()
        return token.scope.flatMap { Scope($0) } ?? .all
    }

    /// - Throws: `otherVersion` when this program and the farm do not understand one another; it says which of them to
    ///   update.
    public func checkVersion() async throws {
        let farm: Wire.Version = try await answer("GET", "/api/v1/version/", nil)
        try check(farm)
    }

    private func check(_ farm: Wire.Version) throws(RemoteFarmError) {
        let mismatch = VersionMismatch(
            farm: "The farm at \(base)", farmVersion: farm.version, ownVersion: version)
        if let mismatch { throw .otherVersion(mismatch) }
    }

    // MARK: FarmBackend

    /// Mends itself: after `disconnected` comes a snapshot as soon as the farm answers again.
    public func updates() -> AsyncStream<FarmUpdate> {
        .reconnecting(
            from: RemoteFarmState(address: base, clientName: credentials.clientID), retryDelay: retryDelay,
            endReason: "The farm at \(base) ended the stream."
        ) { [self] state, yield in
            try await follow(&state, yield)
        }
    }

    public func perform(_ action: FarmAction) async throws -> FarmReply {
        if case .finishPrint(let id, let meant, .failed, let reason) = action {
            let printer: Told<ToldPrinter> = try await answer("GET", "/api/v1/printers/\(id)/", nil)
            guard let print = printer.value.snapshot.print, print.isOpen else { throw FarmError.notPrinting }
            guard meant == nil || meant == print.id else { throw FarmError.anotherPrint(filename: print.filename) }
            return try await perform(.markFailed(print.id, reason: reason))
        }
        if case .listPrinters(let includeArchived) = action {
            let query = includeArchived ? "?with_archived=1" : ""
            let list: [Told<ToldPrinter>] = try await answer("GET", "/api/v1/printers/\(query)", nil)
            return .printers(list.map(\.value.listing))
        }
        if case .machine(.listFiles(let id)) = action {
            let files: [Wire.MachineFile] = try await answer("GET", "/api/v1/printers/\(id)/files/", nil)
            return .files(files.map(\.value))
        }
        guard let call = RemoteCall(action) else { throw RemoteFarmError.notOverTheNetwork }
        let body = try call.body.map { Array(try JSONEncoder().encode($0)) }
        switch call.answer {
        case .nothing:
            let _: Wire.Nothing = try await answer(call.method, call.path, body)
            return .done(succeeded: true)
        case .change:
            let change: Wire.PrinterChange = try await answer(call.method, call.path, body)
            return .done(succeeded: change.succeeded)
        }
    }

    public func picture(_ key: FrameKey) async throws -> FramePicture {
        let bytes = try await bytes("GET", "/api/v1/prints/\(key.printID)/frames/\(key.number).jpg", nil)
        return FramePicture(key: key, jpeg: bytes, detections: [])
    }

    public func predictions(of id: PrintID, after frame: Int64, limit: Int) async throws -> [ScorePoint] {
        let all: [Wire.StoredPrediction] = try await answer("GET", "/api/v1/prints/\(id)/prediction_json/", nil)
        let points = all.compactMap(\.fields.value.point).filter { $0.frame > frame }
        return points.thinned(to: limit)
    }

    public func prints(_ query: PrintQuery) async throws -> [Print] {
        var parts = ["start=\(query.start)", "limit=\(query.limit)"]
        parts += (query.results ?? []).map { "filter_by_results[]=\($0.rawValue)" }
        if query.needsVerdict { parts.append("filter=need_alert_overwrite") }
        if query.oldestFirst { parts.append("sorting=date_asc") }
        parts += (query.printerIDs ?? []).map { "filter_by_printer_ids[]=\($0)" }
        // The API counts in days of a zone; what is left of the first day is cut off here.
        if let from = query.startedFrom { parts.append("from_date=\(from.description.prefix(10))") }
        let path = "/api/v1/prints/?" + parts.joined(separator: "&")
        let list: [Told<ToldPrint>] = try await answer("GET", path, nil)
        return list.map(\.value.print).filter { print in query.startedFrom.map { print.startedAt >= $0 } ?? true }
    }

    public func events(printer: PrinterID?, print: PrintID?, limit: Int) async throws -> [FarmEvent] {
        let list: [Told<ToldEvent>] = try await answer("GET", Self.newestEvents(1000), nil)
        let events = list.map(\.value.event).filter { event in
            (printer == nil || event.printerID == printer) && (print == nil || event.printID == print)
        }
        return Array(events.prefix(limit))
    }

    /// A file goes to a machine from the farm's own computer only.
    public func upload(_ file: FileToUpload, to printer: PrinterID) -> AsyncThrowingStream<UploadStep, any Error> {
        AsyncThrowingStream { $0.finish(throwing: RemoteFarmError.notOverTheNetwork) }
    }

    /// The query for events of every type: without naming them only those that Obico knows are told.
    private static func newestEvents(_ limit: Int) -> String {
        let types = FarmEvent.Kind.allCases.map { "filter_by_types[]=\($0.rawValue)" }
        return "/api/v1/printer_events/?limit=\(limit)&" + types.joined(separator: "&")
    }

    // MARK: The stream

    /// One connection's life: what is there, then what changes. A later connection goes on where the one before it ended,
    /// as long as the farm still knows what happened since; otherwise the farm says `reset`.
    private func follow(_ state: inout RemoteFarmState, _ yield: (FarmSnapshot) -> Void) async throws {
        try await checkVersion()
        // The stream is opened first, so that nothing is missed between the list and the first event.
        let path = "/api/v1/events/stream"
        let response = try await authorized(
            "GET", path, nil, lastEventID: state.lastEventID, timeout: .hours(24 * 365))
        if state.lastEventID == nil {
            try await load(into: &state)
            yield(state.snapshot())
        }
        var events = ServerSentEvents(limit: Self.answerLimit)
        for try await part in response.body {
            for event in try events.add(Array(part.readableBytesView)) {
                try await take(event, into: &state)
                if let id = event.id { state.lastEventID = id }
            }
            yield(state.snapshot())
        }
    }

    private func load(into state: inout RemoteFarmState) async throws {
        state.set(try await answer("GET", "/api/v1/printers/?with_predictions=1", nil) as [Told<ToldPrinter>])
        state.add(try await answer("GET", Self.newestEvents(100), nil) as [Told<ToldEvent>])
    }

    private func take(_ event: ServerSentEvents.Event, into state: inout RemoteFarmState) async throws {
        switch event.name {
        case "printer": state.set(try decoded(event) as Told<ToldPrinter>)
        case "print": state.set(try decoded(event) as Told<ToldPrint>)
        case "prediction": state.set(try decoded(event) as Told<ToldPrediction>)
        case "alert", "printer_event": state.add([try decoded(event)])
        case "removed": state.remove(try decoded(event))
        // The farm was updated between the question and the stream.
        case "version": try check(try decoded(event))
        case "service": state.set(try decoded(event) as Wire.Service)
        case "reset":
            state.lastEventID = nil
            try await load(into: &state)
        default: break
        }
    }

    private func decoded<Value: Decodable>(_ event: ServerSentEvents.Event) throws -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(event.data))
        } catch {
            throw FarmAPIError.unreadable(call: "The \(event.name) event")
        }
    }

    // MARK: Calls

    private func answer<Reply: Decodable>(_ method: String, _ path: String, _ body: [UInt8]?) async throws -> Reply {
        let bytes = try await bytes(method, path, body)
        if let nothing = Wire.Nothing() as? Reply { return nothing }
        do {
            return try JSONDecoder().decode(Reply.self, from: Data(bytes))
        } catch {
            throw FarmAPIError.unreadable(call: "\(method) \(path)")
        }
    }

    func bytes(_ method: String, _ path: String, _ body: [UInt8]?) async throws -> [UInt8] {
        let response = try await authorized(method, path, body, timeout: .seconds(60))
        let answer = try await linked { try await response.body.collect(upTo: Self.answerLimit) }
        return Array(answer.readableBytesView)
    }

    /// With a token; with a new one if the farm does not take the old one any more.
    private func authorized(
        _ method: String, _ path: String, _ body: [UInt8]?, lastEventID: String? = nil, timeout: TimeAmount
    ) async throws -> HTTPClientResponse {
        for isSecondTry in [false, true] {
            let token = try await currentToken()
            var request = HTTPClientRequest(url: base + path)
            request.method = HTTPMethod(rawValue: method)
            request.headers.add(name: "authorization", value: "Bearer \(token.access_token)")
            if let lastEventID { request.headers.add(name: "last-event-id", value: lastEventID) }
            if let body {
                request.headers.add(name: "content-type", value: "application/json")
                request.body = .bytes(ByteBuffer(bytes: body))
            }
            let response = try await execute(request, timeout: timeout)
            if response.status == .unauthorized, !isSecondTry {
                self.token.withLock { $0 = nil }
                continue
            }
            guard (200..<300).contains(response.status.code) else {
                throw try await refusal("\(method) \(path)", response)
            }
            return response
        }
        throw RemoteFarmError.credentialsRefused(base: base)
    }

    private func currentToken() async throws -> Wire.Token {
        if let known = token.withLock({ $0 }) { return known }
        var request = HTTPClientRequest(url: base + "/o/token/")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
        let pair = [credentials.clientID, credentials.clientSecret].map(PercentEncoding.component).joined(
            separator: ":")
        request.headers.add(name: "authorization", value: "Basic \(BaseEncoding.base64(pair.utf8))")
        request.body = .bytes(ByteBuffer(string: "grant_type=client_credentials"))
        let response = try await execute(request, timeout: .seconds(20))
        guard response.status != .unauthorized else { throw RemoteFarmError.credentialsRefused(base: base) }
        let body = try await linked { try await response.body.collect(upTo: 1 << 20) }
        guard response.status == .ok else { throw tokenRefusal(response.status, Data(body.readableBytesView)) }
        do {
            let new = try JSONDecoder().decode(Wire.Token.self, from: Data(body.readableBytesView))
            token.withLock { $0 = new }
            return new
        } catch {
            throw RemoteFarmError.noFarm(base: base, status: nil)
        }
    }

    /// A farm says with an OAuth error why it gives no token; anything else is another server.
    private func tokenRefusal(_ status: HTTPResponseStatus, _ body: Data) -> any Error {
        struct Refusal: Decodable {
            var error: String
            var error_description: String?
        }
        guard let refusal = try? JSONDecoder().decode(Refusal.self, from: body) else {
            return RemoteFarmError.noFarm(base: base, status: Int(status.code))
        }
        return FarmAPIError.refused(
            call: "POST /o/token/", status: Int(status.code), answer: refusal.error_description ?? refusal.error)
    }

    private func execute(_ request: HTTPClientRequest, timeout: TimeAmount) async throws -> HTTPClientResponse {
        let response = try await linked { try await client.execute(request, timeout: timeout) }
        guard response.status.code / 100 != 3 else {
            throw RemoteFarmError.redirects(base: base, target: response.headers.first(name: "location"))
        }
        return response
    }

    /// A connection may break at any moment until the last byte of an answer: that, too, is a farm that is not there.
    private func linked<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as CancellationError {
            throw error
        } catch {
            throw RemoteFarmError.unreachable(base: base, reason: Self.reason(error))
        }
    }

    /// What a library says of a broken connection, in a few plain words.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: return String(cString: strerror(error.errnoCode)).lowercased()
        case let error as HTTPClientError where error == .connectTimeout: return "no connection within 5 s"
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
            return "no answer in time"
        default:
            // Tries of several addresses come together, each with its reason.
            let text = "\(error)"
            if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
                return "it does not speak https; its address may begin with http://"
            }
            if text.contains("CERTIFICATE_VERIFY_FAILED") || text.contains("unableToValidateCertificate") {
                return "its certificate is not one that this machine trusts"
            }
            if text.contains("remoteConnectionClosed") || text.contains("uncleanShutdown") {
                return "it closed the connection without an answer; its address may begin with https://"
            }
            if text.contains("handshakeFailed") || text.contains("tlsHandshakeTimeout") {
                return "no https connection came about"
            }
            if text.contains("UnknownHost") || text.contains("not known") { return "there is no such host" }
            let known = ["Connection refused", "No route to host", "Network is unreachable", "Connection reset"]
            return known.first(where: text.contains)?.lowercased() ?? text
        }
    }

    private func refusal(_ call: String, _ response: HTTPClientResponse) async throws -> FarmAPIError {
        let body = try await linked { try await response.body.collect(upTo: 1 << 16) }
        return .refused(
            call: call, status: Int(response.status.code),
            answer: String(decoding: body.readableBytesView.prefix(300), as: UTF8.self))
    }
}

/// Why a remote farm could not be asked.
public enum RemoteFarmError: Error, Equatable, Sendable, CustomStringConvertible {
    case unreachable(base: String, reason: String)
    case credentialsRefused(base: String)
    case otherVersion(VersionMismatch)
    case notOverTheNetwork
    /// - Parameter target: where it points, as it says.
    case redirects(base: String, target: String?)
    /// Something else answers there.
    /// - Parameter status: of its answer; nil: it was no token.
    case noFarm(base: String, status: Int?)

    public var description: String {
        switch self {
        case .unreachable(let base, let reason):
            "No farm answers at \(base): \(reason). Check the address, and that farmtop runs there."
        case .credentialsRefused(let base):
            "The farm at \(base) does not take these client credentials. Make others there: farmtop client add."
        case .otherVersion(let mismatch): mismatch.description
        case .redirects(let base, let target):
            "\(base) redirects\(target.map { " to \($0)" } ?? ""). farmtop sends its secret to no other address: name the farm's "
                + "final address with --connect."
        case .noFarm(let base, let status):
            "What answers at \(base) is no farmtop\(status.map { " (POST /o/token/ was answered \($0))" } ?? ""). Check the "
                + "address."
        case .notOverTheNetwork: "Only a dashboard on the farm's own machine can do this."
        }
    }
}
