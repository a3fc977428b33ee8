internal import NIOCore
internal import NIOHTTP1

/// An answer that does not end: the parts of an MJPEG stream as they come.
public enum HTTPStream {
    /// The head comes once, before the first piece of the body.
    public enum Part: Equatable, Sendable {
        case head(status: Int, headers: [HTTPHeader])
        case body([UInt8])
    }

    /// Sends the request on a connection of its own and hands each part to `take`, until that says false, the server ends
    /// the answer, or the task is cancelled. The connection is closed before this returns.
    /// - Parameters:
    ///   - silence: without a byte for so long it ends with `.timedOut`.
    ///   - take: called on an event loop, one part at a time; must be quick.
    public static func read(
        _ request: HTTPRequest, by route: Route, silence: Duration, take: @escaping @Sendable (Part) -> Bool
    ) async throws(WireError) {
        do {
            let (channel, ended) = try await route.dial { channel in
                channel.eventLoop.makeCompletedFuture {
                    let ended = channel.eventLoop.makePromise(of: Void.self)
                    try channel.pipeline.syncOperations.addHTTPClientHandlers(leftOverBytesStrategy: .dropBytes)
                    try channel.pipeline.syncOperations.addHandler(
                        StreamHandler(ended: ended, silence: silence, take: take))
                    return (channel, ended)
                }
            }
            let head = request.head(for: route.endpoint, keepsAlive: false)
            let outcome = await withTaskCancellationHandler {
                channel.write(HTTPClientRequestPart.head(head), promise: nil)
                channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
                return await ended.futureResult.result()
            } onCancel: {
                ended.fail(WireError.closed)
                channel.close(promise: nil)
            }
            // It fails only when it is closed already.
            try? await channel.close()
            try outcome.get()
        } catch {
            throw WireError.connecting(error, within: route.connectTimeout)
        }
    }
}

extension EventLoopFuture where Value: Sendable {
    fileprivate func result() async -> Result<Value, any Error> {
        do { return .success(try await get()) } catch { return .failure(error) }
    }
}

private final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    private let ended: EventLoopPromise<Void>
    private let silence: Duration
    private let take: @Sendable (HTTPStream.Part) -> Bool
    private var clock: Scheduled<Void>?

    init(ended: EventLoopPromise<Void>, silence: Duration, take: @escaping @Sendable (HTTPStream.Part) -> Bool) {
        self.ended = ended
        self.silence = silence
        self.take = take
    }

    func handlerAdded(context: ChannelHandlerContext) { restart(context) }

    func handlerRemoved(context: ChannelHandlerContext) {
        clock?.cancel()
        ended.fail(WireError.closed)
    }

    private func restart(_ context: ChannelHandlerContext) {
        clock?.cancel()
        let ended = ended, silence = silence, channel = context.channel
        clock = context.eventLoop.scheduleTask(in: TimeAmount(silence)) {
            ended.fail(WireError.timedOut(silence))
            channel.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        restart(context)
        let wantsMore: Bool
        switch unwrapInboundIn(data) {
        case .head(let head):
            wantsMore = take(
                .head(status: Int(head.status.code), headers: head.headers.map { HTTPHeader($0.name, $0.value) }))
        case .body(let buffer): wantsMore = take(.body(Array(buffer.readableBytesView)))
        case .end: wantsMore = false
        }
        guard !wantsMore else { return }
        ended.succeed(())
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        ended.fail(WireError.reading(error, within: silence))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended.fail(WireError.closed)
        context.fireChannelInactive()
    }
}
