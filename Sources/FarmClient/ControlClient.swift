internal import AsyncHTTPClient
public import Farm
import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1
import Text

/// The farm of another process on this machine, over its control socket, with an administrator's rights.
/// Call `close` before it goes away.
public final class ControlClient: FarmBackend {
    let socketPath: String
    private let client: HTTPClient
    /// Between two tries to mend the stream of updates.
    private let retryDelay: Duration
    private let version: String?

    /// No answer is that long; unit: bytes.
    static let answerLimit = 256 << 20

    /// - Parameter version: of this program; nil talks to a farm of any version.
    public init(socketPath: String, retryDelay: Duration = .milliseconds(500), version: String? = nil) {
        self.socketPath = socketPath
        self.retryDelay = retryDelay
        self.version = version
        var configuration = HTTPClient.Configuration()
        // The stream has a heartbeat every 15 s: silence for three of them is a dead link.
        configuration.timeout = .init(connect: .seconds(2), read: .seconds(45))
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Ends every connection. The client cannot be used afterwards.
    public func close() async {
        // Only a second close fails, and that has nothing left to end.
        try? await client.shutdown()
    }

    /// Who holds the data folder.
    public func holder() async throws -> HolderDescription { try await get("/control/holder/") }

    /// - Throws: `otherVersion` when this program and the serving one do not understand one another; it says which of them
    ///   to update.
    public func checkVersion() async throws {
        let holder = try await holder()
        let mismatch = VersionMismatch(
            farm: "The farm in \(holder.dataFolder)", farmVersion: holder.version, ownVersion: version)
        if let mismatch { throw ControlError.otherVersion(mismatch) }
    }

    public func perform(_ action: FarmAction) async throws -> FarmReply {
        try await post("/control/actions/", action)
    }

    public func picture(_ key: FrameKey) async throws -> FramePicture {
        let message: FramePictureMessage = try await get("/control/pictures/\(key.printID)/\(key.number)/")
        return message.picture
    }

    public func predictions(of id: PrintID, after frame: Int64, limit: Int) async throws -> [ScorePoint] {
        try await get("/control/predictions/\(id)/?after=\(frame)&limit=\(limit)")
    }

    public func prints(_ query: PrintQuery) async throws -> [Print] { try await post("/control/prints/", query) }

    public func events(printer: PrinterID?, print: PrintID?, limit: Int) async throws -> [FarmEvent] {
        var query = "limit=\(limit)"
        if let printer { query += "&printer=\(printer)" }
        if let print { query += "&print=\(print)" }
        return try await get("/control/events/?\(query)")
    }

    /// Mends itself: after `disconnected` comes a snapshot as soon as somebody serves the farm again.
    public func updates() -> AsyncStream<FarmUpdate> {
        .reconnecting(
            from: (), retryDelay: retryDelay, endReason: "The serving farmtop has ended."
        ) { [self] _, yield in
            try await follow(yield)
        }
    }

    /// One connection's life: a snapshot, then what changes.
    private func follow(_ yield: (FarmSnapshot) -> Void) async throws {
        try await checkVersion()
        let path = "/control/updates/"
        let response = try await execute(request(path), timeout: .hours(24 * 365))
        guard response.status == .ok else {
            throw ControlError.unexpectedStatus(path: path, status: Int(response.status.code))
        }
        var lines = LineSplitter(limit: Self.answerLimit)
        var snapshot: FarmSnapshot?
        var parts = response.body.makeAsyncIterator()
        while let part = try await linked({ try await parts.next() }) {
            for line in try lines.add(Array(part.readableBytesView), path: path) {
                switch try decode(FarmUpdateLine.self, Data(line), path: path) {
                case .snapshot(let whole): snapshot = whole
                case .delta(let delta): snapshot = snapshot.map { delta.applying(to: $0) }
                case .heartbeat: continue
                }
                if let snapshot { yield(snapshot) }
            }
        }
    }

    private func get<Answer: Decodable>(_ path: String) async throws -> Answer {
        try await answer(to: request(path), path: path)
    }

    private func post<Answer: Decodable>(_ path: String, _ body: some Encodable) async throws -> Answer {
        var request = request(path)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        return try await answer(to: request, path: path)
    }

    func request(_ path: String) -> HTTPClientRequest {
        return HTTPClientRequest(url: "http+unix://\(PercentEncoding.component(socketPath))\(path)")
    }

    func execute(_ request: HTTPClientRequest, timeout: TimeAmount) async throws -> HTTPClientResponse {
        try await linked { try await client.execute(request, timeout: timeout) }
    }

    /// A connection may break at any moment until the last byte of an answer: that, too, is a farm that is not there.
    func linked<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as CancellationError {
            throw error
        } catch let error as ControlError {
            throw error
        } catch {
            throw ControlError.unreachable(socket: socketPath, reason: "\(error)")
        }
    }

    private func answer<Answer: Decodable>(to request: HTTPClientRequest, path: String) async throws -> Answer {
        let response = try await execute(request, timeout: .seconds(60))
        guard (200..<300).contains(response.status.code) else { throw try await refusal(response, path: path) }
        let body = try await linked { try await response.body.collect(upTo: Self.answerLimit) }
        return try decode(Answer.self, Data(body.readableBytesView), path: path)
    }

    /// What an answer that is no success says.
    func refusal(_ response: HTTPClientResponse, path: String) async throws -> any Error {
        let body = try await linked { try await response.body.collect(upTo: Self.answerLimit) }
        if let refusal = try? JSONDecoder().decode(FarmError.self, from: Data(body.readableBytesView)) {
            return refusal
        }
        return ControlError.unexpectedStatus(path: path, status: Int(response.status.code))
    }

    func decode<Value: Decodable>(_ type: Value.Type, _ data: Data, path: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch {
            throw ControlError.unreadable(path: path, reason: "\(error)")
        }
    }
}

/// Bytes in pieces → whole lines, without their ends.
struct LineSplitter {
    private var open: [UInt8] = []
    let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func add(_ bytes: [UInt8], path: String = "") throws(ControlError) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(open + rest[..<end])
            open = []
            rest = rest[(end + 1)...]
        }
        open += rest
        guard open.count <= limit else { throw .tooLong(path: path, limit: limit) }
        return lines.filter { !$0.isEmpty }
    }
}
