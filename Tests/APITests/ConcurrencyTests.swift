import Farm
import FarmService
import Foundation
import Testing

@Suite("Concurrency, over a live loopback socket", .timeLimit(.minutes(20)))
struct ConcurrencyTests {
    /// A farm that listens, with one printer.
    private func run(_ test: @Sendable @escaping (FarmFixture, Loopback, String) async throws -> Void) async throws {
        let farm = try await FarmFixture()
        let token = try await farm.token()
        try await farm.listening { loopback in
            let made = try await loopback.send(
                "POST", "/api/v1/printers/", token: token, Array(#"{"name": "mk3"}"#.utf8))
            #expect(made.status == 201)
            try await test(farm, loopback, token)
        }
    }

    private func json(_ answer: Loopback.Answer) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(answer.text.utf8))
    }

    @Test("8 parallel start_print leave exactly one open print and the others finished")
    func start() async throws {
        try await run { _, loopback, token in
            let answers = try await loopback.together(
                8, "POST", "/api/v1/printers/1/start_print/", token: token, Array(#"{"filename": "a.gcode"}"#.utf8))
            #expect(answers.map(\.status) == Array(repeating: 200, count: 8))
            // Each was told of a print of its own.
            let told = try answers.compactMap { answer in
                let printer = (try json(answer) as? [String: Any])?["printer"] as? [String: Any]
                return (printer?["current_print"] as? [String: Any])?["id"] as? Int
            }
            #expect(told.sorted() == Array(1...8))
            let prints = try #require(
                try json(try await loopback.send("GET", "/api/v1/prints/?sorting=date_asc", token: token))
                    as? [[String: Any]])
            #expect(prints.count == 8)
            #expect(prints.filter { $0["ended_at"] is NSNull }.map { $0["id"] as? Int } == [8])
            #expect(prints.filter { $0["finished_at"] is String && $0["cancelled_at"] is NSNull }.count == 7)
        }
    }

    @Test("10 parallel predicts count 10")
    func predict() async throws {
        try await run { _, loopback, token in
            _ = try await loopback.send(
                "POST", "/api/v1/printers/1/start_print/", token: token, Array(#"{"filename": "a"}"#.utf8))
            let body =
                Array("--b\r\nContent-Disposition: form-data; name=\"img\"; filename=\"a.jpg\"\r\n\r\n".utf8) + jpeg
                + Array("\r\n--b--\r\n".utf8)
            let answers = try await loopback.together(
                10, "POST", "/api/v1/printers/1/predict/", token: token, body, type: "multipart/form-data; boundary=b")
            let counts = try answers.compactMap { answer in
                ((try json(answer) as? [String: Any])?["temporal_stats"] as? [String: Any])?["prediction_num"] as? Int
            }
            #expect(counts.sorted() == Array(1...10))
            let latest = try json(try await loopback.send("GET", "/api/v1/printers/1/prediction/", token: token))
            #expect((latest as? [String: Any])?["current_frame_num"] as? Int == 10)
            #expect((latest as? [String: Any])?["lifetime_frame_num"] as? Int == 10)
        }
    }

    @Test("of 8 parallel finish_print one succeeds and seven get 404, and the print ends once")
    func finish() async throws {
        try await run { farm, loopback, token in
            _ = try await loopback.send(
                "POST", "/api/v1/printers/1/start_print/", token: token, Array(#"{"filename": "a"}"#.utf8))
            let answers = try await loopback.together(8, "POST", "/api/v1/printers/1/finish_print/", token: token)
            #expect(answers.map(\.status).sorted() == [200] + Array(repeating: 404, count: 7))
            for answer in answers where answer.status == 404 {
                #expect(answer.text == #"{"detail":"Printer is not currently printing."}"#)
            }
            #expect(farm.service.state.events.filter { $0.kind == .ended }.count == 1)
        }
    }
}
