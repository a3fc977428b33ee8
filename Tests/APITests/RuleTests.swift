import Farm
import FarmService
import HTTPTypes
import Testing

@Suite("Rules that hold everywhere", .timeLimit(.minutes(20)))
struct RuleTests {
    @Test("nobody gets past 401 under /api/, whatever the path", arguments: Way.allCases)
    func unauthenticated(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let nobody = App(client: app.client)
            for path in [
                "/api/v1/printers/", "/api/v1/nowhere/", "/api/", "/api/v1/printers/?access_token=\(app.token!)",
            ] {
                let reply = try await nobody.get(path)
                #expect(reply.status == 401, "\(path)")
                #expect(reply.text == #"{"detail":"Authentication credentials were not provided."}"#)
                #expect(reply.header("WWW-Authenticate") == "Bearer realm=\"api\"")
            }
            let wrong = try await App(client: app.client, token: "wrong").get("/api/v1/printers/")
            #expect(wrong.status == 401 && wrong.text == #"{"detail":"Invalid or expired token."}"#)
            #expect(wrong.header("WWW-Authenticate") == "Bearer realm=\"api\", error=\"invalid_token\"")
            let key = HTTPField.Name("X-API-KEY")!
            #expect(try await nobody.send(.get, "/api/v1/printers/", headers: [key: app.token!]).status == 200)
            #expect(try await app.send(.get, "/api/v1/printers/", headers: [key: app.token!]).status == 400)
        }
    }

    @Test("what the API answers is kept by nobody, however its path is written")
    func noStore() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            for path in ["/api/v1/printers/", "/%61pi/v1/printers", "/api/%zz"] {
                let reply = try await app.get(path)
                #expect(reply.header("Cache-Control") == "no-store", "\(path)")
            }
        }
    }

    @Test("a token that may only read cannot write", arguments: Way.allCases)
    func scope(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way, scope: "read") { app in
            #expect(try await app.get("/api/v1/printers/").status == 200)
            let reply = try await app.post("/api/v1/printers/", json: #"{"name": "x"}"#)
            #expect(reply.status == 403)
            #expect(reply.text == #"{"detail":"You do not have permission to perform this action."}"#)
            #expect(
                reply.header("WWW-Authenticate")
                    == "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"write\"")
        }
    }

    @Test(
        "a wrong method is 405 with Allow, an unknown path 404, a HEAD a GET without its body", arguments: Way.allCases)
    func routing(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            let wrong = try await app.send(.put, "/api/v1/printers/")
            #expect(wrong.status == 405 && wrong.text == #"{"detail":"Method \"PUT\" not allowed."}"#)
            #expect(wrong.header("Allow") == "POST, GET, HEAD, OPTIONS")
            let unknown = try await app.get("/api/v1/nowhere/")
            #expect(unknown.status == 404 && unknown.text == #"{"detail":"Not found."}"#)
            #expect(try await app.get("/%61pi/v1/printers/\(id)").status == 200)
            #expect(try await app.get("/api//v1/printers/").status == 404)
            #expect(try await app.get("/api/v1/printers/%zz/").status == 404)
            let head = try await app.send(.head, "/api/v1/printers/")
            let get = try await app.get("/api/v1/printers/")
            #expect(head.status == 200 && head.bytes.isEmpty)
            #expect(head.header("Content-Length") == String(get.bytes.count))
            #expect(get.header("X-Request-Id")?.isEmpty == false)
            #expect(get.header("X-Request-Id") != head.header("X-Request-Id"))
            #expect(try await app.get("/control/holder/").status == 404)
        }
    }

    @Test(
        "no id is a server error",
        arguments: ["0", "abc", "-1", "9223372036854775808", "99999999999999999999", "1.0", "%00", "1%2F2"])
    func ids(id: String) async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let reply = try await app.get("/api/v1/printers/\(id)/")
            #expect(reply.status == 404 && reply.text == #"{"detail":"No Printer matches the given query."}"#)
            #expect(
                try await app.get("/api/v1/prints/\(id)/").text == #"{"detail":"No Print matches the given query."}"#)
        }
    }

    @Test(
        "a body that is no object says what it is",
        arguments: [
            ("[]", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#),
            ("\"x\"", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got str."]}"#),
            ("5", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got int."]}"#),
            ("5.5", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got float."]}"#),
            ("true", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got bool."]}"#),
            ("null", #"{"non_field_errors":["No data provided"]}"#),
            ("", #"{"name":["This field is required."]}"#),
            ("{\"a\":}", #"{"detail":"JSON parse error - Expecting value: line 1 column 6 (char 5)"}"#),
        ])
    func bodies(body: String, answer: String) async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let reply = try await app.post("/api/v1/printers/", json: body)
            #expect(reply.status == 400 && reply.text == answer)
        }
    }

    @Test("all faulty fields are told at once, and nothing is made", arguments: Way.allCases)
    func fields(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let reply = try await app.post(
                "/api/v1/printers/",
                json: """
                    {"name": " ", "action_on_failure": "X", "watching_enabled": "maybe", "retract_on_pause": "y",
                     "detective_sensitivity": 1.3, "min_timelapse_secs_on_finish": 1.5, "bed_off_on_pause": null}
                    """)
            #expect(reply.status == 400)
            #expect(
                reply.text
                    == #"{"name":["This field may not be blank."],"action_on_failure":["\"X\" is not a valid choice."],"#
                    + #""watching_enabled":["Must be a valid boolean."],"bed_off_on_pause":["This field may not be null."],"#
                    + #""retract_on_pause":["A valid number is required."],"#
                    + #""detective_sensitivity":["Ensure this value is less than or equal to 1.2."],"#
                    + #""min_timelapse_secs_on_finish":["A valid integer is required."]}"#)
            #expect(try await app.get("/api/v1/printers/").text == "[]")
            #expect(try await app.post("/api/v1/printers/", json: #"{"name": 5}"#).object["name"] as? String == "5")
            #expect(
                try await app.post("/api/v1/printers/", json: #"{"name": true}"#).text
                    == #"{"name":["Not a valid string."]}"#)
            let form = try await app.post("/api/v1/printers/", form: "name=a+b&watching_enabled=off")
            #expect(form.object["name"] as? String == "a b" && form.object["watching_enabled"] as? Bool == false)
        }
    }

    @Test(
        "a file name is a text of 1 to 1000 characters",
        arguments: [
            ("{}", "This field is required."), (#"{"filename": null}"#, "This field is required."),
            (#"{"filename": " "}"#, "This field is required."), (#"{"filename": 5}"#, "Not a valid string."),
            (#"{"filename": ["a"]}"#, "Not a valid string."),
            (#"{"filename": "a\u0000b"}"#, "Null characters are not allowed."),
            (
                "{\"filename\": \"\(String(repeating: "é", count: 1001))\"}",
                "Ensure this field has no more than 1000 characters."
            ),
        ])
    func filenames(body: String, message: String) async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            let reply = try await app.post("/api/v1/printers/\(id)/start_print/", json: body)
            #expect(reply.status == 400 && reply.text == "{\"filename\":[\"\(message)\"]}")
            #expect(try await app.get("/api/v1/printers/\(id)/").object["current_print"] != nil)
        }
    }

    @Test("another account's printer is 403, and is not listed", arguments: Way.allCases)
    func accounts(way: Way) async throws {
        let farm = try await FarmFixture()
        _ = try await farm.service.perform(FarmAction.addAccount(name: "other"))
        _ = try await farm.service.perform(
            FarmAction.createPrinter(account: "other", settings: PrinterSettings(name: "theirs")))
        try await farm.run(way) { app in
            #expect(try await app.get("/api/v1/printers/").text == "[]")
            let reply = try await app.get("/api/v1/printers/1/")
            #expect(reply.status == 403)
            #expect(reply.text == #"{"detail":"You do not have permission to perform this action."}"#)
        }
    }

    @Test("of 8 parallel finish_print one succeeds and seven get 404")
    func parallelFinish() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            _ = try await app.post("/api/v1/printers/\(id)/start_print/", json: #"{"filename": "a"}"#)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await app.post("/api/v1/printers/\(id)/finish_print/", json: "").status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200] + Array(repeating: 404, count: 7))
        }
    }
}
