import API
import Farm
import FarmService
import Foundation
import HTTPTypes
import NIOCore
import Testing

/// One event as an app takes it from the stream.
private struct Told: Equatable {
    var id: String?
    var name: String?
    var data: String?
}

/// Takes a response apart: its head, its chunks (RFC 9112 §7.1), the events in them.
private struct EventReader {
    var chunks: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var raw: [UInt8] = []
    private var text = ""
    private var hasHead = false
    private(set) var isEnded = false

    init(_ chunks: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) { self.chunks = chunks }

    /// The next event, comments left out; nil at the end.
    mutating func next() async throws -> Told? {
        while true {
            while let end = text.range(of: "\n\n") {
                let block = text[..<end.lowerBound]
                text = String(text[end.upperBound...])
                var told = Told()
                for line in block.split(separator: "\n") {
                    if line.hasPrefix("id: ") { told.id = String(line.dropFirst(4)) }
                    if line.hasPrefix("event: ") { told.name = String(line.dropFirst(7)) }
                    if line.hasPrefix("data: ") { told.data = String(line.dropFirst(6)) }
                }
                if told != Told() { return told }
            }
            guard !isEnded, let chunk = try await chunks.next() else { return nil }
            raw += chunk.readableBytesView
            unwrap()
        }
    }

    mutating func next(named name: String) async throws -> Told? {
        while let told = try await next() { if told.name == name { return told } }
        return nil
    }

    private mutating func unwrap() {
        if !hasHead {
            guard let end = raw.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
            raw.removeSubrange(..<end.upperBound)
            hasHead = true
        }
        while let line = raw.firstRange(of: Array("\r\n".utf8)),
            let size = Int(String(decoding: raw[..<line.lowerBound], as: UTF8.self), radix: 16),
            raw.count >= line.upperBound + size + 2
        {
            if size == 0 { isEnded = true }
            text += String(decoding: raw[line.upperBound..<line.upperBound + size], as: UTF8.self)
            raw.removeSubrange(..<(line.upperBound + size + 2))
        }
    }
}

extension Loopback {
    /// Opens the stream; the first thing told is its place.
    fileprivate func stream<Result: Sendable>(
        _ token: String, after lastID: String? = nil,
        _ body: @Sendable @escaping (inout EventReader) async throws -> Result
    ) async throws -> Result {
        let last = lastID.map { "Last-Event-ID: \($0)\r\n" } ?? ""
        let request =
            "GET /api/v1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\(last)\r\n"
        return try await connect().executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            var reader = EventReader(inbound.makeAsyncIterator())
            return try await body(&reader)
        }
    }
}

@Suite("The event stream", .timeLimit(.minutes(20)))
struct EventStreamTests {
    private func add(_ name: String, to farm: FarmFixture) async throws {
        _ = try await farm.service.perform(
            FarmAction.createPrinter(account: "operator", settings: PrinterSettings(name: name)))
    }

    @Test("a client that comes back with the last id it saw gets what it missed and nothing else")
    func resume() async throws {
        let farm = try await FarmFixture()
        let token = try await farm.token()
        try await farm.listening { loopback in
            let first = try await loopback.stream(token) { reader in
                let place = try await reader.next()
                #expect(place?.id != nil && place?.name == "version")
                try await self.add("one", to: farm)
                return try await reader.next(named: "printer")
            }
            #expect(first?.data?.contains("\"one\"") == true)
            try await self.add("two", to: farm)
            try await self.add("three", to: farm)
            let missed = try await loopback.stream(token, after: first?.id) { reader in
                var told: [Told] = []
                while told.filter({ $0.name == "printer" }).count < 2, let next = try await reader.next() {
                    told.append(next)
                }
                return told
            }
            #expect(missed.first?.id == first?.id && missed.first?.name == "version")
            let printers = missed.filter { $0.name == "printer" }
            #expect(printers.first?.data?.contains("\"two\"") == true)
            let ids = missed.dropFirst().map(\.id)
            #expect(Set(ids).count == ids.count && !ids.contains(first?.id))
        }
    }

    @Test(
        "an id of another run, or one that is no id, is answered by a reset, and then the stream goes on",
        arguments: ["1-1", "nonsense", "-", "1-99999999999999999999", ""])
    func reset(id: String) async throws {
        let farm = try await FarmFixture()
        let token = try await farm.token()
        try await farm.listening { loopback in
            try await loopback.stream(token, after: id) { reader in
                #expect(try await reader.next()?.name == "version")
                let reset = try await reader.next()
                #expect(reset?.name == "reset" && reset?.data == "{}" && reset?.id?.contains("-") == true)
                try await self.add("one", to: farm)
                #expect(try await reader.next(named: "printer")?.data?.contains("\"one\"") == true)
            }
        }
    }

    @Test("printer, print, prediction and alert are told, each with an id of its own")
    func kinds() async throws {
        let box = BoundingBox(x: 10, y: 10, width: 5, height: 5)
        let clock = TestClock()
        let farm = try await FarmFixture(
            detections: Array(repeating: [Detection(confidence: 0.9, box: box)], count: 400), clock: clock)
        let token = try await farm.token()
        try await farm.listening { loopback in
            try await loopback.stream(token) { reader in
                _ = try await reader.next()
                try await self.add("one", to: farm)
                _ = try await farm.service.perform(
                    StartPrint(caller: .administrator, printer: 1, filename: "benchy.gcode"))
                for _ in 0..<400 {
                    clock.advance(.seconds(10))
                    let ticket = try farm.service.admitFrame(printer: 1, caller: .administrator)
                    if try await farm.service.analyse(picture(at: clock.now), ticket: ticket).alert { break }
                }
                var seen: [String: Told] = [:]
                var ids: Set<String> = []
                while seen["alert"] == nil, let told = try await reader.next() {
                    seen[told.name ?? ""] = told
                    #expect(ids.insert(told.id ?? "").inserted)
                }
                #expect(Set(seen.keys).isSuperset(of: ["printer", "print", "prediction", "alert"]))
                #expect(seen["alert"]?.data?.contains("\"event_type\":\"FAILURE_ALERTED\"") == true)
                #expect(seen["prediction"]?.data?.contains("\"current_p\":0.9") == true)
                #expect(seen["print"]?.data?.contains("\"prediction_json_url\"") == true)
            }
        }
    }

    @Test("the first message tells the version that serves")
    func version() async throws {
        let farm = try await FarmFixture()
        let token = try await farm.token()
        try await farm.listening { loopback in
            try await loopback.stream(token) { reader in
                let first = try await reader.next()
                #expect(first?.name == "version" && first?.data == #"{"version":"1.2.3"}"#)
            }
        }
    }

    @Test("a damaged database is told at once, to those who come later too, and without paths of the machine")
    func damage() async throws {
        let farm = try await FarmFixture()
        let token = try await farm.token()
        try await farm.listening { loopback in
            try await loopback.stream(token) { reader in
                _ = try await reader.next()
                farm.service.databaseDamage = "/var/lib/farmtop/farmtop.db is damaged."
                #expect(try await reader.next(named: "service")?.data == #"{"database_damaged":true}"#)
            }
            try await loopback.stream(token) { reader in
                _ = try await reader.next()
                #expect(try await reader.next()?.data == #"{"database_damaged":true}"#)
                farm.service.databaseDamage = nil
                #expect(try await reader.next(named: "service")?.data == #"{"database_damaged":false}"#)
            }
        }
    }

    @Test("links in a stream name the address at which its reader came in, not that of another reader")
    func links() async throws {
        let farm = try await FarmFixture(configure: { $0.linksFollowRequests = true })
        try await self.add("one", to: farm)
        let token = try await farm.token()
        try await farm.listening { loopback in
            try await loopback.stream(token) { reader in
                _ = try await reader.next()
                _ = try await farm.service.perform(
                    StartPrint(caller: .administrator, printer: 1, filename: "a.gcode"))
                let ticket = try farm.service.admitFrame(printer: 1, caller: .administrator)
                _ = try await farm.service.analyse(jpeg, ticket: ticket)
                _ = try await farm.service.perform(MuteAlerts(caller: .administrator, printer: 1, muted: true))
                for _ in 0..<20 {
                    let data = try await reader.next(named: "printer")?.data ?? ""
                    guard data.contains("img_url\":\"") else { continue }
                    #expect(data.contains("img_url\":\"http://127.0.0.1:"), "\(data)")
                    #expect(!data.contains(":3334/") && !data.contains("farm-"), "\(data)")
                    return
                }
                Issue.record("no link came")
            }
        }
    }

    @Test("a printer that leaves the farm is told as removed", arguments: ["archive", "delete"])
    func removed(how: String) async throws {
        let farm = try await FarmFixture()
        try await self.add("one", to: farm)
        let token = try await farm.token()
        try await farm.listening { loopback in
            try await loopback.stream(token) { reader in
                _ = try await reader.next()
                _ = try await farm.service.perform(
                    how == "archive" ? FarmAction.archivePrinter(1) : FarmAction.deletePrinter(1))
                #expect(try await reader.next(named: "removed")?.data == #"{"printer":1}"#)
            }
        }
    }

    @Test("a state that time alone changes is told too, and events of 0.2 with who did it")
    func states() async throws {
        let clock = TestClock()
        let farm = try await FarmFixture(clock: clock)
        try await self.add("one", to: farm)
        _ = try await farm.service.perform(StartPrint(caller: .administrator, printer: 1, filename: "a"))
        let ticket = try farm.service.admitFrame(printer: 1, caller: .administrator)
        _ = try await farm.service.analyse(jpeg, ticket: ticket)
        let token = try await farm.token()
        try await farm.listening { loopback in
            try await loopback.stream(token) { reader in
                _ = try await reader.next()
                clock.advance(.seconds(61))
                await farm.service.tick()
                let printer = try await reader.next(named: "printer")?.data ?? ""
                #expect(printer.contains(#""camera_state":"stale""#))
                _ = try await farm.service.perform(FarmAction.pausePrint(1))
                let asked = try await reader.next(named: "printer_event")?.data ?? ""
                #expect(asked.contains(#""event_type":"PAUSE_REQUESTED""#))
                #expect(asked.contains(#""actor":{"kind":"person","name":null}"#))
            }
        }
    }

    @Test("another frame alone is no news of the print")
    func quiet() async throws {
        let clock = TestClock()
        let farm = try await FarmFixture(clock: clock)
        try await self.add("one", to: farm)
        _ = try await farm.service.perform(StartPrint(caller: .administrator, printer: 1, filename: "a"))
        let token = try await farm.token()
        try await farm.listening { loopback in
            try await loopback.stream(token) { reader in
                _ = try await reader.next()
                var prints = 0
                for number in 1...20 {
                    clock.advance(.seconds(10))
                    let ticket = try farm.service.admitFrame(printer: 1, caller: .administrator)
                    _ = try await farm.service.analyse(jpeg, ticket: ticket)
                    while let told = try await reader.next() {
                        if told.name == "print" { prints += 1 }
                        if told.name == "prediction", told.data?.contains("\"current_frame_num\":\(number),") == true {
                            break
                        }
                    }
                }
                #expect(prints < 5)
            }
        }
    }

    @Test("a print that ends because the next one starts is told with its end")
    func replaced() async throws {
        let farm = try await FarmFixture()
        let token = try await farm.token()
        try await farm.listening { loopback in
            try await loopback.stream(token) { reader in
                _ = try await reader.next()
                try await self.add("one", to: farm)
                for filename in ["first.gcode", "second.gcode"] {
                    _ = try await farm.service.perform(
                        StartPrint(caller: .administrator, printer: 1, filename: filename))
                }
                var prints: [String] = []
                while let told = try await reader.next() {
                    if told.name == "print" { prints.append(told.data ?? "") }
                    if told.name == "printer_event", told.data?.contains("second.gcode was started") == true { break }
                }
                #expect(prints.contains { $0.contains("\"second.gcode\"") && $0.contains("\"finished_at\":null") })
                #expect(prints.contains { $0.contains("\"first.gcode\"") && $0.contains("\"finished_at\":\"") })
            }
        }
    }

    @Test("a client has at most 8 streams; one that ends makes room, and a HEAD takes none")
    func limit() async throws {
        let farm = try await FarmFixture()
        let token = try await farm.token()
        try await farm.listening { loopback in
            for _ in 0..<9 {
                #expect(try await loopback.send("HEAD", "/api/v1/events/stream", token: token).status == 200)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (opened, isOpen) = AsyncStream.makeStream(of: Void.self)
                for _ in 0..<8 {
                    group.addTask {
                        try await loopback.stream(token) { reader in
                            _ = try await reader.next()
                            isOpen.yield()
                            while try await reader.next() != nil {}
                        }
                    }
                }
                var count = 0
                for await _ in opened {
                    count += 1
                    if count == 8 { break }
                }
                let refused = try await loopback.send("GET", "/api/v1/events/stream", token: token)
                #expect(refused.status == 429 && refused.text.contains("8 event streams"))
                group.cancelAll()
                _ = try? await group.waitForAll()
            }
            // The server notices the ends as it comes to them.
            while try await loopback.send("HEAD", "/api/v1/events/stream", token: token).status == 429 {}
        }
    }

    @Test(
        "the stream ends when its token expires, its client is disabled or its account is",
        arguments: ["expiry", "client", "account"])
    func ends(reason: String) async throws {
        let clock = TestClock()
        let farm = try await FarmFixture(clock: clock)
        let token = try await farm.token()
        try await farm.listening { loopback in
            let wasEnded = try await loopback.stream(token) { reader in
                _ = try await reader.next()
                switch reason {
                case "expiry":
                    clock.advance(.seconds(3_153_600_001))
                    try await self.add("late", to: farm)
                case "client":
                    _ = try await farm.service.perform(
                        FarmAction.setClientDisabled(farm.credentials.client.publicID, disabled: true))
                default:
                    _ = try await farm.service.perform(FarmAction.setAccountDisabled(name: "operator", disabled: true))
                }
                while let told = try await reader.next() { #expect(told.name != "printer") }
                return reader.isEnded
            }
            #expect(wasEnded)
        }
    }
}
