package import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket

/// One websocket (RFC 6455): messages in, for one reader, and out.
public final class WebSocketSession: Sendable {
    /// What a server may send; beyond it the connection is closed.
    public struct Limits: Sendable {
        /// Bytes of one frame.
        public var frame: Int
        /// Bytes of a message that comes in fragments.
        public var message: Int
        /// Messages and bytes that may wait for the reader; beyond them the connection is closed.
        public var waitingMessages: Int
        /// Sum of the messages that wait, without their frames' heads.
        public var waitingBytes: Int
        /// After so long without a byte a ping is sent; after as long again the connection is given up.
        public var silence: Duration
        /// For the other side to take a message; then the connection is given up.
        public var sending: Duration

        public init(
            frame: Int = 1 << 20, message: Int = 4 << 20, waitingMessages: Int = 256, waitingBytes: Int = 8 << 20,
            silence: Duration = .seconds(20), sending: Duration = .seconds(10)
        ) {
            self.frame = frame
            self.message = message
            self.waitingMessages = waitingMessages
            self.waitingBytes = waitingBytes
            self.silence = silence
            self.sending = sending
        }
    }

    private let channel: any Channel
    private let inbox: WebSocketInbox
    private let sendLimit: Duration

    init(channel: any Channel, inbox: WebSocketInbox, sendLimit: Duration) {
        self.channel = channel
        self.inbox = inbox
        self.sendLimit = sendLimit
    }

    deinit { channel.close(promise: nil) }

    /// Connects and asks for a websocket.
    /// - Parameters:
    ///   - target: path and query.
    ///   - timeout: for the answer to the request.
    /// - Throws: `WireError`; `.upgradeRefused` with the status when the server says no.
    public static func open(
        _ target: String, by route: Route, headers: [HTTPHeader] = [], limits: Limits = Limits(),
        timeout: Duration = .seconds(10)
    ) async throws(WireError) -> WebSocketSession {
        do {
            let upgraded = try await route.dial { channel in
                channel.eventLoop.makeCompletedFuture {
                    try upgrade(
                        channel, target: target, host: route.endpoint.authority, headers: headers, limits: limits)
                }
            }
            let clock = upgraded.channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
                upgraded.timeout.fail(WireError.timedOut(timeout))
                upgraded.channel.close(promise: nil)
            }
            defer { clock.cancel() }
            return try await withTaskCancellationHandler {
                try await upgraded.timeout.futureResult.get()
            } onCancel: {
                upgraded.timeout.fail(WireError.closed)
                upgraded.channel.close(promise: nil)
            }
        } catch {
            throw WireError.connecting(error, within: route.connectTimeout)
        }
    }

    private struct Upgrade: Sendable {
        var channel: any Channel
        /// Kept by the answer, or by the clock.
        var timeout: EventLoopPromise<WebSocketSession>
    }

    private enum Answer: Sendable {
        case accepted(WebSocketSession)
        /// The status comes when the answer is read.
        case refused(EventLoopFuture<Int>)
    }

    private static func upgrade(
        _ channel: any Channel, target: String, host: String, headers: [HTTPHeader], limits: Limits
    ) throws -> Upgrade {
        let settled = channel.eventLoop.makePromise(of: WebSocketSession.self)
        let upgrader = NIOTypedWebSocketClientUpgrader<Answer>(
            maxFrameSize: limits.frame, enableAutomaticErrorHandling: false,
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    .accepted(try attach(to: channel, role: .client, limits: limits))
                }
            })
        var fields = HTTPHeaders()
        fields.add(name: "Host", value: host)
        for header in headers { fields.add(name: header.name, value: header.value) }
        var configuration = NIOUpgradableHTTPClientPipelineConfiguration(
            upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(
                upgradeRequestHead: HTTPRequestHead(version: .http1_1, method: .GET, uri: target, headers: fields),
                upgraders: [upgrader],
                notUpgradingCompletionHandler: { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let status = channel.eventLoop.makePromise(of: Int.self)
                        try channel.pipeline.syncOperations.addHandler(RefusalReader(status))
                        return .refused(status.futureResult)
                    }
                }))
        // The first frames may come in one piece with the server's answer.
        configuration.leftOverBytesStrategy = .forwardBytes
        try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: configuration)
            .flatMap { answer in
                switch answer {
                case .accepted(let session): channel.eventLoop.makeSucceededFuture(session)
                case .refused(let status):
                    status.flatMapThrowing { throw WireError.upgradeRefused(status: $0) }
                }
            }.flatMapErrorThrowing { error in
                throw WireError.reading(error, within: .zero)
            }.cascade(to: settled)
        channel.closeFuture.whenComplete { _ in settled.fail(WireError.closed) }
        return Upgrade(channel: channel, timeout: settled)
    }

    /// A websocket on a channel whose handshake is done; for the two ends of a connection.
    /// - Precondition: on the channel's event loop, with the frame encoder and decoder in its pipeline.
    package static func attach(to channel: any Channel, role: WebSocketRole, limits: Limits) throws -> WebSocketSession
    {
        let inbox = WebSocketInbox(.init(messages: limits.waitingMessages, bytes: limits.waitingBytes))
        try channel.pipeline.syncOperations.addHandler(
            NIOWebSocketFrameAggregator(
                minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1024, maxAccumulatedFrameSize: limits.message))
        try channel.pipeline.syncOperations.addHandler(
            WebSocketHandler(role: role, inbox: inbox, silence: limits.silence, limit: limits.message))
        return WebSocketSession(channel: channel, inbox: inbox, sendLimit: limits.sending)
    }

    /// Waits for the next message.
    /// - Throws: `WireError`, why no more will come.
    public func next() async throws(WireError) -> WebSocketMessage { try await inbox.next() }

    /// Returns once the network has taken the message.
    /// - Throws: `.timedOut` when it is not taken within `Limits.sending`; the connection is closed then.
    public func send(_ message: WebSocketMessage) async throws(WireError) {
        let limit = sendLimit
        let sent = channel.eventLoop.makePromise(of: Void.self)
        let channel = channel
        let clock = channel.eventLoop.scheduleTask(in: TimeAmount(limit)) {
            sent.fail(WireError.timedOut(limit))
            channel.close(promise: nil)
        }
        defer { clock.cancel() }
        channel.writeAndFlush(WebSocketOutgoing.message(message)).cascade(to: sent)
        do {
            try await sent.futureResult.get()
        } catch {
            throw WireError.talking(error, within: limit)
        }
    }

    /// Says goodbye and closes; what still comes is dropped. Returns when the connection is closed.
    public func close() async {
        inbox.end(.closed)
        let channel = channel
        // A goodbye that cannot be sent changes nothing: the connection is closed either way.
        channel.writeAndFlush(WebSocketOutgoing.goodbye(1000)).whenComplete { _ in channel.close(promise: nil) }
        try? await channel.closeFuture.get()
    }
}

/// The status of a server that does not want a websocket.
private final class RefusalReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    private let status: EventLoopPromise<Int>

    init(_ status: EventLoopPromise<Int>) { self.status = status }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        status.succeed(Int(head.status.code))
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        status.fail(error)
        context.close(promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) { status.fail(WireError.closed) }
}
