import Farm
import FarmService
import Foundation
import HTTPTypes
import Testing

@Suite("The contract: how prints end", .timeLimit(.minutes(20)))
struct EndingContractTests {
    /// Prints 1 to 5 of printer 1: success, cancelled, failed, replaced, and one that is open.
    private func endings(_ app: App) async throws {
        _ = try await app.addPrinter()
        _ = try await app.start(1, "good")
        _ = try await app.finish(1)
        _ = try await app.start(1, "stopped")
        _ = try await app.finish(1, "cancelled")
        _ = try await app.start(1, "bad")
        _ = try await app.patch("/api/v1/prints/3/", json: #"{"result": "failed", "failure_reason": " warping "}"#)
        _ = try await app.start(1, "over")
        _ = try await app.start(1, "open")
    }

    private func names(_ app: App, _ query: String) async throws -> [String] {
        try await app.get("/api/v1/prints/?\(query)").list.map { $0.text("filename") }
    }

    @Test("each end has its own word, and Obico's two fields say finished or cancelled")
    func results() async throws {
        try await FarmFixture().run(.router) { app in
            try await endings(app)
            var told: [String: String] = [:]
            for print in try await app.get("/api/v1/prints/").list {
                told[print.text("filename")] =
                    "\(print.isNull("result") ? "null" : print.text("result")) "
                    + (print["finished_at"] is String ? "finished" : print["cancelled_at"] is String ? "cancelled" : "")
            }
            #expect(
                told == [
                    "good": "success finished", "stopped": "cancelled cancelled", "bad": "failed cancelled",
                    "over": "replaced finished", "open": "null ",
                ])
        }
    }

    @Test("filter=finished lists replaced prints, filter=cancelled failed ones; farmtop's own filter names each end")
    func filters() async throws {
        try await FarmFixture().run(.router) { app in
            try await endings(app)
            #expect(try await names(app, "filter=finished") == ["over", "good"])
            #expect(try await names(app, "filter=cancelled") == ["bad", "stopped"])
            #expect(try await names(app, "filter_by_results[]=replaced&filter_by_results[]=failed") == ["over", "bad"])
            #expect(try await names(app, "filter=finished&filter_by_results[]=success") == ["good"])
            #expect(try await app.get("/api/v1/prints/?filter_by_results[]=exploded").status == 400)
        }
    }

    @Test("a failed print counts as cancelled, a replaced one as finished, but not in the success rate")
    func totals() async throws {
        try await FarmFixture().run(.router) { app in
            try await endings(app)
            let stats = try await app.get("/api/v1/prints/stats/").object
            #expect(stats["total_print_count"] as? Int == 5)
            #expect(stats["total_succeeded_print_count"] as? Int == 2)
            #expect(stats["total_cancelled_print_count"] as? Int == 2)
            let counts = try #require(stats["result_counts"] as? [String: Int])
            #expect(counts == ["success": 1, "cancelled": 1, "failed": 1, "replaced": 1, "unknown": 0])
            #expect(abs(stats.number("success_rate") - 1.0 / 3) < 1e-12)
        }
    }

    @Test("result failed on an open print ends it, with its reason and the verdict FAILED")
    func failOpen() async throws {
        try await FarmFixture().run(.router) { app in
            _ = try await app.addPrinter()
            _ = try await app.start(1)
            let reply = try await app.patch(
                "/api/v1/prints/1/", json: #"{"result": "failed", "failure_reason": "came off the bed"}"#)
            #expect(reply.status == 200 && reply.object.text("result") == "failed")
            #expect(reply.object.text("failure_reason") == "came off the bed")
            #expect(reply.object.text("alert_overwrite") == "FAILED" && reply.object["cancelled_at"] is String)
            #expect(!reply.object.flag("need_alert_overwrite"))
            #expect(try await app.get("/api/v1/printers/1/").object.isNull("current_print"))
        }
    }

    @Test("an ended print can be found failed later; a verdict alone never changes how it ended")
    func failLater() async throws {
        try await FarmFixture().run(.router) { app in
            _ = try await app.addPrinter()
            _ = try await app.start(1)
            _ = try await app.finish(1)
            let judged = try await app.patch("/api/v1/prints/1/", json: #"{"alert_overwrite": "FAILED"}"#)
            #expect(judged.object.text("result") == "success")
            let failed = try await app.patch("/api/v1/prints/1/", json: #"{"result": "failed"}"#)
            #expect(failed.object.text("result") == "failed" && failed.object.isNull("failure_reason"))
            let told = try await app.patch("/api/v1/prints/1/", json: #"{"failure_reason": "no filament"}"#)
            #expect(told.object.text("failure_reason") == "no filament")
            let blank = try await app.patch("/api/v1/prints/1/", json: #"{"failure_reason": "  "}"#)
            #expect(blank.object.isNull("failure_reason"))
        }
    }

    @Test(
        "a result that nobody may set, and a reason without a failure, are named",
        arguments: [
            (#"{"result": "success"}"#, #"{"result":["\"success\" is not a valid choice."]}"#),
            (#"{"failure_reason": "x"}"#, "failure_reason"),
            (#"{"failure_reason": [1]}"#, #"{"failure_reason":["Not a valid string."]}"#),
            (
                "{\"result\": \"failed\", \"failure_reason\": \"\(String(repeating: "x", count: 201))\"}",
                #"{"failure_reason":["Ensure this field has no more than 200 characters."]}"#
            ),
        ])
    func refused(body: String, answer: String) async throws {
        try await FarmFixture().run(.router) { app in
            _ = try await app.addPrinter()
            _ = try await app.start(1)
            let reply = try await app.patch("/api/v1/prints/1/", json: body)
            #expect(reply.status == 400 && reply.text.contains(answer), "\(reply.text)")
            #expect(try await app.get("/api/v1/prints/1/").object.isNull("result"))
        }
    }

    @Test(
        "who sends back what it read changes nothing",
        arguments: [#"{"result": null}"#, #"{"failure_reason": null}"#, #"{"result": null, "filament_used": 3}"#])
    func repeated(body: String) async throws {
        try await FarmFixture().run(.router) { app in
            _ = try await app.addPrinter()
            _ = try await app.start(1)
            #expect(try await app.patch("/api/v1/prints/1/", json: body).status == 200)
            #expect(try await app.get("/api/v1/prints/1/").object.isNull("result"))
            _ = try await app.finish(1, "success")
            let ended = try await app.patch("/api/v1/prints/1/", json: #"{"result": "success", "print_time": 5}"#)
            #expect(ended.status == 200 && ended.text.contains(#""result":"success""#))
        }
    }

    @Test("a print that has just ended is told with its printer, until it is no longer news")
    func justEnded() async throws {
        let clock = TestClock()
        try await FarmFixture(clock: clock).run(.router) { app in
            _ = try await app.addPrinter()
            _ = try await app.start(1, "benchy.gcode")
            _ = try await app.finish(1, "cancelled")
            let ended = try #require(try await app.get("/api/v1/printers/1/").object["ended_print"] as? [String: Any])
            #expect(ended.text("filename") == "benchy.gcode" && ended.text("result") == "cancelled")
            _ = try await app.start(1, "next.gcode")
            #expect(try await app.get("/api/v1/printers/1/").object.isNull("ended_print"))
        }
    }
}

@Suite("The contract: fields that nobody knows", .timeLimit(.minutes(20)))
struct IgnoredFieldTests {
    @Test("a PATCH names them in X-Farmtop-Ignored, cleaned; read-only ones are known")
    func named() async throws {
        try await FarmFixture().run(.router) { app in
            _ = try await app.addPrinter()
            _ = try await app.start(1)
            let printer = try await app.patch(
                "/api/v1/printers/1/",
                json: #"{"name": "b", "id": 7, "watchign_enabled": true, "a\r\nSet-Cookie: x": 1}"#)
            #expect(printer.header("X-Farmtop-Ignored") == "a??Set-Cookie??x, watchign_enabled")
            let print = try await app.patch("/api/v1/prints/1/", json: #"{"verdict": "FAILED", "print_time": 3}"#)
            #expect(print.header("X-Farmtop-Ignored") == "verdict")
            #expect(
                try await app.patch("/api/v1/prints/1/", json: #"{"print_time": 3}"#).header("X-Farmtop-Ignored") == nil
            )
        }
    }

    @Test("however many there are, the header stays short")
    func many() async throws {
        try await FarmFixture().run(.router) { app in
            _ = try await app.addPrinter()
            let fields = (0..<500).map { "\"\(String(repeating: "x", count: 300))\($0)\": 1" }.joined(separator: ", ")
            let reply = try await app.patch("/api/v1/printers/1/", json: "{\(fields)}")
            let header = try #require(reply.header("X-Farmtop-Ignored"))
            #expect(header.utf8.count < 2000 && header.hasSuffix(", and 480 more"))
        }
    }
}

@Suite("The contract: events of 0.2", .timeLimit(.minutes(20)))
struct EventTypeTests {
    private func types(_ app: App, _ query: String) async throws -> [String] {
        try await app.get("/api/v1/printer_events/?\(query)").list.map { $0.text("event_type") }
    }

    @Test("they are listed only when named, also where a class is named alone")
    func named() async throws {
        try await FarmFixture().run(.router) { app in
            _ = try await app.addPrinter()
            _ = try await app.start(1)
            _ = try await app.patch("/api/v1/printers/1/", json: #"{"detective_sensitivity": 1.2}"#)
            #expect(try await types(app, "") == ["STARTED"])
            #expect(try await types(app, "filter_by_classes[]=INFO") == ["STARTED"])
            #expect(try await types(app, "filter_by_types[]=SETTINGS") == ["SETTINGS", "SETTINGS"])
            #expect(
                try await types(app, "filter_by_types[]=SETTINGS&filter_by_types[]=STARTED")
                    == ["SETTINGS", "STARTED", "SETTINGS"])
        }
    }

    @Test("ALERT and PAUSE_RESUME stand for several types")
    func words() async throws {
        try await FarmFixture().run(.router) { app in
            _ = try await app.addPrinter()
            _ = try await app.start(1)
            for action in [
                "pause_print/", "resume_print/", "mute_current_print/?mute_alert=true",
                "mute_current_print/?mute_alert=false",
            ] {
                _ = try await app.send(.post, "/api/v1/printers/1/\(action)")
            }
            #expect(try await types(app, "filter_by_types[]=ALERT") == ["ALERT_UNMUTED", "ALERT_MUTED"])
            #expect(try await types(app, "filter_by_types[]=PAUSE_RESUME") == ["RESUMED", "PAUSED"])
            #expect(try await app.get("/api/v1/printer_events/?filter_by_types[]=NOTHING").status == 400)
        }
    }

    @Test("an event says who did it")
    func actor() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            _ = try await app.addPrinter()
            _ = try await app.start(1)
            _ = try await farm.service.perform(FarmAction.cancelPrint(1))
            let actors = try await app.get("/api/v1/printer_events/").list.map { $0["actor"] as? [String: Any] ?? [:] }
            #expect(actors.map { $0.text("kind") } == ["person", "client"])
            #expect(actors[0].isNull("name") && actors[1].text("name") == "app")
        }
    }
}
