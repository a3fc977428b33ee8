import API
import Farm
import FarmService
import Foundation
import HTTPTypes
import Testing

@Suite("The contract: printers", .timeLimit(.minutes(20)))
struct PrinterContractTests {
    @Test("a new printer is the one of the contract, to the letter", arguments: Way.allCases)
    func defaults(way: Way) async throws {
        let farm = try await FarmFixture(clock: TestClock("2026-11-23T13:03:16Z"))
        try await farm.run(way) { app in
            let reply = try await app.post("/api/v1/printers/", json: #"{"name": "My 3D Printer"}"#)
            let token = try #require(reply.object["auth_token"] as? String)
            #expect(token.wholeMatch(of: /[0-9a-f]{20}/) != nil)
            #expect(
                reply.text == """
                    {"id":1,"name":"My 3D Printer","created_at":"2026-11-23T13:03:16.000000Z",\
                    "action_on_failure":"PAUSE","watching_enabled":true,\
                    "not_watching_reason":"Printer is not actively printing",\
                    "tools_off_on_pause":true,"bed_off_on_pause":false,"retract_on_pause":6.5,"lift_z_on_pause":2.5,\
                    "detective_sensitivity":1.0,"min_timelapse_secs_on_finish":600,"min_timelapse_secs_on_cancel":300,\
                    "auth_token":"\(token)","archived_at":null,"agent_name":null,"agent_version":null,\
                    "pic":null,"status":null,"settings":{"webcam_flipV":false,"webcam_flipH":false,\
                    "webcam_rotate90":false,"webcam_rotation":0,"webcam_streamRatio":"16:9","ratio169":true},\
                    "current_print":null,"normalized_p":0.0,"failure_probability":null,"machine_state":"unlinked",\
                    "camera_state":"off","alert_state":"none","pause_deadline":null,"habit":null,"ended_print":null,\
                    "camera_region":null,"bed":{"state":"cannot_tell","reason":"not_checked","differences":0,"checked_at":null,"kept":0,\
                    "kept_at":null},"tags":[]}
                    """)
        }
    }

    @Test("a print has every key of the contract in its order, with its printer in it", arguments: Way.allCases)
    func printKeys(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            let current = try #require(try await app.start(id).printer["current_print"] as? [String: Any])
            let text = try await app.get("/api/v1/prints/1/").text
            let keys = [
                "id", "printer", "g_code_file", "filename", "started_at", "ended_at", "finished_at", "cancelled_at",
                "uploaded_at", "alerted_at", "alert_acknowledged_at", "alert_muted_at", "paused_at", "video_url",
                "tagged_video_url", "poster_url", "alert_overwrite", "filament_used", "print_time",
                "access_consented_at", "video_archived_at", "need_alert_overwrite", "need_print_shot_feedback",
                "result", "failure_reason", "max_failure_probability", "pause_requested_at", "pause_not_confirmed_at",
                "prediction_json_url", "printshotfeedback_set", "firstlayerinspection_set",
            ]
            var rest = text[...]
            for key in keys {
                let found = rest.range(of: "\"\(key)\":")
                #expect(found != nil, "\(key) is missing or out of order")
                if let found { rest = rest[found.upperBound...] }
            }
            #expect(Set(current.keys) == Set(keys.dropLast(3)))
            let printer = try #require(current["printer"] as? [String: Any])
            #expect(printer["agent_version"] is NSNull && printer["pic"] == nil && printer["current_print"] == nil)
        }
    }

    @Test(
        "each writable field is changed by PATCH; read-only and unknown ones are passed over", arguments: Way.allCases)
    func patch(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            let before = try await app.get("/api/v1/printers/\(id)/").object
            let writable: [String: Any] = [
                "name": "new", "action_on_failure": "NONE", "watching_enabled": false, "tools_off_on_pause": false,
                "bed_off_on_pause": true, "retract_on_pause": 1.25, "lift_z_on_pause": 99.5,
                "detective_sensitivity": 1.15, "min_timelapse_secs_on_finish": -1, "min_timelapse_secs_on_cancel": 7,
                "tags": ["hall-2", "petg"],
            ]
            var sent = writable
            for (key, value) in [
                "id": 99, "auth_token": "x", "created_at": "x", "archived_at": "x", "pic": "x", "current_print": 5,
                "normalized_p": 1, "nonsense": ["a": 1],
            ] as [String: Any] {
                sent[key] = value
            }
            let body = try JSONSerialization.data(withJSONObject: sent)
            let reply = try await app.patch(
                "/api/v1/printers/\(id)/", json: String(decoding: body, as: UTF8.self))
            #expect(reply.status == 200 && reply.object["succeeded"] as? Bool == true)
            for (key, value) in writable {
                #expect((reply.printer[key] as? NSObject)?.isEqual(value) == true, "\(key)")
            }
            for key in ["id", "auth_token", "created_at", "archived_at", "pic", "current_print"] {
                #expect("\(reply.printer[key] ?? "")" == "\(before[key] ?? "")", "\(key)")
            }
            #expect(reply.printer["not_watching_reason"] as? String == "AI failure detection is disabled")
            #expect(try await app.patch("/api/v1/printers/\(id)/", json: "").printer["name"] as? String == "new")
        }
    }

    @Test("the region of a camera: fractions of the picture, null for all of it; what is no region is explained")
    func region() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            func patch(_ region: String) async throws -> App.Reply {
                try await app.patch("/api/v1/printers/\(id)/", json: #"{"camera_region": \#(region)}"#)
            }
            let bed = #"{"x": 0.1, "y": 0.2, "width": 0.6, "height": 0.5}"#
            let made = try await patch(#"{"bed": \#(bed), "ignored": [{"x": 0, "y": 0, "width": 1, "height": 0.1}]}"#)
            #expect(made.status == 200)
            let told = try #require(made.printer["camera_region"] as? [String: Any])
            #expect(told["bed"] as? [String: Double] == ["x": 0.1, "y": 0.2, "width": 0.6, "height": 0.5])
            #expect((told["ignored"] as? [Any])?.count == 1)
            for (wrong, words) in [
                ("7", "Send an object"), (#""all""#, "Send an object"), (#"{"bad": 1}"#, "no \\\"bad\\\""),
                (#"{"bed": [1, 2, 3, 4]}"#, "bed: a rectangle is an object"),
                (#"{"bed": {"x": 0, "y": 0, "width": 1}}"#, "bed: height is a number"),
                (#"{"bed": {"x": 0.6, "y": 0, "width": 0.5, "height": 1}}"#, "inside the picture"),
                (#"{"bed": {"x": 0, "y": 0, "width": 0.01, "height": 1}}"#, "a twentieth"),
                (#"{"ignored": 5}"#, "a list of rectangles"),
            ] {
                let reply = try await patch(wrong)
                #expect(reply.status == 400 && reply.text.contains(words), "\(wrong) \(reply.text)")
            }
            let kept = try await app.get("/api/v1/printers/\(id)/").object
            #expect(kept["camera_region"] is [String: Any])
            #expect(try await patch("null").printer["camera_region"] is NSNull)
        }
    }

    @Test("the groups of a printer: a list of words, kept in lower case, each once; others are refused")
    func tags() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let made = try await app.post(
                "/api/v1/printers/", json: #"{"name": "x", "tags": ["PETG", "hall-2", "petg"]}"#)
            #expect(made.object["tags"] as? [String] == ["hall-2", "petg"])
            for wrong in [
                #"["a b"]"#, "[7]", #""a""#, "null",
                "[\(Array(repeating: "\"a\"", count: 3).joined(separator: ",")), \"#\"]",
            ] {
                let reply = try await app.patch("/api/v1/printers/\(made.id)/", json: #"{"tags": \#(wrong)}"#)
                #expect(reply.status == 400 && reply.object["tags"] != nil, "\(wrong)")
            }
            let cleared = try await app.patch("/api/v1/printers/\(made.id)/", json: #"{"tags": []}"#)
            #expect(cleared.printer["tags"] as? [String] == [])
        }
    }

    @Test("PUT needs a name and answers with the printer itself")
    func put() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            let reply = try await app.send(
                .put, "/api/v1/printers/\(id)/", Array(#"{"name": 12.5, "lift_z_on_pause": "3"}"#.utf8),
                type: "application/json")
            #expect(reply.status == 200 && reply.object["name"] as? String == "12.5" && reply.id == id)
            #expect(reply.object["lift_z_on_pause"] as? Double == 3)
        }
    }

    @Test(
        "a list has the statistics of each printer's latest frame where they are asked for, and otherwise not",
        arguments: Way.allCases)
    func predictions(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let (still, busy) = (try await app.addPrinter("still"), try await app.addPrinter("busy"))
            _ = try await app.start(busy, "part.gcode")
            #expect(try await app.predict(busy, jpeg).status == 200)
            let plain = try await app.get("/api/v1/printers/").list
            let list = try await app.get("/api/v1/printers/?with_predictions=1").list
            for (index, id) in [still, busy].enumerated() {
                let latest = try await app.get("/api/v1/printers/\(id)/prediction/").object
                #expect(list[index]["prediction"] as? NSDictionary == latest as NSDictionary)
                var rest = list[index]
                rest["prediction"] = nil
                #expect(rest as NSDictionary == plain[index] as NSDictionary)
            }
            #expect((list[1]["prediction"] as? [String: Any])?["current_frame_num"] as? Int == 1)
            #expect(try await app.get("/api/v1/printers/?with_predictions=perhaps").status == 400)
        }
    }

    @Test(
        "a removed printer is in no list, and its prints stay in the history with it in them", arguments: Way.allCases)
    func tombstone(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let id = try await app.addPrinter("gone")
            _ = try await app.start(id, "kept.gcode")
            #expect(try await app.send(.delete, "/api/v1/printers/\(id)/").status == 204)
            for query in ["", "?with_archived=true"] {
                #expect(try await app.get("/api/v1/printers/\(query)").text == "[]")
                #expect(try await app.get("/api/v1/printers/\(id)/\(query)").status == 404)
            }
            let print = try #require(try await app.get("/api/v1/prints/").list.first)
            #expect((print["printer"] as? [String: Any])?["name"] as? String == "gone")
            #expect(print["cancelled_at"] is String && print["finished_at"] is NSNull)
            #expect(print["ended_at"] as? String == print["cancelled_at"] as? String)
        }
    }

    @Test("archiving a printer cancels its print; every call on it is 404 until it is unarchived")
    func archived() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            let path = "/api/v1/printers/\(id)/"
            #expect(try await app.send(.post, path + "archive/").status == 204)
            #expect(try await app.get("/api/v1/prints/1/").object["cancelled_at"] is String)
            for action in [
                "archive/", "start_print/", "finish_print/", "predict/", "pause_print/", "resume_print/",
                "cancel_print/", "mute_current_print/?mute_alert=true", "acknowledge_alert/",
            ] {
                let reply = try await app.post(path + action, json: #"{"filename": "a"}"#)
                #expect(reply.status == 404, "\(action)")
                #expect(reply.text == #"{"detail":"No Printer matches the given query."}"#)
            }
            #expect(try await app.patch(path, json: "{}").status == 404)
            #expect(try await app.send(.delete, path).status == 404)
            #expect(try await app.get("/api/v1/printers/?with_archived=true").list.count == 1)
            #expect(try await app.get("/api/v1/printers/?with_archived=false").list.count == 0)
            #expect(
                try await app.patch(path + "?with_archived=true", json: #"{"name": "x"}"#).printer["archived_at"]
                    is String)
            let back = try await app.patch(path + "?with_archived=true", json: #"{"archived_at": null}"#)
            #expect(back.printer["archived_at"] is NSNull)
            #expect(try await app.start(id).status == 200)
        }
    }

    @Test("archiving and removing end no print that the caller did not see")
    func seenPrint() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            let path = "/api/v1/printers/\(id)/"
            for print in ["0", "999"] {
                #expect(try await app.send(.post, path + "archive/?print_id=\(print)").status == 409)
                #expect(try await app.send(.delete, path + "?print_id=\(print)").status == 409)
            }
            #expect(try await app.send(.post, path + "archive/?print_id=x").status == 400)
            #expect(try await app.get("/api/v1/prints/1/").object["cancelled_at"] is NSNull)
            #expect(try await app.send(.delete, path + "?print_id=1").status == 204)
        }
    }

    @Test("removing a running print cancels it on its printer")
    func removeRunning() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            for path in ["/api/v1/prints/1/", "/api/v1/prints/bulk_delete/"] {
                _ = try await app.start(id)
                let isBulk = path.hasSuffix("bulk_delete/")
                let reply =
                    isBulk
                    ? try await app.post(path, json: #"{"print_ids": ["2", 2, 77]}"#)
                    : try await app.send(.delete, path)
                #expect(reply.status == 204)
                #expect(try await app.get("/api/v1/printers/\(id)/").object["current_print"] is NSNull)
            }
            #expect(try await app.get("/api/v1/prints/").text == "[]")
        }
    }

    @Test(
        "pause, resume and cancel say that nothing is printing, change the print, and are events",
        arguments: Way.allCases)
    func pause(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            let path = "/api/v1/printers/\(id)/"
            for action in ["pause_print/", "resume_print/", "cancel_print/"] {
                let reply = try await app.send(.post, path + action)
                #expect(reply.status == 200 && reply.object["succeeded"] as? Bool == false && reply.id == id)
            }
            _ = try await app.start(id)
            #expect(try await app.get(path).object["not_watching_reason"] is NSNull)
            let paused = try await app.send(.post, path + "pause_print/")
            #expect(paused.printer["not_watching_reason"] as? String == "Printer is not actively printing")
            _ = try await app.send(.post, path + "mute_current_print/?mute_alert=true")
            // The first reason that holds is told.
            #expect(
                try await app.get(path).object["not_watching_reason"] as? String == "Printer is not actively printing")
            let resumed = try await app.send(.post, path + "resume_print/")
            #expect(resumed.printer["not_watching_reason"] as? String == "Alerts are muted for current print")
            let unmuted = try await app.send(.post, path + "mute_current_print/?mute_alert=true&mute_alert=false")
            #expect(unmuted.printer["not_watching_reason"] is NSNull)
            let ended = try await app.send(.post, path + "cancel_print/")
            #expect(ended.object["succeeded"] as? Bool == true)
            let kinds = try await app.get("/api/v1/printer_events/").list.map { $0["event_type"] as? String }
            #expect(kinds == ["ENDED", "ALERT_UNMUTED", "RESUMED", "ALERT_MUTED", "PAUSED", "STARTED"])
        }
    }

    @Test(
        "finish_print: success unless said otherwise; another value is named and changes nothing",
        arguments: Way.allCases)
    func finish(way: Way) async throws {
        let clock = TestClock("2026-11-23T12:00:00Z")
        let farm = try await FarmFixture(clock: clock)
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            clock.advance(.seconds(90))
            let wrong = try await app.finish(id, "exploded")
            let named = #"{"status":["\"exploded\" is not a valid choice.","Choose success or cancelled."]}"#
            #expect(wrong.status == 400 && wrong.text == named)
            #expect(try await app.get("/api/v1/printers/\(id)/").object["current_print"] is [String: Any])
            let ended = try await app.send(.post, "/api/v1/printers/\(id)/finish_print/")
            #expect(ended.status == 200 && ended.printer["current_print"] is NSNull)
            let print = try await app.get("/api/v1/prints/1/").object
            #expect(print["print_time"] as? Double == 90)
            #expect(print["finished_at"] as? String == "2026-11-23T12:01:30.000000Z")
            #expect(print["ended_at"] as? String == print["finished_at"] as? String && print["cancelled_at"] is NSNull)
        }
    }

    @Test(
        "acknowledging without an alert changes nothing; a new print starts its statistics anew",
        arguments: Way.allCases)
    func statistics(way: Way) async throws {
        let box = BoundingBox(x: 1, y: 1, width: 1, height: 1)
        let two = [Detection(confidence: 0.75, box: box), Detection(confidence: 0.5, box: box)]
        let farm = try await FarmFixture(detections: [two, two, []])
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            let first = try await app.predict(id, jpeg)
            #expect(
                Set(first.object.keys) == [
                    "result", "temporal_stats", "normalized_p", "failure_probability", "alert", "alert_standing",
                    "pause_requested",
                ])
            let result = try #require(first.object["result"] as? [String: Any])
            #expect(result["p"] as? Double == 1 && result["p_sum"] as? Double == 1.25)
            #expect((result["detections"] as? [[String: Any]])?.map { $0["confidence"] as? Double } == [0.75, 0.5])
            let path = "/api/v1/printers/\(id)/"
            let before = try await app.get(path).text
            #expect(try await app.send(.post, path + "acknowledge_alert/?alert_overwrite=NOT_FAILED").status == 200)
            #expect(try await app.get(path).text == before)
            _ = try await app.predict(id, jpeg)
            _ = try await app.start(id, "next.gcode")
            #expect(try await app.get(path).object["normalized_p"] as? Double == 0)
            let next = try #require(try await app.predict(id, jpeg).object["temporal_stats"] as? [String: Any])
            #expect(next["prediction_num"] as? Int == 1 && next["prediction_num_lifetime"] as? Int == 3)
            #expect(next["ewm_mean"] as? Double == 0 && (next["rolling_mean_long"] as? Double ?? 0) > 0)
            let latest = try await app.get(path + "prediction/").object
            #expect(latest["current_frame_num"] as? Int == 1 && latest["lifetime_frame_num"] as? Int == 3)
            #expect(latest["printer"] as? Int == id && latest["created_at"] is String)
            let stored = try await app.get("/api/v1/prints/1/prediction_json/").list
            #expect(stored.compactMap { ($0["fields"] as? [String: Any])?["current_p"] as? Double } == [1.25, 1.25])
            #expect(
                Set((stored.first?["fields"] as? [String: Any] ?? [:]).keys) == [
                    "printer", "current_frame_num", "lifetime_frame_num", "current_p", "ewm_mean", "rolling_mean_long",
                    "rolling_mean_short", "normalized_p", "failure_probability", "created_at", "updated_at",
                ])
        }
    }
}
