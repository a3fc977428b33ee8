import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A service on a free port of this machine: a function of requests, and a script that goes before it.
final class FakeServer: Sendable {
    typealias Respond = @Sendable (FakeRequest) -> FakeReply

    private let respond: Respond
    private let script: Mutex<[FakeReply?]>
    private let log = Mutex<[FakeRequest]>([])
    private let channel = Mutex<(any Channel)?>(nil)

    /// - Parameter script: the first answers; nil closes the connection.
    init(_ script: [FakeReply?] = [], _ respond: @escaping Respond) {
        self.script = Mutex(script)
        self.respond = respond
    }

    /// Those that came, in their order.
    var requests: [FakeRequest] { log.withLock { $0 } }

    /// - Returns: `http://127.0.0.1:PORT`
    func start() async throws -> String {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.channel.withLock { $0 = channel }
        return "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    func stop() async throws { try await channel.withLock { $0 }?.close() }

    private func take(_ request: FakeRequest) -> FakeReply? {
        log.withLock { $0.append(request) }
        let scripted = script.withLock { script -> FakeReply?? in script.isEmpty ? nil : .some(script.removeFirst()) }
        if let scripted { return scripted }
        return respond(request)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        private let server: FakeServer
        private var request = FakeRequest(method: "", path: "", headers: [:], body: [])

        init(_ server: FakeServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                let headers = head.headers.map { ($0.name.lowercased(), $0.value) }
                request = FakeRequest(
                    method: head.method.rawValue, path: head.uri, headers: Dictionary(headers) { $1 }, body: [])
            case .body(let buffer): request.body += Array(buffer.readableBytesView)
            case .end:
                guard let reply = server.take(request) else { return context.close(promise: nil) }
                var headers = HTTPHeaders(reply.headers.map { ($0.key, $0.value) })
                if reply.status != 204 { headers.add(name: "content-length", value: "\(reply.body.utf8.count)") }
                let head = HTTPResponseHead(
                    version: .http1_1, status: .init(statusCode: reply.status), headers: headers)
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: reply.body)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
