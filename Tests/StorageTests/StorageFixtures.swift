import Farm
import Foundation
import Storage
import Synchronization

let noon = Timestamp(microseconds: 1_795_600_800_123_456)

/// A folder that goes away with the test.
final class TemporaryFolder {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.appending(path: "farmtop-test-\(UUID().uuidString)").path
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func open(warn: @escaping @Sendable (StorageWarning) -> Void = { _ in }) throws -> SQLiteStore {
        try SQLiteStore(DataFolder(preparing: path).lock(), warn: warn)
    }
    func file(_ name: String) -> String { path + "/" + name }
    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }
}

/// Collects warnings from any thread.
final class Warnings: Sendable {
    private let list = Mutex<[StorageWarning]>([])
    func add(_ warning: StorageWarning) { list.withLock { $0.append(warning) } }
    var all: [StorageWarning] { list.withLock { $0 } }
}

extension SQLiteStore {
    func write(_ rows: [FarmRow]) throws { try transaction { try $0.write(rows) } }

    func loadAll(since: Timestamp = noon, events: Int = 100, predictions: Int = 240) throws -> StoredFarm {
        try load(recentSince: since, eventLimit: events, predictionLimit: predictions)
    }
}

/// Values in which every field differs from every other, so that two columns exchanged are seen.
enum Sample {
    static let account = Account(id: 1, name: "operator", createdAt: noon, disabledAt: noon + .seconds(1))

    static func printer(_ id: PrinterID = 5, currentPrint: PrintID? = nil) -> Printer {
        var settings = PrinterSettings(name: "mk3 ✓ \u{1B}[31m")
        settings.actionOnFailure = .none
        settings.watchingEnabled = false
        settings.toolsOffOnPause = false
        settings.bedOffOnPause = true
        settings.retractOnPause = 0.1
        settings.liftZOnPause = 0.2
        settings.detectiveSensitivity = 1.1
        settings.minTimelapseSecsOnFinish = -1
        settings.minTimelapseSecsOnCancel = 12
        settings.cameraRegion = CameraRegion("bed=100,200,600,550 ignore=0,0,90,40") ?? .whole
        var printer = Printer(
            id: id, accountID: 1, settings: settings, createdAt: noon + .seconds(2), authToken: "83e56251d846ce1bdeaf")
        printer.archivedAt = noon + .seconds(3)
        printer.deletedAt = noon + .seconds(4)
        printer.currentPrintID = currentPrint
        printer.needsTeaching = true
        printer.statistics = statistics(frame: 17)
        return printer
    }

    static func statistics(frame: Int64) -> TemporalStatistics {
        var statistics = TemporalStatistics()
        statistics.predictionNum = frame
        statistics.predictionNumLifetime = frame + 1000
        statistics.p = 0.1 + 0.2
        statistics.ewmMean = Double.leastNonzeroMagnitude
        statistics.rollingMeanShort = 1.0 / 3.0
        statistics.rollingMeanLong = Double.greatestFiniteMagnitude
        statistics.normalizedP = 1.0.nextDown
        return statistics
    }

    static func print(_ id: PrintID = 9, printer: PrinterID = 5, startedAt: Timestamp = noon + .seconds(5)) -> Print {
        var print = Print(
            id: id, printerID: printer, accountID: 1, filename: "bén\u{1}chy \"x\".gcode", startedAt: startedAt)
        print.close(Print.End(at: noon + .seconds(7), result: .failed, failureReason: "détaché"))
        print.alertedAt = noon + .seconds(8)
        print.alertAcknowledgedAt = noon + .seconds(9)
        print.alertMutedAt = noon + .seconds(10)
        print.pausedAt = noon + .seconds(11)
        print.alertOverwrite = .notFailed
        print.filamentUsed = 12.5
        print.printTime = 0.30000000000000004
        print.frameCount = 42
        print.maxNormalizedP = 0.7
        print.maxFailureProbability = 0.8
        print.notWatchedAt = noon + .seconds(13)
        print.alertWithheldAt = noon + .seconds(14)
        return print
    }

    /// Open, with everything that only an open print has.
    static func alertedPrint(_ id: PrintID = 9, printer: PrinterID = 5) -> Print {
        var print = openPrint(id, printer: printer)
        print.alertedAt = noon + .seconds(1)
        print.alertState = .standing
        print.pauseRequestedAt = noon + .seconds(2)
        print.pauseNotConfirmedAt = noon + .seconds(3)
        print.isPauseSpent = true
        return print
    }

    static let cameraKey = CameraKey(
        printerID: 5, source: "a", modelDigest: "b", region: "c", width: 640, height: 480)

    static func openPrint(_ id: PrintID, printer: PrinterID = 5, startedAt: Timestamp = noon) -> Print {
        Print(id: id, printerID: printer, accountID: 1, filename: "a.gcode", startedAt: startedAt)
    }

    static func prediction(_ frame: Int64, of print: PrintID = 9, printer: PrinterID = 5) -> Prediction {
        Prediction(
            printID: print, printerID: printer, createdAt: noon + .seconds(frame), statistics: statistics(frame: frame),
            failureProbability: 1.0 / 7,
            detections: [
                Detection(confidence: 0.85, box: BoundingBox(x: 100.1, y: -150, width: 1e-300, height: 250)),
                Detection(confidence: 0.1, box: BoundingBox(x: 1, y: 2, width: 3, height: 4)),
            ], counted: 0.7, region: Self.printer().settings.cameraRegion)
    }

    static func verdict(_ id: VerdictID = 4) -> RememberedVerdict {
        let look = BoxLook(values: (0..<256).map { Int8(truncatingIfNeeded: $0 * 7) })
        var verdict = RememberedVerdict(
            id: id, printerID: 5, printID: 9,
            seen: SeenBox(
                region: printer().settings.cameraRegion, width: 640, height: 480,
                detection: Detection(confidence: 0.6, box: BoundingBox(x: 320.5, y: 240.25, width: 80, height: 60.125)),
                look: look ?? plainLook),
            givenAt: noon + .seconds(20))
        verdict.pictures = 17
        verdict.lastAt = noon + .seconds(21)
        return verdict
    }
    private static var plainLook: BoxLook { preconditionFailure("256 values are a look") }

    static func event(_ id: EventID = 3) -> FarmEvent {
        FarmEvent(
            id: id, kind: .failureAlerted, severity: .warning, actor: .client("orca"), title: "title", text: "text",
            createdAt: noon,
            accountID: 1,
            printerID: 5, printID: 9, frame: 4)
    }

    static func notice(_ id: String) -> WebhookNotice {
        WebhookNotice(
            deliveryID: id, kind: .failure, isWarning: true, isPrintPaused: true, isPauseRequested: true, printerID: 5,
            printerName: "mk3 ✓", printID: 9, filename: "a.gcode", startedAt: noon, endedAt: noon + .seconds(1),
            frame: 4, createdAt: noon + .seconds(2), createdSteady: SteadyTime(microseconds: 77))
    }

    static func bed(_ id: KeptBedID = 3) -> KeptBed {
        KeptBed(
            id: id, printerID: 5,
            picture: BedPicture(width: 40, height: 40, luma: (0..<1600).map { UInt8($0 % 251) }) ?? emptyBed,
            keptAt: noon + .seconds(7), isLearnt: true)
    }
    private static var emptyBed: BedPicture { preconditionFailure("40 by 40 is a size that beds may have") }

    static func occasion(_ id: OccasionID = 77) -> Occasion {
        var occasion = Occasion(
            id: id, topic: .cameraLost, severity: .warning, printerID: 5, printID: 9, printerName: "mk3 ✓",
            filename: "a.gcode", text: "No picture.", frame: 4, openedAt: noon,
            openedSteady: SteadyTime(microseconds: noon.microseconds))
        occasion.overSince = SteadyTime(microseconds: noon.microseconds + 5)
        occasion.relapses = 2
        occasion.answer = OccasionAnswer(actor: .channel("phone"), verb: "acknowledged", at: noon + .seconds(9))
        return occasion
    }

    static func notification(_ id: String = "n") -> FarmNotification {
        FarmNotification(
            deliveryID: id, form: .escalation(from: "phone", minutes: 7), subjects: [NotificationSubject(occasion())],
            answers: [.acknowledge], nextAfter: noon + .seconds(60), createdAt: noon)
    }

    static func client(_ id: ClientID = 7) -> OAuthClient {
        var client = OAuthClient(
            id: id, publicID: "public-\(id)", name: "App", accountID: 1,
            secret: SecretDigest(salt: Array(0..<16), digest: Array(16..<48)), scope: .read,
            grants: [.deviceCode, .clientCredentials], redirectURIs: ["https://a/\"b\\,", "com.example:/ x\n"],
            tokenLifetimeSeconds: 60, createdAt: noon)
        client.rotatedAt = noon + .seconds(1)
        client.disabledAt = noon + .seconds(2)
        return client
    }

    static func token(_ id: TokenID = 8, client: ClientID = 7, family: TokenID? = nil) -> AccessToken {
        var token = AccessToken(
            id: id, digest: TokenDigest(bytes: Array(repeating: UInt8(id.rawValue), count: 32)), clientID: client,
            accountID: 1, grant: family == nil ? .clientCredentials : .refreshToken, familyID: family, scope: .all,
            createdAt: noon,
            expiresAt: noon + .seconds(3_153_600_000))
        token.lastUsedAt = noon + .seconds(3)
        return token
    }

    static func family(_ id: TokenID = 6, client: ClientID = 7) -> TokenFamily {
        func digest(_ number: Int64) -> TokenDigest {
            TokenDigest(bytes: Array(repeating: UInt8(id.rawValue * 3 + number), count: 32))
        }
        var family = TokenFamily(
            id: id, clientID: client, accountID: 1, grant: .deviceCode, scope: .write, codeDigest: digest(100),
            refresh: RefreshDigests(key: digest(101), token: digest(102)), createdAt: noon,
            expiresAt: noon + .seconds(1000))
        family.refreshedAt = noon + .seconds(4)
        return family
    }

    /// Account, printer 5 and print 9.
    /// The print is deleted.
    static let deletion: [FarmRow] = {
        var deleted = print()
        deleted.deletedAt = deleted.endedAt
        return [.print(deleted), .emptyPrint(deleted.id)]
    }()
    static let farm: [FarmRow] = [.account(account), .printer(printer(currentPrint: 9)), .print(print())]
}
