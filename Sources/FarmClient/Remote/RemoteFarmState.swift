import FailureDetection
import Farm

/// What is known of a remote farm, put together from its answers and its event stream. What the API does not tell
/// (the detector's load, whether an app confirmed a pause) is left out.
struct RemoteFarmState {
    /// A remote client sees one account, and not its number.
    static let account: AccountID = 0

    fileprivate struct Known {
        var printer: Printer
        var notWatchingReason: String?
        var print: Print?
        var lastFrameAt: Timestamp?
        var recent: [ScorePoint] = []
    }
    private let address: String
    private let clientName: String
    private var printers: [PrinterID: Known] = [:]
    private var events: [FarmEvent] = []
    private var revision: UInt64 = 0

    private static let mostEvents = 200
    private static let mostPoints = 240
    /// As the farm counts by default. Unit: seconds.
    private static let staleAfter = 60.0
    private static let doneFor = 600.0

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
        if let level = wire.normalized_p { printer.statistics.normalizedP = level }
        printer.currentPrintID = wire.current_print.map { PrintID($0.id) }
        known.printer = printer
        known.notWatchingReason = wire.not_watching_reason
        // Without a running print the last one stays while it counts as just done.
        if let print = wire.current_print?.value { known.take(print) }
        printers[id] = known
    }

    mutating func set(_ wire: Wire.Print) {
        guard let print = wire.value else { return }
        printers[print.printerID]?.take(print)
    }

    mutating func set(_ wire: Wire.Prediction) {
        let id = PrinterID(wire.printer)
        guard var known = printers[id] else { return }
        known.printer.statistics = wire.statistics
        if let point = wire.point, point.frame > 0 {
            known.lastFrameAt = point.at
            if known.recent.last?.frame != point.frame { known.recent.append(point) }
            if known.recent.count > Self.mostPoints { known.recent.removeFirst() }
            if var print = known.print {
                print.frameCount = point.frame
                print.maxNormalizedP = max(print.maxNormalizedP, point.normalizedP)
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

    var printerIDs: [PrinterID] { printers.keys.sorted() }

    // MARK: What goes out

    mutating func snapshot(at now: Timestamp) -> FarmSnapshot {
        revision += 1
        var farm = FarmSnapshot()
        farm.revision = revision
        farm.printers = printers.values.map { snapshot(of: $0, at: now) }.sorted { $0.id < $1.id }
        farm.accounts = [Account(id: Self.account, name: clientName, createdAt: Timestamp(microseconds: 0))]
        farm.events = events
        farm.status.address = address
        return farm
    }

    private func snapshot(of known: Known, at now: Timestamp) -> PrinterSnapshot {
        let level = known.printer.statistics.normalizedP
        let ended = known.print?.endedAt
        let print = ended.map { now.seconds(since: $0) > Self.doneFor } == true ? nil : known.print
        let isOpen = print?.isOpen == true
        let isWatched = isOpen && known.notWatchingReason == nil
        let lastSign = known.lastFrameAt ?? print?.startedAt
        let staleAt = isWatched ? lastSign.map { $0 + .seconds(Int64(Self.staleAfter)) } : nil
        let condition: PrinterCondition
        if !isOpen {
            condition = print == nil ? .idle : .done
        } else if print?.pausedAt != nil, print?.hasStandingAlert != true {
            condition = .paused
        } else if level >= 2.0 / 3 {
            condition = .failing
        } else if print?.hasStandingAlert == true || level >= 1.0 / 3 {
            condition = .warning
        } else {
            condition = staleAt.map { $0 <= now } == true ? .stale : .printing
        }
        let lastFrame = known.lastFrameAt.flatMap { time in
            print.map { print in
                LastFrame(number: max(1, print.frameCount), receivedAt: time, width: 0, height: 0, detections: [])
            }
        }
        // The farm decides; the same rule over the same numbers says why.
        func decision(_ escalation: Double) -> Decision? {
            guard isOpen, known.lastFrameAt != nil else { return nil }
            return known.printer.statistics.decision(
                sensitivity: known.printer.settings.detectiveSensitivity, escalation: escalation)
        }
        return PrinterSnapshot(
            printer: known.printer, accountName: clientName, print: print, condition: condition,
            risk: isOpen ? max(level, print?.hasStandingAlert == true ? 2.0 / 3 : 0) : 0,
            notWatchingReason: known.notWatchingReason,
            thresholds: known.printer.statistics.thresholds, decision: decision(1),
            pauseDecision: decision(TemporalParameters.escalation), lastFrame: lastFrame, staleAt: staleAt,
            recent: print == nil ? [] : known.recent)
    }
}

extension RemoteFarmState.Known {
    /// The print as told now; frames are counted by the stream.
    fileprivate mutating func take(_ told: Print) {
        var told = told
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
