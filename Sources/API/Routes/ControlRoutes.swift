import Farm
import FarmService
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import OAuth
import ServiceLifecycle

/// The administration that only the control socket serves: `FarmBackend` over HTTP, with the Codable forms of `Farm`.
extension FarmRoutes {
    var controlRoutes: [Route] {
        [
            .post("/control/actions/", "Does a FarmAction.", access: .control, RouteShape(), performAction),
            .get(
                "/control/updates/", "The farm, then its changes, a line each.", access: .control, RouteShape(), updates
            ),
            .get(
                "/control/pictures/{print}/{frame}/", "A kept picture.", access: .control, RouteShape(), controlPicture),
            .get(
                "/control/predictions/{print}/", "Points of a print's chart.", access: .control, RouteShape(),
                predictions),
            .post("/control/prints/", "A page of prints.", access: .control, RouteShape(), queryPrints),
            .get("/control/events/", "The newest events.", access: .control, RouteShape(), controlEvents),
            uploadRoute,
            .get("/control/holder/", "Who holds the data folder.", access: .control, RouteShape()) { _ in
                try codable(holder)
            },
        ]
    }

    private func performAction(_ request: APIRequest) async throws -> Response {
        let action: FarmAction = try await decoded(request)
        return try await refusals { try codable(try await service.perform(action)) }
    }

    private func controlPicture(_ request: APIRequest) async throws -> Response {
        try await refusals {
            guard let print = PrintID(pathSegment: request.parameters[0]),
                let frame = PrintID(pathSegment: request.parameters[1])?.rawValue
            else { throw FarmError.noSuchPicture }
            return try codable(
                FramePictureMessage(try await service.picture(FrameKey(printID: print, number: frame))))
        }
    }

    private func predictions(_ request: APIRequest) async throws -> Response {
        try await refusals {
            let query = try request.target.parameters()
            return try codable(
                try await service.predictions(
                    of: request.printID(), after: query.first("after").flatMap { Int64($0) } ?? 0,
                    limit: limit(query, default: 10_000)))
        }
    }

    private func queryPrints(_ request: APIRequest) async throws -> Response {
        var query: PrintQuery = try await decoded(request)
        query.limit = min(max(1, query.limit), 1000)
        query.start = max(0, query.start)
        let page = query
        return try await refusals { try codable(try await service.prints(page)) }
    }

    private func controlEvents(_ request: APIRequest) async throws -> Response {
        try await refusals {
            let query = try request.target.parameters()
            return try codable(
                try await service.events(
                    printer: query.first("printer").flatMap { PrinterID(pathSegment: $0) },
                    print: query.first("print").flatMap { PrintID(pathSegment: $0) },
                    limit: limit(query, default: 100)))
        }
    }

    private func limit(_ query: FormParameters, default: Int) -> Int {
        min(max(1, query.first("limit").flatMap { Int($0) } ?? `default`), 100_000)
    }

    // MARK: Updates

    private static let heartbeatInterval = Duration.seconds(15)

    private func updates(_ request: APIRequest) -> Response {
        let service = service
        var headers: HTTPFields = [.contentType: "application/x-ndjson", .cacheControl: "no-store"]
        headers[.contentLength] = nil
        let body = ResponseBody { writer in
            var last: FarmSnapshot?
            let events = snapshotsAndHeartbeats(service.updates(), every: Self.heartbeatInterval)
            for await event in events.cancelOnGracefulShutdown() {
                let line = Self.line(after: last, event)
                var bytes = try JSONEncoder().encode(line)
                bytes.append(0x0A)
                try await writer.write(ByteBuffer(bytes: bytes))
                guard case .snapshot(let snapshot) = event else { continue }
                last = snapshot
                try await Task.sleep(for: FarmSnapshot.rest(afterChanges: line.changedPrinters))
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// A whole snapshot first, then what changed.
    private static func line(after last: FarmSnapshot?, _ update: SnapshotOrHeartbeat) -> FarmUpdateLine {
        switch update {
        case .heartbeat: .heartbeat
        case .snapshot(let snapshot):
            last.map { .delta(FarmSnapshotDelta(from: $0, to: snapshot)) } ?? .snapshot(snapshot)
        }
    }

    // MARK: Codable bodies

    private func codable(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        .json(status, headers: [.cacheControl: "no-store"], encoded: Array(try JSONEncoder().encode(value)))
    }

    private func decoded<Value: Decodable>(_ request: APIRequest) async throws -> Value {
        let bytes = try await request.body.bytes(limit: RequestFields.bodyLimit)
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes))
        } catch {
            throw APIError.badRequest("The body is not a \(Value.self): \(error)")
        }
    }

    /// Refusals go over the control socket as they are, so that the other side can throw them again.
    func refusals(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error as FarmError {
            return try codable(error, status: status(of: error))
        }
    }

    private func status(of error: FarmError) -> HTTPResponse.Status {
        switch error {
        case .noSuchAccount, .noSuchPrinter, .noSuchPrint, .noSuchClient, .noSuchToken, .noSuchPicture, .noWebhook,
            .noSuchChannel,
            .notPrinting, .noSuchConsent, .noSuchCamera, .noSuchKeyRequest, .wrongCode:
            .notFound
        case .tooManyWrongCodes: .tooManyRequests
        case .forbidden, .mayNotMoveMachines: .forbidden
        case .machine, .machineTaken, .anotherPrint, .stillRunning, .bedNotClear: .conflict
        case .invalid: .badRequest
        case .noRoom: .noRoom
        case .unavailable: .serviceUnavailable
        }
    }
}

extension FarmUpdateLine {
    fileprivate var changedPrinters: Int {
        if case .delta(let delta) = self { delta.changedPrinters.count } else { 0 }
    }
}
