import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A webhook's receiver on a free port of this machine that answers from a script.
final class Receiver: Sendable {
    struct Received: Sendable {
        var path: String
        var headers: [String: String]
        var body: [UInt8]
        var delivery: String { headers["x-farmtop-delivery"] ?? "" }
    }
    enum Answer: Sendable {
        case status(Int, headers: [(String, String)] = [])
        /// Closes the connection.
        case none
        /// Keeps it and says nothing.
        case silence
        /// Says 200 and begins an answer that never ends.
        case endless
    }

    private let script: Mutex<[Answer]>
    private let log = Mutex<[Received]>([])
    private let arrivals: AsyncStream<Received>.Continuation
    /// Every request, as it comes.
    let requests: AsyncStream<Received>
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    /// - Parameter script: the first answers; after them 204.
    init(_ script: [Answer] = []) {
        self.script = Mutex(script)
        (requests, arrivals) = AsyncStream.makeStream()
    }

    var received: [Received] { log.withLock { $0 } }

    /// - Returns: the address to post to.
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
        return "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/hook?token=canary"
    }

    func stop() async throws { try await channel.withLock { $0 }?.close() }

    private func take(_ request: Received) -> Answer {
        log.withLock { $0.append(request) }
        arrivals.yield(request)
        return script.withLock { $0.isEmpty ? .status(204) : $0.removeFirst() }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        private let receiver: Receiver
        private var request = Received(path: "", headers: [:], body: [])

        init(_ receiver: Receiver) { self.receiver = receiver }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                let headers = head.headers.map { ($0.name.lowercased(), $0.value) }
                request = Received(path: head.uri, headers: Dictionary(headers) { $1 }, body: [])
            case .body(let buffer): request.body += Array(buffer.readableBytesView)
            case .end: answer(receiver.take(request), context)
            }
        }

        private func answer(_ answer: Answer, _ context: ChannelHandlerContext) {
            switch answer {
            case .silence: break
            case .none: context.close(promise: nil)
            case .endless:
                let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-length": "10"])
                context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
            case .status(let code, let headers):
                let head = HTTPResponseHead(
                    version: .http1_1, status: .init(statusCode: code),
                    headers: HTTPHeaders(headers + (code == 204 ? [] : [("content-length", "0")])))
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
