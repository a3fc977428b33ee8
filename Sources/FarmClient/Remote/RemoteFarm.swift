public import Farm
import Text
import WireSchema

/// A farm on another machine, over its API and event stream, with what a client's scopes allow.
/// Call `close` before it goes away.
public final class RemoteFarm: FarmBackend {
    let base: String
    private let clientID: String
    let connection: TokenConnection
    private let retryDelay: Duration
    private let version: String?

    /// - Parameters:
    ///   - base: `https://farm.example.org`, without a trailing slash.
    ///   - version: of this program; nil talks to a farm of any version.
    public init(
        base: String, credentials: RemoteCredentials, retryDelay: Duration = .seconds(2), version: String? = nil
    ) {
        self.base = base
        clientID = credentials.clientID
        connection = TokenConnection(base: base, credentials: credentials)
        self.retryDelay = retryDelay
        self.version = version
    }

    /// Ends every connection. The client cannot be used afterwards.
    public func close() async { await connection.close() }

    /// What the credentials allow; asks for a token if there is none yet.
    public func scope() async throws -> Scope {
        let token = try await connection.currentToken()
        return token.scope.flatMap { Scope($0) } ?? .all
    }

    /// - Throws: `otherVersion` when this program and the farm do not understand one another; it says which of them to
    ///   update.
    public func checkVersion() async throws { try check(try await object("/api/v1/version/")) }

    private func check(_ farm: Received.Version) throws(RemoteFarmError) {
        let mismatch = VersionMismatch(
            farm: "The farm at \(base)", farmVersion: farm.version, ownVersion: version)
        if let mismatch { throw .otherVersion(mismatch) }
    }

    // MARK: FarmBackend

    /// Mends itself: after `disconnected` comes a snapshot as soon as the farm answers again.
    public func updates() -> AsyncStream<FarmUpdate> {
        let known = KnownFarm(RemoteFarmState(address: base, clientName: clientID))
        return .reconnecting(
            retryDelay: retryDelay, endReason: "The farm at \(base) ended the stream."
        ) { [self] show in
            try await follow(known, show)
        }
    }

    public func perform(_ action: FarmAction) async throws -> FarmReply {
        if case .finishPrint(let id, let meant, .failed, let reason) = action {
            let printer: ToldPrinter = try await object("/api/v1/printers/\(id)/")
            guard let print = printer.snapshot.print, print.isOpen else { throw FarmError.notPrinting }
            guard meant == nil || meant == print.id else { throw FarmError.anotherPrint(filename: print.filename) }
            return try await perform(.markFailed(print.id, reason: reason))
        }
        if case .listPrinters(let includeArchived) = action {
            let query = includeArchived ? "?with_archived=1" : ""
            let printers: [ToldPrinter] = try await list("/api/v1/printers/\(query)")
            return .printers(printers.map(\.listing))
        }
        if case .machine(.listFiles(let id)) = action {
            let files: [Received.MachineFile] = try await list("/api/v1/printers/\(id)/files/")
            return .files(files.map(\.file))
        }
        guard let call = RemoteCall(action) else { throw RemoteFarmError.notOverTheNetwork }
        let request = FarmConnection.Call(
            call.method, call.path, call.body.map { body in JSONWriter.bytes { $0.json(.object(body)) } })
        let answer = try await bytes(request)
        switch call.answer {
        case .nothing: return .done(succeeded: true)
        case .change:
            let change: Received.PrinterChange = try read(answer, of: request.description)
            return .done(succeeded: change.succeeded)
        }
    }

    public func picture(_ key: FrameKey) async throws -> FramePicture {
        let bytes = try await bytes(.init("/api/v1/prints/\(key.printID)/frames/\(key.number).jpg"))
        return FramePicture(key: key, jpeg: bytes, detections: [])
    }

    public func predictions(of id: PrintID, after frame: Int64, limit: Int) async throws -> [ScorePoint] {
        let all: [Received.StoredPrediction] = try await list("/api/v1/prints/\(id)/prediction_json/")
        let points = all.compactMap(\.fields.point).filter { $0.frame > frame }
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
        let prints: [ToldPrint] = try await list("/api/v1/prints/?" + parts.joined(separator: "&"))
        return prints.map(\.print).filter { print in query.startedFrom.map { print.startedAt >= $0 } ?? true }
    }

    public func events(printer: PrinterID?, print: PrintID?, limit: Int) async throws -> [FarmEvent] {
        let told: [ToldEvent] = try await list(Self.newestEvents(1000))
        let events = told.map(\.event).filter { event in
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
    private func follow(_ known: KnownFarm, _ show: @escaping @Sendable (FarmSnapshot) -> Void) async throws {
        try await checkVersion()
        // The stream is opened first, so that nothing is missed between the list and the first event.
        var call = FarmConnection.Call("/api/v1/events/stream")
        let lastEventID = known.lastEventID
        if let lastEventID { call.headers.append(("last-event-id", lastEventID)) }
        let events = reading(try await connection.send(call, within: .seconds(365 * 86_400)))
        try await known.showing(show) { changed in
            if lastEventID == nil {
                try await load(known)
                changed()
            }
            for try await piece in events {
                for event in piece {
                    try await take(event, known)
                    if let id = event.id { known.change { $0.lastEventID = id } }
                }
                changed()
            }
        }
    }

    /// So many pieces of the stream wait while the list of a large farm is on its way; a piece is a few kilobytes at most.
    private static let piecesHeld = 65_536

    /// The events of the stream, piece by piece. They are read from now on, whatever else is waited for: a connection that nobody
    /// reads is taken for dead, and the farm keeps only so much for one that falls behind.
    private func reading(_ answer: FarmConnection.Answer) -> AsyncThrowingStream<[ServerSentEvents.Event], any Error> {
        let (stream, source) = AsyncThrowingStream.makeStream(
            of: [ServerSentEvents.Event].self, bufferingPolicy: .bufferingOldest(Self.piecesHeld))
        let task = Task {
            do {
                var events = ServerSentEvents(limit: FarmConnection.answerLimit)
                var pieces = answer.pieces()
                while let piece = try await pieces.next() {
                    let told = try events.add(piece)
                    if case .dropped = source.yield(told) { throw StreamFault.overrun }
                }
                source.finish()
            } catch {
                source.finish(throwing: error)
            }
        }
        source.onTermination = { _ in task.cancel() }
        return stream
    }

    private func load(_ known: KnownFarm) async throws {
        let printers: [ToldPrinter] = try await list("/api/v1/printers/?with_predictions=1")
        let events: [ToldEvent] = try await list(Self.newestEvents(100))
        known.change { state in
            state.set(printers)
            state.add(events)
        }
    }

    private func take(_ event: ServerSentEvents.Event, _ known: KnownFarm) async throws {
        switch event.name {
        case "printer":
            let printer: ToldPrinter = try read(event)
            known.change { $0.set(printer) }
        case "print":
            let print: ToldPrint = try read(event)
            known.change { $0.set(print) }
        case "prediction":
            let prediction: ToldPrediction = try read(event)
            known.change { $0.set(prediction) }
        case "alert", "printer_event":
            let event: ToldEvent = try read(event)
            known.change { $0.add([event]) }
        case "removed":
            let removed: Received.Removed = try read(event)
            known.change { $0.remove(removed.printer) }
        // The farm was updated between the question and the stream.
        case "version": try check(try read(event))
        case "service":
            let service: Received.Service = try read(event)
            known.change { $0.set(service) }
        case "reset":
            known.change { $0.lastEventID = nil }
            try await load(known)
        default: break
        }
    }

    // MARK: Calls

    func bytes(_ call: FarmConnection.Call) async throws -> [UInt8] {
        try await connection.send(call, within: .seconds(60)).bytes()
    }

    private func object<Object: WireReadable>(_ path: String) async throws -> Object {
        let call = FarmConnection.Call(path)
        return try read(try await bytes(call), of: call.description)
    }

    /// A large farm's list may take its time, as long as it keeps coming.
    private func list<Object: WireReadable>(_ path: String) async throws -> [Object] {
        let call = FarmConnection.Call(path)
        var pieces = try await connection.send(call, within: .seconds(600)).pieces(atMost: FarmConnection.answerLimit)
        var list = ReceivedList<Object>()
        while let piece = try await pieces.next() {
            try FarmAPIError.reading(call.description) { try list.add(piece) }
        }
        return try FarmAPIError.reading(call.description) { try list.finish() }
    }

    private func read<Object: WireReadable>(_ event: ServerSentEvents.Event) throws -> Object {
        try read(event.data, of: "The \(event.name) event")
    }

    private func read<Object: WireReadable>(_ json: [UInt8], of call: String) throws -> Object {
        try FarmAPIError.reading(call) { try Object(reading: JSONSource(json)) }
    }
}

/// Why the event stream of a farm that answers is begun anew.
enum StreamFault: Error, CustomStringConvertible {
    case overrun

    var description: String {
        switch self {
        case .overrun: "The farm changes faster than its list of printers arrives."
        }
    }
}
