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
    public struct Configuration: Sendable {
        public var limits = ServerLimits()
        /// Where apps reach the farm, for addresses of pictures; without a trailing slash.
        public var publicURL: String
        public var pictureSigner: PictureSigner
        public var holder: HolderDescription
        public var now: @Sendable () -> Timestamp
        /// A JPEG with these detections drawn on it.
        public var drawBoxes: @Sendable (_ jpeg: [UInt8], _ detections: [Detection]) throws -> [UInt8] = { jpeg, _ in
            jpeg
        }

        public init(
            publicURL: String, pictureSigner: PictureSigner, holder: HolderDescription,
            now: @escaping @Sendable () -> Timestamp
        ) {
            self.publicURL = publicURL
            self.pictureSigner = pictureSigner
            self.holder = holder
            self.now = now
        }
    }

    private let service: FarmService
    private let limits: ServerLimits
    private let logger: Logger
    private let routes: FarmRoutes

    public init(service: FarmService, configuration: Configuration, logger: Logger) {
        self.service = service
        self.logger = logger
        limits = configuration.limits
        let pictures = PictureAddresses(publicURL: configuration.publicURL, signer: configuration.pictureSigner)
        routes = FarmRoutes(
            service: service, encoded: EncodedPrinters(pictures: pictures, now: configuration.now),
            pictures: pictures, holder: configuration.holder, tagged: TaggedPictures(draw: configuration.drawBoxes),
            now: configuration.now)
    }

    /// The API for apps, not yet running, for tests and for `listener`.
    public func application(
        host: String, port: Int, onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> Application<FarmResponder> {
        Application(
            responder: FarmResponder(service: service, routes: routes.all, isControl: false),
            server: builder(onlyUser: nil),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), backlog: 1024),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? port) }, logger: logger)
    }

    /// Serves apps until graceful shutdown.
    /// - Parameters:
    ///   - port: 0 for any free one.
    ///   - onListening: told the port.
    /// - Returns: a service whose `run` throws `ServerError` when the address is not to be had.
    public func listener(
        host: String, port: Int, onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> FarmListener {
        let application = application(host: host, port: port) { [service] port in
            service.traffic.setAddress("http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
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

    /// The control socket's application, not yet running.
    public func controlApplication(
        path: String, onListening: @escaping @Sendable () async -> Void = {}
    ) -> Application<FarmResponder> {
        Application(
            responder: FarmResponder(service: service, routes: routes.all + routes.control, isControl: true),
            server: builder(onlyUser: geteuid()),
            configuration: ApplicationConfiguration(address: .unixDomainSocket(path: path)),
            onServerRunning: { _ in await onListening() }, logger: logger)
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

    private func builder(onlyUser: UInt32?) -> HTTPServerBuilder {
        let limits = limits
        let counts = ConnectionCounts(limits: limits)
        return .http1(
            configuration: .init(
                additionalChannelHandlers: [ConnectionGuard(limits: limits, counts: counts, onlyUser: onlyUser)],
                idleTimeout: TimeAmount(limits.idleTimeout),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
                    maxHeaderFieldCount: limits.headerCount)))
    }
}

/// A listener of a `FarmServer`, to be run in a service group.
public struct FarmListener: Service {
    private let body: @Sendable () async throws -> Void

    init(_ body: @escaping @Sendable () async throws -> Void) { self.body = body }

    public func run() async throws { try await body() }
}

/// The system's words without its numbers.
private func reason(_ error: IOError) -> String {
    strerror(error.errnoCode).map { String(cString: $0) } ?? "error \(error.errnoCode)"
}
