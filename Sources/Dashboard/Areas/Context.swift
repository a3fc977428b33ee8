internal import Farm

/// What every page and overlay may read. Only `DashboardState` writes it.
struct Context: Sendable {
    /// How the farm is reached.
    enum Link: Equatable, Sendable {
        case connecting
        case live
        case disconnected(reason: String)
    }
    /// What the last key or answer led to, shown until the next key; what is no trouble, only for a while.
    struct Message: Equatable, Sendable {
        var text: String
        var role: Role

        /// Long enough to read it twice.
        static let shownFor = Duration.seconds(20)

        var passes: Bool { role != .error && role != .warning }
    }

    var options: DashboardOptions
    var size: GridSize
    var now: Timestamp
    var theme: Theme
    var reportsMouse = true
    var link = Link.connecting
    var farm = FarmSnapshot()
    var tally = FarmTally()
    /// Index of each printer in the snapshot.
    private(set) var printerIndex: [PrinterID: Int] = [:]
    /// What printers are called that are shown with their number, since others have the same name.
    private(set) var twinNames: [PrinterID: String] = [:]
    /// The names of the printers of all prints that were ever loaded: removed ones are in no list of the farm.
    private var namesOfPrints: [PrinterID: String] = [:]

    var area = Areas.first
    /// A page is open over the area.
    var hasPage = false
    var message: Message? { didSet { messageAt = now } }
    private(set) var messageAt = Timestamp(microseconds: 0)
    /// What the other areas want to be known.
    var notices: [Notice] = []
    /// The last thing done here that can be taken back.
    var undo: Undo?
    /// Earlier command lines, the last one last.
    var commandLines: [String] = []
    /// What was typed into the wizard for a new machine that was left before its end.
    var connectDraft: ConnectWizard?
    /// The words last looked for in a list.
    var lastFilter = ""
    var pictures = Pictures()
    var scores = Scores()

    init(options: DashboardOptions, size: GridSize, now: Timestamp, theme: Theme) {
        self.options = options
        self.size = size
        self.now = now
        self.theme = theme
    }

    mutating func apply(_ snapshot: FarmSnapshot) {
        link = .live
        farm = snapshot
        twinNames = farm.printers.tellApart()
        printerIndex = Dictionary(zip(farm.printers.map(\.id), farm.printers.indices)) { first, _ in first }
        tally = FarmTally(farm.printers, now: now)
        scores.follow(farm.printers)
    }

    mutating func noteNames(_ prints: [Print]) {
        for print in prints { if let name = print.printerName { namesOfPrints[print.printerID] = name } }
    }

    var keys: KeyMap { options.keys }
    var isLive: Bool { link == .live }

    func printer(_ id: PrinterID) -> PrinterSnapshot? { printerIndex[id].map { farm.printers[$0] } }

    /// The name of a printer of the farm, or of an archived or removed one that a loaded print was made on.
    func knownName(_ id: PrinterID) -> String? { printer(id)?.name ?? namesOfPrints[id] }

    /// The accounts that something new may belong to; never empty.
    var openAccounts: [String] {
        let names = farm.accounts.filter { $0.disabledAt == nil }.map(\.name)
        return names.isEmpty ? [Account.firstName] : names
    }

    /// Why nothing may be changed now; nil when it may.
    var refusalOfChanges: String? {
        if options.isReadOnly { return options.readOnlyReason }
        return switch link {
        case .live: nil
        case .connecting: "The farm is not open yet."
        case .disconnected(let reason): "Not connected: \(reason)"
        }
    }
}

/// Whatever reads the context has its contents under their own names.
protocol ContextReader {
    var context: Context { get }
}

extension Context: ContextReader {
    var context: Context { self }
}

extension ContextReader {
    var options: DashboardOptions { context.options }
    var size: GridSize { context.size }
    var now: Timestamp { context.now }
    var link: Context.Link { context.link }
    var farm: FarmSnapshot { context.farm }
    var tally: FarmTally { context.tally }
    var keys: KeyMap { context.keys }

    func printer(_ id: PrinterID) -> PrinterSnapshot? { context.printer(id) }
    /// The printer's name; its number when it is archived or removed.
    func printerName(_ id: PrinterID) -> String { context.knownName(id) ?? "printer \(id)" }
    func local(_ time: Timestamp) -> LocalTime { LocalTime(time, utcOffsetSeconds: options.utcOffsetSeconds) }

    func count(_ number: Int, _ noun: String) -> String {
        "\(Numerals.grouped(Int64(number))) \(noun)\(number == 1 ? "" : "s")"
    }
    func names(_ printers: [PrinterSnapshot]) -> String {
        let shown = printers.prefix(3).map(\.name).joined(separator: ", ")
        return printers.count > 3 ? "\(shown) and \(printers.count - 3) more" : shown
    }

    var isAnythingPrinting: Bool { tally.openPrints > 0 }
    /// A model whose scores were fitted to probabilities, as far as is known.
    var isCalibrated: Bool { farm.status.model?.isCalibrated ?? true }
}
