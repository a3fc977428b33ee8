import Farm
import FarmService
import Foundation
import HTTPTypes
import Testing

@testable import API

@Suite("What clients really send", .timeLimit(.minutes(20)))
struct ClientHabitTests {
    /// A body with one part, whose header and content are bytes.
    private func body(_ header: [UInt8], _ content: [UInt8] = jpeg) -> [UInt8] {
        Array("--b\r\n".utf8) + header + Array("\r\n\r\n".utf8) + content + Array("\r\n--b--\r\n".utf8)
    }
    private func predict(
        _ app: App, _ id: Int, _ body: [UInt8], type: String? = "multipart/form-data; boundary=b"
    )
        async throws -> App.Reply
    {
        try await app.send(.post, "/api/v1/printers/\(id)/predict/", body, type: type)
    }

    @Test("a picture is taken whatever its file name is written in", arguments: Way.allCases)
    func fileNames(way: Way) async throws {
        let farm = try await FarmFixture(detections: [[], [], []])
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            for name in [Array("Bild_ä.jpg".utf8), [0x42, 0xE4, 0x2E], [0xC4, 0xF1, 0xC1, 0xFD, 0x5C, 0xE9]]
                as [[UInt8]]
            {
                let header = Array(#"Content-Disposition: form-data; name="img"; filename=""#.utf8) + name + [0x22]
                #expect(try await predict(app, id, body(header)).status == 200)
            }
        }
    }

    @Test(
        "a picture without a file name, or with an empty one, is missing; the answer is about img",
        arguments: Way.allCases)
    func noFile(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            let picture = jpeg + Array(repeating: 0xE4, count: 100_000)
            for rest in ["\r\nContent-Type: image/jpeg", "; filename=\"\"\r\nContent-Type: image/jpeg"] {
                let header = Array("Content-Disposition: form-data; name=\"img\"\(rest)".utf8)
                let reply = try await predict(app, id, body(header, picture))
                #expect(reply.status == 400 && reply.text == #"{"img":["This field is required."]}"#)
            }
        }
    }

    @Test("what is sent in place of a JPEG as img is answered with what to do", arguments: Way.allCases)
    func advice(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            let other = try await predict(
                app, id, body(Array(#"Content-Disposition: form-data; name="image"; filename="a.jpg""#.utf8)))
            #expect(other.status == 400 && other.text.contains("There is a file part named image: send a JPEG"))
            let png = try await app.predict(id, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A])
            #expect(png.status == 400 && png.text.contains("Upload a valid image."))
            #expect(png.text.contains("The file is a PNG: send a JPEG."))
            let raw = try await predict(app, id, jpeg, type: "image/jpeg")
            #expect(raw.status == 415 && raw.text.contains("Send a JPEG as the file part img"))
        }
    }

    @Test(
        "a body without Content-Type that is no JSON is 415 with a sentence, whatever its length",
        arguments: Way.allCases)
    func untyped(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            for length in [10, 2_000_000] {
                let reply = try await predict(app, id, jpeg + Array(repeating: 7, count: length), type: nil)
                #expect(reply.status == 415 && reply.text.contains("no Content-Type"))
            }
            let json = try await app.send(.post, "/api/v1/printers/", Array(#" {"name": "x"}"#.utf8))
            #expect(json.status == 201)
        }
    }

    @Test("a faulty status is told what there is", arguments: Way.allCases)
    func status(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            let reply = try await app.finish(id, "failed")
            let expected = #"{"status":["\"failed\" is not a valid choice.","Choose success or cancelled."]}"#
            #expect(reply.status == 400 && reply.text == expected)
        }
    }

    @Test("an alert is answered and muted by a field of the body as by the address", arguments: Way.allCases)
    func bodyFields(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            let one = "/api/v1/printers/\(id)"
            let bad = try await app.post(one + "/acknowledge_alert/", json: #"{"alert_overwrite": "MAYBE"}"#)
            #expect(bad.status == 400 && bad.text == #"{"alert_overwrite":["\"MAYBE\" is not a valid choice."]}"#)
            #expect(try await app.post(one + "/acknowledge_alert/", json: #"{"alert_overwrite": null}"#).status == 200)
            for body in [#"{"mute_alert": true}"#, #"{"mute_alert": "true"}"#] {
                let reply = try await app.post(one + "/mute_current_print/", json: body)
                let print = reply.printer["current_print"] as? [String: Any]
                #expect(print?["alert_muted_at"] is String)
                _ = try await app.post(one + "/mute_current_print/?mute_alert=false", json: "{}")
            }
            #expect(try await app.post(one + "/mute_current_print/", json: #"{"mute_alert": 3}"#).status == 400)
        }
    }

    @Test(
        "fields of a PATCH that nothing has are named in a header, cleaned; known ones are not", arguments: Way.allCases
    )
    func ignored(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            let reply = try await app.patch(
                "/api/v1/printers/\(id)/", json: #"{"id": 7, "name": "n", "watchingEnabled": true, "a\r\nb: c": 1}"#)
            #expect(reply.status == 200 && reply.header("X-Farmtop-Ignored") == "a??b??c, watchingEnabled")
            let known = try await app.patch("/api/v1/printers/\(id)/", json: #"{"name": "n", "pic": null}"#)
            #expect(known.header("X-Farmtop-Ignored") == nil)
            _ = try await app.start(id)
            let print = try await app.get("/api/v1/prints/").list.first?["id"] as? Int ?? -1
            let patched = try await app.patch("/api/v1/prints/\(print)/", json: #"{"filament": 3, "print_time": 4}"#)
            #expect(patched.status == 200 && patched.header("X-Farmtop-Ignored") == "filament")
        }
    }

    @Test(
        "Obico's words for several types of events; several faults of one field are one list", arguments: Way.allCases)
    func eventTypes(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            for action in ["pause_print", "resume_print"] {
                _ = try await app.post("/api/v1/printers/\(id)/\(action)/", json: "{}")
            }
            _ = try await app.post("/api/v1/printers/\(id)/mute_current_print/?mute_alert=true", json: "{}")
            func types(_ query: String) async throws -> [String?] {
                try await app.get("/api/v1/printer_events/?\(query)").list.map { $0["event_type"] as? String }
            }
            #expect(try await types("filter_by_types[]=PAUSE_RESUME") == ["RESUMED", "PAUSED"])
            #expect(try await types("filter_by_types[]=ALERT&filter_by_types[]=STARTED") == ["ALERT_MUTED", "STARTED"])
            #expect(try await types("limit=0").isEmpty)
            let bad = try await app.get("/api/v1/printer_events/?filter_by_types[]=A&filter_by_types[]=B")
            #expect(bad.text == #"{"filter_by_types":["\"A\" is not a valid choice.","\"B\" is not a valid choice."]}"#)
        }
    }

    @Test("statistics have every period that was asked for; group_by in any case", arguments: Way.allCases)
    func emptyPeriods(way: Way) async throws {
        let clock = TestClock("2026-03-02T12:00:00Z")
        let farm = try await FarmFixture(clock: clock)
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            clock.set("2026-03-04T12:00:00Z")
            _ = try await app.start(id, "b.gcode")
            func counts(_ query: String) async throws -> [Int?] {
                let groups = try await app.get("/api/v1/prints/stats/?\(query)").object["print_count_groups"]
                return (groups as? [[String: Any]] ?? []).map { $0["value"] as? Int }
            }
            #expect(try await counts("") == [1, 0, 1])
            #expect(try await counts("from_date=2026-03-01&to_date=2026-03-05") == [0, 1, 0, 1, 0])
            #expect(try await counts("from_date=2026-02-01&to_date=2026-03-05&group_by=Month") == [0, 2])
            #expect(try await counts("from_date=2025-03-01&to_date=2025-03-02") == [0, 0])
            // More periods than anybody can look at: those with prints.
            #expect(try await counts("from_date=0001-01-01&to_date=9999-12-31") == [1, 1])
        }
    }

    @Test("filters that Obico has and no print here answers to; a filter of 500 printers", arguments: Way.allCases)
    func printFilters(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            for query in ["filter=need_print_shot_feedback", "limit=0"] {
                let reply = try await app.get("/api/v1/prints/?\(query)")
                #expect(reply.status == 200 && reply.text == "[]")
            }
            let ids = (0..<500).map { "filter_by_printer_ids%5B%5D=\(id + $0)" }.joined(separator: "&")
            #expect(try await app.get("/api/v1/prints/?\(ids)").list.count == 1)
        }
    }

    @Test(
        "a day begins where its clocks begin, also where they skip midnight",
        arguments: [
            ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00.000000Z"),
            ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00.000000Z"),
            ("America/Havana", "2026-03-08", "2026-03-08T05:00:00.000000Z"),
            ("Atlantic/Azores", "2026-03-29", "2026-03-29T01:00:00.000000Z"),
            ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000000Z"),
        ])
    func midnight(zone: String, day: String, start: String) throws {
        let calendar = try #require(FarmCalendar(zone: zone))
        #expect(calendar.start(of: day)?.description == start)
        let before = try #require(calendar.start(of: day, plusDays: -1))
        let from = try #require(calendar.start(of: day))
        #expect(from.secondsSince1970 - before.secondsSince1970 == 86_400)
    }

    @Test(
        "zones by the names that have no area",
        arguments: ["CET", "EST5EDT", "Japan", "GB", "NZ", "Zulu", "W-SU", "Etc/GMT+5", "US/Pacific"])
    func plainZones(name: String) { #expect(FarmCalendar(zone: name) != nil) }

    @Test("a zone is none by any word", arguments: ["Nowhere", "EST7", "PST", "../etc/passwd", "UTC+3", "gmt+25"])
    func noZones(name: String) { #expect(FarmCalendar(zone: name) == nil) }
}

@Suite("Links of a farm that listens on every address", .timeLimit(.minutes(20)))
struct LinkTests {
    @Test("links name the address at which the request came in", arguments: [false, true])
    func links(follow: Bool) async throws {
        let farm = try await FarmFixture(detections: [[]]) {
            $0.publicURL = "http://configured.example"
            $0.linksFollowRequests = follow
        }
        let token = try await farm.token()
        let live = try await farm.service.perform(
            CreatePrinter(caller: .administrator, account: 1, settings: PrinterSettings(name: "mk3")))
        _ = try await farm.service.perform(
            StartPrint(caller: .administrator, printer: live.printer.id, filename: "a.gcode"))
        _ = try await farm.service.analyse(
            jpeg, ticket: farm.service.admitFrame(printer: live.printer.id, caller: .administrator))
        try await farm.listening(on: "0.0.0.0") { loopback in
            for host in ["127.0.0.1", "127.0.0.2"] {
                var there = loopback
                there.host = host
                let base = follow ? "http://\(host):\(loopback.port)" : "http://configured.example"
                let printer = try await there.send("GET", "/api/v1/printers/\(live.printer.id)/", token: token)
                #expect(printer.text.replacing("\\/", with: "/").contains("\"img_url\":\"\(base)/pictures/"))
                let metadata = try await there.send("GET", "/.well-known/oauth-authorization-server")
                #expect(metadata.text.replacing("\\/", with: "/").contains("\"issuer\":\"\(base)\""))
            }
        }
    }
}
