import Farm
import FarmService
import Logging
import Synchronization
import Testing

/// Keeps the warnings.
private struct WarningLog: LogHandler {
    final class Lines: Sendable {
        private let list = Mutex<[String]>([])
        func add(_ line: String) { list.withLock { $0.append(line) } }
        var all: [String] { list.withLock { $0 } }
    }
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.warning
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
    func log(event: LogEvent) { lines.add("\(event.message)") }
}

private struct OneChannel: NotificationChannels {
    var statuses: [ChannelStatus] { [ChannelStatus(name: "phone", kind: "ntfy", receiver: "https://ntfy.sh")] }
    func wake() {}
    func sendTest(channel: String?, picture: TestPicture?) async -> [ChannelTestResult] { [] }
}

@Suite("A rule that names nobody", .timeLimit(.minutes(20)))
struct MissingNamesTests {
    private func names(_ printers: [String], tags: [String] = []) -> PrinterNames {
        var names = PrinterNames()
        names.printers = Set(printers)
        names.tags = Set(tags)
        return names
    }

    @Test("what it names and the farm does not have is told; a rule that names nothing lacks nothing")
    func words() throws {
        var rule = NotificationRule(channel: "phone", clock: .utc)
        #expect(MissingNames(rule, in: names([])) == nil)
        rule.printers = ["Ender 3", "mk4"]
        #expect(MissingNames(rule, in: names(["mk4", "Ender 3", "xl"])) == nil)
        let one = try #require(MissingNames(rule, in: names(["mk4"])))
        #expect(one.words == "no printer is called Ender 3")
        rule.tags = ["hall-2"]
        let all = try #require(MissingNames(rule, in: names(["ender 3"], tags: ["hall"])))
        #expect(
            all.words
                == "no printer is called Ender 3 or mk4, and none has the tag hall-2: the channel tells nothing about any printer"
        )
        rule.printers = []
        #expect(MissingNames(rule, in: names([]))?.words.hasPrefix("no printer has the tag hall-2: ") == true)
    }

    @Test("a channel whose hour is full says so, and until when")
    func fullHour() async throws {
        let clock = StandingClock()
        var rule = NotificationRule(channel: "phone", topics: [.failed, .disk], clock: .utc)
        rule.perHour = 1
        let service = try FarmService(
            store: MemoryStore(), detector: nil, rules: [rule], channels: OneChannel(), randomSource: CountingRandom(),
            clock: clock.clocks, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, version: "test")
        func status() throws -> ChannelStatus { try #require(service.snapshot().status.channels.first) }
        let before = try status()
        #expect(before.fullUntil == nil && before.limitWords == nil)
        _ = try await service.perform(ReportConditions(.disk, .warning, texts: ["The disk is nearly full."]))
        clock.advance(by: .seconds(30))
        await service.tick()
        let until = try #require(try status().fullUntil)
        let left = until.seconds(since: clock.now)
        #expect(left > 3500 && left <= 3660 && until.microseconds % 60_000_000 == 0, "\(left)")
        #expect(
            try status().limitWords == "1 message in an hour, as many as per_hour allows; alerts may be as many again")
        clock.advance(by: .seconds(3601))
        #expect(try status().fullUntil == nil)
    }

    @Test("the log says it at the start and when a printer is renamed or archived, each time once")
    func logged() async throws {
        let clock = StandingClock()
        let log = WarningLog.Lines()
        var rule = NotificationRule(channel: "phone", clock: .utc)
        rule.printers = ["mk3", "Ender 3"]
        let service = try FarmService(
            store: MemoryStore(), detector: nil, rules: [rule], channels: OneChannel(), randomSource: CountingRandom(),
            clock: clock.clocks, logger: Logger(label: "test") { _ in WarningLog(lines: log) }, version: "test")
        func tick() async {
            clock.advance(by: .seconds(1))
            await service.tick()
        }
        let id = try await service.perform(
            CreatePrinter(caller: .administrator, account: 1, settings: PrinterSettings(name: "mk3"))
        ).printer.id
        for _ in 0..<3 { await tick() }
        #expect(log.all.count == 1)
        #expect(log.all.first?.hasPrefix("Channel phone: no printer is called Ender 3. Correct printers") == true)
        #expect(service.snapshot().status.channels.first?.printers == ["Ender 3", "mk3"])

        var settings = PrinterSettings(name: "mk3s")
        #expect(
            service.snapshot().channelsNaming(id, asBefore: "mk3", now: "mk3s")
                == "The rule of phone names mk3, which no printer is called now: put mk3s there.")
        #expect(service.snapshot().channelsNaming(id, asBefore: "xl", now: "mk3s") == nil)
        _ = try await service.perform(.updatePrinter(id, settings: settings))
        for _ in 0..<3 { await tick() }
        #expect(log.all.count == 2 && log.all.last?.contains("is called Ender 3 or mk3: the channel tells") == true)

        settings.name = "Ender 3"
        _ = try await service.perform(.updatePrinter(id, settings: settings))
        await tick()
        #expect(service.snapshot().status.channels.first?.missing?.printers == ["mk3"])
        let before = log.all.count
        try await service.perform(ArchivePrinter(caller: .administrator, printer: id))
        await tick()
        #expect(log.all.count == before + 1)
        #expect(service.snapshot().status.channels.first?.missing?.isAll == true)
    }
}
