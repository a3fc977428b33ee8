import API
import Farm
import FarmService
import Foundation
import HTTPTypes
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport
import Testing

@Suite("Connections of peers that mean harm", .timeLimit(.minutes(20)))
struct ConnectionTrustTests {
    private func connect(_ port: Int, sending bytes: String) async throws -> any Channel {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port).get()
        if !bytes.isEmpty { try await channel.writeAndFlush(ByteBuffer(string: bytes)) }
        return channel
    }

    @Test("half-sent heads on every place keep nobody out: the oldest goes first", arguments: ["", "GET /hc/ HT"])
    func halfSent(bytes: String) async throws {
        let farm = try await FarmFixture {
            $0.limits.connections = 8
            $0.limits.headDeadline = .seconds(3600)
        }
        try await farm.live { port in
            var held: [any Channel] = []
            for _ in 0..<8 { held.append(try await connect(port, sending: bytes)) }
            for _ in 0..<4 {
                let answer = try await RawConnection.to(port: port).exchange(get + closing)
                #expect(answer.hasPrefix("HTTP/1.1 200"))
            }
            try await held[0].closeFuture.get()
            #expect(held[7].isActive)
            for channel in held { try? await channel.close() }
        }
    }

    @Test("connections that only wait on every place keep nobody out either; one under way is left alone")
    func idle() async throws {
        let farm = try await FarmFixture { $0.limits.connections = 4 }
        let token = try await farm.token()
        try await farm.live { port in
            let stream = "GET /api/v1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n"
            let busy = try await connect(port, sending: stream)
            var held: [any Channel] = []
            for _ in 0..<3 { held.append(try await connect(port, sending: get + "\r\n")) }
            // Until all four are answered.
            while farm.service.traffic.totalRequests < 4 { try await Task.sleep(for: .milliseconds(5)) }
            try await Task.sleep(for: .milliseconds(100))
            for _ in 0..<4 {
                let answer = try await RawConnection.to(port: port).exchange(get + closing)
                #expect(answer.hasPrefix("HTTP/1.1 200"))
            }
            #expect(busy.isActive && !held[0].isActive)
            for channel in held + [busy] { try? await channel.close() }
        }
    }

    /// One after the other, until this machine is fast enough for the test.
    private static let headDeadlines = [Duration.milliseconds(300), .seconds(3), .seconds(30)]

    @Test("a head that does not arrive in time is 408 with a sentence, the first one and a later one of a connection")
    func lateHead() async throws {
        #expect(ServerLimits().headDeadline == .seconds(10))
        let answers = Mutex<[String]>([])
        for deadline in Self.headDeadlines {
            let farm = try await FarmFixture { $0.limits.headDeadline = deadline }
            try await farm.live { port in
                let first = try await RawConnection.to(port: port).trickle("GET /hc/ HT", "x", every: .milliseconds(50))
                let second = try await RawConnection.to(port: port).exchange(get + "\r\n" + "GET /hc/ HT")
                let nothing = try await RawConnection.to(port: port).exchange("")
                answers.withLock { $0 = [first, second, nothing] }
            }
            // A client that was too slow to begin is cut off without a word.
            if answers.withLock({ !$0[0].isEmpty && $0[1].contains("200") }) { break }
        }
        let all = answers.withLock(\.self)
        #expect(all[0].hasPrefix("HTTP/1.1 408 ") && all[0].contains("head did not arrive within"))
        #expect(all[1].hasPrefix("HTTP/1.1 200") && all[1].contains("HTTP/1.1 408 "))
        #expect(all[2] == "")
    }

    @Test("a connection that is kept is not hurried before its next request begins")
    func keptConnection() async throws {
        let answered = Mutex(0)
        for deadline in Self.headDeadlines where answered.withLock(\.self) < 2 {
            let farm = try await FarmFixture { $0.limits.headDeadline = deadline }
            try await farm.live { port in
                let count = try? await Self.answers(of: 2, apart: deadline * 2, on: RawConnection.to(port: port))
                answered.withLock { $0 = count ?? 0 }
            }
        }
        let count = answered.withLock(\.self)
        #expect(count == 2)
    }

    /// How many of so many requests of one connection are answered.
    private static func answers(
        of requests: Int, apart pause: Duration, on connection: RawConnection
    ) async throws -> Int {
        try await connection.channel.executeThenClose { inbound, outbound in
            var chunks = inbound.makeAsyncIterator()
            var count = 0
            for number in 0..<requests {
                if number > 0 { try await Task.sleep(for: pause) }
                try await outbound.write(ByteBuffer(string: get + "\r\n"))
                var text = ""
                while !text.hasSuffix("ok"), let chunk = try await chunks.next() { text += String(buffer: chunk) }
                if text.hasPrefix("HTTP/1.1 200") { count += 1 }
            }
            return count
        }
    }

    @Test(
        "a stream's place is free as soon as its client goes, also when bytes wait behind it", arguments: ["", "GET "])
    func streamPlaces(behind: String) async throws {
        let farm = try await FarmFixture()
        let token = try await farm.token()
        try await farm.listening { loopback in
            let request = "GET /api/v1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n"
            var shortest = Duration.seconds(3600)
            // Their next sign of life, by which the end would be noticed in any case, is after 15 s.
            for _ in 0..<6 where shortest > .seconds(14) {
                let start = ContinuousClock.now
                for _ in 0..<8 {
                    try await loopback.connect().executeThenClose { inbound, outbound in
                        try await outbound.write(ByteBuffer(string: request + behind))
                        for try await chunk in inbound where String(buffer: chunk).contains("event: version") { break }
                    }
                }
                while try await loopback.send("HEAD", "/api/v1/events/stream", token: token).status == 429 {
                    try await Task.sleep(for: .milliseconds(5))
                }
                shortest = min(shortest, ContinuousClock.now - start)
            }
            #expect(shortest < .seconds(14))
        }
    }

    @Test("a client that ends its side of a stream is told its end")
    func halfClosedStream() async throws {
        let farm = try await FarmFixture()
        let token = try await farm.token()
        try await farm.live { port in
            let request = "GET /api/v1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n"
            let connection = try await RawConnection.to(port: port).channel
            try await connection.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: request))
                var text = ""
                for try await chunk in inbound {
                    text += String(buffer: chunk)
                    if text.hasSuffix("\n\n\r\n") { try await connection.channel.close(mode: .output) }
                }
                #expect(text.hasSuffix("0\r\n\r\n"))
            }
        }
    }

    // MARK: TLS

    @Test(
        "TLS 1.2 is spoken with forward secrecy and authenticated encryption only",
        arguments: [
            (NIOTLSCipher.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, true),
            (.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, true), (.TLS_RSA_WITH_AES_128_GCM_SHA256, false),
            (.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, false), (.TLS_RSA_WITH_AES_256_CBC_SHA, false),
        ])
    func ciphers(cipher: NIOTLSCipher, isSpoken: Bool) async throws {
        let folder = TestFiles.inTests("APITests/Certificates")
        let certificates = try TLSCertificates(
            certificate: folder.appending(path: "rsa.pem").path, key: folder.appending(path: "rsa.key.pem").path)
        let farm = try await FarmFixture { $0.certificates = certificates }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.maximumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = [cipher]
        let context = try NIOSSLContext(configuration: configuration)
        try await farm.live { port in
            let answer = try? await RawConnection.to(port: port, tls: context).exchange(
                get + closing, until: { $0.hasSuffix("ok") })
            #expect((answer?.hasPrefix("HTTP/1.1 200") == true) == isSpoken)
        }
    }

    // MARK: What a browser may do with an answer

    @Test("no answer's type may be guessed: pictures, JSON, metrics and errors say nosniff")
    func noSniff() async throws {
        let farm = try await FarmFixture(detections: [[]])
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            _ = try await app.predict(id, jpeg)
            let pic = try await app.get("/api/v1/printers/\(id)/").object["pic"] as? [String: Any]
            let url = try #require(pic?["img_url"] as? String)
            for path in [
                String(url.dropFirst("http://127.0.0.1:3334".count)), "/api/v1/printers/\(id)/snapshot.jpg",
                "/api/v1/printers/", "/metrics", "/hc/", "/openapi.json", "/nothing", "/o/device/",
            ] {
                let reply = try await app.get(path)
                #expect(reply.header("X-Content-Type-Options") == "nosniff", "\(path)")
            }
        }
    }

    @Test("a page of a foreign name that points here reads no metrics: they need a host of this machine, or a token")
    func rebinding() async throws {
        let farm = try await FarmFixture()
        let token = try await farm.token()
        try await farm.listening { loopback in
            func status(_ host: String, _ more: String = "") async throws -> String {
                let request = "GET /metrics HTTP/1.1\r\nHost: \(host)\r\n\(more)" + closing
                return String(try await RawConnection.to(port: loopback.port).exchange(request).dropFirst(9).prefix(3))
            }
            for host in [
                "localhost", "LOCALHOST:\(loopback.port)", "127.0.0.1:\(loopback.port)", "[::1]", "127.3.2.1",
                "farm.localhost", "localhost.",
            ] {
                let answer = try await status(host)
                #expect(answer == "200", "\(host)")
            }
            for host in ["evil.example", "evil.example:3334", "localhost.evil.example", "127.0.0.1.evil.example"] {
                let answers = (try await status(host), try await status(host, "Authorization: Bearer \(token)\r\n"))
                #expect(answers.0 == "401" && answers.1 == "200", "\(host)")
            }
        }
    }

    @Test(
        "every field that a proxy adds makes its peer remote",
        arguments: [
            "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Real-IP",
            "Via", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP", "X-Cluster-Client-IP", "Forwarded-For",
            "X-Original-Forwarded-For",
        ])
    func forwarded(field: String) async throws {
        let farm = try await FarmFixture()
        try await farm.run(.live) { app in
            let headers: HTTPFields = [try #require(HTTPField.Name(field)): "1.1 proxy"]
            #expect(try await App(client: app.client).send(.get, "/metrics", headers: headers).status == 401)
        }
    }
}
