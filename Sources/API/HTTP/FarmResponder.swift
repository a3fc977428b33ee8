import Farm
import FarmService
import HTTPTypes
public import Hummingbird
import Logging
import NIOCore
import OAuth

/// What the connection gives each request.
public struct ConnectionContext: InitializableFromSource, Sendable {
    let channel: any Channel
    let logger: Logger

    public init(source: ApplicationRequestContextSource) {
        channel = source.channel
        logger = source.logger
    }

    /// Who is at the other end; nil on a unix socket.
    var peer: IPAddress? { channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) } }
    var requestID: String { logger[metadataKey: "hb.request.id"]?.description ?? "" }
}

/// Answers every request: checks in the order of the contract, then the route's own work, then errors as responses.
public struct FarmResponder: HTTPResponder {
    let service: FarmService
    let table: RouteTable
    /// Callers are the administrator: the connection was checked.
    let isControl: Bool
    let proxies: TrustedProxies
    let crossOrigin: CrossOrigin
    let drain: Drain
    let meter: RequestMeter
    let bytesInFlight: BytesInFlight
    /// The scheme of links to the address at which a request came in; nil: they are made with the configured one.
    let linkScheme: String?

    /// What is known of a request as its answer is made.
    private struct Progress {
        var call = RequestMeter.Call.other
        /// The caller has shown a token, or is the administrator.
        var isKnown: Bool
    }

    init(
        service: FarmService, routes: [Route], isControl: Bool, proxies: TrustedProxies = TrustedProxies(),
        crossOrigin: CrossOrigin = CrossOrigin(), drain: Drain = Drain(), meter: RequestMeter = RequestMeter(),
        bytesInFlight: BytesInFlight = BytesInFlight(), linkScheme: String? = nil
    ) {
        self.service = service
        self.isControl = isControl
        self.proxies = proxies
        self.crossOrigin = crossOrigin
        self.drain = drain
        self.meter = meter
        self.bytesInFlight = bytesInFlight
        self.linkScheme = linkScheme
        table = RouteTable(routes)
    }

    public func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        if !isControl { service.traffic.recordRequest() }
        let start = service.elapsed()
        var progress = Progress(isKnown: isControl)
        let target = RequestTarget(request.head.path ?? "")
        let client = proxies.client(peer: context.peer, headers: request.headers)
        var response: Response
        do {
            if let preflight = crossOrigin.preflight(request, segments: target.segments) {
                response = preflight
            } else {
                response = try await answer(request, target, from: client, context, &progress)
                if !isControl, target.mayBeCompressed { response = try await response.compressed(for: request) }
                try hold(response, to: request, context, progress)
            }
        } catch let interrupted as BodyInterrupted {
            throw interrupted.cause
        } catch {
            response = self.response(to: error, from: client, context)
        }
        meter.record(progress.call, status: response.status.code, after: service.elapsed() - start)
        if request.method == .head { response = response.createHeadResponse() }
        crossOrigin.mark(&response, to: request, segments: target.segments)
        response.headers[.requestID] = context.requestID
        // A browser takes every answer for what it says it is, never for a page.
        response.headers[.xContentTypeOptions] = "nosniff"
        // Printers have their auth_token in them and signed addresses of their pictures.
        if target.isUnderAPI, response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }

    private func answer(
        _ request: Request, _ target: RequestTarget, from client: ClientAddress, _ context: ConnectionContext,
        _ progress: inout Progress
    ) async throws -> Response {
        guard !drain.isStopping else { throw APIError.unavailable("farmtop is stopping.", retryAfterSeconds: 5) }
        var caller: Caller? = isControl ? .administrator : nil
        if !isControl, target.isUnderAPI { caller = .client(try authenticate(request)) }
        progress.isKnown = caller != nil
        guard let segments = target.segments else { throw APIError.notFound() }
        switch table.match(request.method, segments) {
        case .noSuchPath: throw APIError.notFound()
        case .wrongMethod(let allowed):
            guard request.method == .options else {
                throw APIError.methodNotAllowed(request.method, allowed: allowed)
            }
            return .noContent(headers: [.allow: allowed.map(\.rawValue).joined(separator: ", ")])
        case .route(let route, let parameters):
            progress.call = RequestMeter.Call(method: route.method.rawValue, path: route.path)
            if needsToken(route, request, from: client), caller == nil { caller = .client(try authenticate(request)) }
            progress.isKnown = caller != nil
            let share = BytesInFlight.Share(of: bytesInFlight, isKnown: progress.isKnown)
            let call = APIRequest(
                method: request.method, headers: request.headers, target: target, parameters: parameters,
                authenticated: caller, client: client,
                body: RequestBodyReader(request, channel: context.channel, share: share), logger: context.logger)
            return try await PictureAddresses.linking(to: linkBase(context)) { try await route.handle(call) }
        }
    }

    /// Where the request came in, as its sender can reach it again.
    private func linkBase(_ context: ConnectionContext) -> String? {
        guard let linkScheme, let local = context.channel.localAddress, let port = local.port,
            let address = local.ipAddress.flatMap({ IPAddress($0) })
        else { return nil }
        let host = address.description
        return "\(linkScheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// Smaller answers are not worth the counting.
    private static let smallAnswer = 1024

    /// Counts an answer until it has left.
    /// - Throws: 503 when the answers that nobody reads take all the memory that they may.
    private func hold(
        _ response: Response, to request: Request, _ context: ConnectionContext, _ progress: Progress
    ) throws(APIError) {
        guard request.method != .head, let length = response.body.contentLength, length > Self.smallAnswer else {
            return
        }
        let share = BytesInFlight.Share(of: bytesInFlight, isKnown: progress.isKnown)
        try share.grow(by: length)
        context.channel.triggerUserOutboundEvent(AnswerShare(share: share), promise: nil)
    }

    /// A web page whose own name points to this machine is let in neither (DNS rebinding): it cannot choose the Host.
    private func needsToken(_ route: Route, _ request: Request, from client: ClientAddress) -> Bool {
        switch route.access {
        case .open: false
        case .openOnLoopback:
            !client.isThisMachine || !RequestHost(request.head.authority).isThisMachine(onSocket: client.ip == nil)
        case .token, .control: true
        }
    }

    /// - Throws: 401 without a valid token, 403 without the scope that the method needs, 400 for more than one token.
    private func authenticate(_ request: Request) throws(APIError) -> AuthenticatedClient {
        let credential = BearerCredential.parse(
            authorization: request.headers[values: .authorization], apiKey: request.headers[values: .apiKey])
        let token: String
        switch credential {
        case .none: throw .unauthenticated
        case .several: throw .severalTokens
        case .malformed:
            service.traffic.recordRejectedCredential()
            throw .invalidToken
        case .token(let text): token = text
        }
        guard let client = service.authenticate(token: token) else {
            service.traffic.recordRejectedCredential()
            throw .invalidToken
        }
        let needed: Scope = [.get, .head, .options].contains(request.method) ? .read : .write
        guard client.scope.contains(needed) else { throw .insufficientScope(needed) }
        return client
    }

    private func response(to error: any Error, from client: ClientAddress, _ context: ConnectionContext) -> Response {
        switch error {
        case let error as APIError: return error.response
        case let error as FarmError: return APIError(error).response
        case let error as FrameError: return APIError(error).response
        case let error as OAuthError: return error.response
        default:
            // Nothing but the store fails otherwise; the caller can try again, the operator must look.
            context.logger.error(
                "A request failed: \(String(reflecting: error))", metadata: ["address": "\(client.text)"])
            return APIError.unavailable("The farm cannot answer at the moment.", retryAfterSeconds: 5).response
        }
    }
}
