import Farm
import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Synchronization

/// How many connections each address has.
final class ConnectionCounts: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    private let limits: ServerLimits

    init(limits: ServerLimits) { self.limits = limits }

    /// False when the address, or all of them together, have enough.
    func enter(_ address: String) -> Bool {
        counts.withLock { counts in
            let total = counts.values.reduce(0, +)
            guard total < limits.connections, counts[address, default: 0] < limits.connectionsPerAddress else {
                return false
            }
            counts[address, default: 0] += 1
            return true
        }
    }

    func leave(_ address: String) {
        counts.withLock { counts in
            let left = counts[address, default: 0] - 1
            counts[address] = left > 0 ? left : nil
        }
    }
}

/// Keeps one connection within its limits: who may connect, how long a request may take to arrive, how long a client may
/// leave a response unread; and says `100 Continue` when a body is wanted.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: ServerLimits
    private let counts: ConnectionCounts
    /// Nil: any peer.
    private let onlyUser: UInt32?
    private var countedAddress: String?
    private var deadline: Scheduled<Void>?
    private var stall: Scheduled<Void>?
    private var isReadingRequest = false
    private var awaitsContinue = false
    private var closesAfterResponse = false
    private var clientHasLeft = false
    private var watch: ClientWatch?

    init(limits: ServerLimits, counts: ConnectionCounts, onlyUser: UInt32?) {
        self.limits = limits
        self.counts = counts
        self.onlyUser = onlyUser
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let address = context.remoteAddress?.ipAddress ?? ""
        guard counts.enter(address) else { return context.close(promise: nil) }
        countedAddress = address
        guard let onlyUser else { return }
        guard let peer = PeerCredentials.user(of: context.channel), peer == onlyUser || peer == 0 else {
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
        if let countedAddress { counts.leave(countedAddress) }
        countedAddress = nil
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
        switch unwrapInboundIn(data) {
        case .head(let head):
            isReadingRequest = true
            closesAfterResponse = false
            awaitsContinue = head.headerFields[.expect]?.lowercased() == "100-continue"
            deadline = closing(context, after: limits.requestDeadline)
        case .body:
            awaitsContinue = false
        case .end:
            isReadingRequest = false
            awaitsContinue = false
            deadline?.cancel()
        }
        context.fireChannelRead(data)
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
        case .head(let head):
            closesAfterResponse = head.headerFields[.connection] == "close"
        case .body: break
        case .end where closesAfterResponse || awaitsContinue:
            // The rest of the request will not come, or is not wanted: end this side and give the client a moment to
            // read the answer before the connection goes.
            context.writeAndFlush(data, promise: promise)
            deadline?.cancel()
            deadline = closing(context, after: .seconds(2))
            return context.close(mode: .output, promise: nil)
        case .end: break
        }
        context.write(data, promise: promise)
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
