import API
import Farm
import FarmService
import Foundation
import HTTPTypes
import Testing

@Suite("The contract: prints and their statistics", .timeLimit(.minutes(20)))
struct HistoryContractTests {
    /// Starts a print at each time and ends it a minute later.
    private func print(_ times: [String], _ app: App, _ clock: TestClock) async throws {
        let id = try await app.addPrinter()
        for (number, time) in times.enumerated() {
            clock.set(time)
            _ = try await app.start(id, "\(number)")
            clock.advance(.seconds(60))
            _ = try await app.finish(id, number % 2 == 0 ? "success" : "cancelled")
        }
    }

    /// Around the night in which New York's clocks go forward: a Saturday's last hour, a Sunday's first and last, a
    /// Monday's first; then two days of one week in two years.
    private static let times = [
        "2026-03-08T04:30:00Z", "2026-03-08T05:30:00Z", "2026-03-09T03:30:00Z", "2026-03-09T04:30:00Z",
        "2026-12-31T12:00:00Z", "2027-01-02T12:00:00Z",
    ]

    @Test(
        "a day is a day of the time zone",
        arguments: [
            ("from_date=2026-03-08&to_date=2026-03-08", ["1", "0"]),
            ("from_date=2026-03-08&to_date=2026-03-08&timezone=UTC", ["1", "0"]),
            ("from_date=2026-03-08&to_date=2026-03-08&timezone=America/New_York", ["2", "1"]),
            ("from_date=2026-03-09&timezone=America%2FNew_York&sorting=date_asc", ["3", "4", "5"]),
            ("to_date=2026-03-07&timezone=America/New_York", ["0"]),
            ("from_date=2026-03-09&to_date=2026-03-08", []),
            ("from_date=0001-01-01&to_date=9999-12-31&limit=2", ["5", "4"]),
        ])
    func days(query: String, files: [String]) async throws {
        let clock = TestClock()
        let farm = try await FarmFixture(clock: clock)
        try await farm.run(.router) { app in
            try await print(Self.times, app, clock)
            #expect(try await app.get("/api/v1/prints/?\(query)").list.map { $0["filename"] as? String } == files)
        }
    }

    @Test(
        "statistics by day, week from Sunday, month and year, also over a change of the clocks",
        arguments: [
            (
                "day", "America/New_York",
                [
                    "2026-03-07T00:00:00-05:00": 1, "2026-03-08T00:00:00-05:00": 2, "2026-03-09T00:00:00-04:00": 1,
                    "2026-12-31T00:00:00-05:00": 1, "2027-01-02T00:00:00-05:00": 1,
                ]
            ),
            (
                "week", "America/New_York",
                [
                    "2026-03-01T00:00:00-05:00": 1, "2026-03-08T00:00:00-05:00": 3, "2026-12-27T00:00:00-05:00": 2,
                ]
            ),
            (
                "month", "UTC",
                ["2026-03-01T00:00:00+00:00": 4, "2026-12-01T00:00:00+00:00": 1, "2027-01-01T00:00:00+00:00": 1]
            ),
            ("year", "Asia/Kolkata", ["2026-01-01T00:00:00+05:30": 5, "2027-01-01T00:00:00+05:30": 1]),
        ] as [(String, String, [String: Int])])
    func groups(period: String, zone: String, expected: [String: Int]) async throws {
        let clock = TestClock()
        let farm = try await FarmFixture(clock: clock)
        try await farm.run(.router) { app in
            try await print(Self.times, app, clock)
            let reply = try await app.get("/api/v1/prints/stats/?group_by=\(period)&timezone=\(zone)")
            func groups(_ name: String) throws -> [(key: String, value: Double)] {
                try (reply.object[name] as? [[String: Any]] ?? []).map {
                    (try #require($0["key"] as? String), try #require($0["value"] as? Double))
                }
            }
            let counts = try groups("print_count_groups")
            #expect(counts.filter { $0.value > 0 }.map(\.key) == expected.keys.sorted())
            // Periods without a print stand between them, with 0, in their order.
            for group in counts { #expect(group.value == Double(expected[group.key] ?? 0)) }
            #expect(counts.map(\.key) == counts.map(\.key).sorted() && Set(counts.map(\.key)).count == counts.count)
            for group in try groups("print_time_groups") {
                #expect(group.value == 60 * Double(expected[group.key] ?? 0))
            }
            #expect(try groups("filament_used_groups").map(\.key) == counts.map(\.key))
        }
    }

    @Test("the totals count every print of the period")
    func totals() async throws {
        let clock = TestClock()
        let farm = try await FarmFixture(clock: clock)
        try await farm.run(.router) { app in
            #expect(
                try await app.get("/api/v1/prints/stats/").text == """
                    {"print_count_groups":[],"print_time_groups":[],"filament_used_groups":[],"total_print_count":0,\
                    "total_print_time":0.0,"total_filament_used":0.0,"total_cancelled_print_count":0,\
                    "total_succeeded_print_count":0,"longest_print_time":0.0,"average_print_time":0.0,\
                    "result_counts":{"success":0,"cancelled":0,"failed":0,"replaced":0,"unknown":0},"success_rate":null}
                    """)
            try await print(Self.times, app, clock)
            _ = try await app.patch("/api/v1/prints/1/", json: #"{"filament_used": 12.5, "print_time": 360}"#)
            _ = try await app.start(1, "open")
            let stats = try await app.get("/api/v1/prints/stats/").object
            #expect(stats["total_print_count"] as? Int == 7)
            #expect(stats["total_print_time"] as? Double == 660 && stats["longest_print_time"] as? Double == 360)
            #expect(stats["average_print_time"] as? Double == 110)
            #expect(stats["total_filament_used"] as? Double == 12.5)
            #expect(stats["total_cancelled_print_count"] as? Int == 3)
            #expect(stats["total_succeeded_print_count"] as? Int == 3)
        }
    }

    @Test("a page has 12 prints, or as many as asked for, at most 1000; filters go together")
    func pages() async throws {
        let clock = TestClock()
        let farm = try await FarmFixture(clock: clock)
        try await farm.run(.router) { app in
            try await print((10..<24).map { "2026-05-01T\($0):00:00Z" }, app, clock)
            try await print(["2026-05-02T10:00:00Z"], app, clock)
            func files(_ query: String) async throws -> [String] {
                try await app.get("/api/v1/prints/?\(query)").list.compactMap { $0["filename"] as? String }
            }
            #expect(try await files("").count == 12)
            #expect(try await files("limit=5000").count == 15)
            #expect(try await files("start=13&limit=99999999999").count == 2)
            #expect(try await files("start=9000000000000") == [])
            #expect(try await files("filter=cancelled&filter_by_printer_ids[]=1&limit=3&start=1") == ["11", "9", "7"])
            #expect(try await files("filter=finished&filter_by_printer_ids[]=2") == ["0"])
            #expect(try await files("sorting=date_desc&sorting=date_asc&limit=1") == ["0"])
        }
    }

    @Test(
        "a bad value is 400 by its field",
        arguments: [
            ("filter=all", "filter"), ("sorting=up", "sorting"), ("start=-1", "start"), ("start=x", "start"),
            ("start=99999999999999999999", "start"), ("limit=-1", "limit"), ("limit=1.5", "limit"),
            ("filter_by_printer_ids[]=x", "filter_by_printer_ids"), ("from_date=2026-2-3", "from_date"),
            ("from_date=2026-02-29", "from_date"), ("to_date=today", "to_date"), ("to_date=0000-01-01", "to_date"),
            ("timezone=Nowhere", "timezone"), ("timezone=../../etc/passwd", "timezone"), ("timezone=", "timezone"),
        ])
    func badValues(query: String, field: String) async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let reply = try await app.get("/api/v1/prints/?\(query)")
            #expect(reply.status == 400 && reply.object[field] is [String] && reply.object.count == 1)
        }
    }

    @Test("an alert asks for a verdict once its print has ended, until there is one", arguments: Way.allCases)
    func verdicts(way: Way) async throws {
        let clock = TestClock()
        let box = BoundingBox(x: 10, y: 10, width: 5, height: 5)
        let farm = try await FarmFixture(
            detections: Array(repeating: [Detection(confidence: 0.9, box: box)], count: 400), clock: clock)
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            var alerted = false
            for _ in 0..<400 where !alerted {
                clock.advance(.seconds(10))
                alerted = try await app.predict(id, picture(at: clock.now)).object["alert"] as? Bool == true
            }
            #expect(alerted)
            func waiting() async throws -> Int {
                try await app.get("/api/v1/prints/?filter=need_alert_overwrite").list.count
            }
            #expect(try await waiting() == 0)
            let events = try await app.get("/api/v1/printer_events/?filter_by_types[]=FAILURE_ALERTED").list
            let event = try #require(events.first)
            #expect(
                Set(event.keys) == [
                    "id", "event_type", "event_class", "event_title", "event_text", "actor", "image_url", "info_url",
                    "created_at", "print", "printer",
                ])
            #expect(event["print"] as? Int == 1 && event["printer"] as? Int == id && event["info_url"] is NSNull)
            _ = try await app.finish(id)
            #expect(try await app.get("/api/v1/prints/1/").object["need_alert_overwrite"] as? Bool == true)
            #expect(try await waiting() == 1)
            let wrong = try await app.patch("/api/v1/prints/1/", json: #"{"alert_overwrite": "MAYBE"}"#)
            #expect(wrong.text == #"{"alert_overwrite":["\"MAYBE\" is not a valid choice."]}"#)
            _ = try await app.patch("/api/v1/prints/1/", json: #"{"alert_overwrite": "FAILED", "filename": "x"}"#)
            #expect(try await waiting() == 0)
            let taken = try await app.patch("/api/v1/prints/1/", json: #"{"alert_overwrite": null}"#)
            #expect(taken.object["alert_overwrite"] is NSNull && taken.object["filename"] as? String == "a.gcode")
            #expect(try await waiting() == 1)
        }
    }

    @Test("events: every title and class, pages, filters that go together", arguments: Way.allCases)
    func events(way: Way) async throws {
        let farm = try await FarmFixture()
        try await farm.run(way) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            _ = try await app.finish(id)
            _ = try await app.start(id)
            _ = try await app.finish(id, "cancelled")
            let all = try await app.get("/api/v1/printer_events/").list
            #expect(all.map { $0["event_type"] as? String } == ["ENDED", "STARTED", "ENDED", "STARTED"])
            #expect(all[2]["event_title"] as? String == "Print Job Finished")
            #expect(all[2]["event_class"] as? String == "SUCCESS")
            // The first event is that the printer was added.
            #expect(all.map { $0["id"] as? Int ?? 0 } == [5, 4, 3, 2])
            func ids(_ query: String) async throws -> [Int] {
                try await app.get("/api/v1/printer_events/?\(query)").list.map { $0["id"] as? Int ?? 0 }
            }
            #expect(try await ids("start=1&limit=2") == [4, 3])
            #expect(try await ids("filter_by_classes[]=SUCCESS&filter_by_types[]=ENDED") == [3])
            #expect(try await ids("filter_by_classes%5B%5D=SUCCESS&filter_by_types[]=STARTED") == [])
            let bad = try await app.get("/api/v1/printer_events/?filter_by_types[]=X&limit=-1")
            #expect(bad.status == 400 && Set(bad.object.keys) == ["filter_by_types", "limit"])
        }
    }

    @Test("print_time and filament_used are numbers that sums can hold, or null")
    func numbers() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            _ = try await app.finish(id)
            for (value, status) in [("1e308", 400), ("-1", 400), ("null", 200), ("0.125", 200), ("\"7\"", 200)] {
                for field in ["print_time", "filament_used"] {
                    #expect(
                        try await app.patch("/api/v1/prints/1/", json: "{\"\(field)\": \(value)}").status == status)
                }
            }
            #expect(try await app.get("/api/v1/prints/stats/").object["total_filament_used"] as? Double == 7)
        }
    }
}
