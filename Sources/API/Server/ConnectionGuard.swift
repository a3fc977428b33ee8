import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Keeps one connection within its limits: who may connect, how long a request may take to arrive, how long a client may
/// leave a response unread; says `100 Continue` when a body is wanted, and answers what is no request.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// What all connections of a listener share.
    struct Shared: Sendable {
        let limits: ServerLimits
        let counts: ConnectionCounts
        let proxies: TrustedProxies
        let drain: Drain
        /// Nil: any peer.
        let onlyUser: UInt32?
    }

    private let shared: Shared
    private var limits: ServerLimits { shared.limits }
    private var isCounted = false
    private var countedAddress: String?
    private var peer: IPAddress?
    private var isProxy = false
    private var requestsUnderWay = 0
    private var deadline: Scheduled<Void>?
    private var stall: Scheduled<Void>?
    private var awaitsContinue = false
    private var closesAfterResponse = false
    /// What was wrong with what came, if it was no request.
    private var parserError: HTTPParserError?
    private var replacesAnswer = false
    /// Nothing that comes is passed on any more.
    private var isRefusing = false
    private var clientHasLeft = false
    private var watch: ClientWatch?

    init(_ shared: Shared) { self.shared = shared }

    func handlerAdded(context: ChannelHandlerContext) {
        peer = context.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
        isProxy = shared.proxies.trusts(peer)
        let address = isProxy ? nil : peer?.description ?? ""
        guard shared.counts.enter(address) else { return context.close(promise: nil) }
        isCounted = true
        countedAddress = address
        guard let onlyUser = shared.onlyUser else { return }
        guard let user = PeerCredentials.user(of: context.channel), user == onlyUser || user == 0 else {
            return context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { release() }

    func channelInactive(context: ChannelHandlerContext) {
        clientLeft()
        release()
        context.fireChannelInactive()
    }

    private func release() {
        deadline?.cancel()
        stall?.cancel()
        if isCounted { shared.counts.leave(countedAddress) }
        isCounted = false
        if requestsUnderWay > 0 { shared.drain.end(requestsUnderWay) }
        requestsUnderWay = 0
    }

    /// The client ended its side. One that only ended its sending is treated alike: a proxy in between would hide the
    /// difference, and HTTP/1.1 clients keep their side open until they have the answer.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { clientLeft() }
        context.fireUserInboundEventTriggered(event)
    }

    private func clientLeft() {
        clientHasLeft = true
        watch?.left()
        watch = nil
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefusing else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard admits(head) else { return refuse(context) }
            begin()
            closesAfterResponse = false
            awaitsContinue = head.headerFields[.expect]?.lowercased() == "100-continue"
            deadline?.cancel()
            deadline = closing(context, after: limits.requestDeadline)
        case .body:
            awaitsContinue = false
        case .end:
            awaitsContinue = false
            deadline?.cancel()
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError { parserError = error }
        context.fireErrorCaught(error)
    }

    private func begin() {
        requestsUnderWay += 1
        shared.drain.begin()
    }

    private func end() {
        guard requestsUnderWay > 0 else { return }
        requestsUnderWay -= 1
        shared.drain.end()
    }

    /// A proxy's connection counts for the client that uses it now.
    private func admits(_ head: HTTPRequest) -> Bool {
        guard isProxy, isCounted else { return true }
        let client = shared.proxies.client(peer: peer, headers: head.headerFields).text
        guard shared.counts.move(from: countedAddress, to: client) else { return false }
        countedAddress = client
        return true
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        if let watch = event as? ClientWatch {
            if clientHasLeft { watch.left() } else { self.watch = watch }
            promise?.succeed()
            return
        }
        guard event is ContinueWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        if awaitsContinue {
            awaitsContinue = false
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
        promise?.succeed()
    }

    // MARK: Responses

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        if case .end = part { watch = nil }
        switch part {
        case .head(var head):
            // The server's own answer to what is no request has no body.
            if let parserError, head.status == .badRequest, head.headerFields[.contentLength] == "0" {
                replacesAnswer = true
                return write(.init(parserError, limits), context, promise: promise)
            }
            if shared.drain.isStopping { head.headerFields[.connection] = "close" }
            closesAfterResponse = head.headerFields[.connection] == "close"
            return context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end where replacesAnswer:
            replacesAnswer = false
            promise?.succeed()
            return
        case .end:
            end()
            guard closesAfterResponse || awaitsContinue || shared.drain.isStopping else { break }
            context.writeAndFlush(data, promise: promise)
            return endOutput(context)
        case .body: break
        }
        context.write(data, promise: promise)
    }

    /// The rest of the request will not come, or is not wanted: ends this side and gives the client a moment to read the
    /// answer before the connection goes.
    private func endOutput(_ context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = closing(context, after: .seconds(2))
        context.close(mode: .output, promise: nil)
    }

    private func refuse(_ context: ChannelHandlerContext) {
        isRefusing = true
        // Between the parts of another answer there is no room for this one.
        guard requestsUnderWay == 0 else { return context.close(promise: nil) }
        write(.tooManyConnections, context, promise: nil)
    }

    private func write(_ refusal: Refusal, _ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        context.write(wrapOutboundOut(.head(refusal.head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: refusal.body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
        endOutput(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = context.channel.isWritable ? nil : closing(context, after: limits.stalledWriteDeadline)
        context.fireChannelWritabilityChanged()
    }

    private func closing(_ context: ChannelHandlerContext, after delay: Duration) -> Scheduled<Void> {
        let channel = context.channel
        return context.eventLoop.scheduleTask(in: TimeAmount(delay)) { channel.close(promise: nil) }
    }
}
