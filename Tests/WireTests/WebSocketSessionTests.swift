import NIOCore
import NIOEmbedded
import NIOWebSocket
import Synchronization
import Testing
import WireTestSupport

@testable import Wire

@Suite("A websocket", .timeLimit(.minutes(20)))
struct WebSocketSessionTests {
    private func open(_ route: Route, limits: WebSocketSession.Limits = .ample) async throws -> WebSocketSession {
        try await WebSocketSession.open("/websocket?token=t", by: route, limits: limits, timeout: .ample)
    }

    @Test("text and binary go and come, with the upgrade's own headers")
    func echo() async throws {
        let server = try await FakeServer(
            answer: { _ in .hangUp },
            talk: { _, socket in
                while let message = try? await socket.next() { try? await socket.send(message) }
            })
        let socket = try await WebSocketSession.open(
            "/websocket", by: server.route(), headers: [HTTPHeader("X-Api-Key", "k")], limits: .ample,
            timeout: .ample)
        let long = String(repeating: "x", count: 300_000)
        for message: WebSocketMessage in [.text("Käfer"), .binary([0, 255]), .text(long)] {
            try await socket.send(message)
            #expect(try await socket.next() == message)
        }
        #expect(server.requests[0].header("x-api-key") == "k")
        await socket.close()
        await server.stop()
    }

    @Test("a server that refuses is told by its status", arguments: [401, 403, 404, 500])
    func refused(status: Int) async throws {
        let raw = try await RawServer { line in
            _ = await line.read()
            await line.write(Array("HTTP/1.1 \(status) No\r\nContent-Length: 2\r\n\r\nno".utf8))
            while await line.read() != nil {}
        }
        await #expect(throws: WireError.upgradeRefused(status: status)) { _ = try await self.open(raw.route) }
        await raw.waitForEnd()
        await raw.stop()
    }

    @Test("a server that never answers the request is given up, one that hangs up is closed")
    func silentServer() async throws {
        let raw = try await RawServer { line in while await line.read() != nil {} }
        await #expect(throws: WireError.timedOut(.milliseconds(200))) {
            _ = try await WebSocketSession.open("/", by: raw.route, timeout: .milliseconds(200))
        }
        await raw.stop()
        let brusque = try await RawServer { line in _ = await line.read() }
        await #expect(throws: WireError.closed) { _ = try await self.open(brusque.route) }
        await brusque.stop()
    }

    /// One frame; lengths below 65,536.
    private static func frame(_ first: UInt8, _ body: [UInt8], masked: Bool = false) -> [UInt8] {
        let length: [UInt8] =
            body.count < 126 ? [UInt8(body.count)] : [126, UInt8(body.count >> 8), UInt8(body.count & 0xFF)]
        guard masked else { return [first] + length + body }
        return [first, length[0] | 0x80] + length.dropFirst() + [0, 0, 0, 0] + body
    }

    /// What the client makes of these bytes after the handshake: its first message, or why there is none; and the close
    /// code that it answers with.
    private func answer(
        to bytes: [UInt8], limits: WebSocketSession.Limits = .ample
    ) async throws
        -> (Result<WebSocketMessage, WireError>, [UInt8])
    {
        let heard = Mutex<[UInt8]>([])
        let raw = try await RawServer { line in
            await RawServer.shakeHands(line)
            await line.write(bytes)
            while let more = await line.read() { heard.withLock { $0 += more } }
        }
        let socket = try await open(raw.route, limits: limits)
        let result: Result<WebSocketMessage, WireError>
        do throws(WireError) { result = .success(try await socket.next()) } catch { result = .failure(error) }
        await socket.close()
        await raw.waitForEnd()
        await raw.stop()
        return (result, heard.withLock { $0 })
    }

    /// The code of the first close frame among what a client sent.
    private func code(_ sent: [UInt8]) -> Int? {
        guard sent.count >= 8, sent[0] == 0x88 else { return nil }
        return Int(sent[6] ^ sent[2]) << 8 | Int(sent[7] ^ sent[3])
    }

    @Test("a message in fragments is one message, with a ping in between that is answered at once")
    func fragments() async throws {
        let bytes =
            Self.frame(0x01, Array("Kä".utf8.dropLast())) + Self.frame(0x89, [7, 8]) + Self.frame(0x00, [0xA4])
            + Self.frame(0x80, Array("fer".utf8))
        let (message, sent) = try await answer(to: bytes)
        #expect(message == .success(.text("Käfer")))
        #expect(sent.prefix(2) == [0x8A, 0x82])
        try #require(sent.count >= 8)
        #expect([sent[6] ^ sent[2], sent[7] ^ sent[3]] == [7, 8])
    }

    @Test("masked frames, text that is not UTF-8, reserved bits and fragments out of order are refused by their code")
    func violations() async throws {
        for (bytes, expected) in [
            (Self.frame(0x81, Array("x".utf8), masked: true), 1002), (Self.frame(0x81, [0xFF, 0xFE]), 1007),
            (Self.frame(0xC1, Array("x".utf8)), 1002), (Self.frame(0x80, Array("x".utf8)), 1002),
            (Self.frame(0x01, [0x41]) + Self.frame(0x81, [0x42]), 1002), (Self.frame(0x83, []), 1002),
            (Self.frame(0x09, []), 1002),
        ] {
            let (message, sent) = try await answer(to: bytes)
            #expect(throws: WireError.self) { _ = try message.get() }
            #expect(code(sent) == expected, "\(bytes)")
        }
    }

    @Test("a frame over 1 MB is refused by its head, a message over its limit by its sum")
    func tooLarge() async throws {
        let (frame, sent) = try await answer(to: [0x82, 127, 0, 0, 0, 0, 0, 0x10, 0, 1])
        #expect(frame == .failure(.tooLarge(limit: 4 << 20)))
        #expect(code(sent) == 1009)
        let piece = Array<UInt8>(repeating: 0, count: 600)
        let pieces = Self.frame(0x02, piece) + Self.frame(0x00, piece)
        let (message, _) = try await answer(to: pieces, limits: .init(message: 1000, silence: .ample, sending: .ample))
        #expect(message == .failure(.tooLarge(limit: 1000)))
    }

    @Test("messages that nobody takes close the connection, and those that fitted can still be read")
    func overflow() async throws {
        let server = try await FakeServer(
            answer: { _ in .hangUp },
            talk: { _, socket in
                for number in 0..<10 { try? await socket.send(.text("\(number)")) }
                _ = try? await socket.next()
            })
        let socket = try await open(server.route(), limits: .init(waitingMessages: 3, silence: .ample, sending: .ample))
        try await server.waitUntilLeft()
        for number in 0..<3 { #expect(try await socket.next() == .text("\(number)")) }
        await #expect(throws: WireError.overflow) { _ = try await socket.next() }
        await server.stop()
    }

    @Test("a dead connection is noticed: a ping, and then it is given up")
    func silence() async throws {
        let raw = try await RawServer { line in
            await RawServer.shakeHands(line)
            while await line.read() != nil {}
        }
        let socket = try await open(raw.route, limits: .init(silence: .milliseconds(100)))
        await #expect(throws: WireError.timedOut(.milliseconds(200))) { _ = try await socket.next() }
        await raw.stop()
    }

    /// An embedded channel connects at once, on the calling thread.
    private func connect(_ channel: EmbeddedChannel) throws {
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    @Test("pongs keep a quiet connection; without one it is given up")
    func quiet() async throws {
        let channel = EmbeddedChannel()
        let inbox = WebSocketInbox(.init())
        try channel.pipeline.syncOperations.addHandler(
            WebSocketHandler(role: .client, inbox: inbox, silence: .seconds(20), limit: 1000))
        try connect(channel)
        for _ in 0..<3 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(20))
            let ping = try channel.readOutbound(as: WebSocketFrame.self)
            #expect(ping?.opcode == .ping)
            try channel.writeInbound(WebSocketFrame(fin: true, opcode: .pong, data: ByteBuffer()))
        }
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(40))
        #expect(!channel.isActive)
        await #expect(throws: WireError.timedOut(.seconds(40))) { _ = try await inbox.next() }
    }

    @Test("a close frame of the server ends it, and cancelling ends the waiting")
    func ends() async throws {
        let (message, sent) = try await answer(to: Self.frame(0x88, [0x03, 0xE9]))
        #expect(message == .failure(.closed))
        #expect(code(sent) == 1001)
        let server = try await FakeServer(answer: { _ in .hangUp }, talk: { _, socket in _ = try? await socket.next() })
        let socket = try await open(server.route())
        let waiting = Task { () -> WireError? in
            do throws(WireError) {
                _ = try await socket.next()
                return nil
            } catch { return error }
        }
        waiting.cancel()
        #expect(await waiting.value == .closed)
        await socket.close()
        await server.stop()
    }
}
