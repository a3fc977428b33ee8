import Dispatch
import FailureDetection
import Farm
import FarmService
import Foundation
import Logging
import OAuth
import Synchronization
import TestSupport
import Testing

/// A clock that stands until it is moved, beside one that nobody can set.
final class StandingClock: Sendable {
    private let moment = Mutex(Timestamp(secondsSince1970: 1_800_000_000))
    private let running = Mutex(Duration.zero)
    var now: Timestamp { moment.withLock { $0 } }
    var elapsed: Duration { running.withLock { $0 } }
    /// Time passes.
    func advance(by duration: Duration) {
        moment.withLock { $0 = $0 + duration }
        running.withLock { $0 += duration }
    }
    /// Somebody sets the clock on the wall, forward or back.
    func set(by duration: Duration) { moment.withLock { $0 = $0 + duration } }
    /// The machine goes down for so long and comes up again.
    func reboot(after duration: Duration) {
        moment.withLock { $0 = $0 + duration }
        running.withLock { $0 = .seconds(20) }
        boots.withLock { $0 += 1 }
    }
    private let boots = Mutex(1)
    /// The clocks as the machine has them in its present run.
    var clocks: FarmClock {
        FarmClock(wall: { self.now }, sinceBoot: { self.elapsed }, bootID: "boot \(boots.withLock { $0 })")
    }
}

/// Random bytes that are the same in every run, and never twice the same in one.
final class CountingRandom: RandomSource {
    private let counter = Mutex<UInt8>(0)
    func bytes(_ count: Int) -> [UInt8] {
        counter.withLock { counter in
            counter += 1
            return Array(repeating: counter, count: count)
        }
    }
}

/// A store in memory that keeps what a database would, and can be made to fail.
final class MemoryStore: FarmStore {
    struct Locked: StoreFault {
        var reasonForClients: String? { "another program holds the farm's database" }
    }
    struct Full: StoreFault {
        var reasonForClients: String? { "the farm's disk is full" }
    }
    struct Kept {
        var accounts: [AccountID: Account] = [:]
        var printers: [PrinterID: Printer] = [:]
        var prints: [PrintID: Print] = [:]
        var clients: [ClientID: OAuthClient] = [:]
        var tokens: [TokenID: AccessToken] = [:]
        var families: [TokenID: TokenFamily] = [:]
        var events: [FarmEvent] = []
        var predictions: [Prediction] = []
        var pictures: [FrameKey: [UInt8]] = [:]
        var notices: [WebhookNotice] = []
        var cameras: [CameraKey: CameraHistory] = [:]
        var evidence: [PrinterID: StoredEvidence] = [:]
        var clock: ClockReading?
        var links: [PrinterID: MachineLink] = [:]
        var machineCameras: [CameraID: MachineCamera] = [:]
        var keptBeds: [KeptBedID: KeptBed] = [:]
        var verdicts: [VerdictID: RememberedVerdict] = [:]
        var awaitedVerdicts: Set<PrintID> = []
        var notifications = StoredNotifications()
        var restoredAt: Timestamp?
        /// In the order in which they were made, with the channel of each.
        var queued: [(channel: String, notification: FarmNotification)] = []
        var transactions = 0
    }
    private let kept = Mutex(Kept())
    private let failing = Mutex(false)
    private let locked = Mutex(false)
    private let counted = Mutex(0)
    private let begun = Mutex(0)
    private let refusedFile = Mutex<String?>(nil)
    private let gate = Mutex<DispatchSemaphore?>(nil)

    var rows: Kept { kept.withLock { $0 } }
    func fail(_ isFailing: Bool) { failing.withLock { $0 = isFailing } }
    /// As a database that another program holds.
    func lock(_ isLocked: Bool) { locked.withLock { $0 = isLocked } }
    /// How often a batch with rows met the lock.
    var waits: Int { counted.withLock { $0 } }
    /// Batches that came, stored or not.
    var batches: Int { begun.withLock { $0 } }
    /// Transactions wait until `body` returns.
    func held(_ body: () async throws -> Void) async rethrows {
        let gate = DispatchSemaphore(value: 0)
        self.gate.withLock { $0 = gate }
        defer {
            self.gate.withLock { $0 = nil }
            gate.signal()
        }
        try await body()
    }
    /// What a database of 0.1 does not hold is gone: its printers wait to be taught.
    func forgetJudgements() {
        kept.withLock { kept in
            kept.cameras = [:]
            kept.evidence = [:]
            for id in kept.printers.keys { kept.printers[id]?.needsTeaching = true }
            for id in kept.prints.keys { kept.prints[id]?.maxFailureProbability = nil }
            for index in kept.predictions.indices { kept.predictions[index].failureProbability = nil }
        }
    }
    /// As a restore of a backup leaves it.
    func restore(at moment: Timestamp) { kept.withLock { $0.restoredAt = moment } }
    /// Refuses the row of every print of this file.
    func refuse(file: String?) { refusedFile.withLock { $0 = file } }

    func load(recentSince: Timestamp, eventLimit: Int, predictionLimit: Int) throws -> StoredFarm {
        let rows = rows
        var farm = StoredFarm()
        farm.accounts = rows.accounts.values.sorted { $0.id < $1.id }
        farm.printers = rows.printers.values.sorted { $0.id < $1.id }
        farm.prints = rows.prints.values.filter { $0.deletedAt == nil && ($0.endedAt ?? recentSince) >= recentSince }
            .sorted { $0.id < $1.id }
        farm.clients = rows.clients.values.sorted { $0.id < $1.id }
        farm.tokens = rows.tokens.values.filter { $0.revokedAt == nil }
        farm.tokenFamilies = rows.families.values.filter { $0.revokedAt == nil }
        for token in rows.tokens.values {
            guard let used = token.lastUsedAt else { continue }
            farm.lastUses[token.clientID] = max(used, farm.lastUses[token.clientID] ?? used)
        }
        farm.events = rows.events.suffix(eventLimit)
        for event in rows.events where event.kind == .command && event.title.hasPrefix(FarmEvent.commandTitle) {
            if let print = event.printID { farm.lastCommands[print] = event }
        }
        farm.predictions = farm.prints.flatMap { print in
            rows.predictions.filter { $0.printID == print.id }.suffix(predictionLimit)
        }
        farm.framePictures = rows.pictures.keys.sorted { ($0.printID, $0.number) < ($1.printID, $1.number) }
        for key in farm.framePictures {
            if let print = rows.prints[key.printID] { farm.lastPictures[print.printerID] = key }
        }
        for event in rows.events where event.kind == .failureAlerted || event.kind == .verdict {
            if let print = event.printID, let frame = event.frame { farm.alertFrames[print, default: []].append(frame) }
        }
        farm.cameraHistories = rows.cameras
        farm.failureEvidence = rows.evidence
        farm.clock = rows.clock
        farm.machines.links = rows.links.values.sorted { $0.printerID < $1.printerID }
        farm.machines.cameras = rows.machineCameras.values.sorted { $0.id < $1.id }
        farm.machines.lastCameraID = rows.machineCameras.keys.max() ?? 0
        farm.keptBeds = rows.keptBeds.values.sorted { $0.id < $1.id }
        farm.lastKeptBedID = rows.keptBeds.keys.max() ?? 0
        farm.verdicts = rows.verdicts.values.sorted { $0.id < $1.id }
        for print in rows.awaitedVerdicts.sorted() {
            if let printer = rows.prints[print]?.printerID { farm.awaitedVerdicts[printer, default: []].append(print) }
        }
        farm.lastVerdictID = rows.verdicts.keys.max() ?? 0
        farm.notifications = rows.notifications
        farm.restoredAt = rows.restoredAt
        farm.lastAccountID = rows.accounts.keys.max() ?? 0
        farm.lastPrinterID = rows.printers.keys.max() ?? 0
        farm.lastPrintID = rows.prints.keys.max() ?? 0
        farm.lastClientID = rows.clients.keys.max() ?? 0
        farm.lastTokenID = max(rows.tokens.keys.max() ?? 0, rows.families.keys.max() ?? 0)
        farm.lastEventID = rows.events.map(\.id).max() ?? 0
        return farm
    }

    final class Transaction: FarmTransaction {
        var rows: Kept
        private let refusedFile: String?
        private let mayBegin: () throws -> Void
        init(_ rows: Kept, refusedFile: String?, mayBegin: @escaping () throws -> Void) {
            self.rows = rows
            self.refusedFile = refusedFile
            self.mayBegin = mayBegin
        }
        func begin() throws { try mayBegin() }
        func print(_ id: PrintID) throws -> Print? { rows.prints[id] }
        func write(_ batch: [FarmRow]) throws {
            for row in batch {
                switch row {
                case .account(let account): rows.accounts[account.id] = account
                case .printer(var printer):
                    printer.settings.tags = rows.printers[printer.id]?.settings.tags ?? []
                    rows.printers[printer.id] = printer
                case .printerTags(let id, let tags): rows.printers[id]?.settings.tags = tags
                case .print(let print):
                    if print.filename == refusedFile { throw Full() }
                    rows.prints[print.id] = print
                case .emptyPrint(let id):
                    for index in rows.events.indices where rows.events[index].printID == id {
                        rows.events[index].printID = nil
                    }
                case .prediction(let prediction): rows.predictions.append(prediction)
                case .event(let event): rows.events.append(event)
                case .client(let client): rows.clients[client.id] = client
                case .removeClient(let id):
                    rows.clients[id] = nil
                    rows.tokens = rows.tokens.filter { $0.value.clientID != id }
                    rows.families = rows.families.filter { $0.value.clientID != id }
                case .token(let token): rows.tokens[token.id] = token
                case .removeToken(let id): rows.tokens[id] = nil
                case .tokenFamily(let family): rows.families[family.id] = family
                case .framePicture(let key, let jpeg): rows.pictures[key] = jpeg
                case .removeFramePicture(let key): rows.pictures[key] = nil
                case .notice(let notice): rows.notices.append(notice)
                case .cameraHistory(let key, let history): rows.cameras[key] = history
                case .removeCameraHistory(let key): rows.cameras[key] = nil
                case .removeCameraHistories(let id): rows.cameras = rows.cameras.filter { $0.key.printerID != id }
                case .failureEvidence(let id, let evidence): rows.evidence[id] = evidence
                case .removeFailureEvidence(let id): rows.evidence[id] = nil
                case .clock(let reading): rows.clock = reading
                case .notification(let row): rows.take(row)
                case .unconfirmedRestore(let moment): rows.restoredAt = moment
                case .machine(.link(let link)): rows.links[link.printerID] = link
                case .machine(.removeLink(let id)): rows.links[id] = nil
                case .machine(.camera(let camera)): rows.machineCameras[camera.id] = camera
                case .machine(.removeCamera(let id)): rows.machineCameras[id] = nil
                case .keptBed(.keep(let bed)): rows.keptBeds[bed.id] = bed
                case .keptBed(.remove(let id)): rows.keptBeds[id] = nil
                case .verdict(.remember(let verdict)): rows.verdicts[verdict.id] = verdict
                case .verdict(.forget(let id)): rows.verdicts[id] = nil
                case .verdict(.await(let print)): rows.awaitedVerdicts.insert(print)
                case .verdict(.awaitNoMore(let print)): rows.awaitedVerdicts.remove(print)
                }
            }
        }
    }

    func transaction(_ body: (any FarmTransaction) throws -> Void) throws {
        begun.withLock { $0 += 1 }
        if let gate = gate.withLock({ $0 }) {
            gate.wait()
            gate.signal()
        }
        let transaction = Transaction(rows, refusedFile: refusedFile.withLock { $0 }) { [self] in
            guard locked.withLock({ $0 }) else { return }
            counted.withLock { $0 += 1 }
            throw Locked()
        }
        try body(transaction)
        if failing.withLock({ $0 }) { throw Full() }
        transaction.rows.transactions += 1
        let rows = transaction.rows
        kept.withLock { $0 = rows }
    }

    func print(_ id: PrintID) throws -> Print? { rows.prints[id] }
    func prints(_ query: PrintQuery) throws -> [Print] {
        rows.prints.values.filter { print in
            (query.printerIDs?.contains(print.printerID) ?? true)
                && (query.results.map { results in print.result.map(results.contains) ?? false } ?? true)
        }.sorted { $0.id > $1.id }
    }
    func predictions(of id: PrintID, after frame: Int64, limit: Int) throws -> [Prediction] {
        rows.predictions.filter { $0.printID == id && $0.statistics.predictionNum > frame }
    }
    func prediction(_ key: FrameKey) throws -> Prediction? {
        rows.predictions.first { $0.printID == key.printID && $0.statistics.predictionNum == key.number }
    }
    func events(
        account: AccountID?, printer: PrinterID?, print: PrintID?, kinds: [FarmEvent.Kind]?,
        severities: [FarmEvent.Severity]?, start: Int, limit: Int
    ) throws -> [FarmEvent] {
        rows.events.reversed().filter { printer == nil || $0.printerID == printer }
    }
    func event(_ id: EventID) throws -> FarmEvent? { rows.events.first { $0.id == id } }
    func framePicture(_ key: FrameKey) throws -> [UInt8]? { rows.pictures[key] }
    func hurry() {}
    func settle() throws {}
}

extension MemoryStore.Kept {
    fileprivate mutating func take(_ row: NotificationRow) {
        switch row {
        case .occasion(let occasion):
            notifications.occasions.removeAll { $0.id == occasion.id }
            notifications.occasions.append(occasion)
        case .removeOccasion(let id):
            notifications.occasions.removeAll { $0.id == id }
            for channel in notifications.ledgers.keys { notifications.ledgers[channel]?.tellings[id] = nil }
        case .telling(let channel, let id, let telling):
            notifications.ledgers[channel, default: ChannelLedger()].tellings[id] = telling
        case .sent(let channel, let sent): notifications.ledgers[channel, default: ChannelLedger()].sent = sent
        case .queue(let channel, let notification): queued.append((channel, notification))
        }
    }
}

/// Takes the first byte of a frame as its score in hundredths: [150] is one detection per whole, 1.0 and 0.5. 254 is a
/// black picture, 255 none.
final class ScoringDetector: FrameDetector {
    let model = ModelDescription(name: "scoring", inputWidth: 1, inputHeight: 1, gflop: 0, parameters: 0)
    let load = DetectorLoad()

    func submit(
        _ frame: SubmittedFrame, completion: @escaping @Sendable (Result<FrameAnalysis, FrameError>) -> Void
    ) throws(FrameError) {
        guard let first = frame.jpeg.first else { throw .queueFull(retryAfterSeconds: 3) }
        if first == 255 { return completion(.failure(.notUsable(reason: "not a picture"))) }
        if first == 254 {
            return completion(.success(FrameAnalysis(width: 640, height: 480, detections: [], isBlack: true)))
        }
        var rest = Double(first) / 100
        var detections: [Detection] = []
        while rest > 0 {
            detections.append(
                Detection(confidence: min(rest, 1), box: BoundingBox(x: 10, y: 10, width: 4, height: 4)))
            rest -= 1
        }
        // `[score, width] + "sized"` is a picture of another size.
        let isSized = frame.jpeg.dropFirst(2).elementsEqual("sized".utf8)
        let width = isSized ? Int(frame.jpeg[1]) : 640
        completion(.success(FrameAnalysis(width: width, height: 480, detections: detections)))
    }

    func cancel(_ number: UInt64) {}
}

/// A farm in memory with one printer.
struct TestFarm {
    let clock: StandingClock
    let store: MemoryStore
    let service: FarmService
    /// Made with the farm; another one after a restart.
    var printer: PrinterID

    init(
        store: MemoryStore = MemoryStore(), limits: FarmLimits = FarmLimits(), notifier: (any FarmNotifier)? = nil,
        rules: [NotificationRule] = [], clock: StandingClock = StandingClock()
    ) async throws {
        self.store = store
        self.clock = clock
        service = try FarmService(
            store: store, detector: ScoringDetector(),
            failureModel: try Self.failureModel(), limits: limits, notifier: notifier, rules: rules,
            randomSource: CountingRandom(), clock: clock.clocks,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, version: "test")
        printer =
            try await service.perform(
                CreatePrinter(caller: .administrator, account: 1, settings: PrinterSettings(name: "mk3"))
            ).printer.id
    }

    /// With the likelihoods of the bundled network.
    static func failureModel() throws -> FailureModel {
        let table = TestFiles.root.appending(path: "Sources/CModel/Model/farmtop-spaghetti.likelihoods")
        return FailureModel(likelihoods: try LikelihoodTable(text: Data(contentsOf: table)))
    }

    func start(_ filename: String = "benchy.gcode") async throws -> Print {
        let live = try await service.perform(
            StartPrint(caller: .administrator, printer: printer, filename: filename))
        return try #require(live.currentPrint)
    }

    /// A failure is told, but no pause is asked for.
    func onlyAlert() async throws {
        try await set("action_on_failure", .text(FailureAction.none.rawValue))
    }

    func set(_ name: String, _ value: SettingValue) async throws {
        var patch = PrinterPatch()
        patch[try #require(PrinterSetting.all.first { $0.name.description == name })] = value
        _ = try await service.perform(UpdatePrinter(caller: .administrator, printer: printer, patch: patch))
    }

    /// Frames of a score in hundredths, a second apart.
    /// - Parameter frozen: the same picture again and again; else each one differs in its last bytes.
    @discardableResult
    func frames(_ count: Int, score: UInt8, frozen: Bool = false) async throws -> FrameReport? {
        var last: FrameReport?
        for _ in 0..<count {
            clock.advance(by: .seconds(1))
            let ticket = try service.admitFrame(printer: printer, caller: .administrator)
            let moment = clock.now.microseconds
            let noise = frozen ? [] : (0..<8).map { UInt8(truncatingIfNeeded: moment >> ($0 * 8)) }
            last = try await service.analyse([score] + noise, ticket: ticket)
        }
        return last
    }

    /// Frames of a score in hundredths, ten seconds apart, until one leads to what is waited for.
    /// - Returns: the report of that frame.
    @discardableResult
    func frames(
        score: UInt8, until isReached: (FrameReport) throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> FrameReport {
        for _ in 0..<500 {
            clock.advance(by: .seconds(9))
            let report = try #require(try await frames(1, score: score))
            if try isReached(report) { return report }
        }
        return try #require(nil as FrameReport?, "500 frames did not lead to it", sourceLocation: sourceLocation)
    }

    /// Nothing to be seen until the pictures are clear.
    func clearPictures() async throws {
        try await frames(score: 0) { try $0.failureProbability < snapshot.thresholds.clear }
    }

    /// An app with all rights.
    var app: Caller {
        .client(
            AuthenticatedClient(
                tokenID: 1, clientID: 1, clientName: "orca", accountID: 1, scope: .all,
                expiresAt: clock.now + .seconds(1_000_000)))
    }

    func acknowledge(_ verdict: AlertVerdict? = nil) async throws {
        _ = try await service.perform(
            AcknowledgeAlert(caller: .administrator, printer: printer, verdict: verdict))
    }

    var openPrint: Print { get throws { try #require(try live.currentPrint) } }
    var live: LivePrinter { get throws { try service.state.printer(printer, for: .administrator) } }
    var snapshot: PrinterSnapshot { get throws { try #require(service.snapshot().printers.first) } }
    /// The events of prints, in the order in which they were written.
    var eventKinds: [FarmEvent.Kind] { store.rows.events.filter { $0.printID != nil }.map(\.kind) }
}
