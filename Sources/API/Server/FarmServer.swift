public import Farm
public import FarmService
public import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import OAuth
public import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Serves one farm: over TCP to apps, and over a unix socket to the person at the terminal.
///
///     let server = FarmServer(service: service, configuration: configuration, logger: logger)
///     let services: [any Service] = [server.listener(host: "127.0.0.1", port: 3334), server.controlListener(path: socket)]
public struct FarmServer: Sendable {
    /// What the operator decides, and what the server is given to work with.
    public struct Configuration: Sendable {
        /// How long and how large requests may be, and how many connections there are.
        public var limits = ServerLimits()
        /// How long a browser that waits for consent is left without an answer; proxies give up after a minute.
        public var consentHold = Duration.seconds(25)
        /// Where apps reach the farm, for addresses of pictures; without a trailing slash.
        public var publicURL: String
        /// Links in an answer begin with the address at which the request came in, in place of `publicURL`.
        public var linksFollowRequests = false
        /// Signs and checks the addresses of pictures, which are opened without a token.
        public var pictureSigner: PictureSigner
        /// Signs the answers to notifications.
        public var answerSigner: AnswerSigner
        /// What `GET /control/holder` answers: who this process is.
        public var holder: HolderDescription
        /// The clock on the wall.
        public var now: @Sendable () -> Timestamp
        /// A JPEG with these detections drawn on it.
        public var drawBoxes: @Sendable (_ jpeg: [UInt8], _ detections: [Detection]) throws -> [UInt8] = { jpeg, _ in
            jpeg
        }
        /// Nil: HTTP without TLS.
        public var certificates: TLSCertificates?
        /// None unless configured: then a request comes from whoever has connected.
        public var proxies = TrustedProxies()
        /// Which web pages of other origins may call the API; none unless configured.
        public var crossOrigin = CrossOrigin()
        /// How many printers apps may make in one account.
        public var printersPerAccount = 1000
        /// What all listeners of apps have in flight together.
        public var bytesInFlight = BytesInFlight()
        /// For the metrics; nil where that is not known.
        public var storageFigures: @Sendable () -> StorageFigures? = { nil }
        /// Free bytes of the disk that a folder is on; nil where that is not known.
        public var freeBytes: @Sendable (_ folder: String) -> Int64? = { DiskSpace(of: $0).map { Int64($0.free) } }

        public init(
            publicURL: String, pictureSigner: PictureSigner, answerSigner: AnswerSigner, holder: HolderDescription,
            now: @escaping @Sendable () -> Timestamp
        ) {
            self.publicURL = publicURL
            self.pictureSigner = pictureSigner
            self.answerSigner = answerSigner
            self.holder = holder
            self.now = now
        }
    }

    private let service: FarmService
    private let limits: ServerLimits
    private let logger: Logger
    private let routes: FarmRoutes
    private let certificates: TLSCertificates?
    private let proxies: TrustedProxies
    private let crossOrigin: CrossOrigin
    private let bytesInFlight: BytesInFlight
    private let linksFollowRequests: Bool
    private let drain = Drain()
    /// The administrator's requests, which go on until those of apps have ended.
    private let controlDrain = Drain()

    public init(service: FarmService, configuration: Configuration, logger: Logger) {
        self.service = service
        self.logger = logger
        limits = configuration.limits
        certificates = configuration.certificates
        proxies = configuration.proxies
        crossOrigin = configuration.crossOrigin
        bytesInFlight = configuration.bytesInFlight
        linksFollowRequests = configuration.linksFollowRequests
        let pictures = PictureAddresses(publicURL: configuration.publicURL, signer: configuration.pictureSigner)
        routes = FarmRoutes(
            service: service, encoded: EncodedPrinters(service: service, pictures: pictures, now: configuration.now),
            pictures: pictures, holder: configuration.holder, tagged: TaggedPictures(draw: configuration.drawBoxes),
            storageFigures: configuration.storageFigures,
            linkMark: configuration.linksFollowRequests ? Self.linkMark() : nil,
            freeBytes: configuration.freeBytes, bytesInFlight: configuration.bytesInFlight,
            printersPerAccount: configuration.printersPerAccount,
            crossOrigin: configuration.crossOrigin, consentHold: configuration.consentHold,
            now: configuration.now,
            answers: AnswerDesk(service: service, signer: configuration.answerSigner))
    }

    /// Stands for the farm's address until it is known who reads; nobody can write it into a name.
    private static func linkMark() -> String {
        "farm-\(UInt64.random(in: .min ... .max))-\(UInt64.random(in: .min ... .max))"
    }

    /// The API for apps, not yet running, for tests and for `listener`.
    public func application(
        host: String, port: Int, onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> Application<FarmResponder> {
        Application(
            responder: appResponder, server: builder(certificates: certificates),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), backlog: 1024),
            onServerRunning: { [logger] channel in
                await AcceptPause.add(to: channel, logger: logger)
                await onListening(channel.localAddress?.port ?? port)
            }, logger: logger)
    }

    /// Serves apps until graceful shutdown.
    /// - Parameters:
    ///   - port: 0 for any free one.
    ///   - onListening: told the port.
    /// - Returns: a service whose `run` throws `ServerError` when the address is not to be had.
    public func listener(
        host: String, port: Int, onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> FarmListener {
        let scheme = certificates == nil ? "http" : "https"
        let application = application(host: host, port: port) { [service] port in
            service.traffic.setAddress("\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)")
            await onListening(port)
        }
        return FarmListener { [service] in
            defer { service.traffic.setAddress(nil) }
            do {
                try await application.run()
            } catch let error as IOError {
                throw error.errnoCode == EADDRINUSE
                    ? ServerError.addressInUse(host: host, port: port)
                    : .addressRefused(host: host, port: port, reason: reason(error))
            } catch let error as SocketAddressError {
                throw ServerError.addressRefused(host: host, port: port, reason: "\(error)")
            }
        }
    }

    private var appResponder: FarmResponder {
        let scheme = certificates == nil ? "http" : "https"
        return FarmResponder(
            service: service, routes: routes.all, isControl: false, proxies: proxies, crossOrigin: crossOrigin,
            drain: drain, meter: routes.meter, bytesInFlight: bytesInFlight,
            linkScheme: linksFollowRequests ? scheme : nil)
    }

    /// Serves apps on a unix socket (0660), in plain HTTP and with the same tokens, until graceful shutdown.
    /// - Parameter showsAddress: the screen says that the API is there.
    /// - Returns: a service whose `run` throws `ServerError`, also when another program serves on that socket.
    public func apiSocketListener(
        path: String, showsAddress: Bool = false, onListening: @escaping @Sendable () async -> Void = {}
    ) -> FarmListener {
        let application = Application(
            responder: appResponder, server: builder(certificates: nil),
            configuration: ApplicationConfiguration(address: .unixDomainSocket(path: path), backlog: 1024),
            onServerRunning: { [service, logger] channel in
                await AcceptPause.add(to: channel, logger: logger)
                _ = chmod(path, 0o660)
                if showsAddress { service.traffic.setAddress("unix:\(path)") }
                await onListening()
            }, logger: logger)
        return FarmListener { [service] in
            try await SocketFile(path: path).makeWay()
            defer {
                _ = unlink(path)
                if showsAddress { service.traffic.setAddress(nil) }
            }
            do {
                try await application.run()
            } catch let error as IOError {
                throw ServerError.apiSocketRefused(path: path, reason: reason(error))
            } catch {
                throw ServerError.apiSocketRefused(path: path, reason: "\(error)")
            }
        }
    }

    /// Runs beside the listeners and is to be told of the end before them: requests that are under way may finish, new
    /// ones get 503 and streams end; after `limit` it is over in any case, and a second later for the administrator.
    public func drainer(atMost limit: Duration) -> FarmListener {
        FarmListener { [drain, controlDrain, service] in
            // Until the end is announced, or everything is cancelled.
            try? await gracefulShutdown()
            drain.beginStopping()
            service.endUpdates()
            let end = ContinuousClock.now + limit + .seconds(1)
            service.hurry()
            await drain.wait(atMost: limit)
            controlDrain.beginStopping()
            await controlDrain.wait(atMost: max(end - .now, .zero))
        }
    }

    /// The control socket's application, not yet running.
    public func controlApplication(
        path: String, onListening: @escaping @Sendable () async -> Void = {}
    ) -> Application<FarmResponder> {
        Application(
            responder: FarmResponder(
                service: service, routes: routes.all + routes.control, isControl: true, drain: controlDrain),
            server: builder(certificates: nil, onlyUser: geteuid()),
            configuration: ApplicationConfiguration(address: .unixDomainSocket(path: path)),
            onServerRunning: { [logger] channel in
                await AcceptPause.add(to: channel, logger: logger)
                await onListening()
            }, logger: logger)
    }

    /// Serves the administrator on a unix socket (0600; peers of other users are sent away) until graceful shutdown. A
    /// socket that a killed process left is replaced: whoever holds the data folder owns it.
    public func controlListener(path: String, onListening: @escaping @Sendable () async -> Void = {}) -> FarmListener {
        let application = controlApplication(path: path) {
            _ = chmod(path, 0o600)
            await onListening()
        }
        return FarmListener {
            defer { _ = unlink(path) }
            do {
                try await application.run()
            } catch let error as IOError {
                throw ServerError.socketRefused(path: path, reason: reason(error))
            } catch {
                throw ServerError.socketRefused(path: path, reason: "\(error)")
            }
        }
    }

    /// - Parameter onlyUser: serves the administrator, and nobody but this user.
    private func builder(certificates: TLSCertificates?, onlyUser: UInt32? = nil) -> HTTPServerBuilder {
        let limits = limits
        let isControl = onlyUser != nil
        let shared = ConnectionGuard.Shared(
            limits: limits,
            counts: ConnectionCounts(
                limits: limits, figures: isControl ? ConnectionFigures() : routes.connections,
                logger: logger),
            proxies: isControl ? TrustedProxies() : proxies,
            drain: isControl ? controlDrain : drain, onlyUser: onlyUser, logger: logger)
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(shared)], idleTimeout: TimeAmount(limits.idleTimeout),
            httpDecoderConfiguration: .init(
                // The gate has counted; what it adds must not be what breaks the limit.
                maxHeaderFieldSize: limits.headerBytes + 64, maxHeaderListSize: limits.headerBytes + 64,
                maxHeaderFieldCount: limits.headerCount + 1))
        return HTTPServerBuilder { responder in
            FrontChannel(
                base: HTTP1Channel(responder: responder, configuration: configuration), limits: limits,
                certificates: certificates)
        }
    }
}

/// A listener of a `FarmServer`, to be run in a service group.
public struct FarmListener: Service {
    private let body: @Sendable () async throws -> Void

    init(_ body: @escaping @Sendable () async throws -> Void) { self.body = body }

    /// Listens until the service group stops it.
    public func run() async throws { try await body() }
}

/// The system's words without its numbers.
private func reason(_ error: IOError) -> String {
    strerror(error.errnoCode).map { String(cString: $0) } ?? "error \(error.errnoCode)"
}
