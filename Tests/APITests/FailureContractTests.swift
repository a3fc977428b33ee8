import Farm
import FarmService
import Foundation
import HTTPTypes
import Testing

@Suite("The contract: one number, alerts and pauses", .timeLimit(.minutes(20)))
struct FailureContractTests {
    @Test("alert is true on the frame that raises one, and only there; it stands until it is answered")
    func raising() async throws {
        let failing = try await FailingPrint()
        try await failing.run { app in
            let answers = try await failing.frames(app) { $0.alert }
            #expect(answers.filter { $0.alertStanding }.count == 1)
            for _ in 0..<20 {
                let next = try await failing.frame(app)
                #expect(!next.alert && next.alertStanding)
            }
            #expect(try await failing.printer(app).text("alert_state") == "standing")
            _ = try await app.send(.post, FailingPrint.path + "acknowledge_alert/")
            #expect(try await failing.printer(app).text("alert_state") == "acknowledged")
            for _ in 0..<20 {
                let next = try await failing.frame(app)
                #expect(!next.alert && !next.alertStanding)
            }
            #expect(try await failing.events(app).filter { $0 == "FAILURE_ALERTED" }.count == 1)
        }
    }

    @Test("the longer a print fails, the higher the number, which is the same everywhere")
    func oneNumber() async throws {
        let failing = try await FailingPrint()
        try await failing.run { app in
            _ = try await failing.frames(app) { $0.alert }
            for _ in 0..<200 { _ = try await failing.frame(app) }
            let number = try await failing.frame(app).failureProbability
            #expect(number >= 0.6)
            let printer = try await failing.printer(app)
            #expect(printer.number("failure_probability") == number && printer.text("camera_state") == "failing")
            #expect(try await app.get(FailingPrint.path + "prediction/").object.number("failure_probability") == number)
            #expect(try await failing.print(app).number("max_failure_probability") >= number)
            let stored = try await app.get("/api/v1/prints/1/prediction_json/").list
            #expect((stored.last?["fields"] as? [String: Any])?.number("failure_probability") == number)
            let metrics = try await app.get("/metrics").text
            #expect(metrics.contains("\nfarmtop_failure_probability_max \(number)\n"))
            #expect(metrics.contains("\nfarmtop_cameras{camera_state=\"failing\"} 1\n"))
            #expect(metrics.contains("\nfarmtop_alerts{alert_state=\"standing\"} 1\n"))
        }
    }

    @Test("while no print is open there is no number and no camera's word; with one there is no picture yet")
    func beforeAndAfter() async throws {
        let failing = try await FailingPrint()
        try await failing.run { app in
            let begun = try await failing.printer(app)
            #expect(begun.text("camera_state") == "no_picture" && !begun.isNull("failure_probability"))
            #expect(begun.text("machine_state") == "unlinked" && begun.text("alert_state") == "none")
            #expect(try await failing.print(app).isNull("max_failure_probability"))
            _ = try await app.finish(1)
            let ended = try await failing.printer(app)
            #expect(ended.text("camera_state") == "off" && ended.isNull("failure_probability"))
        }
    }

    @Test("the camera's state changes by time alone, in the printer and in the list")
    func stale() async throws {
        let failing = try await FailingPrint(failing: 0)
        try await failing.run { app in
            _ = try await failing.frame(app)
            #expect(try await failing.printer(app).text("camera_state") == "ok")
            #expect(try await app.get("/api/v1/printers/").list[0].text("camera_state") == "ok")
            failing.clock.advance(.seconds(61))
            #expect(try await failing.printer(app).text("camera_state") == "stale")
            #expect(try await app.get("/api/v1/printers/").list[0].text("camera_state") == "stale")
        }
    }

    @Test("a pause is asked, then confirmed by pause_print, then true")
    func pause() async throws {
        let failing = try await FailingPrint()
        try await failing.run { app in
            let answers = try await failing.frames(app) { $0.pauseRequested }
            #expect(answers.last?.alertStanding == true)
            let print = try #require(try await failing.printer(app)["current_print"] as? [String: Any])
            #expect(print.isNull("paused_at") && print["pause_requested_at"] is String)
            #expect(try await failing.printer(app)["pause_deadline"] is String)
            #expect(try await failing.printer(app)["not_watching_reason"] is NSNull, "a request is no pause")
            _ = try await app.send(.post, FailingPrint.path + "pause_print/")
            let paused = try await failing.print(app)
            #expect(paused["paused_at"] is String && paused.isNull("pause_requested_at"))
            #expect(try await failing.printer(app).isNull("pause_deadline"))
            #expect(try await failing.frame(app).pauseRequested == false)
            #expect(try await failing.events(app).first == "PAUSED")
        }
    }

    @Test("a pause that nobody confirms is told of once its deadline has passed, until it is confirmed")
    func notConfirmed() async throws {
        let failing = try await FailingPrint()
        try await failing.run { app in
            _ = try await failing.frames(app) { $0.pauseRequested }
            failing.clock.advance(.seconds(31))
            await failing.farm.service.tick()
            #expect(try await failing.print(app)["pause_not_confirmed_at"] is String)
            #expect(try await failing.print(app).isNull("paused_at"))
            #expect(try await failing.events(app).first == "PAUSE_NOT_CONFIRMED")
            #expect(try await app.get("/metrics").text.contains("\nfarmtop_pauses_not_confirmed 1\n"))
            _ = try await app.send(.post, FailingPrint.path + "pause_print/")
            #expect(try await failing.print(app).isNull("pause_not_confirmed_at"))
            #expect(try await app.get("/metrics").text.contains("\nfarmtop_pauses_not_confirmed 0\n"))
        }
    }

    @Test("a client may ask for a pause as a person does; only whoever drives the printer confirms it")
    func request() async throws {
        let failing = try await FailingPrint()
        try await failing.run { app in
            let asked = try await app.send(.post, FailingPrint.path + "request_pause/")
            #expect(asked.status == 200 && asked.object.flag("succeeded"))
            let print = try #require(asked.printer["current_print"] as? [String: Any])
            #expect(print.isNull("paused_at") && print["pause_requested_at"] is String)
            #expect(try await failing.events(app).first == "PAUSE_REQUESTED")
        }
    }

    @Test("a finished print leaves no alert and no request")
    func ended() async throws {
        let failing = try await FailingPrint()
        try await failing.run { app in
            _ = try await failing.frames(app) { $0.pauseRequested }
            _ = try await app.finish(1)
            let printer = try await failing.printer(app)
            #expect(printer.text("alert_state") == "none" && printer.isNull("pause_deadline"))
            let print = try await failing.print(app)
            #expect(print.isNull("pause_requested_at") && print.isNull("pause_not_confirmed_at"))
            #expect(print["alerted_at"] is String && print.flag("need_alert_overwrite"))
            let metrics = try await app.get("/metrics").text
            #expect(metrics.contains("\nfarmtop_standing_alerts 0\n"))
            #expect(metrics.contains("\nfarmtop_pauses_requested 0\n"))
        }
    }

    @Test("a dismissal resets the number and can be taken back; both are events with who did it")
    func dismissal() async throws {
        let failing = try await FailingPrint()
        try await failing.run { app in
            _ = try await failing.frames(app) { $0.alert }
            _ = try await app.send(.post, FailingPrint.path + "acknowledge_alert/?alert_overwrite=NOT_FAILED")
            let dismissed = try await failing.printer(app)
            #expect(dismissed.text("alert_state") == "dismissed")
            #expect(dismissed.number("failure_probability") < 0.3)
            let back = try await app.send(.post, FailingPrint.path + "undo_dismissal/")
            #expect(back.object.flag("succeeded") && back.printer.text("alert_state") == "standing")
            #expect(!(try await app.send(.post, FailingPrint.path + "undo_dismissal/")).object.flag("succeeded"))
            let events = try await app.get("/api/v1/printer_events/?filter_by_types[]=VERDICT").list
            #expect(events.count == 2)
            for event in events {
                let actor = try #require(event["actor"] as? [String: Any])
                #expect(actor.text("kind") == "client" && actor.text("name") == "app")
            }
        }
    }

    @Test("what was learnt of a camera is forgotten on request")
    func forgetting() async throws {
        let failing = try await FailingPrint(failing: 0)
        try await failing.run { app in
            #expect(!(try await app.send(.post, FailingPrint.path + "forget_camera/")).object.flag("succeeded"))
            _ = try await failing.frame(app)
            #expect(try await app.send(.post, FailingPrint.path + "forget_camera/").object.flag("succeeded"))
            #expect(try await failing.printer(app).isNull("habit"))
        }
    }
}
