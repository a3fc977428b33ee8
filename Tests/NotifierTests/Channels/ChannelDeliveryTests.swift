import Farm
import Foundation
import Logging
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Notifier

/// A clock that jumps over every wait.
private final class JumpingClock: Sendable {
    private let moment = Mutex(evening)
    let waits = Mutex<[Duration]>([])
    var now: Timestamp { moment.withLock { $0 } }
    func sleep(_ duration: Duration) async {
        waits.withLock { $0.append(duration) }
        moment.withLock { $0 = $0 + duration }
        await Task.yield()
    }
}

private struct LineLog: LogHandler {
    final class Lines: Sendable {
        private let list = Mutex<[String]>([])
        func add(_ line: String) { list.withLock { $0.append(line) } }
        var text: String { list.withLock { $0.joined(separator: "\n") } }
    }
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
    func log(event: LogEvent) { lines.add("\(event.level) \(event.message)") }
}

/// An outbox on disk, and channels that deliver from it.
private final class Post {
    let folder = FileManager.default.temporaryDirectory.appending(path: "farmtop-post-\(UUID().uuidString)")
    let clock = JumpingClock()
    let log = LineLog.Lines()
    private(set) var store: SQLiteStore

    init() throws { store = try SQLiteStore(DataFolder(preparing: folder.path).lock()) }
    deinit { try? FileManager.default.removeItem(at: folder) }

    /// As after `kill -9`: whatever was in memory is gone.
    func restart() throws {
        let path = folder.path
        // The lock goes with the last store.
        store = try replaced(path)
    }

    private func replaced(_ path: String) throws -> SQLiteStore {
        let empty = FileManager.default.temporaryDirectory.appending(path: "farmtop-post-\(UUID().uuidString)")
        store = try SQLiteStore(DataFolder(preparing: empty.path).lock())
        try FileManager.default.removeItem(at: empty)
        return try SQLiteStore(DataFolder(preparing: path).lock())
    }

    /// A message about something that holds.
    func queue(
        _ channel: String, _ id: String, _ form: FarmNotification.Form = .first,
        about occasion: Occasion = someOccasion()
    ) throws {
        var notification = someNotification(form, [occasion])
        notification.deliveryID = id
        try store.transaction {
            try $0.write([
                .notification(.occasion(occasion)), .notification(.queue(channel: channel, notification)),
            ])
        }
    }

    func notifier(_ channels: [NotifyChannel]) throws -> ChannelNotifier {
        let clock = clock
        return try ChannelNotifier(
            channels, outbox: store, links: someLinks, testPicture: somePicture,
            tools: DeliveryTools(
                now: { clock.now }, jitter: { 1 }, sleep: { await clock.sleep($0) },
                logger: Logger(label: "test") { [log] _ in LineLog(lines: log) },
                makeTransport: { deadline in
                    LiveTransport(
                        userAgent: "farmtop/1.2.3", deadline: deadline, folder: NSTemporaryDirectory(),
                        now: { clock.now })
                }))
    }
}

private func running(
    _ notifier: ChannelNotifier, isHeld: @escaping @Sendable () -> Bool = { false },
    answer: @escaping AnswerHandler = { _, _ in .refused("") }, _ test: () async throws -> Void
) async throws {
    let task = Task { await notifier.run(isHeld: isHeld, answer: answer) }
    do {
        try await test()
    } catch {
        task.cancel()
        await task.value
        throw error
    }
    task.cancel()
    await task.value
}

private func until(_ condition: () throws -> Bool) async throws {
    while try !condition() { try await Task.sleep(for: .milliseconds(2)) }
}

@Suite("Delivery by channels", .timeLimit(.minutes(20)))
struct ChannelDeliveryTests {
    @Test("a service that fails, breaks off and then takes it gets the messages once each and in their order")
    func order() async throws {
        let server = FakeServer([
            FakeReply(status: 500, body: ""), nil, FakeReply(status: 503, headers: ["Retry-After": "77"], body: ""),
        ]) {
            FakeNtfy.reply(to: $0)
        }
        let post = try Post()
        let channel = someChannel(.ntfy, base: try await server.start())
        for number in 1...3 { try post.queue("ntfy", "\(number)", about: someOccasion(printer: "mk\(number)")) }
        let notifier = try post.notifier([channel])
        #expect(notifier.statuses[0].pending == 3)
        try await running(notifier) { try await until { notifier.statuses[0].delivered == 3 } }
        let titles = server.requests.map { $0.headers["title"]!.prefix(3) }
        #expect(titles == ["mk1", "mk1", "mk1", "mk1", "mk2", "mk3"])
        #expect(try post.store.queuedNotificationCounts() == [:])
        #expect(!post.log.text.contains("canary"))
        try await server.stop()
    }

    @Test("what is late says when it was written; what is over by now says so, offers nothing and wakes nobody")
    func late() async throws {
        let server = FakeServer { FakeNtfy.reply(to: $0) }
        let post = try Post()
        let channel = someChannel(.ntfy, base: try await server.start())
        var (standing, over) = (someOccasion(printer: "mk1"), someOccasion(printer: "mk2"))
        (standing.id, over.id) = (1, 2)
        over.overSince = SteadyTime(microseconds: 5)
        try post.queue("ntfy", "1", about: standing)
        try post.queue("ntfy", "2", about: over)
        // News is told however late it is, and stays true; so is a command that a machine refused, which nothing shows later.
        var (finished, refused) = (
            someOccasion(.finished, .info, printer: "mk3"), someOccasion(.attention, printer: "mk4")
        )
        (finished.id, refused.id) = (3, 4)
        refused.overSince = refused.openedSteady
        try post.queue("ntfy", "3", about: finished)
        try post.queue("ntfy", "4", about: refused)
        await post.clock.sleep(.seconds(3600))
        let notifier = try post.notifier([channel])
        try await running(notifier) { try await until { notifier.statuses[0].delivered == 4 } }
        #expect(
            server.requests.map { $0.headers["title"] } == [
                "mk1: failing", "At 23:12: mk2: failing", "mk3: finished", "mk4: needs attention",
            ])
        let texts = server.requests.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(texts[0].hasSuffix("\nWritten at 23:12.") && texts[2].hasSuffix("\nWritten at 23:12."))
        #expect(texts[1].hasSuffix("\nThat was at 23:12. It has been answered since, or is over."))
        #expect(server.requests.map { $0.headers["actions"] == nil } == [false, true, false, false])
        #expect(server.requests.map { $0.headers["priority"] } == ["5", "3", "3", "5"])
        try await server.stop()
    }

    @Test("of repetitions that pile up the last one goes, and none of what is over")
    func repetitions() async throws {
        let server = FakeServer { FakeNtfy.reply(to: $0) }
        let post = try Post()
        let channel = someChannel(.ntfy, base: try await server.start())
        var over = someOccasion(printer: "mk2")
        over.id = 2
        over.overSince = SteadyTime(microseconds: 5)
        for number in 1...5 { try post.queue("ntfy", "\(number)", .reminder(number: number)) }
        for number in 1...5 { try post.queue("ntfy", "o\(number)", .reminder(number: number), about: over) }
        try post.queue("ntfy", "e", .escalation(from: "phone", minutes: 10), about: over)
        let notifier = try post.notifier([channel])
        try await running(notifier) { try await until { notifier.statuses[0].pending == 0 } }
        #expect(server.requests.map { $0.headers["title"]?.prefix(15) } == ["Reminder 5: mk3"])
        #expect(notifier.statuses[0].delivered == 1 && notifier.statuses[0].dropped == 0)
        #expect(try post.store.queuedNotificationCounts() == [:])
        try await server.stop()
    }

    @Test("a dead channel slows no other, and gives up after a day, aloud")
    func deadChannel() async throws {
        let server = FakeServer { FakeDiscord.reply(to: $0) }
        let post = try Post()
        // Nobody listens there: the port was free a moment ago.
        let gone = FakeServer { _ in FakeReply(status: 200, body: "") }
        let dead = someChannel(.ntfy, base: try await gone.start())
        try await gone.stop()
        let alive = someChannel(.discord, base: try await server.start())
        for number in 1...5 {
            try post.queue("ntfy", "n\(number)")
            try post.queue("discord", "d\(number)")
        }
        let notifier = try post.notifier([dead, alive])
        try await running(notifier) {
            try await until { notifier.statuses[1].delivered == 5 && notifier.statuses[0].dropped == 5 }
        }
        #expect(notifier.statuses[0].pending == 0 && notifier.statuses[1].failedTries == 0)
        #expect(post.log.text.contains("could not be delivered for 24 h"))
        #expect(try post.store.queuedNotificationCounts() == [:])
        try await server.stop()
    }

    @Test("a picture that a service does not want takes no message with it")
    func refusedPicture() async throws {
        let server = FakeServer([FakeTelegram.error(400, "Bad Request: IMAGE_PROCESS_FAILED")]) {
            FakeTelegram.reply(to: $0)
        }
        let post = try Post()
        try post.store.transaction {
            try $0.write([
                .account(Account(id: 1, name: "a", createdAt: evening, disabledAt: nil)),
                .printer(
                    Printer(
                        id: 5, accountID: 1, settings: PrinterSettings(name: "mk3"), createdAt: evening, authToken: "x")
                ),
                .print(Print(id: 9, printerID: 5, accountID: 1, filename: "a", startedAt: evening)),
                .framePicture(FrameKey(printID: 9, number: 4), jpeg: somePicture),
            ])
        }
        var channel = someChannel(.telegram, base: try await server.start())
        channel.rule.answers = []
        try post.queue("telegram", "1")
        let notifier = try post.notifier([channel])
        try await running(notifier) { try await until { notifier.statuses[0].delivered == 1 } }
        #expect(server.requests.map { $0.path.split(separator: "/").last } == ["sendPhoto", "sendMessage"])
        try await server.stop()
    }

    @Test("what was on its way when farmtop was killed is sent again after the next start")
    func killed() async throws {
        let server = FakeServer { FakeNtfy.reply(to: $0) }
        let post = try Post()
        let channel = someChannel(.ntfy, base: try await server.start())
        try post.queue("ntfy", "1")
        try post.restart()
        let notifier = try post.notifier([channel])
        try await running(notifier) { try await until { notifier.statuses[0].delivered == 1 } }
        #expect(server.requests.count == 1)
        try await server.stop()
    }

    @Test("a channel that was dead before a restart is dead after it, without ten minutes of patience")
    func deadBefore() async throws {
        let gone = FakeServer { _ in FakeReply(status: 200, body: "") }
        let dead = someChannel(.ntfy, base: try await gone.start())
        try await gone.stop()
        let post = try Post()
        try post.queue("ntfy", "1")
        var tried = try #require(try post.store.queuedNotifications(of: "ntfy", after: 0, limit: 1).first)
        await post.clock.sleep(.seconds(1800))
        tried.tries = 9
        tried.nextTryAt = post.clock.now + .seconds(400)
        try post.store.settle([.postpone(tried)])
        try post.queue("ntfy", "2")
        let notifier = try post.notifier([dead])
        try await running(notifier) { try await until { notifier.statuses[0].failedTries > 0 } }
        let status = notifier.statuses[0]
        #expect(status.failingSince == evening && status.lastError == "no connection: Connection refused")
        #expect(status.isDead(at: post.clock.now))
    }

    @Test("the buttons of a pause that was asked go with the alert that they answer")
    func pauseAsked() async throws {
        let server = FakeServer { FakeNtfy.reply(to: $0) }
        let post = try Post()
        let channel = someChannel(.ntfy, base: try await server.start())
        for (id, isOver) in [("1", false), ("2", true)] {
            var alert = someOccasion()
            if isOver { alert.overSince = SteadyTime(microseconds: 5) }
            var asked = someNotification(.first, [someOccasion(.pauseAsked)])
            asked.deliveryID = id
            asked.subjects[0].occasionID = alert.id
            let rows: [FarmRow] = [
                .notification(.occasion(alert)), .notification(.queue(channel: "ntfy", asked)),
            ]
            try post.store.transaction { try $0.write(rows) }
            let notifier = try post.notifier([channel])
            try await running(notifier) { try await until { notifier.statuses[0].delivered == 1 } }
        }
        #expect(server.requests.map { $0.headers["title"] } == ["mk3: pause asked", "mk3: pause asked"])
        #expect(server.requests.map { $0.headers["actions"] == nil } == [false, true])
        try await server.stop()
    }

    @Test(
        "a test in quiet hours goes all the same, and says what a real message would meet",
        arguments: [
            (
                NotificationSeverity.critical,
                "Its quiet hours are on until 07:00 (UTC): a real message that is not critical waits until then."
            ),
            (
                .warning,
                "Its quiet hours are on until 07:00 (UTC): a real message that is not critical or a warning waits until then."
            ),
            (.info, nil),
        ] as [(NotificationSeverity, String?)])
    func quietTest(breaks: NotificationSeverity, words: String?) async throws {
        let server = FakeServer { _ in FakeReply(status: 204, body: "") }
        let post = try Post()
        var channel = someChannel(.webhook, base: try await server.start())
        channel.rule.quietHours = DailyHours(start: 22 * 60, end: 7 * 60)
        channel.rule.breaksQuiet = breaks
        let notifier = try post.notifier([channel])
        #expect(await notifier.sendTest(channel: nil, picture: nil).map(\.remark) == [words])
        #expect(server.requests.count == 1)
        await post.clock.sleep(.seconds(10 * 3600))
        #expect(await notifier.sendTest(channel: nil, picture: nil).map(\.remark) == [nil])
        try await server.stop()
    }

    @Test("messages of a channel that is no longer configured are removed, and that is said")
    func removedChannel() throws {
        let post = try Post()
        try post.queue("old", "1")
        _ = try post.notifier([someChannel(.ntfy)])
        #expect(try post.store.queuedNotificationCounts() == [:])
        #expect(post.log.text.contains("1 messages of the channel old"))
    }

    @Test("a test message is real, has a picture, and says what came back")
    func testMessage() async throws {
        let server = FakeServer { FakeNtfy.reply(to: $0) }
        let post = try Post()
        var wrong = someChannel(.ntfy, base: try await server.start())
        let right = wrong
        wrong.name = "wrong"
        wrong.token = "tk_wrong"
        let notifier = try post.notifier([right, wrong])
        let results = await notifier.sendTest(channel: nil, picture: nil)
        #expect(results.map(\.error) == [nil, "answered 403: {\"code\":40301,\"http\":403,\"error\":\"forbidden\"}"])
        #expect(results.map(\.answer) == ["200", nil])
        #expect(results.map(\.remark) == ["Set public_url.", "Set public_url."], "what real messages lack")
        #expect(
            server.requests[0].body == somePicture && server.requests[0].headers["title"] == "Test message of farmtop")
        #expect(await notifier.sendTest(channel: "nobody", picture: nil).isEmpty)
        try await server.stop()
    }

    @Test(
        "a test to a webhook is about nothing but itself, and has the newest picture's address")
    func testWebhook() async throws {
        let server = FakeServer { _ in FakeReply(status: 204, body: "") }
        let post = try Post()
        let notifier = try post.notifier([someChannel(.webhook, base: try await server.start())])
        let picture = TestPicture(
            printer: 5, picture: FramePicture(key: FrameKey(printID: 9, number: 4), jpeg: somePicture, detections: []))
        let results = await notifier.sendTest(channel: nil, picture: picture)
        #expect(results.map(\.remark) == [nil], "where a receiver is, nobody knows")
        let body = String(decoding: server.requests[0].body, as: UTF8.self)
        #expect(server.requests[0].headers["x-farmtop-event"] == "test")
        #expect(body.contains(#""topic":"test""#) && !body.contains("restarted"))
        #expect(body.contains(#""img_url":"https://farm.example.org/pictures/5/9/4.jpg?signature=x""#))
        try await server.stop()
    }
}

@Suite("Programs as channels", .timeLimit(.minutes(20)))
struct ProgramChannelTests {
    private func outcome(_ channel: NotifyChannel, _ message: ChannelMessage = someMessage()) async -> DeliveryOutcome {
        let transport = LiveTransport(
            userAgent: "x", deadline: .seconds(10), folder: NSTemporaryDirectory(), now: { evening })
        defer { Task { await transport.close() } }
        guard case .program(var call) = channel.call(message) else { return .unanswered(reason: "no program") }
        #expect(call.timeout == .seconds(10))
        // How fast this machine is, is not what is tested.
        call.timeout = .seconds(600)
        switch await transport.perform(.program(call)) {
        case .success(let answer): return channel.outcome(answer)
        case .failure(let failure): return failure.outcome
        }
    }

    @Test("a program gets the text on its input, facts and the picture by its environment, and nothing else of ours")
    func environment() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "farmtop-exec-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var channel = someChannel(.exec)
        channel.argv = [
            "/bin/sh", "-c",
            "cat > \(folder.path)/text; env > \(folder.path)/env; cp \"$FARMTOP_PICTURE\" \(folder.path)/picture",
        ]
        let outcome = await outcome(channel)
        #expect(outcome == .accepted("exit code 0"))
        let text = try String(contentsOf: folder.appending(path: "text"), encoding: .utf8)
        #expect(text.hasPrefix("mk3: failing\n"))
        #expect(text.contains("Not a failure: https://farm.example.org/answers/token-77-dismiss"))
        #expect(Array(try Data(contentsOf: folder.appending(path: "picture"))) == somePicture)
        let variables = try String(contentsOf: folder.appending(path: "env"), encoding: .utf8)
        #expect(variables.contains("FARMTOP_TOPIC=alert\n") && variables.contains("FARMTOP_PRINTER=mk3\n"))
        #expect(variables.contains("HOME=/nonexistent\n") && !variables.contains("SWIFT"))
        let picture = try #require(variables.split(separator: "\n").first { $0.hasPrefix("FARMTOP_PICTURE=") })
        #expect(!FileManager.default.fileExists(atPath: String(picture.dropFirst(16))), "the file is gone again")
    }

    @Test("its exit code and its last words are what is told")
    func failure() async {
        var channel = someChannel(.exec)
        channel.argv = ["/bin/sh", "-c", "echo no credit >&2; exit 3"]
        #expect(await outcome(channel).complaint == "ended with exit code 3: no credit")
        channel.argv = ["/nonexistent/program"]
        #expect(await outcome(channel).complaint?.contains("cannot be started") == true)
    }

    @Test("a program that hangs is ended with its children, and one that reads nothing is no fault")
    func hangs() async throws {
        var call = ProgramCall(
            argv: ["/bin/sh", "-c", "sleep 1000 & sleep 1000"], input: Array(repeating: 65, count: 300_000),
            timeout: .milliseconds(300))
        let transport = LiveTransport(
            userAgent: "x", deadline: .seconds(10), folder: NSTemporaryDirectory(), now: { evening })
        guard case .failure(let failure) = await transport.perform(.program(call)) else {
            Issue.record("it ended")
            return
        }
        #expect(failure.outcome.complaint?.contains("had not ended") == true)
        // It has ended, whatever it left behind.
        call = ProgramCall(
            argv: ["/bin/sh", "-c", "echo played; sleep 1000 &"], input: [], timeout: .seconds(600))
        guard case .success(.program(0, let output, _)) = await transport.perform(.program(call)) else {
            Issue.record("its child was waited for")
            return
        }
        #expect(output == Array("played\n".utf8))
        call = ProgramCall(argv: ["yes"], input: [], timeout: .milliseconds(300))
        guard case .failure(let endless) = await transport.perform(.program(call)) else {
            Issue.record("it ended")
            return
        }
        #expect(endless.outcome.complaint?.contains("had not ended") == true)
        call = ProgramCall(argv: ["true"], input: Array(repeating: 65, count: 300_000), timeout: .seconds(600))
        guard case .success(.program(0, _, _)) = await transport.perform(.program(call)) else {
            Issue.record("true failed")
            return
        }
        await transport.close()
    }
}

@Suite("Answers by Telegram", .timeLimit(.minutes(20)))
struct TelegramPollTests {
    private static func update(_ id: Int, data: String, chat: Int = FakeTelegram.chat, user: Int = 42) -> String {
        #"{"update_id":\#(id),"callback_query":{"id":"q\#(id)","from":{"id":\#(user),"is_bot":false,"first_name":"Anna"},"#
            + #""message":{"message_id":\#(id),"chat":{"id":\#(chat),"type":"group"}},"data":"\#(data)"}}"#
    }

    @Test("forty taps under long messages come in, a few at a time, and one that cannot be read holds up nobody")
    func manyTaps() async throws {
        let text = String(repeating: "\\u00e4", count: 3000)
        let updates = (1...40).map { number in
            number == 5
                ? #"{"update_id":5,"callback_query":{"id":7}}"#
                : #"{"update_id":\#(number),"callback_query":{"id":"q\#(number)","from":{"id":42,"first_name":"Anna"},"#
                    + #""message":{"message_id":1,"text":"\#(text)","chat":{"id":\#(FakeTelegram.chat)}},"data":"t\#(number)"}}"#
        }
        let server = FakeServer { request in
            guard request.path.hasSuffix("/getUpdates") else {
                return FakeReply(status: 200, body: #"{"ok":true,"result":true}"#)
            }
            let offset = max(1, request.json?["offset"] as? Int ?? 1)
            let limit = request.json?["limit"] as? Int ?? 100
            let list = updates.dropFirst(offset - 1).prefix(limit)
            if list.isEmpty { usleep(2000) }
            return FakeReply(status: 200, body: #"{"ok":true,"result":[\#(list.joined(separator: ","))]}"#)
        }
        let post = try Post()
        let notifier = try post.notifier([someChannel(.telegram, base: try await server.start())])
        let answered = Mutex<[String]>([])
        let answer: AnswerHandler = { token, _ in
            answered.withLock { $0.append(token) }
            return .done("")
        }
        try await running(notifier, answer: answer) { try await until { answered.withLock { $0.count } >= 39 } }
        #expect(answered.withLock { $0 } == (1...40).filter { $0 != 5 }.map { "t\($0)" })
        try await server.stop()
    }

    @Test("a server that answers at once with nothing new is asked once a second")
    func emptyPolls() async throws {
        let same = Self.update(7, data: "good")
        let server = FakeServer { request in
            guard request.path.hasSuffix("/getUpdates") else {
                return FakeReply(status: 200, body: #"{"ok":true,"result":true}"#)
            }
            // A proxy that keeps no account of what was asked past.
            return FakeReply(status: 200, body: #"{"ok":true,"result":[\#(same)]}"#)
        }
        let post = try Post()
        let notifier = try post.notifier([someChannel(.telegram, base: try await server.start())])
        func polls() -> Int { server.requests.count { $0.path.hasSuffix("/getUpdates") } }
        try await running(notifier) { try await until { polls() >= 20 } }
        let rests = post.clock.waits.withLock { $0.count { $0 > .zero && $0 <= .seconds(1) } }
        #expect(rests >= 18, "\(rests) rests between \(polls()) polls")
        try await server.stop()
    }

    @Test("a tap that could not be carried out just now keeps its buttons; one that is refused loses them")
    func failedTap() async throws {
        let updates = [Self.update(7, data: "busy"), Self.update(8, data: "over")]
        let served = Mutex(0)
        let server = FakeServer { request in
            guard request.path.hasSuffix("/getUpdates") else {
                return FakeReply(status: 200, body: #"{"ok":true,"result":true}"#)
            }
            let offset = request.json?["offset"] as? Int ?? 0
            served.withLock { $0 = max($0, offset) }
            let list = offset == 0 ? updates : []
            return FakeReply(status: 200, body: #"{"ok":true,"result":[\#(list.joined(separator: ","))]}"#)
        }
        let post = try Post()
        let notifier = try post.notifier([someChannel(.telegram, base: try await server.start())])
        let answer: AnswerHandler = { token, _ in token == "busy" ? .failed("Not now.") : .refused("It is over.") }
        try await running(notifier, answer: answer) { try await until { served.withLock { $0 } == 9 } }
        func bodies(_ method: String) -> [String] {
            server.requests.filter { $0.path.hasSuffix("/\(method)") }.map { String(decoding: $0.body, as: UTF8.self) }
        }
        #expect(bodies("answerCallbackQuery").count == 2)
        let edits = bodies("editMessageReplyMarkup")
        #expect(edits.count == 1 && edits[0].contains("\"message_id\":8"), "\(edits)")
        try await server.stop()
    }

    @Test("a farm that was restored leaves the taps of its bot to the other one")
    func held() async throws {
        let server = FakeServer { _ in FakeReply(status: 200, body: #"{"ok":true,"result":[]}"#) }
        let post = try Post()
        let notifier = try post.notifier([someChannel(.telegram, base: try await server.start())])
        let isHeld = Mutex(true)
        let asked: @Sendable () -> Bool = { isHeld.withLock { $0 } }
        try await running(notifier, isHeld: asked) {
            try await until { post.clock.waits.withLock { $0.count { $0 == .seconds(5) } } >= 10 }
            #expect(server.requests.isEmpty)
            isHeld.withLock { $0 = false }
            try await until { !server.requests.isEmpty }
        }
        try await server.stop()
    }

    @Test("taps come in once each; only the configured chat and people may; a second tap is asked for")
    func taps() async throws {
        let updates = [
            Self.update(7, data: "good"), Self.update(8, data: "elsewhere", chat: 5),
            Self.update(9, data: "stranger", user: 6),
            #"{"update_id":10,"message":{"text":"hello"}}"#, Self.update(11, data: "cancel"),
        ]
        let served = Mutex(0)
        let server = FakeServer([FakeTelegram.error(409, "Conflict: terminated by other getUpdates request")]) {
            request in
            if request.path.hasSuffix("/getUpdates") {
                let offset = request.json?["offset"] as? Int ?? 0
                served.withLock { $0 = max($0, offset) }
                let list = updates.filter { text in
                    (7...11).contains { $0 >= offset && text.contains("\"update_id\":\($0),") }
                }
                if list.isEmpty { usleep(2000) }
                return FakeReply(status: 200, body: #"{"ok":true,"result":[\#(list.joined(separator: ","))]}"#)
            }
            return FakeReply(status: 200, body: #"{"ok":true,"result":true}"#)
        }
        let post = try Post()
        var channel = someChannel(.telegram, base: try await server.start())
        channel.users = [42]
        let notifier = try post.notifier([channel])
        let answered = Mutex<[String]>([])
        let answer: AnswerHandler = { token, person in
            answered.withLock { $0.append("\(token) by \(person ?? "")") }
            return token == "cancel"
                ? .confirm(
                    question: "Cancel print?", yes: AnswerButton(label: "Yes", token: "cancel-2"),
                    others: [AnswerButton(label: "Seen", token: "seen")]) : .done("dismissed.")
        }
        try await running(notifier, answer: answer) { try await until { served.withLock { $0 } == 12 } }
        #expect(answered.withLock { $0 } == ["good by Anna", "cancel by Anna"])
        let replies = server.requests.filter { $0.path.hasSuffix("/answerCallbackQuery") }.compactMap {
            $0.json?["text"] as? String
        }
        #expect(replies == ["dismissed.", "You may not answer here.", "You may not answer here.", "Cancel print?"])
        let edits = server.requests.filter { $0.path.hasSuffix("/editMessageReplyMarkup") }
        #expect(edits.count == 2 && String(decoding: edits[1].body, as: UTF8.self).contains("cancel-2"))
        #expect(String(decoding: edits[1].body, as: UTF8.self).contains("seen"), "a tap that was not meant")
        #expect(post.log.text.contains("answers cannot be read") && !post.log.text.contains("canary"))
        try await server.stop()
    }
}
