import Farm
import FarmService
import HTTPTypes
import NIOCore
import Testing

@testable import API

@Suite("Memory of requests and answers under way", .timeLimit(.minutes(20)))
struct BytesInFlightTests {
    @Test("callers without a token may fill a sixteenth; what is given back can be taken again")
    func shares() throws {
        let budget = BytesInFlight(limit: 800)
        do {
            let unknown = BytesInFlight.Share(of: budget, isKnown: false)
            try unknown.grow(by: 50)
            #expect(throws: APIError.self) { try unknown.grow(by: 1) }
            let known = BytesInFlight.Share(of: budget, isKnown: true)
            try known.grow(by: 750)
            #expect(throws: APIError.self) { try known.grow(by: 1) }
            #expect(budget.current == 800)
        }
        #expect(budget.current == 0)
    }

    @Test("a body beyond what is left is 503 with Retry-After, and one that fits is taken", arguments: Way.allCases)
    func bodies(way: Way) async throws {
        let budget = BytesInFlight(limit: 100_000)
        let farm = try await FarmFixture(detections: [[], []]) { $0.bytesInFlight = budget }
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            let big = try await app.predict(id, jpeg + Array(repeating: 0, count: 200_000))
            #expect(big.status == 503 && big.header("Retry-After") == "1")
            #expect(try await app.predict(id, jpeg + Array(repeating: 0, count: 50_000)).status == 200)
        }
        #expect(budget.current == 0)
    }

    @Test("an account holds so many printers and no more; removing one makes room", arguments: Way.allCases)
    func printers(way: Way) async throws {
        let farm = try await FarmFixture { $0.printersPerAccount = 2 }
        try await farm.run(way) { app in
            let first = try await app.addPrinter()
            _ = try await app.send(.post, "/api/v1/printers/\(first)/archive/")
            _ = try await app.addPrinter()
            let third = try await app.post("/api/v1/printers/", json: #"{"name": "third"}"#)
            let expected = "This account may hold 2 printers. Remove one, or raise server.printers_per_account."
            #expect(third.status == 400 && third.text == "{\"non_field_errors\":[\"\(expected)\"]}")
            _ = try await app.send(.delete, "/api/v1/printers/\(first)/?with_archived=true")
            #expect(try await app.addPrinter() > 0)
        }
    }

    @Test("answers that nobody reads are counted until they have left, and beyond the budget it is 503")
    func answers() async throws {
        let budget = BytesInFlight(limit: 3_000_000)
        let farm = try await FarmFixture { $0.bytesInFlight = budget }
        let token = try await farm.token()
        for number in 0..<300 {
            let name = String(repeating: "n", count: 200) + "\(number)"
            _ = try await farm.service.perform(
                CreatePrinter(caller: .administrator, account: 1, settings: PrinterSettings(name: name)))
        }
        try await farm.live { port in
            let request =
                "GET /api/v1/printers/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n"
            var unread: [NIOAsyncChannel<ByteBuffer, ByteBuffer>] = []
            var answer = ""
            // Each of them holds what the kernel does not take for it.
            for _ in 0..<200 where !answer.hasPrefix("HTTP/1.1 503") {
                let channel = try await RawConnection.to(port: port).channel
                try await channel.channel.setOption(.autoRead, value: false).get()
                try await channel.channel.writeAndFlush(
                    ByteBuffer(string: String(repeating: request + "\r\n", count: 40)))
                unread.append(channel)
                answer = try await RawConnection.to(port: port).exchange(request + closing)
            }
            #expect(answer.hasPrefix("HTTP/1.1 503") && answer.contains("Retry-After: 1"))
            for channel in unread { channel.channel.close(promise: nil) }
            let end = ContinuousClock.now + .seconds(20)
            while budget.current > 0, .now < end { try await Task.sleep(for: .milliseconds(20)) }
            #expect(budget.current == 0)
            let again = try await RawConnection.to(port: port).exchange(request + closing)
            #expect(again.hasPrefix("HTTP/1.1 200"))
        }
    }
}
