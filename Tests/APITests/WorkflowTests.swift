import Farm
import Foundation
import HTTPTypes
import Testing

@Suite("The workflow of the guide", .timeLimit(.minutes(20)))
struct WorkflowTests {
    @Test("create, list, get, start, start again, predict, finish", arguments: Way.allCases)
    func workflow(way: Way) async throws {
        let box = BoundingBox(x: 100, y: 150, width: 200, height: 250)
        let farm = try await FarmFixture(detections: [[Detection(confidence: 0.85, box: box)]])
        try await farm.run(way) { app in
            let created = try await app.post("/api/v1/printers/", json: #"{"name": "My 3D Printer"}"#)
            #expect(created.status == 201)
            #expect(created.object["name"] as? String == "My 3D Printer")
            #expect(created.object["current_print"] is NSNull)
            let id = created.id
            let list = try await app.get("/api/v1/printers/")
            #expect((list.json as? [[String: Any]])?.map { $0["id"] as? Int } == [id])
            #expect(try await app.get("/api/v1/printers/\(id)").bytes == created.bytes)

            let path = "/api/v1/printers/\(id)"
            let started = try await app.post("\(path)/start_print/", json: #"{"filename": "benchy.gcode"}"#)
            #expect(started.status == 200 && started.object["succeeded"] as? Bool == true)
            let first = try #require((started.printer["current_print"] as? [String: Any])?["id"] as? Int)
            let again = try await app.post("\(path)/start_print", json: #"{"filename": "cube.gcode"}"#)
            let second = try #require((again.printer["current_print"] as? [String: Any])?["id"] as? Int)
            #expect(second > first)
            let old = try await app.get("/api/v1/prints/\(first)/")
            #expect(old.object["finished_at"] is String && old.object["cancelled_at"] is NSNull)
            #expect(old.object["prediction_json_url"] as? String == "/api/v1/prints/\(first)/prediction_json/")

            let frame = try await app.predict(id, jpeg)
            #expect(frame.status == 200)
            let result = try #require(frame.object["result"] as? [String: Any])
            #expect(result["p"] as? Double == 0.85)
            let detection = try #require((result["detections"] as? [[String: Any]])?.first)
            #expect(detection["bbox"] as? [Double] == [100, 150, 200, 250])
            let statistics = try #require(frame.object["temporal_stats"] as? [String: Any])
            #expect(statistics["prediction_num"] as? Int == 1)
            #expect(abs((statistics["ewm_mean"] as? Double ?? 0) - 0.85 * 2 / 13) < 1e-12)
            #expect(NSDictionary(dictionary: statistics).isEqual(result["temporal_stats"]))

            let finished = try await app.post("\(path)/finish_print/", json: #"{"status": "cancelled"}"#)
            #expect(finished.status == 200 && finished.printer["current_print"] is NSNull)
            #expect(try await app.get("/api/v1/prints/\(second)/").object["cancelled_at"] is String)
            let twice = try await app.post("\(path)/finish_print/", json: "{}")
            #expect(twice.status == 404)
            #expect(twice.text == #"{"detail":"Printer is not currently printing."}"#)
        }
    }

    @Test("a printer has every key of the contract, in its order", arguments: Way.allCases)
    func printerKeys(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let text = try await app.post("/api/v1/printers/", json: #"{"name": "x"}"#).text
            var rest = text[...]
            for key in [
                "id", "name", "created_at", "action_on_failure", "watching_enabled", "not_watching_reason",
                "tools_off_on_pause", "bed_off_on_pause", "retract_on_pause", "lift_z_on_pause",
                "detective_sensitivity", "min_timelapse_secs_on_finish", "min_timelapse_secs_on_cancel", "auth_token",
                "archived_at", "agent_name", "agent_version", "pic", "status", "settings", "current_print",
                "normalized_p",
            ] {
                let found = rest.range(of: "\"\(key)\":")
                #expect(found != nil, "\(key) is missing or out of order")
                if let found { rest = rest[found.upperBound...] }
            }
            #expect(text.contains(#""not_watching_reason":"Printer is not actively printing""#))
        }
    }

    @Test("a frame without a print, without a picture, and of no image are told apart", arguments: Way.allCases)
    func predictErrors(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            #expect(try await app.predict(id, jpeg).text == #"{"detail":"Printer is not currently printing."}"#)
            _ = try await app.post("/api/v1/printers/\(id)/start_print/", json: #"{"filename": "a"}"#)
            let required = #"{"img":["This field is required."]}"#
            #expect(try await app.predict(id, []).text == required)
            #expect(try await app.post("/api/v1/printers/\(id)/predict/", json: "{}").text == required)
            let text = "--b\r\nContent-Disposition: form-data; name=\"img\"\r\n\r\nhello\r\n--b--\r\n"
            let sent = try await app.send(
                .post, "/api/v1/printers/\(id)/predict/", Array(text.utf8), type: "multipart/form-data; boundary=b")
            #expect(sent.status == 400 && sent.text == required)
            let noImage = try await app.predict(id, Array("GIF89a".utf8))
            #expect(noImage.status == 400)
            #expect(noImage.text.contains("either not an image or a corrupted image."))
            let plain = try await app.send(
                .post, "/api/v1/printers/\(id)/predict/", [1], type: "text/plain")
            #expect(plain.status == 415)
            #expect(plain.text == #"{"detail":"Unsupported media type \"text/plain\" in request."}"#)
            // Last, as it ends the connection.
            #expect(try await app.predict(id, Array(repeating: 0xFF, count: 10_485_761)).status == 413)
        }
    }
}
