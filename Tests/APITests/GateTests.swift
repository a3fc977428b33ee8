import API
import Farm
import FarmService
import Foundation
import NIOCore
import NIOPosix
import Testing

@Suite("One request of a connection at a time", .timeLimit(.minutes(20)))
struct GateTests {
    private func count(_ text: String, _ part: String) -> Int { text.components(separatedBy: part).count - 1 }

    @Test("requests sent in a row are answered in a row, and the connection goes on")
    func pipelining() async throws {
        let farm = try await FarmFixture()
        try await farm.live { port in
            let post =
                "POST /o/token/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: 3\r\n\r\na=b"
            let requests = String(repeating: get + "\r\n" + post, count: 200) + get + closing
            let answer = try await RawConnection.to(port: port).exchange(requests)
            #expect(count(answer, "HTTP/1.1 200") == 201 && count(answer, "HTTP/1.1 400") == 200)
        }
    }

    @Test("no request is begun while an earlier answer is unread")
    func unread() async throws {
        let farm = try await FarmFixture()
        try await farm.live { port in
            let channel = try await RawConnection.to(port: port).channel
            try await channel.executeThenClose { inbound, outbound in
                let request = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
                let writing = Task {
                    try await outbound.write(ByteBuffer(string: String(repeating: request, count: 20_000)))
                }
                // Long enough for all of them, if they were begun.
                try await Task.sleep(for: .seconds(2))
                let begun = farm.service.traffic.totalRequests
                #expect(begun > 0 && begun < 200)
                writing.cancel()
            }
        }
    }

    @Test("an offer of another protocol does not make a connection deaf", arguments: ["h2c", "websocket", "TLS/1.0"])
    func upgrade(to name: String) async throws {
        let farm = try await FarmFixture()
        try await farm.live { port in
            let offer = get + "Connection: Upgrade\r\nUpgrade: \(name)\r\n\r\n"
            let answer = try await RawConnection.to(port: port).exchange(offer + offer + get + closing)
            #expect(count(answer, "HTTP/1.1 200") == 3)
        }
    }

    @Test(
        "who says that the connection is to end gets one answer, and its end",
        arguments: [
            ("HTTP/1.1", "Connection: Close\r\n"), ("HTTP/1.1", "Connection: TE, close\r\n"), ("HTTP/1.0", ""),
        ])
    func ends(version: String, field: String) async throws {
        let farm = try await FarmFixture()
        try await farm.live { port in
            let request = "GET /hc/ \(version)\r\nHost: x\r\n\(field)\r\n"
            let answer = try await RawConnection.to(port: port).exchange(request + request)
            #expect(count(answer, "HTTP/1.1 200") == 1 && answer.lowercased().contains("connection: close"))
        }
    }

    @Test("a client of HTTP/1.0 that wants to keep its connection keeps it")
    func keepAlive() async throws {
        let farm = try await FarmFixture()
        try await farm.live { port in
            let request = "GET /hc/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
            let answer = try await RawConnection.to(port: port).exchange(request + request) { text in
                text.components(separatedBy: "HTTP/1.1 200").count == 3
            }
            #expect(answer.lowercased().contains("connection: keep-alive"))
        }
    }

    @Test("a body with an unclear length does nothing and is answered; so are two hosts")
    func unclear() async throws {
        let farm = try await FarmFixture()
        let live = try await farm.service.perform(
            CreatePrinter(caller: .administrator, account: 1, settings: PrinterSettings(name: "mk3")))
        _ = try await farm.service.perform(
            StartPrint(caller: .administrator, printer: live.printer.id, filename: "a.gcode"))
        let token = try await farm.token()
        try await farm.live { port in
            let head =
                "POST /api/v1/printers/\(live.printer.id)/finish_print/ HTTP/1.1\r\nHost: x\r\n"
                + "Authorization: Bearer \(token)\r\nContent-Type: application/json\r\n"
            for (field, status) in [
                ("Content-Length: 9223372036854775808\r\n", 413), ("Content-Length: 23, 23\r\n", 400),
                ("Host: y\r\n", 400),
            ] {
                let answer = try await RawConnection.to(port: port).exchange(
                    head + field + "\r\n{\"status\": \"cancelled\"}")
                #expect(answer.hasPrefix("HTTP/1.1 \(status) ") && answer.contains("{\"detail\":"))
            }
        }
        #expect(farm.service.state.printers[live.printer.id]?.currentPrint != nil)
    }

    @Test("a body that is shorter than its length is 408 with a sentence, when the request's time is over")
    func shortBody() async throws {
        #expect(ServerLimits().requestDeadline < ServerLimits().idleTimeout)
        let farm = try await FarmFixture { $0.limits.requestDeadline = .milliseconds(300) }
        let token = try await farm.token()
        try await farm.live { port in
            let head =
                "POST /api/v1/printers/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n"
                + "Content-Type: application/json\r\nContent-Length: 60\r\n\r\n"
            let answer = try await RawConnection.to(port: port).exchange(head + "{\"name\": \"mk3\"}")
            #expect(
                answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n") && answer.contains("Content-Length is the number"))
        }
        #expect(farm.service.snapshot().printers.isEmpty)
    }
}
