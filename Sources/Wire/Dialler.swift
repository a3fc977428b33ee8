internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import NIOTLS

/// How connections are made: the same for REST, websockets and streams.
public struct Route: Sendable {
    /// Resolved anew for each connection.
    public var endpoint: Endpoint
    /// Only asked where the endpoint is secure.
    public var tls: PinnedTLS
    /// Which of the addresses that the name resolves to may be dialled.
    public var rule: AddressRule
    /// For the connection; the TLS handshake has as long again.
    public var connectTimeout: Duration

    public init(
        to endpoint: Endpoint, tls: PinnedTLS = .nothingApproved, rule: AddressRule = .approved,
        connectTimeout: Duration = .seconds(3)
    ) {
        self.endpoint = endpoint
        self.tls = tls
        self.rule = rule
        self.connectTimeout = connectTimeout
    }

    /// The addresses that the host has now, without ports.
    public func addresses() async throws(WireError) -> Set<String> {
        Set(try await Resolver.addresses(of: endpoint.host, port: endpoint.port).compactMap(\.ipAddress))
    }

    /// Connects, shakes hands and sets the channel up.
    /// - Parameter setUp: on the event loop, once TLS stands.
    func dial<Output: Sendable>(
        _ setUp: @escaping @Sendable (any Channel) -> EventLoopFuture<Output>
    ) async throws
        -> Output
    {
        let addresses = try await Resolver.addresses(of: endpoint.host, port: endpoint.port)
        let allowed = addresses.filter { rule.allows($0.ipAddress ?? "") }
        guard !allowed.isEmpty else { throw WireError.addressNotAllowed(addresses[0].ipAddress ?? endpoint.host) }
        let end = ContinuousClock.now + connectTimeout
        var failure = WireError.timedOut(connectTimeout)
        for address in allowed {
            let rest = end - ContinuousClock.now
            guard rest > .zero else { break }
            do {
                return try await dial(address, within: rest, setUp)
            } catch let error as WireError {
                failure = error
                // Another address of the same host does not change what is said here.
                guard case .unreachable = error else { throw error }
            }
        }
        throw failure
    }

    private func dial<Output: Sendable>(
        _ address: SocketAddress, within timeout: Duration,
        _ setUp: @escaping @Sendable (any Channel) -> EventLoopFuture<Output>
    ) async throws -> Output {
        let check = endpoint.isSecure ? CertificateCheck(tls) : nil
        let endpoint = endpoint
        let handshakeTimeout = TimeAmount(connectTimeout)
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(TimeAmount(timeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        let channel: any Channel
        do {
            channel = try await bootstrap.connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let check {
                        try channel.pipeline.syncOperations.addHandler(check.handler(for: endpoint))
                        try channel.pipeline.syncOperations.addHandler(HandshakeWait(limit: handshakeTimeout))
                    }
                    return channel
                }
            }
        } catch {
            throw WireError.connecting(error, within: connectTimeout)
        }
        do {
            return try await channel.eventLoop.flatSubmit {
                guard check != nil else { return setUp(channel) }
                do {
                    let wait = try channel.pipeline.syncOperations.handler(type: HandshakeWait.self)
                    return wait.completed(on: channel.eventLoop).flatMap { setUp(channel) }
                } catch {
                    // The connection has ended already, and its handlers with it.
                    return channel.eventLoop.makeFailedFuture(WireError.noTLS("the server closes the connection"))
                }
            }.get()
        } catch {
            channel.close(promise: nil)
            throw check?.refusal ?? WireError.talking(error, within: connectTimeout)
        }
    }
}

/// Knows when TLS stands.
private final class HandshakeWait: ChannelInboundHandler {
    typealias InboundIn = Any
    private var outcome: Result<Void, any Error>?
    private var waiting: EventLoopPromise<Void>?
    private let limit: TimeAmount
    private var timeout: Scheduled<Void>?

    init(limit: TimeAmount) { self.limit = limit }

    func completed(on loop: any EventLoop) -> EventLoopFuture<Void> {
        let promise = loop.makePromise(of: Void.self)
        if let outcome { promise.completeWith(outcome) } else { waiting = promise }
        return promise.futureResult
    }

    private func settle(_ result: Result<Void, any Error>) {
        guard outcome == nil else { return }
        outcome = result
        timeout?.cancel()
        waiting?.completeWith(result)
        waiting = nil
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let me = NIOLoopBound(self, eventLoop: context.eventLoop)
        let limit = limit
        timeout = context.eventLoop.scheduleTask(in: limit) {
            me.value.settle(.failure(WireError.timedOut(Duration(limit))))
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { settle(.failure(Self.ended)) }

    private static let ended = WireError.noTLS("the server closes the connection")

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { settle(.success(())) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if outcome == nil { settle(.failure(error)) } else { context.fireErrorCaught(error) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        settle(.failure(Self.ended))
        context.fireChannelInactive()
    }
}

extension WireError {
    /// What a failed connection means.
    static func connecting(_ error: any Error, within limit: Duration) -> Self {
        switch error {
        case let error as WireError: error
        case let error as ChannelError:
            if case .connectTimeout = error { .timedOut(limit) } else { .unreachable("the connection failed") }
        case let error as IOError: .unreachable(systemWords(error.errnoCode))
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { connecting($0.error, within: limit) }
                ?? .unreachable("the connection failed")
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: .noTLS("the certificate or its name is unusable")
        default: .unreachable("the connection failed")
        }
    }

    /// What an error on a standing connection means.
    static func talking(_ error: any Error, within limit: Duration) -> Self {
        switch error {
        case let error as WireError: error
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: .noTLS("the server ends the handshake")
        case is ChannelError, is IOError: .closed
        default: .malformed("\(type(of: error))")
        }
    }

    /// What an error while an HTTP answer is read means.
    static func reading(_ error: any Error, within limit: Duration) -> Self {
        guard let error = error as? HTTPParserError else { return talking(error, within: limit) }
        return error == .invalidEOFState ? .closed : .malformed("not HTTP")
    }

    static func systemWords(_ code: CInt) -> String {
        guard let words = strerror(code) else { return "error \(code)" }
        let text = String(cString: words)
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
