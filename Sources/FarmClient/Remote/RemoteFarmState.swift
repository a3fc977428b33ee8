import FailureDetection
import Farm

/// What is known of a remote farm, put together from its answers and its event stream. The farm decides what its printers'
/// states are; here they are only kept. What the API does not tell, such as the detector's load, is left out.
struct RemoteFarmState {
    /// A remote client sees one account, and not its number.
    static let account: AccountID = 0

    fileprivate struct Known {
        var printer: Printer
        var states = PrinterStates()
        var failureProbability: Double?
        var habit: CameraHabit?
        var machine: MachineSnapshot?
        var pauseDeadline: Timestamp?
        var notWatchingReason: String?
        /// The open print, or the one that has just ended.
        var print: Print?
        var lastFrameAt: Timestamp?
        var recent: [ScorePoint] = []
    }
    private let address: String
    private let clientName: String
    private var printers: [PrinterID: Known] = [:]
    private var events: [FarmEvent] = []
    private var revision: UInt64 = 0
    private var isDatabaseDamaged = false

    private static let mostEvents = 200
    private static let mostPoints = 240

    init(address: String, clientName: String) {
        self.address = address
        self.clientName = clientName
    }

    // MARK: What comes in

    /// The whole list; printers that are not in it are gone.
    mutating func set(_ list: [Wire.Printer]) {
        let ids = Set(list.map { PrinterID($0.id) })
        printers = printers.filter { ids.contains($0.key) }
        for printer in list { set(printer) }
    }

    mutating func set(_ wire: Wire.Printer) {
        let id = PrinterID(wire.id)
        guard wire.archived_at == nil else {
            printers[id] = nil
            return
        }
        var printer = Printer(
            id: id, accountID: Self.account, settings: wire.settings,
            createdAt: Timestamp(rfc3339: wire.created_at) ?? Timestamp(microseconds: 0),
            authToken: wire.auth_token ?? "")
        var known = printers[id] ?? Known(printer: printer)
        printer.statistics = known.printer.statistics
        printer.statistics.normalizedP = wire.normalized_p
        printer.currentPrintID = wire.current_print.map { PrintID($0.id) }
        known.printer = printer
        known.states = wire.states
        known.failureProbability = wire.failure_probability
        known.habit = wire.cameraHabit
        known.machine = MachineSnapshot(wire)
        known.pauseDeadline = wire.pause_deadline.flatMap(Timestamp.init(rfc3339:))
        known.notWatchingReason = wire.not_watching_reason
        known.take((wire.current_print ?? wire.ended_print)?.value)
        printers[id] = known
    }

    /// A print of the history is none of this screen's: pages ask for those.
    mutating func set(_ wire: Wire.Print) {
        guard let print = wire.value, printers[print.printerID]?.print?.id == print.id else { return }
        printers[print.printerID]?.take(print)
    }

    mutating func remove(_ wire: Wire.Removed) { printers[PrinterID(wire.printer)] = nil }

    mutating func set(_ wire: Wire.Prediction) {
        let id = PrinterID(wire.printer)
        guard var known = printers[id] else { return }
        known.printer.statistics = wire.statistics
        known.failureProbability = wire.failure_probability
        if let point = wire.point, point.frame > 0 {
            known.lastFrameAt = point.at
            if known.recent.last?.frame != point.frame { known.recent.append(point) }
            if known.recent.count > Self.mostPoints { known.recent.removeFirst() }
            if var print = known.print {
                print.frameCount = point.frame
                print.maxNormalizedP = max(print.maxNormalizedP, point.normalizedP)
                if let probability = point.failureProbability {
                    print.maxFailureProbability = max(print.maxFailureProbability ?? 0, probability)
                }
                known.print = print
            }
        }
        printers[id] = known
    }

    /// In any order; each is kept once.
    mutating func add(_ wires: [Wire.Event]) {
        for event in wires.compactMap(\.value) where !events.contains(where: { $0.id == event.id }) {
            events.append(event)
        }
        events.sort { $0.id < $1.id }
        if events.count > Self.mostEvents { events.removeFirst(events.count - Self.mostEvents) }
    }

    mutating func set(_ wire: Wire.Service) { isDatabaseDamaged = wire.database_damaged ?? isDatabaseDamaged }

    var printerIDs: [PrinterID] { printers.keys.sorted() }

    // MARK: What goes out

    mutating func snapshot() -> FarmSnapshot {
        revision += 1
        var farm = FarmSnapshot()
        farm.revision = revision
        farm.printers = printers.values.map(snapshot(of:)).sorted { $0.id < $1.id }
        farm.accounts = [Account(id: Self.account, name: clientName, createdAt: Timestamp(microseconds: 0))]
        farm.events = events
        farm.status.address = address
        if isDatabaseDamaged {
            farm.status.databaseDamage =
                "The farm's database is damaged. On its machine, run farmtop doctor, which says what to do."
        }
        return farm
    }

    private func snapshot(of known: Known) -> PrinterSnapshot {
        var snapshot = PrinterSnapshot(
            printer: known.printer, accountName: clientName, print: known.print, states: known.states,
            failureProbability: known.failureProbability,
            thresholds: AlertThresholds(sensitivity: known.printer.settings.detectiveSensitivity), habit: known.habit,
            notWatchingReason: known.notWatchingReason, lastFrame: known.lastFrame, pauseDeadline: known.pauseDeadline,
            recent: known.print == nil ? [] : known.recent)
        snapshot.machine = known.machine
        return snapshot
    }
}

extension RemoteFarmState.Known {
    /// The last frame of the open print, as far as the stream tells: its number and its time. Written without closures:
    /// the optimiser of Swift 6.3.1 crashes on nested `flatMap` and `map`.
    fileprivate var lastFrame: LastFrame? {
        guard let lastFrameAt, let print else { return nil }
        return LastFrame(
            number: max(1, print.frameCount), receivedAt: lastFrameAt, width: 0, height: 0, detections: [])
    }

    /// The print as told now; frames are counted by the stream.
    fileprivate mutating func take(_ told: Print?) {
        guard var told else {
            print = nil
            return
        }
        if told.isOpen { told.alertState = states.alert }
        if let print, print.id == told.id {
            told.frameCount = print.frameCount
            told.maxNormalizedP = print.maxNormalizedP
        } else {
            recent = []
            lastFrameAt = nil
        }
        print = told
    }
}
