import API
import Farm
import Foundation
import NIOCore
import NIOPosix
import Testing

/// A farm that listens on a port of this machine.
struct Loopback: Sendable {
    let port: Int
    var host = "127.0.0.1"

    struct Answer: Sendable {
        var status: Int
        var text: String
    }

    func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
            }
    }

    /// One request on a connection of its own.
    func send(
        _ method: String, _ path: String, token: String? = nil, _ body: [UInt8] = [], type: String = "application/json"
    ) async throws -> Answer {
        try await send(try await connect(), method, path, token: token, body, type: type)
    }

    func send(
        _ channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>, _ method: String, _ path: String, token: String? = nil,
        _ body: [UInt8] = [], type: String = "application/json"
    ) async throws -> Answer {
        var head =
            "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: \(body.count)\r\n"
        if let token { head += "Authorization: Bearer \(token)\r\n" }
        if !body.isEmpty { head += "Content-Type: \(type)\r\n" }
        let request = ByteBuffer(bytes: Array((head + "\r\n").utf8) + body)
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(request)
            var text = ""
            for try await chunk in inbound { text += String(buffer: chunk) }
            let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
            return Answer(
                status: Int(text.dropFirst(9).prefix(3)) ?? 0, text: parts.count > 1 ? String(parts[1]) : "")
        }
    }

    /// Does the same so many times at once: every connection stands before the first request is sent.
    func together(
        _ count: Int, _ method: String, _ path: String, token: String, _ body: [UInt8] = [],
        type: String = "application/json"
    ) async throws -> [Answer] {
        var channels: [NIOAsyncChannel<ByteBuffer, ByteBuffer>] = []
        for _ in 0..<count { channels.append(try await connect()) }
        return try await withThrowingTaskGroup(of: Answer.self) { group in
            for channel in channels {
                group.addTask { try await send(channel, method, path, token: token, body, type: type) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}

extension FarmFixture {
    /// Serves apps while a test talks to the farm.
    func listening(
        on host: String = "127.0.0.1", _ test: @Sendable @escaping (Loopback) async throws -> Void
    ) async throws {
        try await live(on: host) { port in try await test(Loopback(port: port)) }
    }
}
