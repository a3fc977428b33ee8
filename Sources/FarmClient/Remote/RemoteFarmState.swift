import FailureDetection
import Farm

/// What is known of a remote farm, put together from its answers and its event stream. The farm decides what its printers'
/// states are; here they are only kept. What the API does not tell, such as the detector's load, is left out.
struct RemoteFarmState {
    /// A remote client sees one account, and not its number.
    static let account: AccountID = 0

    /// The last event of the stream that is in this state: the next connection goes on after it. Nil while the farm's list
    /// has to be read.
    var lastEventID: String?

    private let address: String
    private let clientName: String
    /// By id.
    private var printers: [PrinterSnapshot] = []
    /// Where each stands in `printers`.
    private var places: [PrinterID: Int] = [:]
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
        let known = printers
        let knownPlaces = places
        printers = []
        printers.reserveCapacity(list.count)
        for wire in list where wire.archived_at == nil {
            var printer = Self.unknown(wire, clientName)
            if let place = knownPlaces[printer.id] { printer = known[place] }
            printer.take(wire)
            if let prediction = wire.prediction { printer.take(prediction, mostPoints: Self.mostPoints) }
            printers.append(printer)
        }
        order()
    }

    mutating func set(_ wire: Wire.Printer) {
        let id = PrinterID(wire.id)
        if wire.archived_at != nil {
            remove(id)
        } else if let place = places[id] {
            printers[place].take(wire)
        } else {
            var printer = Self.unknown(wire, clientName)
            printer.take(wire)
            printers.append(printer)
            order()
        }
    }

    /// A print of the history is none of this screen's: pages ask for those.
    mutating func set(_ wire: Wire.Print) {
        guard let print = wire.value, let place = places[print.printerID], printers[place].print?.id == print.id else {
            return
        }
        printers[place].take(print)
    }

    mutating func remove(_ wire: Wire.Removed) { remove(PrinterID(wire.printer)) }

    mutating func set(_ wire: Wire.Prediction) {
        guard let place = places[PrinterID(wire.printer)] else { return }
        printers[place].take(wire, mostPoints: Self.mostPoints)
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

    private mutating func remove(_ id: PrinterID) {
        guard let place = places[id] else { return }
        printers.remove(at: place)
        order()
    }

    private mutating func order() {
        // The farm's list is in order, and a new printer has the highest id: mostly nothing is to be moved.
        if !zip(printers, printers.dropFirst()).allSatisfy({ $0.id < $1.id }) { printers.sort { $0.id < $1.id } }
        places = Dictionary(zip(printers.map(\.id), printers.indices), uniquingKeysWith: { first, _ in first })
    }

    private static func unknown(_ wire: Wire.Printer, _ clientName: String) -> PrinterSnapshot {
        let printer = Printer(
            id: PrinterID(wire.id), accountID: account, settings: wire.settings,
            createdAt: Timestamp(rfc3339: wire.created_at) ?? Timestamp(microseconds: 0),
            authToken: wire.auth_token ?? "")
        return PrinterSnapshot(
            printer: printer, accountName: clientName, print: nil, states: wire.states, failureProbability: nil,
            thresholds: AlertThresholds(sensitivity: wire.detective_sensitivity), notWatchingReason: nil)
    }

    // MARK: What goes out

    mutating func snapshot() -> FarmSnapshot {
        revision += 1
        var farm = FarmSnapshot()
        farm.revision = revision
        farm.printers = printers
        farm.accounts = [Account(id: Self.account, name: clientName, createdAt: Timestamp(microseconds: 0))]
        farm.events = events
        farm.status.address = address
        if isDatabaseDamaged {
            farm.status.databaseDamage =
                "The farm's database is damaged. On its machine, run farmtop doctor, which says what to do."
        }
        return farm
    }
}

extension PrinterSnapshot {
    /// The printer as told now. Its statistics come with its frames.
    fileprivate mutating func take(_ wire: Wire.Printer) {
        printer.settings = wire.settings
        printer.statistics.normalizedP = wire.normalized_p
        printer.currentPrintID = wire.current_print.map { PrintID($0.id) }
        states = wire.states
        failureProbability = wire.failure_probability
        thresholds = AlertThresholds(sensitivity: wire.detective_sensitivity)
        habit = wire.cameraHabit
        machine = MachineSnapshot(wire)
        pauseDeadline = wire.pause_deadline.flatMap(Timestamp.init(rfc3339:))
        notWatchingReason = wire.not_watching_reason
        take((wire.current_print ?? wire.ended_print)?.value)
    }

    /// The print as told now, the open one or the one that has just ended; frames are counted by the stream.
    fileprivate mutating func take(_ told: Print?) {
        var told = told
        if told?.isOpen == true { told?.alertState = states.alert }
        if let print, print.id == told?.id {
            told?.frameCount = print.frameCount
            told?.maxNormalizedP = print.maxNormalizedP
        } else {
            recent = []
            lastFrame = nil
        }
        print = told
    }

    fileprivate mutating func take(_ wire: Wire.Prediction, mostPoints: Int) {
        printer.statistics = wire.statistics
        failureProbability = wire.failure_probability
        guard let point = wire.point, point.frame > 0, var print else { return }
        lastFrame = LastFrame(number: point.frame, receivedAt: point.at, width: 0, height: 0, detections: [])
        if recent.last?.frame != point.frame { recent.append(point) }
        if recent.count > mostPoints { recent.removeFirst() }
        print.frameCount = point.frame
        print.maxNormalizedP = max(print.maxNormalizedP, point.normalizedP)
        if let probability = point.failureProbability {
            print.maxFailureProbability = max(print.maxFailureProbability ?? 0, probability)
        }
        self.print = print
    }
}
