import Detector
import Farm
import FarmService
import Foundation
import HTTPTypes
import Imaging
import TestSupport
import Testing

/// A body that no honest app sends.
private struct Body: CustomTestStringConvertible, Sendable {
    var bytes: [UInt8]
    var type: String
    var testDescription: String

    init(_ name: String, _ bytes: [UInt8], _ type: String = "application/json") {
        self.bytes = bytes
        self.type = type
        testDescription = name
    }

    init(_ text: String, _ type: String = "application/json") { self.init(text, Array(text.utf8), type) }

    static let form = "application/x-www-form-urlencoded"
    static let multipart = "multipart/form-data; boundary=b"

    static let all: [Body] = [
        Body("[]"), Body("[{\"name\": \"x\"}]"), Body("\"text\""), Body("null"), Body("0"), Body("-1.5e300"),
        Body("true"), Body("{"), Body("{}"), Body("{\"name\": NaN}"), Body("{\"name\": Infinity}"),
        Body("{\"retract_on_pause\": NaN, \"filename\": -Infinity}"), Body("{\"name\": \"\\ud800\"}"),
        Body("{\"filename\": \"\\udc00\\ud800\"}"), Body("{\"\\ud800\": 1}"), Body("{'name': 'x'}"),
        Body("deep arrays", Array(String(repeating: "[", count: 100_000).utf8)),
        Body("deep objects", Array(String(repeating: "{\"a\":", count: 50_000).utf8)),
        Body(
            "deep value",
            Array("{\"filename\": \(String(repeating: "[", count: 5000))\(String(repeating: "]", count: 5000))}".utf8)),
        Body("{\"name\": 1e999, \"filename\": 1e999, \"print_time\": 1e999, \"print_ids\": [1e999]}"),
        Body(
            "{\"name\": \(String(repeating: "9", count: 400)), \"print_ids\": [\(String(repeating: "9", count: 400))]}"),
        Body("{\"filename\": {\"a\": [1, null]}, \"name\": [[]], \"status\": {}, \"print_ids\": {\"a\": 1}}"),
        Body("{\"filename\": false, \"status\": [\"success\"], \"name\": true, \"print_ids\": [null, true, \"x\"]}"),
        Body("{\"archived_at\": {}, \"id\": null, \"auth_token\": [], \"printer\": null, \"nonsense\": null}"),
        Body("{\"name\": null, \"watching_enabled\": null, \"detective_sensitivity\": null, \"status\": null}"),
        Body("{\"name\": \"a\", \"name\": 5, \"filename\": \"a\", \"filename\": []}"),
        Body("{\"alert_overwrite\": 5, \"filament_used\": \"x\", \"print_time\": {}}"),
        Body("no UTF-8", [0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x3A, 0x31, 0x7D]), Body("NUL", [0]),
        Body("UTF-16", [0xFF, 0xFE, 0x7B, 0, 0x7D, 0]), Body("byte order mark", [0xEF, 0xBB, 0xBF, 0x7B, 0x7D]),
        Body("a=%zz", form), Body("%ff=1&name=%c3", form), Body("name=a&name=&name=b&&&=&=x&filename=%00", form),
        Body("too many", Array(String(repeating: "a=1&", count: 300).utf8), form), Body("{}", form),
        Body("", "application/json"), Body("x", "text/plain"), Body("x", "application/json; charset=\"\\"),
        Body("<a/>", "application/xml"), Body("x", ""), Body("x", ";;;"), Body("x", "multipart/form-data"),
        Body("--b", multipart), Body("--b--", multipart), Body("--b\r\n\r\n\r\n--b--\r\n", multipart),
        Body("--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n", multipart),
        Body("--b\r\nContent-Disposition: form-data; name=\"img\"; filename=\"\"\r\n\r\n\r\n--b--\r\n", multipart),
        Body("--b\r\nContent-Disposition: form-data; name=\"img\"; filename=\"a\r\n\r\nx\r\n--b--\r\n", multipart),
        Body(
            "--b\r\nContent-Disposition: form-data; name=\"filename\"; filename=\"f\"\r\n\r\nx\r\n--b--\r\n", multipart),
    ]
}

/// Whatever other servers of this API answer with 500.
@Suite("Hostile input", .timeLimit(.minutes(20)))
struct HostileInputTests {
    /// 400 and its kin, in JSON that says why; the pages that people see say it in HTML.
    private func isRefusal(_ reply: App.Reply, of path: String) -> Bool {
        guard (400..<500).contains(reply.status) else { return false }
        return path.hasPrefix("/o/authorize/") || path == "/o/device/" || path.hasPrefix("/answers/")
            ? reply.header("Content-Type")?.hasPrefix("text/html") == true && !reply.text.isEmpty
            : !reply.object.isEmpty && reply.header("Content-Type") == "application/json"
    }

    @Test("no body makes a server error of any route, and what is refused is told in JSON", arguments: Body.all)
    fileprivate func everyRoute(body: Body) async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            let paths = try #require(try await app.get("/openapi.json").object["paths"] as? [String: [String: Any]])
            for (path, operations) in paths.sorted(by: { $0.key < $1.key }) where path != "/api/v1/events/stream" {
                var concrete = path.replacingOccurrences(of: "{frame}", with: "1.jpg")
                while let brace = concrete.firstRange(of: /\{[a-z]+\}/) { concrete.replaceSubrange(brace, with: "1") }
                for name in operations.keys.sorted() where !path.hasSuffix("/archive/") && name != "delete" {
                    let method = try #require(HTTPRequest.Method(name.uppercased()))
                    let reply = try await app.send(method, concrete, body.bytes, type: body.type)
                    #expect(reply.status < 500, "\(name) \(path)")
                    if reply.status >= 400 { #expect(isRefusal(reply, of: path), "\(name) \(path)") }
                }
            }
            #expect(try await app.get("/api/v1/printers/\(id)/").status == 200)
        }
    }

    @Test(
        "the inputs that are known to break others, and their answers",
        arguments: [
            ("POST", "printers/1/start_print/", #"{"filename": 5}"#, 400, #"{"filename":["Not a valid string."]}"#),
            ("POST", "printers/1/start_print/", #"{"filename": {}}"#, 400, #"{"filename":["Not a valid string."]}"#),
            (
                "POST", "printers/1/start_print/", #"["a"]"#, 400,
                #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#
            ),
            ("POST", "printers/1/start_print/", "null", 400, #"{"non_field_errors":["No data provided"]}"#),
            (
                "PATCH", "printers/1/", "\"x\"", 400,
                #"{"non_field_errors":["Invalid data. Expected a dictionary, but got str."]}"#
            ),
            (
                "PATCH", "printers/1/", #"{"action_on_failure": null}"#, 400,
                #"{"action_on_failure":["This field may not be null."]}"#
            ),
            (
                "GET", "printers/99999999999999999999999999/", "", 404,
                #"{"detail":"No Printer matches the given query."}"#
            ),
            ("GET", "printers/9223372036854775807/", "", 404, #"{"detail":"No Printer matches the given query."}"#),
            ("GET", "printers/abc/", "", 404, #"{"detail":"No Printer matches the given query."}"#),
            ("GET", "printers/-1/", "", 404, #"{"detail":"No Printer matches the given query."}"#),
            ("GET", "printers/%E2%91%A0/", "", 404, #"{"detail":"No Printer matches the given query."}"#),
            ("GET", "printers/1%00/", "", 404, #"{"detail":"No Printer matches the given query."}"#),
            ("POST", "printers/1e3/predict/", "", 404, #"{"detail":"No Printer matches the given query."}"#),
            ("DELETE", "prints/0x10/", "", 404, #"{"detail":"No Print matches the given query."}"#),
            (
                "POST", "printers/1/mute_current_print/?mute_alert=true", "", 404,
                #"{"detail":"Printer is not currently printing."}"#
            ),
            ("POST", "printers/1/mute_current_print/", "", 404, #"{"detail":"Printer is not currently printing."}"#),
            ("POST", "printers/1/acknowledge_alert/", "", 404, #"{"detail":"Printer is not currently printing."}"#),
            ("POST", "printers/1/finish_print/", "", 404, #"{"detail":"Printer is not currently printing."}"#),
            ("POST", "prints/bulk_delete/", "{}", 400, #"{"print_ids":["This field is required."]}"#),
            (
                "POST", "prints/bulk_delete/", #"{"print_ids": "1"}"#, 400,
                #"{"print_ids":["Expected a list of items but got type \"str\"."]}"#
            ),
            ("GET", "prints/?start=%ff", "", 400, ""), ("GET", "prints/?limit=NaN&start=Infinity", "", 400, ""),
            ("GET", "prints/?filter[]=x&filter=", "", 400, ""), ("GET", "prints/?from_date=2026-13-45", "", 400, ""),
            ("GET", "prints/?timezone=%00", "", 400, ""), ("GET", "prints/stats/?group_by=century", "", 400, ""),
            ("GET", "prints/?filter_by_printer_ids[]=1%27%20OR%201=1", "", 400, ""),
            ("GET", "printer_events/?limit=1&limit=x", "", 400, ""),
            (
                "GET", "printers/?with_archived=%F0%9F%A6%8A", "", 400,
                #"{"with_archived":["Must be a valid boolean."]}"#
            ),
        ] as [(String, String, String, Int, String)])
    func known(method: String, path: String, body: String, status: Int, answer: String) async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            if path.hasPrefix("printers/1/") { _ = try await app.addPrinter() }
            let reply = try await app.send(
                try #require(HTTPRequest.Method(method)), "/api/v1/\(path)", body.isEmpty ? nil : Array(body.utf8),
                type: body.isEmpty ? nil : "application/json")
            #expect(reply.status == status)
            if !answer.isEmpty { #expect(reply.text == answer) }
            if status >= 400 { #expect(isRefusal(reply, of: path)) }
        }
    }

    @Test("a repeated name keeps its last value, in forms and in JSON")
    func repeated() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            #expect(try await app.post("/api/v1/printers/", form: "name=a&name=b").object["name"] as? String == "b")
            let json = try await app.post("/api/v1/printers/", json: #"{"name": "a", "name": "b"}"#)
            #expect(json.object["name"] as? String == "b")
        }
    }

    // MARK: Pictures

    private func picture(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: TestFiles.inTests("ImagingTests/Golden/\(name).jpg")))
    }

    /// The queue that farmtop uses, with its decoder and a small network.
    private func detector() throws -> DetectorQueue {
        let folder = TestFiles.inTests("DetectorTests/Golden/darknet")
        let cfg = try String(contentsOf: folder.appending(path: "golden.cfg"), encoding: .utf8)
        let network = try Network(
            cfg: cfg, weights: .file(folder.appending(path: "golden.weights").path), name: "golden", threads: 1)
        return DetectorQueue(detectors: [try NetworkDetector(network: network, threads: 1)])
    }

    @Test("empty, foreign and cut pictures are refused without a trace; usable ones count, also damaged")
    func pictures() async throws {
        let detector = try detector()
        defer { detector.stop() }
        let farm = try await FarmFixture(detector: detector)
        let whole = try picture("baseline-420")
        let progressive = try picture("progressive")
        try await farm.run(.live) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            let before = try await app.get("/api/v1/printers/\(id)/").text
            let notUsable =
                #"{"img":["Upload a valid image. The file you uploaded was either not an image or a corrupted image."]}"#
            for (name, bytes) in [
                ("GIF", Array("GIF89a".utf8)), ("PNG", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
                ("text", Array("hello".utf8)), ("only a start", [0xFF, 0xD8]), ("no scan", [0xFF, 0xD8, 0xFF, 0xD9]),
                ("zeros", Array(repeating: 0, count: 4096)), ("cut header", Array(whole.prefix(40))),
                ("a tenth", Array(whole.prefix(whole.count * 6 / 10))),
                ("start of a progressive one", Array(progressive.prefix(200))),
            ] as [(String, [UInt8])] {
                let reply = try await app.predict(id, bytes)
                // Another kind of picture is named besides.
                let text = reply.text.replacing(",\"The file is a \(name): send a JPEG.\"", with: "")
                #expect(reply.status == 400 && text == notUsable, "\(name)")
            }
            #expect(try await app.predict(id, []).text == #"{"img":["This field is required."]}"#)
            #expect(try await app.get("/api/v1/printers/\(id)/").text == before)
            // A header of 65500 × 65500 pixels and little else.
            var huge = whole
            let size = try #require(huge.firstRange(of: [0xFF, 0xC0]))
            huge.replaceSubrange(size.upperBound + 3..<size.upperBound + 7, with: [0xFF, 0xDC, 0xFF, 0xDC])
            let tooLarge = try await app.predict(id, huge)
            #expect(tooLarge.status == 413 && tooLarge.object["detail"] is String)
            #expect(try await app.get("/api/v1/printers/\(id)/").text == before)
            for (number, bytes) in [
                whole, progressive, try picture("grey"), try picture("cmyk"), try picture("arithmetic"),
                Array(whole.dropLast(2)),
            ].enumerated() {
                let reply = try await app.predict(id, bytes)
                #expect(reply.status == 200)
                let statistics = reply.object["temporal_stats"] as? [String: Any]
                #expect(statistics?["prediction_num"] as? Int == number + 1)
            }
        }
    }

    @Test("the file may be sent under any name and with any type, but only as a file, and the last one holds")
    func parts() async throws {
        let detector = try detector()
        defer { detector.stop() }
        let farm = try await FarmFixture(detector: detector)
        let whole = try picture("baseline-420")
        try await farm.run(.live) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            func predict(_ parts: [(header: String, content: [UInt8])]) async throws -> Int {
                var body: [UInt8] = []
                for part in parts {
                    body += Array("--b\r\nContent-Disposition: form-data; \(part.header)\r\n\r\n".utf8)
                    body += part.content + Array("\r\n".utf8)
                }
                return try await app.send(
                    .post, "/api/v1/printers/\(id)/predict/", body + Array("--b--\r\n".utf8),
                    type: "multipart/form-data; boundary=\"b\""
                ).status
            }
            #expect(try await predict([("name=img; filename=x", whole)]) == 200)
            #expect(
                try await predict([("name=\"img\"; filename=\"../../etc/passwd\"\r\nContent-Type: text/html", whole)])
                    == 200)
            #expect(
                try await predict([("name=\"img\"; filename=\"a\"", [1, 2]), ("name=\"img\"; filename=\"b\"", whole)])
                    == 200)
            #expect(try await predict([("name=\"pic\"; filename=\"a\"", whole)]) == 400)
            #expect(try await predict([("name=\"img\"", Array("text".utf8))]) == 400)
            #expect(try await predict([]) == 400)
        }
    }
}
