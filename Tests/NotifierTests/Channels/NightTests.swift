import Farm
import FarmService
import Foundation
import Logging
import OAuth
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Notifier

/// Takes the first byte of a frame as its score in hundredths.
private final class ScoringDetector: FrameDetector {
    let model = ModelDescription(name: "scoring", inputWidth: 1, inputHeight: 1, gflop: 0, parameters: 0)
    let load = DetectorLoad()

    func submit(
        _ frame: SubmittedFrame, completion: @escaping @Sendable (Result<FrameAnalysis, FrameError>) -> Void
    ) throws(FrameError) {
        let score = Double(frame.jpeg.first ?? 0) / 100
        let count = Int(score.rounded(.up))
        let detections = (0..<count).map { index in
            Detection(confidence: min(1, score - Double(index)), box: BoundingBox(x: 10, y: 10, width: 4, height: 4))
        }
        completion(.success(FrameAnalysis(width: 640, height: 480, detections: detections)))
    }

    func cancel(_ number: UInt64) {}
}

private final class SeededRandom: RandomSource {
    private let generator = Mutex(SplitMix(seed: 26))
    func bytes(_ count: Int) -> [UInt8] {
        generator.withLock { generator in (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) } }
    }
}

/// From 21:00 to 07:30: fifty printers, three failures, two floods.
private final class Night {
    static let start = Timestamp(secondsSince1970: 1_795_986_000 + 0)
    private let folder = FileManager.default.temporaryDirectory.appending(path: "farmtop-night-\(UUID().uuidString)")
    /// Seconds since 21:00.
    private final class Clock: Sendable {
        private let seconds = Mutex(0)
        var now: Int { seconds.withLock { $0 } }
        func set(_ now: Int) { seconds.withLock { $0 = now } }
    }
    private let clock = Clock()
    let store: SQLiteStore
    let service: FarmService
    private var printers: [PrinterID] = []
    private var frames: [PrinterID: Int] = [:]

    init() async throws {
        store = try SQLiteStore(DataFolder(preparing: folder.path).lock(), durability: .normal)
        var limits = FarmLimits()
        limits.staleAfterAtLeast = .seconds(600)
        var rule = NotificationRule(
            channel: "phone", topics: Set(NotificationTopic.standard + [.finished]), clock: .utc)
        rule.quietHours = DailyHours(start: 22 * 60, end: 7 * 60)
        rule.breaksQuiet = .warning
        let clock = clock
        service = try FarmService(
            store: store, detector: ScoringDetector(), limits: limits, rules: [rule], randomSource: SeededRandom(),
            clock: FarmClock(
                wall: { Self.start + .seconds(clock.now) },
                sinceBoot: { .seconds(clock.now) }, bootID: "b"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, version: "test")
        for number in 1...50 {
            var settings = PrinterSettings(name: "p\(number < 10 ? "0" : "")\(number)")
            settings.detectiveSensitivity = 1
            let live = try await service.perform(
                CreatePrinter(caller: .administrator, account: 1, settings: settings))
            printers.append(live.printer.id)
            _ = try await service.perform(
                StartPrint(caller: .administrator, printer: live.printer.id, filename: "part-\(number).gcode"))
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Seconds since 21:00 of a time of that night.
    private func at(_ hour: Int, _ minute: Int) -> Int { ((hour + 3) % 24) * 3600 + minute * 60 }

    private func print(_ number: Int) -> Print? { service.state.printers[printers[number - 1]]?.currentPrint }

    private var app: Caller {
        .client(
            AuthenticatedClient(
                tokenID: 1, clientID: 1, clientName: "app", accountID: 1, scope: .all,
                expiresAt: Self.start + .seconds(1_000_000)))
    }

    private func isCameraLost(_ number: Int, _ now: Int) -> Bool {
        ((10...39).contains(number) && (at(1, 0)..<at(1, 40)).contains(now))
            || ((38...49).contains(number) && (at(5, 0)..<at(5, 50)).contains(now))
    }

    private func isFailing(_ number: Int, _ now: Int) -> Bool {
        switch number {
        case 7: (at(23, 40)..<at(23, 59)).contains(now)
        case 19: (at(2, 10)..<at(2, 40)).contains(now)
        case 33: (at(4, 30)..<at(4, 50)).contains(now)
        default: false
        }
    }

    func run() async throws {
        for now in stride(from: 0, to: at(7, 30), by: 30) {
            clock.set(now)
            for number in 1...50 { try await watch(number, now) }
            try await answer(now)
            await service.tick()
        }
    }

    private func watch(_ number: Int, _ now: Int) async throws {
        let id = printers[number - 1]
        guard let print = print(number), print.pausedAt == nil else { return }
        // Most are done between 3:00 and 7:00.
        if number % 5 != 0, now >= at(3, 0) + number * 280, number != 33 {
            _ = try await service.perform(FinishPrint(caller: .administrator, printer: id, result: .success))
            return
        }
        let isFailing = isFailing(number, now) && print.alertState != .dismissed
        guard !isCameraLost(number, now), isFailing || now >= frames[id, default: 0] else { return }
        frames[id] = now + 300 + number
        let noise = (0..<4).map { UInt8(truncatingIfNeeded: now >> ($0 * 8)) } + [UInt8(number)]
        _ = try await service.analyse(
            [isFailing ? 200 : 0] + noise, ticket: try service.admitFrame(printer: id, caller: .administrator))
    }

    /// The app of p07 pauses; p19's alert is no failure, says the phone; nobody does anything about p33 until 4:45.
    private func answer(_ now: Int) async throws {
        if let print = print(7), print.awaitsPause {
            _ = try await service.perform(ConfirmPause(caller: app, printer: printers[6]))
        }
        if let print = print(19), print.hasStandingAlert, let message = try messages().last {
            let occasion = try #require(message.subjects.first?.occasionID)
            if message.answers.contains(.dismiss), message.subjects.first?.printerName == "p19" {
                _ = try await service.perform(
                    AnswerOccasion(occasion: occasion, answer: .dismiss, channel: "phone", person: "Anna"))
            }
        }
        if now == at(4, 45), print(33) != nil {
            _ = try await service.perform(
                FinishPrint(caller: .administrator, printer: printers[32], result: .failed, reason: "spaghetti"))
        }
    }

    func messages() throws -> [FarmNotification] {
        try store.queuedNotifications(of: "phone", after: 0, limit: 1000).map(\.notification)
    }
}

@Suite("A night", .timeLimit(.minutes(20)))
struct NightTests {
    @Test(
        "fifty printers, three failures and two floods are at most twelve messages, each of which says what it is about"
    )
    func night() async throws {
        let night = try await Night()
        try await night.run()
        let messages = try night.messages()
        #expect(messages.count <= 12)
        var text = ""
        for message in messages {
            let words = MessageText(message, title: nil, text: nil, clock: .utc)
            text += "\(LocalClock.utc.timeOfDay(message.createdAt))  [\(message.severity.rawValue)] \(words.title)\n"
            text += words.body.split(separator: "\n").map { "       \($0)\n" }.joined()
            if !message.answers.isEmpty {
                text += "       [\(message.answers.map(\.label).joined(separator: "] ["))]\n"
            }
            text += "\n"
        }
        let golden = TestFiles.inTests("NotifierTests/Golden/night.txt")
        if ProcessInfo.processInfo.environment["FARMTOP_WRITE_GOLDEN"] != nil {
            try text.write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(text == (try String(contentsOf: golden, encoding: .utf8)))
    }
}
