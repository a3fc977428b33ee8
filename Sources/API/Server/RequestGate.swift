import NIOCore

/// The first bytes of a request have come, and it may begin.
struct HeadBegun: Sendable {}

/// The client has ended its side, and requests of it still wait.
struct InputEndHeld: Sendable {}

/// Lets one request of a connection in at a time, before anything reads it: the next one waits, as bytes, until the answer
/// to the one before has left for the client. A client that asks and asks and reads nothing costs no more than one answer.
final class RequestGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The head of the request that was let in last.
    private(set) var head: RequestHead?
    private var framing: RequestFraming
    private var waiting = ByteBuffer()
    private var isAnswerPending = false
    private var hasRefused = false
    /// A read was asked for while bytes wait.
    private var holdsRead = false
    private var holdsInputEnd = false
    private var isPassing = false
    private var hasHeadBegun = false
    private var context: ChannelHandlerContext?

    init(limits: ServerLimits, needsHost: Bool) { framing = RequestFraming(limits: limits, needsHost: needsHost) }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        var bytes = unwrapInboundIn(data)
        if waiting.readableBytes == 0 { waiting = bytes } else { waiting.writeBuffer(&bytes) }
        pass(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // What waits is kept in a buffer of its own size, not in one as large as a read.
        if waiting.readableBytes == 0 { waiting = ByteBuffer() } else { waiting.discardReadBytes() }
        context.fireChannelReadComplete()
    }

    /// While bytes wait no more are taken from the socket; without any, a read also tells when the client has left.
    func read(context: ChannelHandlerContext) {
        if isHeld, waiting.readableBytes > 0 { holdsRead = true } else { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed, isHeld, waiting.readableBytes > 0 {
            holdsInputEnd = true
            context.fireUserInboundEventTriggered(InputEndHeld())
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// The answer is on its way: the next request may begin.
    func answered() {
        isAnswerPending = false
        guard let context, !isPassing, waiting.readableBytes > 0 else { return }
        pass(context)
        context.fireChannelReadComplete()
        guard !isHeld || waiting.readableBytes == 0 else { return }
        if holdsRead {
            holdsRead = false
            context.read()
        }
        if holdsInputEnd {
            holdsInputEnd = false
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
    }

    private var isHeld: Bool { isAnswerPending && framing.isBetweenRequests }

    private func pass(_ context: ChannelHandlerContext) {
        isPassing = true
        defer { isPassing = false }
        do throws(Refusal) {
            while !isHeld, !hasRefused, let piece = try framing.next(&waiting) {
                if let head = piece.head {
                    self.head = head
                    hasHeadBegun = false
                    isAnswerPending = true
                }
                context.fireChannelRead(wrapInboundOut(piece.bytes))
            }
            if framing.isBetweenRequests, !isHeld, !hasRefused, !hasHeadBegun, waiting.readableBytes > 0 {
                hasHeadBegun = true
                context.fireUserInboundEventTriggered(HeadBegun())
            }
        } catch {
            hasRefused = true
            waiting = ByteBuffer()
            context.fireErrorCaught(error)
        }
    }
}
