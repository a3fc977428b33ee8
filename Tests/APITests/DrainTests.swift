import API
import Farm
import FarmService
import Foundation
import NIOCore
import ServiceLifecycle
import Testing

@Suite("The end of serving", .timeLimit(.minutes(20)))
struct DrainTests {
    @Test("a request that is under way finishes; every other one, /hc/ too, is 503 with Retry-After; streams end")
    func drains() async throws {
        let farm = try await FarmFixture()
        let token = try await farm.token()
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let listener = farm.server.listener(host: "127.0.0.1", port: 0) { found in
            port.yield(found)
            port.finish()
        }
        try await serving([listener, farm.server.drainer(atMost: .seconds(30))]) { group in
            let port = try #require(await ports.first { _ in true })
            let bearer = "Authorization: Bearer \(token)\r\n"
            let body = #"{"name": "late"}"#
            let stream = try await RawConnection.to(port: port)
            try await stream.channel.executeThenClose { events, eventsOut in
                try await eventsOut.write(
                    ByteBuffer(string: "GET /api/v1/events/stream HTTP/1.1\r\nHost: x\r\n\(bearer)\r\n"))
                var stream = events.makeAsyncIterator()
                _ = try await stream.next()
                try await RawConnection.to(port: port).channel.executeThenClose { answers, out in
                    try await out.write(
                        ByteBuffer(
                            string: "POST /api/v1/printers/ HTTP/1.1\r\nHost: x\r\n\(bearer)"
                                + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
                                + "Expect: 100-continue\r\n\r\n"))
                    var late = answers.makeAsyncIterator()
                    #expect(String(buffer: try #require(try await late.next())).hasPrefix("HTTP/1.1 100"))
                    await group.triggerGracefulShutdown()
                    // The stream's end shows that the drain has begun.
                    while let _ = try await stream.next() {}
                    for target in ["/hc/", "/api/v1/printers/"] {
                        let refused = try await RawConnection.to(port: port).exchange(
                            "GET \(target) HTTP/1.1\r\nHost: x\r\n\(bearer)\r\n")
                        #expect(refused.hasPrefix("HTTP/1.1 503") && refused.contains("Retry-After: 5"))
                        #expect(refused.lowercased().contains("connection: close"))
                    }
                    try await out.write(ByteBuffer(string: body))
                    var text = ""
                    while let chunk = try await late.next() { text += String(buffer: chunk) }
                    #expect(text.hasPrefix("HTTP/1.1 201"))
                }
            }
        }
        #expect(farm.service.snapshot().printers.map(\.printer.settings.name) == ["late"])
    }

    @Test("a request that never ends does not hold up the end for longer than the limit")
    func bounded() async throws {
        // The drainer is what ends it here, not the request's own deadline.
        let farm = try await FarmFixture {
            $0.limits.requestDeadline = .seconds(10_000)
            $0.limits.idleTimeout = .seconds(10_000)
        }
        let token = try await farm.token()
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let listener = farm.server.listener(host: "127.0.0.1", port: 0) { found in
            port.yield(found)
            port.finish()
        }
        try await serving([listener, farm.server.drainer(atMost: .milliseconds(100))]) { group in
            let port = try #require(await ports.first { _ in true })
            try await RawConnection.to(port: port).channel.executeThenClose { answers, out in
                try await out.write(
                    ByteBuffer(
                        string: "POST /api/v1/printers/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n"
                            + "Content-Type: application/json\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n"))
                var late = answers.makeAsyncIterator()
                _ = try await late.next()
                await group.triggerGracefulShutdown()
                // Nothing more is sent.
                while let chunk = try? await late.next() { #expect(!String(buffer: chunk).contains("201")) }
            }
        }
    }

    @Test("the administrator's requests do not hold up the end either")
    func control() async throws {
        let farm = try await FarmFixture {
            $0.limits.requestDeadline = .seconds(10_000)
            $0.limits.idleTimeout = .seconds(10_000)
        }
        let path = farm.folder.path + "/control.sock"
        let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
        let listener = farm.server.controlListener(path: path) { isReady.finish() }
        try await serving([listener, farm.server.drainer(atMost: .milliseconds(100))]) { group in
            for await _ in ready {}
            try await RawConnection.to(path: path).channel.executeThenClose { answers, out in
                try await out.write(
                    ByteBuffer(
                        string: "POST /api/v1/printers/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 10\r\nExpect: 100-continue\r\n\r\n"))
                var late = answers.makeAsyncIterator()
                #expect(String(buffer: try #require(try await late.next())).hasPrefix("HTTP/1.1 100"))
                await group.triggerGracefulShutdown()
                // Nothing more is sent.
                while let chunk = try? await late.next() { #expect(!String(buffer: chunk).contains("201")) }
            }
        }
    }
}
