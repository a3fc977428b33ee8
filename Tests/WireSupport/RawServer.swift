import Crypto
import NIOCore
import NIOPosix
import Synchronization
import Text
package import Wire

/// A server on loopback that speaks bytes: for answers that no real server would give.
package final class RawServer: Sendable {
    /// The next bytes that came, nil at the end; and bytes to send.
    package struct Line: Sendable {
        package let read: @Sendable () async -> [UInt8]?
        package let write: @Sendable ([UInt8]) async -> Void
    }
    private let work: Task<Void, Never>
    private final class Box: Sendable { let count = Mutex(0) }
    private let finished: Box
    private let channel: any Channel
    package let port: Int

    package init(_ talk: @escaping @Sendable (Line) async -> Void) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        channel = server.channel
        port = server.channel.localAddress?.port ?? 0
        let end = Box()
        finished = end
        work = Task {
            await withTaskGroup(of: Void.self) { group in
                try? await server.executeThenClose { inbound in
                    for try await connection in inbound {
                        group.addTask {
                            try? await connection.executeThenClose { inbound, outbound in
                                let source = Source(inbound.makeAsyncIterator())
                                await talk(
                                    Line(
                                        read: { await source.next() },
                                        write: { try? await outbound.write(ByteBuffer(bytes: $0)) }))
                            }
                            end.count.withLock { $0 += 1 }
                        }
                    }
                }
                group.cancelAll()
            }
        }
    }

    /// Waits until so many conversations are over.
    package func waitForEnd(of count: Int = 1) async {
        while finished.count.withLock({ $0 }) < count { try? await Task.sleep(for: .milliseconds(5)) }
    }

    package var route: Route {
        Route(to: Endpoint(host: "127.0.0.1", port: port, isSecure: false), connectTimeout: .ample)
    }

    package func stop() async {
        work.cancel()
        try? await channel.close()
        await work.value
    }

    /// The server's side of a websocket's handshake (RFC 6455, 4.2).
    package static func shakeHands(_ line: Line) async {
        var request: [UInt8] = []
        while !String(decoding: request, as: UTF8.self).hasSuffix("\r\n\r\n") {
            guard let more = await line.read() else { return }
            request += more
        }
        let text = String(decoding: request, as: UTF8.self)
        let field = text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("sec-websocket-key:") }
        let key = field.map { String($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) } ?? ""
        let hash = Insecure.SHA1.hash(data: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        await line.write(
            Array(
                ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: \(BaseEncoding.base64(Array(hash)))\r\n\r\n").utf8))
    }

    private actor Source {
        private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator?

        init(_ iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) { self.iterator = iterator }

        func next() async -> [UInt8]? {
            guard var taken = iterator else { return nil }
            iterator = nil
            let buffer = try? await taken.next(isolation: self)
            iterator = taken
            return buffer.map { Array($0.readableBytesView) }
        }
    }
}
