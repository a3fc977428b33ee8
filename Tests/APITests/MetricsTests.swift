import API
import Farm
import FarmService
import Foundation
import HTTPTypes
import Testing

@Suite("The metrics", .timeLimit(.minutes(20)))
struct MetricsTests {
    /// Name and labels → value, and the types by name.
    private struct Scrape {
        var values: [String: Double] = [:]
        var types: [String: String] = [:]

        init(_ text: String) throws {
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                if line.hasPrefix("# TYPE ") {
                    try #require(types[String(words[2])] == nil, "\(words[2]) is described twice")
                    types[String(words[2])] = String(words[3])
                } else if !line.hasPrefix("#") {
                    // Values have no spaces, labels have none either.
                    try #require(words.count == 2, "\(line)")
                    try #require(values[String(words[0])] == nil, "\(words[0]) is told twice")
                    let value: Double = try #require(Double(String(words[1])), "\(line)")
                    values[String(words[0])] = value
                }
            }
        }

        var names: Set<String> {
            Set(values.keys.map { String($0.prefix { $0 != "{" }) })
        }
    }

    /// A webhook that has had its troubles.
    private struct TroubledNotifier: FarmNotifier {
        var status: ChannelStatus {
            var status = ChannelStatus.webhook(receiver: "https://hooks.example.org", isSigned: true)
            status.failedTries = 7
            status.trySeconds = 1.5
            return status
        }
        func wake() {}
        func sendTest() async -> ChannelTestResult {
            ChannelTestResult(
                channel: "webhook", receiver: "https://hooks.example.org", error: nil, answer: "200", milliseconds: 1)
        }
    }

    /// A channel that works and one that does not.
    private struct TwoChannels: NotificationChannels {
        var statuses: [ChannelStatus] {
            var phone = ChannelStatus(name: "phone", kind: "ntfy", receiver: "https://ntfy.example.org")
            phone.delivered = 12
            phone.lastSuccessAt = Timestamp(secondsSince1970: 1_800_000_000)
            var mail = ChannelStatus(name: "mail", kind: "email", receiver: "smtps://mail.example.org")
            mail.pending = 3
            mail.dropped = 1
            mail.failedTries = 9
            mail.noteFailure("no connection", at: Timestamp(secondsSince1970: 1_800_000_000), isGivenUp: false)
            return [phone, mail]
        }
        func wake() {}
        func sendTest(channel: String?, picture: TestPicture?) async -> [ChannelTestResult] { [] }
    }

    @Test("messages are counted by channel and outcome, and how long answers took is a histogram by who answered")
    func notifications() async throws {
        let clock = TestClock()
        var rule = NotificationRule(channel: "phone", clock: .utc)
        rule.answers = [.acknowledge]
        let farm = try await FarmFixture(clock: clock, rules: [rule], channels: TwoChannels())
        try await farm.run(.live) { app in
            let printer = PrinterID(Int64(try await app.addPrinter("a")))
            _ = try await farm.service.perform(
                StartPrint(caller: .administrator, printer: printer, filename: "a.gcode"))
            clock.advance(.seconds(61))
            await farm.service.tick()
            clock.advance(.seconds(30))
            await farm.service.tick()
            let occasion = try #require(farm.service.occasions.first { $0.topic == .cameraLost })
            clock.advance(.seconds(100))
            _ = try await farm.service.perform(
                AnswerOccasion(occasion: occasion.id, answer: .acknowledge, channel: "phone"))
            let text = try await App(client: app.client).get("/metrics").text
            for line in [
                "# TYPE farmtop_notifications_total counter",
                #"farmtop_notifications_total{channel="phone",outcome="delivered"} 12"#,
                #"farmtop_notifications_total{channel="mail",outcome="failed_try"} 9"#,
                #"farmtop_notifications_total{channel="mail",outcome="dropped"} 1"#,
                #"farmtop_notifications_pending{channel="phone"} 0"#,
                #"farmtop_notifications_pending{channel="mail"} 3"#,
                #"farmtop_notification_channel_failing{channel="phone"} 0"#,
                #"farmtop_notification_channel_failing{channel="mail"} 1"#,
                "# TYPE farmtop_notification_answer_seconds histogram",
                #"farmtop_notification_answer_seconds_bucket{actor="channel",le="60.0"} 0"#,
                #"farmtop_notification_answer_seconds_bucket{actor="channel",le="120.0"} 1"#,
                #"farmtop_notification_answer_seconds_bucket{actor="channel",le="+Inf"} 1"#,
                #"farmtop_notification_answer_seconds_sum{actor="channel"} 100.0"#,
                #"farmtop_notification_answer_seconds_count{actor="channel"} 1"#,
            ] {
                #expect(text.contains("\n\(line)\n"), "\(line)")
            }
            #expect(!text.contains("example.org"))
        }
        try await FarmFixture().run(.live) { app in
            let text = try await app.get("/metrics").text
            #expect(!text.contains("farmtop_notification"))
        }
    }

    private func farm() async throws -> FarmFixture {
        try await FarmFixture(notifier: TroubledNotifier(), channels: TwoChannels()) {
            $0.storageFigures = { StorageFigures(databaseBytes: 4096, freeBytes: 1 << 30) }
        }
    }

    @Test("rate, errors and duration of each route are counted, by the route and never by what was asked for")
    func routes() async throws {
        try await farm().run(.live) { app in
            let id = try await app.addPrinter("a")
            for _ in 0..<3 { #expect(try await app.get("/api/v1/printers/\(id)/").status == 200) }
            #expect(try await app.get("/api/v1/printers/999/").status == 404)
            #expect(try await app.get("/nowhere/canary").status == 404)
            let nobody = App(client: app.client)
            #expect(try await nobody.get("/api/v1/printers/").status == 401)
            let text = try await nobody.get("/metrics").text
            let scrape = try Scrape(text)
            let route = #"{method="GET",route="/api/v1/printers/{id}/""#
            #expect(scrape.values["farmtop_responses_total\(route),status=\"2xx\"}"] == 3)
            #expect(scrape.values["farmtop_responses_total\(route),status=\"4xx\"}"] == 1)
            #expect(scrape.values["farmtop_response_seconds_count\(route)}"] == 4)
            #expect(scrape.values["farmtop_response_seconds_bucket\(route),le=\"+Inf\"}"] == 4)
            #expect(
                scrape.values[#"farmtop_responses_total{method="other",route="other",status="4xx"}"#] == 2,
                "no route, and no token")
            #expect(!text.contains("canary") && !text.contains("/999"))
        }
    }

    @Test("what is stored, what happened to prints, the webhook and the process are counted")
    func others() async throws {
        try await farm().run(.live) { app in
            let id = try await app.addPrinter("a")
            let before = try Scrape(try await app.get("/metrics").text)
            for _ in 0..<2 {
                #expect(
                    try await app.post("/api/v1/printers/\(id)/start_print/", json: #"{"filename": "a"}"#).status == 200
                )
            }
            let after = try Scrape(try await app.get("/metrics").text)
            func change(_ name: String) -> Double { (after.values[name] ?? .nan) - (before.values[name] ?? .nan) }
            #expect(change(#"farmtop_events_total{type="STARTED"}"#) == 2)
            #expect(change(#"farmtop_events_total{type="ENDED"}"#) == 1)
            #expect(change("farmtop_changes_total") == 2)
            #expect(change("farmtop_commits_total") == 2)
            #expect(change("farmtop_commit_seconds_count") == 2)
            #expect(after.values["farmtop_failed_commits_total"] == 0)
            #expect(after.values["farmtop_waiting_changes"] == 0)
            #expect(after.values["farmtop_connections"].map { $0 >= 1 } == true)
            #expect(after.values["farmtop_detector_ready"] == 1)
            #expect(after.values["farmtop_webhook_failed_tries_total"] == 7)
            #expect(after.values["farmtop_webhook_try_seconds_total"] == 1.5)
            #expect(after.values["farmtop_database_bytes"] == 4096)
            #expect(after.values["process_resident_memory_bytes"].map { $0 > 1e6 } == true)
            #expect(after.values["process_open_fds"].map { $0 > 3 } == true)
        }
    }

    @Test("links by how they are, commands by what became of them, and pictures that did not come are counted")
    func machines() async throws {
        let farm = try await farm()
        try await farm.run(.live) { app in
            let id = try await app.addPrinter("a")
            let settings = LinkSettings(
                address: LinkAddress(kind: .moonraker, base: WebAddress(scheme: .http, host: "192.0.2.1")))
            let link = MachineLink(
                printerID: PrinterID(Int64(id)), settings: settings, credentials: .none, isConfirmed: false,
                createdAt: Timestamp(secondsSince1970: 1_800_000_000))
            _ = try await farm.service.perform(ConnectMachine(caller: .administrator, link: link))
            let scrape = try Scrape(try await app.get("/metrics").text)
            #expect(scrape.values[#"farmtop_links{link_state="unconfirmed"}"#] == 1)
            #expect(scrape.values[#"farmtop_links{link_state="works"}"#] == 0)
            #expect(scrape.values["farmtop_reading_age_seconds_max"] == 0)
            #expect(scrape.values["farmtop_camera_errors_total"] == 0)
            #expect(scrape.values["farmtop_failing_cameras"] == 0)
        }
    }

    @Test("every metric has a type, counters end in _total, and what the alert rules name is there")
    func rules() async throws {
        try await farm().run(.live) { app in
            // A histogram and a counter by route begin with their first request.
            _ = try await app.get("/hc/")
            let scrape = try Scrape(try await app.get("/metrics").text)
            for (name, type) in scrape.types {
                #expect((type == "counter") == name.hasSuffix("_total"), "\(name) is a \(type)")
            }
            for name in scrape.names {
                let base = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) && scrape.types[name] == nil }
                #expect(scrape.types[base.map { String(name.dropLast($0.count)) } ?? name] != nil, "\(name)")
            }
            let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
                path: "../../Sources/farmtop/Packaging/prometheus")
            let rules = try String(contentsOf: folder.appending(path: "alerts.yml"), encoding: .utf8)
            let named = rules.matches(of: /\b(?:farmtop|process)_[a-z_]+/).map { String($0.output) }
            #expect(named.count > 15)
            for name in named { #expect(scrape.names.contains(name), "the rules name \(name)") }
        }
    }
}
