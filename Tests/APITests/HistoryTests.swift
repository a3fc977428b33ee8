import Farm
import FarmService
import Foundation
import HTTPTypes
import Testing

@Suite("Prints, events and the rest", .timeLimit(.minutes(20)))
struct HistoryTests {
    @Test("prints are listed by filter, page and day; changed; removed", arguments: Way.allCases)
    func prints(way: Way) async throws {
        let farm = try await FarmFixture(detections: [[]])
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            let path = "/api/v1/printers/\(id)"
            for (file, status) in [("a", "success"), ("b", "cancelled"), ("c", "success")] {
                _ = try await app.post("\(path)/start_print/", json: "{\"filename\": \"\(file)\"}")
                if file == "a" { #expect(try await app.predict(id, jpeg).status == 200) }
                _ = try await app.post("\(path)/finish_print/", json: "{\"status\": \"\(status)\"}")
            }
            func files(_ query: String) async throws -> [String] {
                let reply = try await app.get("/api/v1/prints/\(query)")
                return (reply.json as? [[String: Any]] ?? []).compactMap { $0["filename"] as? String }
            }
            #expect(try await files("") == ["c", "b", "a"])
            #expect(try await files("?sorting=date_asc&limit=2") == ["a", "b"])
            #expect(try await files("?filter=cancelled") == ["b"])
            #expect(try await files("?filter=finished&start=1") == ["a"])
            #expect(
                try await files("?filter_by_printer_ids[]=\(id)&filter_by_printer_ids[]=999&limit=5000") == [
                    "c", "b", "a",
                ])
            #expect(try await files("?filter_by_printer_ids%5B%5D=999") == [])
            #expect(try await files("?to_date=2001-01-01&timezone=Asia/Tokyo") == [])
            let bad = try await app.get("/api/v1/prints/?filter=x&limit=y&from_date=2026-02-30&timezone=Mars/Base")
            #expect(bad.status == 400)
            #expect(Set(bad.object.keys) == ["filter", "limit", "timezone"])
            let day = try await app.get("/api/v1/prints/?from_date=2026-02-30")
            #expect(day.status == 400 && day.object["from_date"] != nil)

            let stats = try await app.get("/api/v1/prints/stats/?group_by=month")
            #expect(stats.object["total_print_count"] as? Int == 3)
            #expect(stats.object["total_cancelled_print_count"] as? Int == 1)
            #expect((stats.object["print_count_groups"] as? [[String: Any]])?.first?["value"] as? Int == 3)

            let print = try #require(
                ((try await app.get("/api/v1/prints/?sorting=date_asc")).json as? [[String: Any]])?.first?["id"] as? Int
            )
            let frames = try await app.get("/api/v1/prints/\(print)/prediction_json/").json as? [[String: Any]]
            #expect((frames?.first?["fields"] as? [String: Any])?["current_frame_num"] as? Int == 1)
            #expect(try await app.get("/api/v1/prints/\(print)/frames/1.jpg").bytes == jpeg)
            let patched = try await app.send(
                .patch, "/api/v1/prints/\(print)/", Array(#"{"alert_overwrite": "NOT_FAILED", "x": 1}"#.utf8),
                type: "application/json")
            #expect(patched.status == 200 && patched.object["alert_overwrite"] as? String == "NOT_FAILED")
            #expect(try await app.send(.delete, "/api/v1/prints/\(print)/").status == 204)
            #expect(try await app.get("/api/v1/prints/\(print)/").status == 404)
            #expect(
                try await app.post("/api/v1/prints/bulk_delete/", json: #"{"print_ids": [999, 2, 3]}"#).status == 204)
            #expect(try await files("") == [])
            #expect(try await app.post("/api/v1/prints/bulk_delete/", json: #"{"print_ids": "x"}"#).status == 400)
        }
    }

    @Test("a printer is changed, archived and removed", arguments: Way.allCases)
    func printers(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            let path = "/api/v1/printers/\(id)/"
            func patch(_ json: String, _ query: String = "") async throws -> App.Reply {
                try await app.send(.patch, path + query, Array(json.utf8), type: "application/json")
            }
            let renamed = try await patch(#"{"name": "new", "id": 9, "nonsense": null}"#)
            #expect(renamed.status == 200 && renamed.printer["name"] as? String == "new" && renamed.id == id)
            #expect(try await patch(#"{"name": null}"#).text == #"{"name":["This field may not be null."]}"#)
            #expect(
                try await app.send(.put, path, Array("{}".utf8), type: "application/json").text
                    == #"{"name":["This field is required."]}"#)
            #expect(try await app.send(.post, path + "archive/").status == 204)
            #expect(try await app.get(path).status == 404)
            #expect(try await app.get(path + "?with_archived=true").object["archived_at"] is String)
            #expect(try await app.get("/api/v1/printers/").text == "[]")
            #expect(try await patch(#"{"archived_at": null}"#, "?with_archived=true").status == 200)
            #expect(try await app.send(.delete, path).status == 204)
            #expect(try await app.get(path + "?with_archived=true").status == 404)
        }
    }

    @Test("pause, resume, mute and acknowledge say whether anything is printing", arguments: Way.allCases)
    func alerts(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            let path = "/api/v1/printers/\(id)/"
            #expect(try await app.post(path + "pause_print/", json: "").object["succeeded"] as? Bool == false)
            #expect(try await app.post(path + "mute_current_print/?mute_alert=true", json: "").status == 404)
            _ = try await app.post(path + "start_print/", json: #"{"filename": "a"}"#)
            let paused = try await app.post(path + "pause_print/", json: "")
            #expect(paused.object["succeeded"] as? Bool == true)
            #expect((paused.printer["current_print"] as? [String: Any])?["paused_at"] is String)
            let resumed = try await app.post(path + "resume_print/", json: "")
            #expect((resumed.printer["current_print"] as? [String: Any])?["paused_at"] is NSNull)
            let muted = try await app.post(path + "mute_current_print/?mute_alert=true", json: "")
            #expect(muted.printer["not_watching_reason"] as? String == "Alerts are muted for current print")
            #expect(try await app.post(path + "mute_current_print/?mute_alert=maybe", json: "").status == 400)
            #expect(try await app.post(path + "acknowledge_alert/?alert_overwrite=X", json: "").status == 400)
            #expect(try await app.post(path + "acknowledge_alert/?alert_overwrite=FAILED", json: "").status == 200)
            let events = try await app.get(
                "/api/v1/printer_events/?filter_by_types[]=ALERT_MUTED&filter_by_types[]=STARTED")
            let list = try #require(events.json as? [[String: Any]])
            #expect(list.map { $0["event_type"] as? String } == ["ALERT_MUTED", "STARTED"])
            let event = try #require(list.first?["id"] as? Int)
            #expect(try await app.get("/api/v1/printer_events/\(event)/").id == event)
            #expect(try await app.get("/api/v1/printer_events/?filter_by_classes[]=X").status == 400)
            #expect(try await app.post(path + "cancel_print/", json: "").printer["current_print"] is NSNull)
        }
    }

    @Test(
        "a revoked token is dead at once; introspection tells a client of its own tokens only", arguments: Way.allCases)
    func revocation(way: Way) async throws {
        let farm = try await FarmFixture()
        let (id, secret) = (farm.credentials.client.publicID, try #require(farm.credentials.secret))
        guard case .credentials(let other) = try await farm.service.perform(FarmAction.addClient(NewClient(name: "b")))
        else { throw FarmFixture.FixtureError.noCredentials }
        try await farm.run(way) { app in
            let token = try #require(app.token)
            let nobody = App(client: app.client)
            let own = "client_id=\(id)&client_secret=\(secret)&token=\(token)"
            let foreign = "client_id=\(other.client.publicID)&client_secret=\(other.secret ?? "")&token=\(token)"
            #expect(try await nobody.post("/o/introspect/", form: own).object["active"] as? Bool == true)
            #expect(try await nobody.post("/o/introspect/", form: foreign).text == #"{"active":false}"#)
            #expect(try await nobody.post("/o/revoke_token/", form: "token=\(token)").status == 401)
            #expect(try await nobody.post("/o/revoke_token/", form: foreign).status == 200)
            #expect(try await app.get("/api/v1/printers/").status == 200)
            #expect(
                try await nobody.post("/o/revoke_token/", form: own + "&token_type_hint=refresh_token").status == 200)
            #expect(try await app.get("/api/v1/printers/").status == 401)
            #expect(try await nobody.post("/o/revoke_token/", form: own).status == 200)
            #expect(try await nobody.post("/o/introspect/", form: own).text == #"{"active":false}"#)
            let metadata = try await nobody.get("/.well-known/oauth-authorization-server")
            #expect(metadata.object["issuer"] as? String == "http://127.0.0.1:3334")
        }
    }

    @Test("version, account, health and metrics answer; metrics name nobody", arguments: Way.allCases)
    func service(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            _ = try await app.addPrinter("canary-name")
            #expect(try await app.get("/api/v1/version/").text == #"{"version":"1.2.3"}"#)
            #expect(try await app.get("/api/v1/users/me/").object["username"] as? String == "operator")
            let nobody = App(client: app.client)
            #expect(try await nobody.get("/hc/").text == "ok")
            let metrics = try await nobody.get("/metrics").text
            #expect(metrics.contains("farmtop_printers{machine_state=\"unlinked\"} 1\n"))
            #expect(!metrics.contains("canary-name") && !metrics.contains("operator"))
        }
    }
}
