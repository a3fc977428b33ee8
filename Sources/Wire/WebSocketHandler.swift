internal import NIOCore
internal import NIOWebSocket

enum WebSocketOutgoing: Sendable {
    case message(WebSocketMessage)
    /// A close frame with this code (RFC 6455, 7.4).
    case goodbye(UInt16)
}

/// Which end of a websocket this is; a client masks its frames.
package enum WebSocketRole: Sendable {
    case client
    case server
}

/// Frames ↔ messages; answers pings, watches the silence, and holds the other side to RFC 6455.
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = WebSocketOutgoing
    typealias OutboundOut = WebSocketFrame

    private let role: WebSocketRole
    private let inbox: WebSocketInbox
    private let silence: Duration
    private let limit: Int
    private var clock: Scheduled<Void>?
    private var hasPinged = false
    private var hasSaidGoodbye = false

    init(role: WebSocketRole, inbox: WebSocketInbox, silence: Duration, limit: Int) {
        self.role = role
        self.inbox = inbox
        self.silence = silence
        self.limit = limit
    }

    func handlerAdded(context: ChannelHandlerContext) { watch(context) }

    func handlerRemoved(context: ChannelHandlerContext) {
        clock?.cancel()
        inbox.end(.closed)
    }

    func channelInactive(context: ChannelHandlerContext) {
        inbox.end(.closed)
        context.fireChannelInactive()
    }

    private func watch(_ context: ChannelHandlerContext) {
        clock?.cancel()
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        clock = context.eventLoop.scheduleTask(in: TimeAmount(silence)) {
            bound.value.handler.heardNothing(bound.value.context)
        }
    }

    private func heardNothing(_ context: ChannelHandlerContext) {
        guard !hasPinged else {
            inbox.end(.timedOut(silence * 2))
            return context.close(promise: nil)
        }
        hasPinged = true
        context.writeAndFlush(wrapOutboundOut(frame(.ping, ByteBuffer())), promise: nil)
        watch(context)
    }

    private func frame(_ opcode: WebSocketOpcode, _ data: ByteBuffer) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: opcode, maskKey: role == .client ? .random() : nil, data: data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let outgoing: WebSocketFrame
        switch unwrapOutboundIn(data) {
        case .message(.text(let text)): outgoing = frame(.text, ByteBuffer(string: text))
        case .message(.binary(let bytes)): outgoing = frame(.binary, ByteBuffer(bytes: bytes))
        case .goodbye(let code):
            guard !hasSaidGoodbye else {
                promise?.succeed(())
                return
            }
            hasSaidGoodbye = true
            outgoing = frame(.connectionClose, ByteBuffer(integer: code))
        }
        context.write(wrapOutboundOut(outgoing), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasPinged = false
        watch(context)
        let frame = unwrapInboundIn(data)
        // The aggregator hands a message of several frames on unmasked.
        if role == .client, frame.maskKey != nil {
            return refuse(.malformed("a masked frame from a server"), 1002, context)
        }
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            return refuse(.malformed("a websocket extension that was not agreed on"), 1002, context)
        }
        let body = frame.unmaskedData
        switch frame.opcode {
        case .text:
            guard let text = String(validating: body.readableBytesView, as: UTF8.self) else {
                return refuse(.malformed("a text that is not UTF-8"), 1007, context)
            }
            take(.text(text), context)
        case .binary: take(.binary(Array(body.readableBytesView)), context)
        case .ping, .pong, .connectionClose: control(frame.opcode, body, context)
        default: refuse(.malformed("an unknown websocket frame"), 1002, context)
        }
    }

    private func control(_ opcode: WebSocketOpcode, _ body: ByteBuffer, _ context: ChannelHandlerContext) {
        guard body.readableBytes <= 125 else { return refuse(.malformed("a long control frame"), 1002, context) }
        switch opcode {
        case .ping: context.writeAndFlush(wrapOutboundOut(frame(.pong, body)), promise: nil)
        case .connectionClose:
            inbox.end(.closed)
            let code: UInt16 = body.getInteger(at: body.readerIndex) ?? 1000
            goodbye((1000...4999).contains(code) && code != 1005 && code != 1006 ? code : 1002, context)
        default: break
        }
    }

    private func take(_ message: WebSocketMessage, _ context: ChannelHandlerContext) {
        if !inbox.put(message) { refuse(.overflow, 1008, context) }
    }

    private func refuse(_ reason: WireError, _ code: UInt16, _ context: ChannelHandlerContext) {
        inbox.end(reason)
        goodbye(code, context)
    }

    private func goodbye(_ code: UInt16, _ context: ChannelHandlerContext) {
        guard !hasSaidGoodbye else { return context.close(promise: nil) }
        hasSaidGoodbye = true
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(frame(.connectionClose, ByteBuffer(integer: code)))).whenComplete { _ in
            bound.value.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength: refuse(.tooLarge(limit: limit), 1009, context)
        case let error as NIOWebSocketFrameAggregator.Error:
            switch error {
            case .accumulatedFrameSizeIsTooLarge, .tooManyFragments: refuse(.tooLarge(limit: limit), 1009, context)
            default: refuse(.malformed("fragments out of order"), 1002, context)
            }
        case is NIOWebSocketError: refuse(.malformed("not a websocket frame"), 1002, context)
        default:
            inbox.end(.talking(error, within: silence))
            context.close(promise: nil)
        }
    }
}
