import Glibc
import Logging
import NIOCore

/// Stops accepting for a tenth of a second where the system has no descriptor left for another connection. The listener is ready to
/// be read from all that time, so that trying again at once would keep a core busy. Who connects waits meanwhile.
///
/// First in the pipeline of the listening channel: errors reach it before anybody else, and reads last.
final class AcceptPause: ChannelInboundHandler, ChannelOutboundHandler {
    typealias InboundIn = Any
    typealias OutboundIn = Any

    static let length = TimeAmount.milliseconds(100)
    /// Between two lines of the log.
    private static let silence = TimeAmount.seconds(60)

    private let logger: Logger
    private var isPaused = false
    /// A read was asked for meanwhile.
    private var isReadDue = false
    private var lastTold: NIODeadline?

    init(logger: Logger) { self.logger = logger }

    /// A listener that has ended needs none.
    static func add(to channel: any Channel, logger: Logger) async {
        do {
            try await channel.eventLoop.submit {
                try channel.pipeline.syncOperations.addHandler(AcceptPause(logger: logger), position: .first)
            }.get()
        } catch {
            logger.debug("The listener has ended already: \(error)")
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let code = (error as? IOError)?.errnoCode, Self.passes(code) else {
            return context.fireErrorCaught(error)
        }
        tell(code, context.eventLoop.now)
        guard !isPaused else { return }
        isPaused = true
        // What takes it off the list of those that are looked at; it fails only where the listener has been closed.
        _ = context.channel.setOption(.autoRead, value: false)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.length) {
            let (handler, context) = bound.value
            handler.isPaused = false
            _ = context.channel.setOption(.autoRead, value: true)
            guard handler.isReadDue else { return }
            handler.isReadDue = false
            context.read()
        }
    }

    func read(context: ChannelHandlerContext) {
        if isPaused { isReadDue = true } else { context.read() }
    }

    /// The limits of the process, of the system and of its memory.
    private static func passes(_ code: CInt) -> Bool { [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code) }

    private func tell(_ code: CInt, _ now: NIODeadline) {
        if let lastTold, now - lastTold < Self.silence { return }
        lastTold = now
        let cause =
            code == EMFILE
            ? "This process has no file descriptor left. Raise the limit: LimitNOFILE= of the service, or ulimit -n."
            : "The system has no \(code == ENFILE ? "file descriptor" : "memory") left for another connection."
        logger.warning("New connections wait. \(cause)")
    }
}
