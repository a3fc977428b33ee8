import FailureDetection
import Farm
import WireSchema

/// What is known of a remote farm, put together from its answers and its event stream. The farm decides what its printers'
/// states are; here they are only kept. What the API does not tell, such as the detector's load, is left out.
struct RemoteFarmState {
    /// A remote client sees one account, and not its number.
    private static let account: AccountID = 0

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
    mutating func set(_ list: [ToldPrinter]) {
        let known = printers
        let knownPlaces = places
        printers = []
        printers.reserveCapacity(list.count)
        for told in list where told.snapshot.printer.archivedAt == nil {
            var printer = told.snapshot
            if let place = knownPlaces[printer.id] { printer = known[place] }
            take(told, of: &printer)
            printers.append(printer)
        }
        order()
    }

    mutating func set(_ told: ToldPrinter) {
        let id = told.snapshot.id
        if told.snapshot.printer.archivedAt != nil {
            remove(id)
        } else if let place = places[id] {
            take(told, of: &printers[place])
        } else {
            var printer = told.snapshot
            take(told, of: &printer)
            printers.append(printer)
            order()
        }
    }

    private func take(_ told: ToldPrinter, of printer: inout PrinterSnapshot) {
        printer.take(told.snapshot)
        printer.accountName = clientName
        if let prediction = told.prediction { printer.take(prediction, mostPoints: Self.mostPoints) }
    }

    /// A print of the history is none of this screen's: pages ask for those.
    mutating func set(_ told: ToldPrint) {
        let print = told.print
        guard let place = places[print.printerID], printers[place].print?.id == print.id else { return }
        printers[place].take(print)
    }

    mutating func set(_ told: ToldPrediction) {
        guard let place = places[told.printerID] else { return }
        printers[place].take(told, mostPoints: Self.mostPoints)
    }

    /// In any order; each is kept once.
    mutating func add(_ told: [ToldEvent]) {
        for event in told.map(\.event) where !events.contains(where: { $0.id == event.id }) {
            events.append(event)
        }
        events.sort { $0.id < $1.id }
        if events.count > Self.mostEvents { events.removeFirst(events.count - Self.mostEvents) }
    }

    mutating func set(_ service: Received.Service) {
        isDatabaseDamaged = service.isDatabaseDamaged ?? isDatabaseDamaged
    }

    mutating func remove(_ id: PrinterID) {
        guard let place = places[id] else { return }
        printers.remove(at: place)
        order()
    }

    private mutating func order() {
        // The farm's list is in order, and a new printer has the highest id: mostly nothing is to be moved.
        if !zip(printers, printers.dropFirst()).allSatisfy({ $0.id < $1.id }) { printers.sort { $0.id < $1.id } }
        places = Dictionary(zip(printers.map(\.id), printers.indices), uniquingKeysWith: { first, _ in first })
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
    /// The printer as told now, without what the API does not tell of it. Its statistics come with its frames.
    fileprivate mutating func take(_ told: PrinterSnapshot) {
        var next = told
        next.print = print
        next.recent = recent
        next.lastFrame = lastFrame
        next.thresholds = AlertThresholds(sensitivity: told.printer.settings.detectiveSensitivity)
        next.printer.statistics = printer.statistics
        next.printer.statistics.normalizedP = told.printer.statistics.normalizedP
        if let print = told.print, print.isOpen { next.printer.currentPrintID = print.id }
        next.take(told.print)
        self = next
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

    fileprivate mutating func take(_ told: ToldPrediction, mostPoints: Int) {
        printer.statistics = told.statistics
        failureProbability = told.failureProbability
        guard let point = told.point, point.frame > 0, var print else { return }
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
