public import Farm
import FoundationEssentials
import Text

/// The farm of another process on this machine, over its control socket, with an administrator's rights.
/// Call `close` before it goes away.
public final class ControlClient: FarmBackend {
    private static let callDeadline = Duration.seconds(60)

    let socketPath: String
    private let connection: FarmConnection
    /// Between two tries to mend the stream of updates.
    private let retryDelay: Duration
    private let version: String?

    /// - Parameter version: of this program; nil talks to a farm of any version.
    public init(socketPath: String, retryDelay: Duration = .milliseconds(500), version: String? = nil) {
        self.socketPath = socketPath
        self.retryDelay = retryDelay
        self.version = version
        // The stream has a heartbeat every 15 s. A call may be silent for as long as it may take.
        connection = FarmConnection(
            base: "http+unix://\(PercentEncoding.component(socketPath))", connectWithin: .seconds(2),
            silentFor: Self.callDeadline + .seconds(15)
        ) { ControlError.unreachable(socket: socketPath, reason: "\($0)") }
    }

    /// Ends every connection. The client cannot be used afterwards.
    public func close() async { await connection.close() }

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
            retryDelay: retryDelay, endReason: "The serving farmtop has ended."
        ) { [self] show in
            try await follow(show)
        }
    }

    /// One connection's life: a snapshot, then what changes.
    private func follow(_ show: (FarmSnapshot) -> Void) async throws {
        try await checkVersion()
        let path = "/control/updates/"
        let answer = try await send(.init(path), within: .seconds(365 * 86_400))
        guard answer.status == 200 else {
            throw ControlError.unexpectedStatus(path: path, status: answer.status)
        }
        var lines = LineSplitter(limit: FarmConnection.answerLimit)
        var snapshot: FarmSnapshot?
        var pieces = answer.pieces()
        while let piece = try await pieces.next() {
            for line in try lines.add(piece, path: path) {
                switch try decode(FarmUpdateLine.self, line, path: path) {
                case .snapshot(let whole): snapshot = whole
                case .delta(let delta): snapshot = snapshot.map { delta.applying(to: $0) }
                case .heartbeat: continue
                }
                if let snapshot { show(snapshot) }
            }
        }
    }

    // MARK: Calls

    private func get<Answer: Decodable>(_ path: String) async throws -> Answer { try await answer(to: .init(path)) }

    private func post<Answer: Decodable>(_ path: String, _ body: some Encodable) async throws -> Answer {
        try await answer(to: .init(.post, path, Array(try JSONEncoder().encode(body))))
    }

    private func answer<Answer: Decodable>(to call: FarmConnection.Call) async throws -> Answer {
        let answer = try await send(call, within: Self.callDeadline)
        guard answer.isSuccess else { throw try await refusal(answer, path: call.path) }
        return try decode(Answer.self, try await answer.bytes(), path: call.path)
    }

    func send(_ call: FarmConnection.Call, within deadline: Duration) async throws -> FarmConnection.Answer {
        try await connection.send(call, within: deadline)
    }

    /// What an answer that is no success says.
    func refusal(_ answer: FarmConnection.Answer, path: String) async throws -> any Error {
        let body = try await answer.bytes()
        if let refusal = try? JSONDecoder().decode(FarmError.self, from: Data(body)) { return refusal }
        return ControlError.unexpectedStatus(path: path, status: answer.status)
    }

    func decode<Value: Decodable>(_ type: Value.Type, _ json: [UInt8], path: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(json))
        } catch {
            throw ControlError.unreadable(path: path, reason: "\(error)")
        }
    }
}
