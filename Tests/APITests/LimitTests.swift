import API
import Farm
import FarmService
import NIOCore
import Synchronization
import Testing

@Suite("Limits of a connection", .timeLimit(.minutes(20)))
struct LimitTests {
    private func farm(_ change: @escaping (inout ServerLimits) -> Void) async throws -> FarmFixture {
        try await FarmFixture { change(&$0.limits) }
    }

    @Test("a client that sends its header a byte at a time is cut off, however busy it looks")
    func slowHeader() async throws {
        let farm = try await farm { $0.idleTimeout = .milliseconds(300) }
        try await farm.live { port in
            let answer = try await RawConnection.to(port: port).trickle(get, "a: b\r\n", every: .milliseconds(50))
            #expect(!answer.contains("200"))
        }
    }

    @Test("a body that does not arrive within the request's deadline is cut off, however steadily it comes")
    func slowBody() async throws {
        let farm = try await farm { $0.requestDeadline = .milliseconds(300) }
        let token = try await farm.token()
        try await farm.live { port in
            let head =
                "POST /api/v1/printers/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n"
                + "Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n"
            let answer = try await RawConnection.to(port: port).trickle(head, "{", every: .milliseconds(50))
            #expect(!answer.contains("201"))
        }
        #expect(farm.service.snapshot().printers.isEmpty)
    }

    @Test("a connection on which nothing happens is closed, before its first request and after one")
    func idle() async throws {
        // Longer where this machine is too busy to send a request in time.
        for seconds in [0.2, 2, 20] {
            let farm = try await farm { $0.idleTimeout = .milliseconds(Int64(seconds * 1000)) }
            let answer = Mutex("")
            try await farm.live { port in
                #expect(try await RawConnection.to(port: port).exchange("") == "")
                let text = try await RawConnection.to(port: port).exchange(get + "\r\n")
                answer.withLock { $0 = text }
            }
            let text = answer.withLock { $0 }
            if text.isEmpty, seconds < 20 { continue }
            #expect(text.hasPrefix("HTTP/1.1 200") && text.hasSuffix("ok"))
            break
        }
    }

    @Test("a header that is too long, or has too many fields, is 431 and ends the connection; the next one is served")
    func longHeader() async throws {
        let farm = try await farm {
            $0.headerBytes = 4096
            $0.headerCount = 20
        }
        try await farm.live { port in
            for header in ["X: \(String(repeating: "h", count: 5000))\r\n", String(repeating: "A: b\r\n", count: 50)] {
                let answer = try await RawConnection.to(port: port).exchange(get + header + "\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 431 Request Header Fields Too Large\r\n"))
                #expect(answer.lowercased().contains("connection: close"))
                #expect(answer.hasSuffix(#"{"detail":"The header has more than 4096 bytes or 20 fields."}"#))
            }
            #expect(try await RawConnection.to(port: port).exchange(get + closing).hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test(
        "what is no request is 400 with a reason",
        arguments: ["\u{1}\u{2}\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "GET / FTP/1\r\n\r\n"])
    func noRequest(bytes: String) async throws {
        let farm = try await FarmFixture()
        try await farm.live { port in
            let answer = try await RawConnection.to(port: port).exchange(bytes)
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(answer.hasSuffix(#"{"detail":"This is not a request of HTTP/1.1."}"#))
        }
    }

    @Test("an address may have so many connections and no more; when one ends, another may come")
    func connectionsPerAddress() async throws {
        let farm = try await farm { $0.connectionsPerAddress = 2 }
        try await farm.live { port in
            try await RawConnection.to(port: port).channel.executeThenClose { first, firstOut in
                try await firstOut.write(ByteBuffer(string: get + "\r\n"))
                for try await chunk in first where String(buffer: chunk).hasSuffix("ok") { break }
                try await RawConnection.to(port: port).channel.executeThenClose { second, secondOut in
                    try await secondOut.write(ByteBuffer(string: get + "\r\n"))
                    for try await chunk in second where String(buffer: chunk).hasSuffix("ok") { break }
                    let third = try? await RawConnection.to(port: port).exchange(get + closing)
                    #expect(third?.contains("200") != true)
                }
            }
            // The server notes the ends in its own time.
            var answer: String?
            while answer?.hasPrefix("HTTP/1.1 200") != true {
                answer = try? await RawConnection.to(port: port).exchange(get + closing)
            }
        }
    }

    @Test("a trusted proxy's connections count for the client that it names")
    func connectionsBehindProxy() async throws {
        let farm = try await FarmFixture {
            $0.limits.connectionsPerAddress = 1
            $0.proxies = TrustedProxies(["127.0.0.1"]) ?? TrustedProxies()
        }
        try await farm.live { port in
            func named(_ address: String, _ end: String) -> String { get + "X-Forwarded-For: \(address)\r\n" + end }
            try await RawConnection.to(port: port).channel.executeThenClose { first, firstOut in
                try await firstOut.write(ByteBuffer(string: named("192.0.2.1", "\r\n")))
                for try await chunk in first where String(buffer: chunk).hasSuffix("ok") { break }
                let other = try await RawConnection.to(port: port).exchange(named("192.0.2.2", closing))
                #expect(other.hasPrefix("HTTP/1.1 200"))
                let same = try await RawConnection.to(port: port).exchange(named("192.0.2.1", closing))
                #expect(same.hasPrefix("HTTP/1.1 429") && same.contains("Retry-After: 1"))
            }
        }
    }
}
