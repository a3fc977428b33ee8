import API
import Farm
import FarmService
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

/// A detector whose queue is full.
private final class FullDetector: FrameDetector {
    let model = ModelDescription(name: "full", inputWidth: 1, inputHeight: 1, gflop: 0, parameters: 0)
    let load = DetectorLoad()
    func submit(
        _ frame: SubmittedFrame, completion: @escaping @Sendable (Result<FrameAnalysis, FrameError>) -> Void
    ) throws(FrameError) {
        throw .queueFull(retryAfterSeconds: 3)
    }
    func cancel(_ number: UInt64) {}
}

@Suite("The contract: rules that hold everywhere", .timeLimit(.minutes(20)))
struct GeneralContractTests {
    @Test("every path is the same with and without its trailing slash, for every method")
    func slashes() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let paths = try #require(try await app.get("/openapi.json").object["paths"] as? [String: Any])
            #expect(paths.count > 25)
            for path in paths.keys {
                var path = path.replacingOccurrences(of: "{frame}", with: "1.jpg")
                while let brace = path.firstRange(of: /\{[a-z]+\}/) { path.replaceSubrange(brace, with: "1") }
                if path.hasSuffix("/") { path.removeLast() }
                // A method that no path has tells which ones this path has.
                let without = try await app.send(.trace, path)
                let with = try await app.send(.trace, path + "/")
                #expect(without.status == 405 && with.status == 405, "\(path)")
                #expect(without.header("Allow") == with.header("Allow") && without.header("Location") == nil)
            }
            let nowhere = try await App(client: app.client).get("/nowhere")
            #expect(nowhere.status == 404 && nowhere.text == #"{"detail":"Not found."}"#)
            #expect(nowhere.header("Content-Type") == "application/json")
        }
    }

    @Test(
        "a flat body may be JSON, a form or multipart; what it does not name keeps its default", arguments: Way.allCases
    )
    func bodies(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let multipart =
                "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nä b\r\n"
                + "--b\r\nContent-Disposition: form-data; name=\"bed_off_on_pause\"\r\n\r\ntrue\r\n--b--\r\n"
            for (body, type) in [
                (#"{"name": "ä b", "bed_off_on_pause": true}"#, "application/json; charset=utf-8"),
                ("name=%C3%A4+b&bed_off_on_pause=true", "application/x-www-form-urlencoded"),
                (multipart, "multipart/form-data; boundary=b"),
            ] {
                let reply = try await app.send(.post, "/api/v1/printers/", Array(body.utf8), type: type)
                #expect(reply.status == 201 && reply.object["name"] as? String == "ä b")
                #expect(reply.object["bed_off_on_pause"] as? Bool == true)
                #expect(reply.object["watching_enabled"] as? Bool == true)
                #expect(reply.object["tools_off_on_pause"] as? Bool == true)
            }
        }
    }

    @Test("a backslash in a part's name is itself, also at its end; before a quote or a backslash it escapes")
    func backslashes() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            for name in [#"C:\"#, #"a\b"#, #"a\"b"#, #"a\\"#, #"\"#] {
                let body =
                    "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\nx\r\n"
                    + "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nmk3\r\n--b--\r\n"
                let reply = try await app.send(
                    .post, "/api/v1/printers/", Array(body.utf8), type: "multipart/form-data; boundary=b")
                #expect(reply.status == 201, "\(name)")
            }
        }
    }

    @Test("each message of a faulty field is Django's, characters are Unicode scalars")
    func messages() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let long = String(repeating: "e\u{301}", count: 129)
            for (field, value, message) in [
                ("name", "null", "This field may not be null."), ("name", "\"\"", "This field may not be blank."),
                ("name", "[]", "Not a valid string."), ("name", "{}", "Not a valid string."),
                ("name", "\"\(long)\"", "Ensure this field has no more than 256 characters."),
                ("name", #""a\u0000b""#, "Null characters are not allowed."),
                ("action_on_failure", "5", "\\\"5\\\" is not a valid choice."),
                ("retract_on_pause", "[1]", "A valid number is required."),
                ("retract_on_pause", "-0.1", "Ensure this value is greater than or equal to 0."),
                ("lift_z_on_pause", "100.5", "Ensure this value is less than or equal to 100."),
                ("detective_sensitivity", "0.79", "Ensure this value is greater than or equal to 0.8."),
                ("detective_sensitivity", "\"1.3\"", "Ensure this value is less than or equal to 1.2."),
                ("min_timelapse_secs_on_finish", "-2", "Ensure this value is greater than or equal to -1."),
                ("min_timelapse_secs_on_cancel", "\"x\"", "A valid integer is required."),
                ("min_timelapse_secs_on_cancel", "1e30", "A valid integer is required."),
                ("watching_enabled", "\"perhaps\"", "Must be a valid boolean."),
                ("watching_enabled", "[]", "Must be a valid boolean."),
            ] {
                let rest = field == "name" ? "" : #""name": "x", "#
                let reply = try await app.post("/api/v1/printers/", json: "{\(rest)\"\(field)\": \(value)}")
                #expect(reply.status == 400, "\(field) \(value.prefix(20))")
                #expect(reply.text == "{\"\(field)\":[\"\(message)\"]}", "\(field) \(value.prefix(20))")
            }
            let emoji = String(repeating: "🦊", count: 256)
            let made = try await app.post("/api/v1/printers/", json: "{\"name\": \"  \(emoji)\\n\"}")
            #expect(made.status == 201 && made.object["name"] as? String == emoji)
        }
    }

    @Test("times are RFC 3339 in UTC with six digits and Z; numbers are as short as they can be; nothing may be kept")
    func forms() async throws {
        let farm = try await FarmFixture(clock: TestClock("2026-11-23T13:03:16Z"))
        try await farm.run(.router) { app in
            let reply = try await app.post("/api/v1/printers/", json: #"{"name": "x", "retract_on_pause": 0.1}"#)
            #expect(reply.text.contains(#""created_at":"2026-11-23T13:03:16.000000Z""#))
            #expect(reply.text.contains(#""retract_on_pause":0.1,"#))
            #expect(reply.header("Cache-Control") == "no-store" && reply.header("Content-Type") == "application/json")
            let ids = try await [app.get("/api/v1/nowhere"), app.get("/hc/"), reply].map { $0.header("X-Request-Id") }
            #expect(Set(ids).count == 3 && !ids.contains(nil))
            let given = try await app.send(.get, "/hc/", headers: [HTTPField.Name("X-Request-Id")!: "mine"])
            #expect(given.header("X-Request-Id") != "mine")
        }
    }

    @Test("an id is never given twice, also when the highest one is gone")
    func ids() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let first = try await app.addPrinter()
            #expect(try await app.send(.delete, "/api/v1/printers/\(first)/").status == 204)
            #expect(try await app.addPrinter() == first + 1)
            #expect(try await app.get("/api/v1/printers/00\(first + 1)/").status == 200)
        }
    }

    @Test("a saturated detector is 503 with Retry-After")
    func saturated() async throws {
        let farm = try await FarmFixture(detector: FullDetector())
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            let reply = try await app.predict(id, jpeg)
            #expect(reply.status == 503 && reply.header("Retry-After") == "3" && reply.object["detail"] is String)
        }
    }

    @Test("no GET changes anything")
    func safeMethods() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            let before = try await app.get("/api/v1/printers/\(id)/").text
            for action in [
                "archive/", "start_print/", "finish_print/", "predict/", "pause_print/", "resume_print/",
                "cancel_print/", "mute_current_print/?mute_alert=true", "acknowledge_alert/?alert_overwrite=FAILED",
            ] {
                let reply = try await app.get("/api/v1/printers/\(id)/\(action)")
                #expect(reply.status == 405 && reply.header("Allow") == "POST, OPTIONS", "\(action)")
            }
            #expect(try await app.get("/api/v1/prints/bulk_delete/").status == 405)
            #expect(try await app.get("/api/v1/printers/\(id)/").text == before)
        }
    }

    @Test(
        "checks come in the order of the contract",
        arguments: [
            // Caller, method, path, media type, body, expected.
            ("nobody", "PUT", "/api/v1/nowhere/", "text/plain", "x", 401),
            ("nobody", "POST", "/api/v1/printers/ID/start_print/", "application/json", "{", 401),
            ("reader", "POST", "/api/v1/nowhere/", "text/plain", "x", 403),
            ("reader", "PUT", "/api/v1/printers/", "text/plain", "x", 403),
            ("app", "POST", "/api/v1/nowhere/", "text/plain", "x", 404),
            ("app", "PUT", "/api/v1/printers/", "text/plain", "x", 405),
            ("app", "POST", "/api/v1/printers/999/start_print/", "text/plain", "x", 404),
            ("app", "POST", "/api/v1/printers/OTHER/start_print/", "text/plain", "x", 403),
            ("app", "PATCH", "/api/v1/printers/OTHER/", "text/plain", "x", 403),
            ("app", "PATCH", "/api/v1/prints/999/", "text/plain", "x", 404),
            ("app", "POST", "/api/v1/printers/IDLE/finish_print/", "text/plain", "x", 415),
            ("app", "POST", "/api/v1/printers/IDLE/finish_print/", "application/json", "{", 400),
            ("app", "POST", "/api/v1/printers/IDLE/finish_print/", "application/json", #"{"status": "x"}"#, 404),
            ("app", "POST", "/api/v1/printers/ID/finish_print/", "application/json", #"{"status": "x"}"#, 400),
            ("app", "POST", "/api/v1/printers/IDLE/predict/", "text/plain", "x", 415),
            ("app", "POST", "/api/v1/printers/IDLE/predict/", "multipart/form-data; boundary=b", "junk", 404),
            ("app", "POST", "/api/v1/printers/ID/predict/", "multipart/form-data; boundary=b", "junk", 400),
            ("app", "POST", "/api/v1/printers/IDLE/mute_current_print/?mute_alert=x", "", "", 404),
            ("app", "POST", "/api/v1/printers/ID/mute_current_print/?mute_alert=x", "", "", 400),
            ("app", "POST", "/api/v1/printers/IDLE/acknowledge_alert/?alert_overwrite=x", "", "", 404),
        ] as [(String, String, String, String, String, Int)])
    func order(caller: String, method: String, path: String, type: String, body: String, status: Int) async throws {
        let farm = try await FarmFixture()
        _ = try await farm.service.perform(FarmAction.addAccount(name: "other"))
        _ = try await farm.service.perform(
            FarmAction.createPrinter(account: "other", settings: PrinterSettings(name: "theirs")))
        try await farm.run(.router, scope: caller == "reader" ? "read" : nil) { app in
            var (printing, idle) = (2, 3)
            if caller == "app" {
                (printing, idle) = (try await app.addPrinter(), try await app.addPrinter())
                _ = try await app.start(printing)
            }
            let concrete = path.replacingOccurrences(of: "IDLE", with: "\(idle)")
                .replacingOccurrences(of: "OTHER", with: "1").replacingOccurrences(of: "ID", with: "\(printing)")
            let sender = caller == "nobody" ? App(client: app.client) : app
            let reply = try await sender.send(
                try #require(HTTPRequest.Method(method)), concrete, body.isEmpty ? nil : Array(body.utf8),
                type: type.isEmpty ? nil : type)
            #expect(reply.status == status)
            if status == 415 {
                #expect(reply.text == #"{"detail":"Unsupported media type \"text/plain\" in request."}"#)
            }
        }
    }
}

@Suite("The contract: authentication", .timeLimit(.minutes(20)))
struct AuthenticationContractTests {
    @Test("the scheme's case does not matter; a header that is no token, or is one twice, gives 401 or 400")
    func schemes() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let token = try #require(app.token)
            let nobody = App(client: app.client)
            for (header, status) in [
                ("Bearer \(token)", 200), ("bearer \(token)", 200), ("BEARER   \(token)", 200), ("Bearer", 401),
                ("Bearer \(token) \(token)", 401), ("Token \(token)", 401), ("Basic YTpi", 401), (token, 401),
                ("Bearer é", 401),
            ] {
                let reply = try await nobody.send(.get, "/api/v1/version/", headers: [.authorization: header])
                #expect(reply.status == status, "\(header.prefix(8))")
                if status == 401 {
                    #expect(reply.header("WWW-Authenticate")?.hasPrefix("Bearer realm=\"api\"") == true)
                }
            }
            var twice = HTTPFields()
            twice.append(HTTPField(name: .authorization, value: "Bearer \(token)"))
            twice.append(HTTPField(name: .authorization, value: "Bearer \(token)"))
            #expect(try await nobody.send(.get, "/api/v1/version/", headers: twice).status == 400)
            // Nor in a form: the token is a field like any other there.
            #expect(try await nobody.post("/api/v1/printers/", form: "name=x&access_token=\(token)").status == 401)
        }
    }

    @Test(
        "an expired token, one of a disabled client and one of a disabled account are as an unknown one",
        arguments: ["expired", "client", "account", "unknown"])
    func dead(reason: String) async throws {
        let clock = TestClock()
        let farm = try await FarmFixture(clock: clock)
        try await farm.run(.router) { app in
            #expect(try await app.get("/api/v1/version/").status == 200)
            switch reason {
            case "expired": clock.advance(.seconds(3_153_600_000))
            case "client":
                _ = try await farm.service.perform(
                    FarmAction.setClientDisabled(farm.credentials.client.publicID, disabled: true))
            case "account":
                _ = try await farm.service.perform(FarmAction.setAccountDisabled(name: "operator", disabled: true))
            default: break
            }
            let caller = reason == "unknown" ? App(client: app.client, token: "x") : app
            let reply = try await caller.get("/api/v1/version/")
            #expect(reply.status == 401 && reply.text == #"{"detail":"Invalid or expired token."}"#)
            #expect(reply.header("WWW-Authenticate") == "Bearer realm=\"api\", error=\"invalid_token\"")
        }
    }

    @Test("another account's printer, print and event are 403, missing ones 404, each in its words")
    func foreign() async throws {
        let farm = try await FarmFixture()
        _ = try await farm.service.perform(FarmAction.addAccount(name: "other"))
        _ = try await farm.service.perform(
            FarmAction.createPrinter(account: "other", settings: PrinterSettings(name: "theirs")))
        _ = try await farm.service.perform(FarmAction.startPrint(1, filename: "secret.gcode"))
        try await farm.run(.router) { app in
            for path in [
                "printers/1/", "printers/1/prediction/", "printers/1/snapshot.jpg", "prints/1/",
                "prints/1/prediction_json/", "prints/1/frames/1.jpg", "printer_events/1/",
            ] {
                let reply = try await app.get("/api/v1/\(path)")
                #expect(reply.status == 403, "\(path)")
                #expect(reply.text == #"{"detail":"You do not have permission to perform this action."}"#)
            }
            #expect(try await app.send(.delete, "/api/v1/printers/1/").status == 403)
            #expect(try await app.send(.delete, "/api/v1/prints/1/").status == 403)
            #expect(try await app.post("/api/v1/prints/bulk_delete/", json: #"{"print_ids": [1]}"#).status == 204)
            #expect(farm.service.state.printers[1]?.currentPrint != nil)
            #expect(try await app.get("/api/v1/prints/").text == "[]")
            #expect(try await app.get("/api/v1/printer_events/").text == "[]")
            #expect(try await app.get("/api/v1/prints/stats/").object["total_print_count"] as? Int == 0)
            #expect(
                try await app.get("/api/v1/printer_events/99/").text
                    == #"{"detail":"No PrinterEvent matches the given query."}"#)
        }
    }
}

@Suite("The contract: metrics", .timeLimit(.minutes(20)))
struct MetricsContractTests {
    /// An address of this machine that is not loopback.
    private static func outsideAddress() throws -> String? {
        for device in try System.enumerateDevices() {
            guard case .v4 = device.address, let address = device.address?.ipAddress else { continue }
            if !address.hasPrefix("127.") { return address }
        }
        return nil
    }

    @Test("off this machine's loopback, metrics need a token")
    func metrics() async throws {
        guard let outside = try Self.outsideAddress() else {
            try Test.cancel("this machine has no address but loopback")
        }
        let farm = try await FarmFixture()
        let token = try await farm.token()
        try await farm.listening(on: "0.0.0.0") { loopback in
            #expect(try await loopback.send("GET", "/metrics").status == 200)
            var away = loopback
            away.host = outside
            let refused = try await away.send("GET", "/metrics")
            #expect(refused.status == 401 && !refused.text.contains("farmtop_"))
            #expect(try await away.send("GET", "/metrics", token: token).status == 200)
            #expect(try await away.send("GET", "/hc/").status == 200)
        }
    }
}
