import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// A connection with what stands before HTTP: TLS with the certificate that is in use at that moment, and the gate.
struct FrontChannel: ServerChildChannel {
    let base: HTTP1Channel
    let limits: ServerLimits
    /// Nil: no TLS.
    let certificates: TLSCertificates?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        channel.eventLoop.makeCompletedFuture {
            // A read takes no more, so that what a connection holds is small however many there are.
            try channel.syncOptions?.setOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 2048, maximum: 8192))
            let pipeline = channel.pipeline.syncOperations
            if let certificates { try pipeline.addHandler(NIOSSLServerHandler(context: certificates.context)) }
            try pipeline.addHandler(RequestGate(limits: limits, needsHost: channel.remoteAddress?.ipAddress != nil))
        }.flatMap {
            base.setup(channel: channel, logger: logger)
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
