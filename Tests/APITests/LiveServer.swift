import API
import Farm
import FarmService
import Foundation
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Synchronization
import Testing

/// Runs listeners while a test talks to them. They end in reverse order, as they do under `farmtop serve`.
func serving(
    _ listeners: [FarmListener], _ test: @Sendable @escaping (ServiceGroup) async throws -> Void
) async throws {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let group = ServiceGroup(
        configuration: .init(
            services: listeners.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
            logger: logger))
    // A listener that fails ends the test, which may wait for it to be ready.
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        tasks.addTask {
            do {
                try await test(group)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
        }
        do {
            // `waitForAll` would wait for the test too before it throws.
            while try await tasks.next() != nil {}
        } catch {
            tasks.cancelAll()
            throw error
        }
    }
}

/// Leaves the file of a socket that nobody serves, as a killed process does.
func leaveSocket(at path: String) async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    let left = try await ServerBootstrap(group: group).bind(unixDomainSocketPath: path + ".old").get()
    // Out of the way of the one that made it, which would take it along.
    try FileManager.default.moveItem(atPath: path + ".old", toPath: path)
    try await left.close()
    // A program that another test starts just now holds what this one had open until it runs.
    while try await isHeld(path) { try await Task.sleep(for: .milliseconds(1)) }
}

/// True while a connection is accepted, or would be in its turn.
private func isHeld(_ path: String) async throws -> Bool {
    do {
        let group = MultiThreadedEventLoopGroup.singleton
        try await ClientBootstrap(group: group).connect(unixDomainSocketPath: path).get().close()
    } catch ChannelError.alreadyClosed {
        // By whom it was answered.
    } catch let error as IOError where error.errnoCode == EAGAIN {
        // More of them wait than there is room for.
    } catch let error as IOError where error.errnoCode == ECONNREFUSED {
        return false
    }
    return true
}

extension FarmFixture {
    /// Serves apps on a free port of this machine while a test talks to it.
    func live(on host: String = "127.0.0.1", _ test: @Sendable @escaping (Int) async throws -> Void) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let listener = server.listener(host: host, port: 0) { found in
            port.yield(found)
            port.finish()
        }
        try await serving([listener]) { _ in try await test(try #require(await ports.first { _ in true })) }
    }
}

/// A raw connection, plain or with TLS.
struct RawConnection: Sendable {
    let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    static func to(port: Int, tls: NIOSSLContext? = nil, presented: PresentedCertificate? = nil) async throws -> Self {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in setUp(channel, tls, presented) }
        return Self(channel: channel)
    }

    static func to(path: String) async throws -> Self {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(unixDomainSocketPath: path) { channel in setUp(channel, nil, nil) }
        return Self(channel: channel)
    }

    private static func setUp(
        _ channel: any Channel, _ tls: NIOSSLContext?, _ presented: PresentedCertificate?
    ) -> EventLoopFuture<NIOAsyncChannel<ByteBuffer, ByteBuffer>> {
        channel.eventLoop.makeCompletedFuture {
            if let tls {
                let handler = try NIOSSLClientHandler(
                    context: tls, serverHostname: "localhost",
                    customVerificationCallback: { certificates, promise in
                        presented?.note(certificates)
                        promise.succeed(.certificateVerified)
                    })
                try channel.pipeline.syncOperations.addHandler(handler)
            }
            return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
        }
    }

    /// What comes back for what is sent, until the server closes the connection or `enough` says so.
    func exchange(
        _ request: String, until enough: @Sendable @escaping (String) -> Bool = { _ in false }
    ) async throws -> String {
        try await channel.executeThenClose { inbound, outbound in
            if !request.isEmpty { try await Self.write(request, to: outbound) }
            var text = ""
            do {
                for try await chunk in inbound {
                    text += String(buffer: chunk)
                    if enough(text) { break }
                }
            } catch is IOError {
                // Reset, as something was on its way when the server closed.
            }
            return text
        }
    }

    /// A server that has closed the connection already is no error here: what it said is still to be read.
    private static func write(_ text: String, to outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws {
        do {
            try await outbound.write(ByteBuffer(string: text))
        } catch ChannelError.ioOnClosedChannel {
            return
        }
    }

    /// Sends a piece again and again until the server ends the connection; what came back.
    func trickle(_ start: String, _ piece: String, every interval: Duration) async throws -> String {
        try await channel.executeThenClose { inbound, outbound in
            try await Self.write(start, to: outbound)
            return try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    while true {
                        try await Task.sleep(for: interval)
                        try await Self.write(piece, to: outbound)
                    }
                }
                var text = ""
                do {
                    for try await chunk in inbound { text += String(buffer: chunk) }
                } catch is IOError {
                    // Reset, as something was on its way when the server closed.
                }
                tasks.cancelAll()
                return text
            }
        }
    }
}

/// Which certificate a server showed.
final class PresentedCertificate: Sendable {
    private let certificates = Mutex<[NIOSSLCertificate]>([])
    func note(_ shown: [NIOSSLCertificate]) { certificates.withLock { $0 = shown } }
    var first: NIOSSLCertificate? { certificates.withLock { $0.first } }
}

let get = "GET /hc/ HTTP/1.1\r\nHost: x\r\n"
let closing = "Connection: close\r\n\r\n"
