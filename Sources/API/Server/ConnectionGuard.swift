import HTTPTypes
import Logging
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
        let logger: Logger
    }

    private let shared: Shared
    private var limits: ServerLimits { shared.limits }
    /// Nil: it was refused, or has left.
    private var place: ConnectionCounts.Place?
    private var drained: Drain.ConnectionID?
    private var countedAddress: String?
    private var peer: IPAddress?
    private var isProxy = false
    private var requestsUnderWay = 0
    private var deadline: Scheduled<Void>?
    private var headDeadline: Scheduled<Void>?
    /// Some of a head has come, so that there is somebody to be told.
    private var hasHeadBegun = false
    private var stall: Scheduled<Void>?
    private var awaitsContinue = false
    private var closesAfterResponse = false
    /// The whole request has not come yet.
    private var isReceiving = false
    /// A response has begun and is not at its end.
    private var isAnswering = false
    /// What to answer instead of the server's own 400, which says nothing.
    private var refusal: Refusal?
    private var replacesAnswer = false
    private var gate: RequestGate?
    /// What the answer that is on its way takes.
    private var answerShare: BytesInFlight.Share?
    /// Nothing that comes is passed on any more.
    private var isRefusing = false
    private var clientHasLeft = false
    private var watch: ClientWatch?

    init(_ shared: Shared) { self.shared = shared }

    func handlerAdded(context: ChannelHandlerContext) {
        // Behind the gate when a `FrontChannel` set it up.
        gate = try? context.pipeline.syncOperations.handler(type: RequestGate.self)
        peer = context.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
        isProxy = shared.proxies.trusts(peer)
        let address = isProxy ? nil : peer?.description ?? ""
        let channel = context.channel
        place = shared.counts.enter(address) { channel.close(promise: nil) }
        guard place != nil else { return context.close(promise: nil) }
        countedAddress = address
        drained = shared.drain.enter { channel.close(promise: nil) }
        awaitHead(context)
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
        headDeadline?.cancel()
        if let place { shared.counts.leave(place) }
        place = nil
        if let drained { shared.drain.leave(drained) }
        drained = nil
        if requestsUnderWay > 0 { shared.drain.end(requestsUnderWay) }
        requestsUnderWay = 0
        answerShare = nil
    }

    /// The client ended its side. One that only ended its sending is treated alike: a proxy in between would hide the
    /// difference, and HTTP/1.1 clients keep their side open until they have the answer.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as ChannelEvent where event == .inputClosed: clientLeft()
        case is InputEndHeld: if watch?.isEndless == true { clientLeft() }
        case is HeadBegun: headBegins(context)
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func clientLeft() {
        clientHasLeft = true
        watch?.left()
        watch = nil
    }

    // MARK: Requests

    private func headBegins(_ context: ChannelHandlerContext) {
        hasHeadBegun = true
        guard headDeadline == nil, !isRefusing else { return }
        if let place { shared.counts.set(.halfOpen, of: place) }
        awaitHead(context)
    }

    private func awaitHead(_ context: ChannelHandlerContext) {
        headDeadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.headDeadline)) {
            self.headIsLate(context)
        }
    }

    private func headIsLate(_ context: ChannelHandlerContext) {
        guard !isRefusing else { return }
        if hasHeadBegun { refuse(.headTooSlow(limits), context) } else { context.close(promise: nil) }
    }

    private func headHasCome(_ head: HTTPRequest) {
        headDeadline?.cancel()
        headDeadline = nil
        hasHeadBegun = false
        let showsToken = head.headerFields[.authorization] != nil || head.headerFields[.apiKey] != nil
        if let place { shared.counts.set(showsToken ? .busy : .anonymous, of: place) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefusing else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            headHasCome(head)
            guard admits(head) else { return refuse(.tooManyConnections, context) }
            begin()
            isReceiving = true
            closesAfterResponse = false
            awaitsContinue = head.headerFields[.expect]?.lowercased() == "100-continue"
            deadline?.cancel()
            // Without a body nothing can be late.
            if gate?.head?.body != RequestHead.Body.none {
                deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.requestDeadline)) {
                    self.bodyIsLate(context)
                }
            }
        case .body:
            awaitsContinue = false
        case .end:
            isReceiving = false
            awaitsContinue = false
            deadline?.cancel()
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as Refusal: refuse(error, context)
        case let error as HTTPParserError: refuse(Refusal(error, limits), context)
        default: context.fireErrorCaught(error)
        }
    }

    private func bodyIsLate(_ context: ChannelHandlerContext) {
        shared.logger.info(
            "A request's body was shorter than it said, or too slow.", metadata: ["address": "\(countedAddress ?? "")"])
        refuse(.bodyTooSlow(limits), context)
    }

    /// What came is no request, or the rest of one is not to be had.
    private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        guard !isRefusing else { return }
        isRefusing = true
        if isReceiving, requestsUnderWay > 0, !isAnswering {
            // Whoever reads the body is told, and the answer made of that is replaced.
            self.refusal = refusal
            deadline?.cancel()
            deadline = closing(context, after: limits.refusalDeadline)
            context.fireErrorCaught(HTTPParserError.invalidEOFState)
        } else if requestsUnderWay == 0, !isReceiving {
            write(refusal, context, promise: nil)
        } else {
            // Between the parts of an answer, or behind it, there is no room for another one.
            context.close(promise: nil)
        }
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
        guard isProxy, let place else { return true }
        let client = shared.proxies.client(peer: peer, headers: head.headerFields).text
        guard shared.counts.move(place, to: client) else { return false }
        countedAddress = client
        return true
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        if let watch = event as? ClientWatch {
            if clientHasLeft { watch.left() } else { self.watch = watch }
            promise?.succeed()
            return
        }
        if let event = event as? AnswerShare {
            answerShare = event.share
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
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if let refusal, head.status == .badRequest, head.headerFields[.contentLength] == "0" {
                replacesAnswer = true
                return write(refusal, context, promise: promise)
            }
            isAnswering = head.status.kind != .informational
            mark(&head)
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end where replacesAnswer:
            replacesAnswer = false
            promise?.succeed()
        case .end:
            watch = nil
            isAnswering = false
            end()
            writeEnd(context, data, promise)
        case .body: context.write(data, promise: promise)
        }
    }

    /// Says whether the connection goes on, where that is not what the client takes for granted.
    private func mark(_ head: inout HTTPResponse) {
        if shared.drain.isStopping || gate?.head?.endsConnection == true || refusal != nil {
            head.headerFields[.connection] = "close"
        } else if gate?.head?.isHTTP10 == true, head.headerFields[.connection] == nil {
            head.headerFields[.connection] = "keep-alive"
        }
        closesAfterResponse = head.headerFields[.connection] == "close"
    }

    /// The connection ends, or takes its next request, when the last byte has left.
    private func writeEnd(_ context: ChannelHandlerContext, _ data: NIOAny, _ promise: EventLoopPromise<Void>?) {
        let closes = closesAfterResponse || awaitsContinue || shared.drain.isStopping
        let left = promise ?? context.eventLoop.makePromise(of: Void.self)
        left.futureResult.assumeIsolated().whenSuccess {
            self.answerShare = nil
            if let place = self.place { self.shared.counts.set(self.isReceiving ? .anonymous : .idle, of: place) }
            if closes { self.endOutput(context) } else { self.gate?.answered() }
        }
        if closes { context.writeAndFlush(data, promise: left) } else { context.write(data, promise: left) }
    }

    /// The rest of the request will not come, or is not wanted: ends this side and gives the client a moment to read the
    /// answer before the connection goes.
    private func endOutput(_ context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = closing(context, after: limits.lingering)
        context.close(mode: .output, promise: nil)
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
