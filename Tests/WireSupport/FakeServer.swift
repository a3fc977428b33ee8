import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import Synchronization
package import Wire

/// A server on loopback that answers as a test says, and remembers what it was asked.
package final class FakeServer: Sendable {
    package struct Request: Sendable {
        package var method: String
        package var target: String
        package var headers: [HTTPHeader]
        package var body: [UInt8]
        /// Numbers the connections from 0.
        package var connection: Int

        package func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
        package var path: String { String(target.prefix { $0 != "?" }) }
    }
    package enum Reply: Sendable {
        case answer(Int, headers: [HTTPHeader] = [], body: [UInt8] = [])
        /// Nothing, until the other side goes.
        case silence
        /// The connection is closed without an answer.
        case hangUp
        /// A head and then pieces, then silence.
        case pieces(Int, headers: [HTTPHeader], [[UInt8]])
        /// A head and pieces for as long as the closure gives them.
        case endless(Int, headers: [HTTPHeader], @Sendable () async -> [UInt8]?)

        package static func json(_ text: String, status: Int = 200) -> Self {
            .answer(status, headers: [HTTPHeader("Content-Type", "application/json")], body: Array(text.utf8))
        }
    }
    package typealias Answer = @Sendable (Request) async -> Reply
    package typealias Talk = @Sendable (Request, WebSocketSession) async -> Void

    private struct State {
        var requests: [Request] = []
        var connections = 0
        var open = 0
        var mostOpen = 0
    }
    private let state = Mutex(State())
    private let channel: any Channel
    private let work: Task<Void, Never>
    package let port: Int
    package let isSecure: Bool

    package var requests: [Request] { state.withLock { $0.requests } }
    /// Connections that were made, are open, and were open at one time.
    package var connections: Int { state.withLock { $0.connections } }
    package var open: Int { state.withLock { $0.open } }
    package var mostOpen: Int { state.withLock { $0.mostOpen } }

    /// Returns once somebody has been here and all have gone again. A client may have its answer to a handshake before
    /// the connection is counted, so that none is open says nothing yet.
    package func waitUntilLeft() async throws {
        while state.withLock({ $0.connections == 0 || $0.open > 0 }) { try await Task.sleep(for: .milliseconds(5)) }
    }

    package func route(_ rule: AddressRule = .approved, tls: PinnedTLS = .nothingApproved) -> Route {
        // A test of the time-out sets its own.
        Route(
            to: Endpoint(host: "127.0.0.1", port: port, isSecure: isSecure), tls: tls, rule: rule,
            connectTimeout: .ample)
    }

    private enum Upgraded: Sendable {
        case websocket(WebSocketSession, HTTPRequestHead)
        case http(NIOAsyncChannel<HTTPServerRequestPart, HTTPPart<HTTPResponseHead, ByteBuffer>>)
    }

    /// - Parameters:
    ///   - certificate, key: PEM files; with them it speaks TLS.
    ///   - port: 0 takes a free one.
    ///   - talk: the other end of each websocket; without it a request for a websocket ends the connection.
    package init(
        certificate: String? = nil, key: String? = nil, port: Int = 0, silence: Duration = .ample,
        answer: @escaping Answer, talk: Talk? = nil
    ) async throws {
        var context: NIOSSLContext?
        if let certificate, let key {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
            context = try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: chain,
                    privateKey: .privateKey(NIOSSLPrivateKey(file: key, format: .pem))))
        }
        let tls = context
        let hasTalk = talk != nil
        let limits = WebSocketSession.Limits(silence: silence, sending: .ample)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    let upgrader = NIOTypedWebSocketServerUpgrader<Upgraded>(
                        maxFrameSize: 1 << 20,
                        shouldUpgrade: { channel, _ in
                            channel.eventLoop.makeSucceededFuture(hasTalk ? HTTPHeaders() : nil)
                        },
                        upgradePipelineHandler: { channel, head in
                            channel.eventLoop.makeCompletedFuture {
                                .websocket(
                                    try WebSocketSession.attach(to: channel, role: .server, limits: limits), head)
                            }
                        })
                    let upgrade = NIOTypedHTTPServerUpgradeConfiguration(
                        upgraders: [upgrader],
                        notUpgradingCompletionHandler: { channel in
                            channel.eventLoop.makeCompletedFuture {
                                try channel.pipeline.syncOperations.addHandler(BufferWriter())
                                return Upgraded.http(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
                            }
                        })
                    return (
                        channel,
                        try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
                            configuration: .init(upgradeConfiguration: upgrade))
                    )
                }
            }
        channel = server.channel
        self.port = server.channel.localAddress?.port ?? 0
        isSecure = tls != nil
        let box = Box()
        work = Task {
            await withTaskGroup(of: Void.self) { group in
                try? await server.executeThenClose { inbound in
                    for try await (channel, upgrade) in inbound {
                        group.addTask { await box.server?.serve(channel, upgrade, answer: answer, talk: talk) }
                    }
                }
                group.cancelAll()
            }
        }
        box.server = self
    }

    private final class Box: @unchecked Sendable {
        private let lock = Mutex<Void>(())
        private weak var held: FakeServer?
        var server: FakeServer? {
            get { lock.withLock { _ in held } }
            set { lock.withLock { _ in held = newValue } }
        }
    }

    /// Ends the server and all of its connections.
    package func stop() async {
        work.cancel()
        try? await channel.close()
        await work.value
    }

    private func serve(
        _ channel: any Channel, _ upgrade: EventLoopFuture<Upgraded>, answer: @escaping Answer, talk: Talk?
    ) async {
        let number = state.withLock { state in
            state.connections += 1
            state.open += 1
            state.mostOpen = max(state.mostOpen, state.open)
            return state.connections - 1
        }
        defer { state.withLock { $0.open -= 1 } }
        do {
            switch try await upgrade.get() {
            case .websocket(let session, let head):
                let request = note(head, [], connection: number)
                await withTaskCancellationHandler {
                    await talk?(request, session)
                    await session.close()
                } onCancel: {
                    channel.close(promise: nil)
                }
            case .http(let connection): try await serve(connection, number, answer)
            }
        } catch {
            try? await channel.close()
        }
    }

    private func note(_ head: HTTPRequestHead, _ body: [UInt8], connection: Int) -> Request {
        let request = Request(
            method: head.method.rawValue, target: head.uri,
            headers: head.headers.map { HTTPHeader($0.name, $0.value) }, body: body, connection: connection)
        state.withLock { $0.requests.append(request) }
        return request
    }

    private func serve(
        _ connection: NIOAsyncChannel<HTTPServerRequestPart, HTTPPart<HTTPResponseHead, ByteBuffer>>, _ number: Int,
        _ answer: @escaping Answer
    ) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            var body: [UInt8] = []
            for try await part in inbound {
                switch part {
                case .head(let new):
                    head = new
                    body = []
                    if new.headers.first(name: "expect") != nil { return }
                case .body(let buffer): body.append(contentsOf: buffer.readableBytesView)
                case .end:
                    guard let asked = head else { return }
                    let request = note(asked, body, connection: number)
                    guard try await reply(await answer(request), to: asked, outbound, connection.channel) else {
                        return
                    }
                }
            }
        }
    }

    /// - Returns: false when the connection is to be closed.
    private func reply(
        _ reply: Reply, to asked: HTTPRequestHead,
        _ outbound: NIOAsyncChannelOutboundWriter<HTTPPart<HTTPResponseHead, ByteBuffer>>, _ channel: any Channel
    ) async throws -> Bool {
        func head(_ status: Int, _ headers: [HTTPHeader], length: Int?) -> HTTPPart<HTTPResponseHead, ByteBuffer> {
            var fields = HTTPHeaders(headers.map { ($0.name, $0.value) })
            if let length, status != 204, fields.first(name: "content-length") == nil {
                fields.add(name: "Content-Length", value: String(length))
            }
            return .head(
                HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: fields))
        }
        switch reply {
        case .answer(let status, let headers, let body):
            try await outbound.write(head(status, headers, length: body.count))
            if !body.isEmpty { try await outbound.write(.body(ByteBuffer(bytes: body))) }
            try await outbound.write(.end(nil))
            // Closing from this side would cut off what is still on its way.
            if !asked.isKeepAlive { try await channel.closeFuture.get() }
            return asked.isKeepAlive
        case .silence:
            try await channel.closeFuture.get()
            return false
        case .hangUp: return false
        case .pieces(let status, let headers, let pieces):
            try await outbound.write(head(status, headers, length: nil))
            for piece in pieces { try await outbound.write(.body(ByteBuffer(bytes: piece))) }
            try await channel.closeFuture.get()
            return false
        case .endless(let status, let headers, let next):
            try await outbound.write(head(status, headers, length: nil))
            while let piece = await next() { try await outbound.write(.body(ByteBuffer(bytes: piece))) }
            try await outbound.write(.end(nil))
            return false
        }
    }
}

/// The server's pipeline speaks `IOData`; tests write buffers.
private final class BufferWriter: ChannelOutboundHandler {
    typealias OutboundIn = HTTPPart<HTTPResponseHead, ByteBuffer>
    typealias OutboundOut = HTTPServerResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head): context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let buffer): context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: promise)
        case .end(let trailers): context.write(wrapOutboundOut(.end(trailers)), promise: promise)
        }
    }
}
