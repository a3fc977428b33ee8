import Crypto
import Farm
import FarmService
import Foundation
import Logging
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Notifier

/// A clock that jumps over every wait.
private final class JumpingClock: Sendable {
    private let moment = Mutex(Timestamp(secondsSince1970: 1_800_000_000))
    let waits = Mutex<[Duration]>([])
    var now: Timestamp { moment.withLock { $0 } }
    func sleep(_ duration: Duration) async {
        waits.withLock { $0.append(duration) }
        moment.withLock { $0 = $0 + duration }
        await Task.yield()
    }
}

/// Collects log lines.
private struct LineLog: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug
    final class Lines: Sendable {
        private let list = Mutex<[String]>([])
        func add(_ line: String) { list.withLock { $0.append(line) } }
        var text: String { list.withLock { $0.joined(separator: "\n") } }
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
    func log(event: LogEvent) { lines.add("\(event.level) \(event.message)") }
}

/// A store whose outbox cannot be written: what a process leaves that ends just before.
private struct StuckOutbox: WebhookOutbox {
    struct Stuck: Error {}
    let store: SQLiteStore
    func pendingNotices(after id: NoticeID, limit: Int) throws -> [PendingNotice] {
        try store.pendingNotices(after: id, limit: limit)
    }
    func pendingNoticeCount() throws -> Int { try store.pendingNoticeCount() }
    func settle(_ changes: [OutboxChange<PendingNotice>]) throws {
        if !changes.isEmpty { throw Stuck() }
    }
}

/// An outbox of a database that cannot be read.
private struct BrokenOutbox: WebhookOutbox {
    func pendingNotices(after id: NoticeID, limit: Int) throws -> [PendingNotice] { throw StuckOutbox.Stuck() }
    func pendingNoticeCount() throws -> Int { 1 }
    func settle(_ changes: [OutboxChange<PendingNotice>]) throws {}
}

/// A farm on disk that tells a webhook, and can be ended and started again.
private final class TellingFarm {
    let folder = FileManager.default.temporaryDirectory.appending(path: "farmtop-hook-\(UUID().uuidString)")
    let clock = JumpingClock()
    let log = LineLog.Lines()
    private(set) var store: SQLiteStore
    let target: WebhookTarget

    init(_ url: String, secret: String? = "s3cr3t-canary") throws {
        store = try SQLiteStore(DataFolder(preparing: folder.path).lock())
        target = try #require(WebhookTarget(url: url, secret: secret.map { Array($0.utf8) }))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func notifier(
        outbox: (any WebhookOutbox)? = nil, steady: @escaping @Sendable () -> SteadyTime? = { nil }
    ) throws -> WebhookNotifier {
        let (clock, target) = (clock, target)
        return try WebhookNotifier(
            target: target, outbox: outbox ?? store,
            pictureAddress: { "https://farm.example.org/\($0)/\($1.printID)/\($1.number).jpg" },
            tools: DeliveryTools(
                now: { clock.now }, steady: steady, jitter: { 1 }, sleep: { await clock.sleep($0) },
                logger: Logger(label: "test") { [log] _ in LineLog(lines: log) },
                makeTransport: { deadline in
                    LiveTransport(
                        userAgent: "farmtop/1.2.3", deadline: deadline, folder: NSTemporaryDirectory(),
                        now: { clock.now })
                }))
    }

    func service(_ notifier: WebhookNotifier) throws -> FarmService {
        try FarmService(
            store: store, detector: nil, notifier: notifier, clock: .neverSet { [clock] in clock.now },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, version: "test")
    }

    /// Starts a print on a printer of its own.
    func start(_ name: String, in service: FarmService) async throws {
        let live = try await service.perform(
            CreatePrinter(caller: .administrator, account: 1, settings: PrinterSettings(name: name)))
        _ = try await service.perform(
            StartPrint(caller: .administrator, printer: live.printer.id, filename: "\(name).gcode"))
    }
}

/// Runs the delivery while a test looks on.
private func delivering(_ notifier: WebhookNotifier, _ test: () async throws -> Void) async throws {
    let task = Task { await notifier.run() }
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

/// Waits for a condition that another task brings about.
private func until(_ condition: () -> Bool) async throws {
    while !condition() { try await Task.sleep(for: .milliseconds(2)) }
}

@Suite("Delivery to a live receiver", .timeLimit(.minutes(20)))
struct DeliveryTests {
    @Test("a receiver that fails, breaks off and then takes it gets the same message under the same id, signed")
    func failsThenSucceeds() async throws {
        let receiver = Receiver([.status(500), .none, .status(503, headers: [("Retry-After", "77")])])
        let farm = try TellingFarm(try await receiver.start())
        let notifier = try farm.notifier()
        let service = try farm.service(notifier)
        try await farm.start("mk3", in: service)
        #expect(service.snapshot().status.webhook?.receiver.hasPrefix("http://127.0.0.1:") == true)
        try await delivering(notifier) { try await until { notifier.status.delivered == 1 } }

        let received = receiver.received
        #expect(received.count == 4)
        #expect(Set(received.map(\.delivery)).count == 1 && received[0].delivery.count == 32)
        #expect(Set(received.map(\.body)).count == 1)
        for request in received {
            let code = HMAC<SHA256>.authenticationCode(
                for: request.body, using: SymmetricKey(data: Array("s3cr3t-canary".utf8)))
            let hex = code.map { String(format: "%02x", $0) }.joined()
            #expect(request.headers["x-farmtop-signature"] == "sha256=\(hex)")
            #expect(request.headers["content-type"] == "application/json")
            #expect(request.headers["x-farmtop-event"] == "PrintStarted")
            #expect(request.headers["user-agent"] == "farmtop/1.2.3")
            #expect(request.path == "/hook?token=canary")
        }
        let json = try JSONSerialization.jsonObject(with: Data(received[0].body)) as? [String: Any]
        #expect((json?["event"] as? [String: Any])?["type"] as? String == "PrintStarted")
        #expect(try farm.store.pendingNoticeCount() == 0)
        #expect(farm.clock.waits.withLock { $0.contains { $0 >= .seconds(77) } })
        #expect(notifier.status.pending == 0 && !notifier.status.isFailing)
        #expect(notifier.status.lastError == "answered 503")
        #expect(!farm.log.text.contains("canary"))
        try await receiver.stop()
    }

    @Test("what is not delivered yet is delivered after the next start, in its order")
    func restart() async throws {
        let receiver = Receiver()
        let url = try await receiver.start()
        let farm = try TellingFarm(url)
        let service = try farm.service(try farm.notifier())
        for name in ["a", "b", "c"] { try await farm.start(name, in: service) }
        await service.shutdown()
        #expect(receiver.received.isEmpty)
        let copy = farm.folder.path + "-after"
        try FileManager.default.copyItem(atPath: farm.folder.path, toPath: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }

        let store = try SQLiteStore(DataFolder(preparing: copy).lock())
        let notifier = try farm.notifier(outbox: store)
        #expect(notifier.status.pending == 3)
        try await delivering(notifier) { try await until { notifier.status.delivered == 3 } }
        let names = try receiver.received.map { request in
            let json = try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
            return (json?["printer"] as? [String: Any])?["name"] as? String
        }
        #expect(names == ["a", "b", "c"])
        #expect(try store.pendingNoticeCount() == 0)
        try await receiver.stop()
    }

    @Test("a farm that ends between the answer and its note of it delivers again, under the same id")
    func atLeastOnce() async throws {
        let receiver = Receiver()
        let farm = try TellingFarm(try await receiver.start())
        let first = try farm.notifier(outbox: StuckOutbox(store: farm.store))
        try await farm.start("mk3", in: try farm.service(first))
        try await delivering(first) { try await until { first.status.delivered == 1 } }
        #expect(receiver.received.count == 1)
        #expect(farm.log.text.contains("queue cannot be used"))
        let second = try farm.notifier()
        try await delivering(second) { try await until { second.status.delivered == 1 } }
        #expect(receiver.received.count == 2)
        #expect(Set(receiver.received.map(\.delivery)).count == 1)
        #expect(try farm.store.pendingNoticeCount() == 0)
        try await receiver.stop()
    }

    @Test("a message that is refused for good is dropped with a line in the log, and the next one comes")
    func dropped() async throws {
        let receiver = Receiver([.status(422)])
        let farm = try TellingFarm(try await receiver.start())
        let notifier = try farm.notifier()
        let service = try farm.service(notifier)
        try await farm.start("a", in: service)
        try await farm.start("b", in: service)
        try await delivering(notifier) { try await until { notifier.status.delivered == 1 } }
        #expect(receiver.received.count == 2 && notifier.status.dropped == 1)
        #expect(farm.log.text.contains("error") && farm.log.text.contains("answered 422"))
        try await receiver.stop()
    }

    @Test("a redirect is not followed")
    func redirect() async throws {
        let other = Receiver()
        let elsewhere = try await other.start()
        let receiver = Receiver([.status(307, headers: [("Location", elsewhere)])])
        let farm = try TellingFarm(try await receiver.start())
        let result = try await farm.notifier().sendTest()
        #expect(result.status == 307 && result.error?.contains("redirects are not followed") == true)
        #expect(other.received.isEmpty)
        try await receiver.stop()
        try await other.stop()
    }

    @Test("while nobody listens the notices wait; after a day they are given up with a line in the log")
    func nobodyThere() async throws {
        let receiver = Receiver()
        let url = try await receiver.start()
        try await receiver.stop()
        let farm = try TellingFarm(url)
        let notifier = try farm.notifier()
        try await farm.start("mk3", in: try farm.service(notifier))
        try await delivering(notifier) { try await until { notifier.status.dropped == 1 } }
        #expect(try farm.store.pendingNoticeCount() == 0)
        #expect(notifier.status.lastError == "no connection: Connection refused")
        let tries = farm.clock.waits.withLock { $0.count }
        #expect((100...200).contains(tries), "\(tries) tries in a day")
        #expect(farm.log.text.contains("could not be delivered for 24 h"))
        #expect(!farm.log.text.contains("canary"))
    }

    @Test("a clock that is set forward by a week gives no young notice up")
    func setClock() async throws {
        let receiver = Receiver()
        let farm = try TellingFarm(try await receiver.start())
        let service = try farm.service(try farm.notifier())
        try await farm.start("mk3", in: service)
        let written = try #require(try farm.store.pendingNotices(after: 0, limit: 1).first?.notice.createdSteady)
        await farm.clock.sleep(.seconds(7 * 86_400))
        let notifier = try farm.notifier(steady: { written + .seconds(60) })
        try await delivering(notifier) {
            try await until { notifier.status.delivered + notifier.status.dropped == 1 }
        }
        #expect(notifier.status.delivered == 1)
        try await receiver.stop()
    }

    @Test("an outbox that cannot be read is the webhook's last error")
    func brokenOutbox() async throws {
        let farm = try TellingFarm("http://127.0.0.1:9/hook")
        let notifier = try farm.notifier(outbox: BrokenOutbox())
        try await delivering(notifier) { try await until { notifier.status.lastError != nil } }
        #expect(notifier.status.lastError?.hasPrefix("its queue cannot be used: ") == true)
        #expect(notifier.status.isFailing)
    }

    @Test("a test message says what came of it, and goes past the outbox")
    func test() async throws {
        let receiver = Receiver([.status(200), .status(500)])
        let farm = try TellingFarm(try await receiver.start(), secret: nil)
        let notifier = try farm.notifier()
        let service = try farm.service(notifier)
        guard case .webhookTest(let taken) = try await service.perform(FarmAction.testWebhook) else {
            return #expect(Bool(false), "no result")
        }
        #expect(taken.status == 200 && taken.error == nil && taken.answer == "200")
        let refused = await notifier.sendTest()
        #expect(refused.status == 500 && refused.error == "answered 500")
        #expect(receiver.received.map { String(decoding: $0.body, as: UTF8.self) }.first == #"{"event":"TestEvent"}"#)
        #expect(receiver.received.allSatisfy { $0.headers["x-farmtop-signature"] == nil })
        #expect(receiver.received.allSatisfy { $0.delivery.count == 32 })
        #expect(notifier.status.pending == 0 && notifier.status.delivered == 0)
        try await receiver.stop()
    }

    private func impatientTransport() -> LiveTransport {
        LiveTransport(
            userAgent: "x", deadline: .milliseconds(200), folder: NSTemporaryDirectory(),
            now: { Timestamp(microseconds: 0) })
    }

    @Test("a receiver that says nothing is given up on after the deadline")
    func silence() async throws {
        let receiver = Receiver([.silence])
        let call = ChannelCall.http(
            HTTPCall(try await receiver.start(), type: "application/json", body: WebhookPayload.test))
        let transport = impatientTransport()
        let answer = await transport.perform(call)
        await transport.close()
        #expect(answer == .failure(ChannelFailure(outcome: .unanswered(reason: "no answer within 0 s"))))
        try await receiver.stop()
    }

    @Test("an answer that never ends counts by its status, and the next message is sent after the deadline")
    func endless() async throws {
        let receiver = Receiver([.endless])
        let call = ChannelCall.http(
            HTTPCall(try await receiver.start(), type: "application/json", body: WebhookPayload.test))
        let transport = impatientTransport()
        for status in [200, 204] {
            guard case .success(let answer) = await transport.perform(call) else {
                Issue.record("no \(status)")
                continue
            }
            #expect(answer.status == status)
        }
        await transport.close()
        try await receiver.stop()
    }
}
