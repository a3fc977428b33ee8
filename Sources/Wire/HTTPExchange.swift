internal import NIOCore
internal import NIOHTTP1

/// What goes into the pipeline of a connection.
enum ExchangePart: Sendable {
    case begin(HTTPRequestHead, bodyLimit: Int, EventLoopPromise<ExchangeEnd>)
    case body(ByteBuffer)
    case end
}

struct ExchangeEnd: Sendable {
    var answer: HTTPAnswer
    /// The connection may carry the next request.
    var isReusable: Bool
}

/// One request at a time on a connection, and its answer as a whole.
final class HTTPExchange: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = ExchangePart
    typealias OutboundOut = HTTPClientRequestPart

    private struct Current {
        var promise: EventLoopPromise<ExchangeEnd>
        var limit: Int
        var requestIsOut = false
        var head: HTTPResponseHead?
        var body: [UInt8] = []
    }
    private var current: Current?

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .begin(let head, let limit, let answered):
            current = Current(promise: answered, limit: limit)
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let buffer):
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: promise)
        case .end:
            current?.requestIsOut = true
            context.write(wrapOutboundOut(.end(nil)), promise: promise)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard var exchange = current else {
            // An answer that nobody asked for.
            return context.close(promise: nil)
        }
        switch unwrapInboundIn(data) {
        case .head(let head):
            exchange.head = head
            if let length = head.headers.first(name: "content-length").flatMap(Int.init), length > exchange.limit {
                return fail(.tooLarge(limit: exchange.limit), context)
            }
        case .body(let buffer):
            guard exchange.body.count + buffer.readableBytes <= exchange.limit else {
                return fail(.tooLarge(limit: exchange.limit), context)
            }
            // One owner of the bytes, else each part would copy all before it.
            current = nil
            exchange.body.append(contentsOf: buffer.readableBytesView)
        case .end:
            guard let head = exchange.head else { return fail(.malformed("an answer without a head"), context) }
            current = nil
            let answer = HTTPAnswer(
                status: Int(head.status.code), headers: head.headers.map { HTTPHeader($0.name, $0.value) },
                body: exchange.body)
            exchange.promise.succeed(
                ExchangeEnd(answer: answer, isReusable: head.isKeepAlive && exchange.requestIsOut))
            return
        }
        current = exchange
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(.reading(error, within: .zero), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.closed, context)
        context.fireChannelInactive()
    }

    private func fail(_ error: WireError, _ context: ChannelHandlerContext) {
        let promise = current?.promise
        current = nil
        promise?.fail(error)
        context.close(promise: nil)
    }
}
