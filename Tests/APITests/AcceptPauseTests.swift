import Glibc
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import API

/// Reads that reached the socket.
private final class Reads: ChannelOutboundHandler {
    typealias OutboundIn = Any
    var count = 0
    func read(context: ChannelHandlerContext) { count += 1 }
}

@Suite("Out of descriptors", .timeLimit(.minutes(20)))
struct AcceptPauseTests {
    @Test("accepting rests for a second, is not tried in a circle, and goes on by itself", arguments: [EMFILE, ENFILE])
    func pause(code: CInt) throws {
        let reads = Reads()
        let channel = EmbeddedChannel()
        let sync = channel.pipeline.syncOperations
        try sync.addHandler(reads)
        try sync.addHandler(AcceptPause(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        channel.read()
        #expect(reads.count == 1)
        channel.pipeline.fireErrorCaught(IOError(errnoCode: code, reason: "accept"))
        for _ in 0..<1000 { channel.read() }
        #expect(reads.count == 1)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        #expect(reads.count == 1)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(reads.count == 2)
        try channel.throwIfErrorCaught()
        channel.read()
        #expect(reads.count == 3)
    }

    @Test("another error passes")
    func others() throws {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(
            AcceptPause(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        channel.pipeline.fireErrorCaught(IOError(errnoCode: EBADF, reason: "accept"))
        #expect(throws: IOError.self) { try channel.throwIfErrorCaught() }
    }
}
