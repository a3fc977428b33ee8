public import Farm
import Text

/// The whole screen as a value. `handle` is the only writer; `draw` is a pure function of it. It knows no clock,
/// no store and no terminal: time and answers come in as events, effects go out as effects.
public struct DashboardState: Sendable {
    /// How the farm is reached.
    enum Link: Equatable, Sendable {
        case connecting
        case live
        case disconnected(reason: String)
    }
    /// What the last key or answer led to, shown until the next key.
    struct Message: Equatable, Sendable {
        var text: String
        var role: Role
    }
    /// What a request is for: said when it is done.
    struct Pending: Equatable, Sendable {
        var done: String
        var action: FarmAction
    }

    /// A form whose effect is under way: it opens again if the farm refuses it, so that nothing need be typed twice.
    struct SubmittedForm: Equatable, Sendable {
        var request: RequestID
        var form: Form
    }

    var options: DashboardOptions
    var size: GridSize
    var now: Timestamp
    var theme: Theme {
        didSet {
            // The boxes lie in the pixels of the pictures that are shown: those are made anew.
            guard options.pixelCell != nil, theme[.detection] != oldValue[.detection] else { return }
            shown = nil
            tiles = [:]
        }
    }
    var link = Link.connecting
    var farm = FarmSnapshot()
    var tally = FarmTally()
    /// Index of each printer in the snapshot.
    var printerIndex: [PrinterID: Int] = [:]
    /// What printers are called that are shown with their number, since others have the same name.
    var twinNames: [PrinterID: String] = [:]
    /// Of printers that left the farm while this screen was open: what happened to them is still listed.
    var formerNames: [PrinterID: String] = [:]

    var area = Area.farm
    var table = FarmTable()
    /// What is open over the farm or the history.
    var detail: PrinterDetail?
    var history = HistoryPage()
    var oauth = OAuthPage()
    var log = LogPage()
    var system = ListCursor()
    var overlay: Overlay?
    var message: Message?
    var commandHistory: [String] = []
    var reportsMouse = true

    var pending: [RequestID: Pending] = [:]
    var lastRequest: UInt64 = 0
    var submitted: SubmittedForm?
    /// The last thing done here that can be taken back.
    var undo: Undo?
    var pictures = PictureCache()
    var shown: ShownPicture?
    /// The pictures of the cameras view.
    var tiles: [PrinterID: CameraTile] = [:]
    var tilesMade = 0
    /// Loaded scores of prints, kept up with the snapshots.
    var scores: [PrintID: [ScorePoint]] = [:]
    /// Scores that were asked for.
    var scoresAsked: Set<PrintID> = []
    var eventsAsked: EventQuery?
    var lastKeyAt: Timestamp?
    var windowTitle = ""
    /// When the bell last rang for an app that waits.
    var consentRangAt: Timestamp?
    /// And for a printer that went blind.
    var staleRangAt: Timestamp?
    /// The last click was on what lay over the area: the second of a double click is not for what lies below.
    var clickedOverlay = false
    /// The words last looked for in a list: `/` and enter look for them again.
    var lastFilter = ""
    /// The foot of the screen shows the function keys.
    var showsFunctionKeys = false

    public init(options: DashboardOptions, size: GridSize, now: Timestamp) {
        var options = options
        // Without colours there is one theme; the others keep their names.
        if options.colors > .mono { options.themes = options.themes.map { $0.limited(to: options.colors) } }
        self.options = options
        self.size = size
        self.now = now
        theme = options.theme.limited(to: options.colors)
        reportsMouse = options.takesMouse
        message = options.notice.map { Message(text: $0, role: .error) }
    }

    public mutating func handle(_ event: DashboardEvent) -> [DashboardEffect] {
        var effects: [DashboardEffect] = []
        switch event {
        case .terminal(let event): effects = handle(event)
        case .farm(let update): effects = handle(update)
        case .tick(let time): now = time
        case .reply(let id, let result): effects = handle(result, of: id)
        case .picture(let key, let pixels, let detections): pictures.put(key, pixels, detections)
        case .pictureFailed(let key, let reason): pictures.fail(key, reason)
        case .points(let print, let points): scores[print] = merged(points, with: scores[print] ?? [])
        case .prints(let query, let prints):
            guard query == history.awaited else { break }
            take(prints, of: query)
        case .events(let query, let events):
            if query == eventsAsked { detail?.events = events }
            if query == Self.logQuery {
                log.olderEvents = events
                if area == .log { arrangeLog() }
            }
        case .log(let lines): take(lines)
        case .loadFailed(let effect, let reason): failed(effect, reason)
        case .screenWritten(let path, let failure):
            message =
                failure.map { Message(text: $0.message, role: .error) }
                ?? Message(text: "Wrote the screen to \(path).", role: .success)
        case .exported(let path, let prints, let failure):
            message =
                failure.map { Message(text: $0.message, role: .error) }
                ?? Message(text: "Wrote \(count(prints, "print")) to \(path).", role: .success)
        }
        return effects + settle()
    }

    /// When the passing of time alone changes the screen; nil while nothing prints, so that an idle farm sends nothing.
    public var nextTick: Timestamp? {
        let hasAges = area == .oauth || !farm.consents.isEmpty
        guard isAnythingPrinting || hasAges, case .live = link else { return nil }
        return Timestamp(microseconds: (now.microseconds / 1_000_000 + 1) * 1_000_000)
    }

    var isAnythingPrinting: Bool { tally.openPrints > 0 }

    // MARK: What is where

    func printer(_ id: PrinterID) -> PrinterSnapshot? {
        printerIndex[id].map { farm.printers[$0] }
    }

    var selectedPrinter: PrinterSnapshot? { table.selected.flatMap(printer) }

    /// The printer that keys act on: the open one, else the selected one.
    var focusedPrinter: PrinterSnapshot? {
        guard let detail else { return area == .farm ? selectedPrinter : nil }
        guard case .printer(let id) = detail.subject else { return nil }
        return printer(id)
    }

    /// The printers that keys act on: the open one, else all the marked, else the selected one.
    var targets: [PrinterSnapshot] {
        if detail == nil, area == .farm, !table.marked.isEmpty {
            return farm.printers.filter { table.marked.contains($0.id) }
        }
        return focusedPrinter.map { [$0] } ?? []
    }

    func local(_ time: Timestamp) -> LocalTime { LocalTime(time, utcOffsetSeconds: options.utcOffsetSeconds) }

    var visibleRows: Int { FarmLayout(size).rows.rows }

    // MARK: Upkeep after every event

    /// Keeps selections on the screen and asks for what the screen lacks.
    private mutating func settle() -> [DashboardEffect] {
        table.settle(farm.printers, visible: visibleRows)
        history.cursor.settle(count: history.prints.count, visible: HistoryLayout(size).rows.rows)
        let access = oauthLayout
        oauth.cursor.settle(count: farm.clients.count, visible: access.rows.rows)
        oauth.tokenCursor.settle(count: oauth.tokens.count, visible: access.tokens.rows)
        if area == .system { system.settle(count: systemLines.count, visible: SystemLayout(size).rows.rows) }
        guard case .live = link else { return [] }
        log.cursor.settle(count: log.entries.count, visible: LogLayout(size).rows.rows)
        return settlePicture() + settleTiles() + settleHistory() + settleScores() + settleTokens()
    }

    private mutating func settlePicture() -> [DashboardEffect] {
        guard let wanted = pictureWanted else { return [] }
        let key = pictures.entries[wanted.key] != nil ? wanted.key : pictures.nearest(to: wanted.key)
        if let key, shown?.key != key || shown?.room != wanted.room,
            let picture = shownPicture(key, in: wanted.room, slot: 0)
        {
            shown = picture
        }
        guard pictures.loading == nil, !pictures.isKnown(wanted.key) else { return [] }
        pictures.startLoading(wanted.key)
        return [.loadPicture(wanted.key)]
    }

    /// Scores of what is open, or of the printer beside the table.
    private mutating func settleScores() -> [DashboardEffect] {
        var wanted: Print?
        if let detail {
            wanted = print(of: detail)
        } else if area == .history {
            wanted = history.selected
        }
        guard let print = wanted, !scoresAsked.contains(print.id) else { return [] }
        if scoresAsked.count >= Self.mostPrintsWithScores {
            scoresAsked = []
            scores = [:]
        }
        scoresAsked.insert(print.id)
        return [.loadPoints(print.id)]
    }

    private static let mostPrintsWithScores = 32

    private mutating func settleTokens() -> [DashboardEffect] {
        guard area == .oauth, farm.clients.indices.contains(oauth.cursor.index) else { return [] }
        let client = farm.clients[oauth.cursor.index].publicID
        guard oauth.tokensOf != client else { return [] }
        oauth.tokensOf = client
        oauth.tokens = []
        oauth.isInTokens = false
        return [request(.listTokens(client: client), done: "")]
    }

    private mutating func failed(_ effect: DashboardEffect, _ reason: String) {
        message = Message(text: reason, role: .error)
        switch effect {
        case .loadPoints(let print): scoresAsked.remove(print)
        case .loadPrints:
            history.awaited = nil
            history.isInterrupted = true
        case .loadEvents: eventsAsked = nil
        case .loadPicture(let key): pictures.fail(key, reason)
        default: break
        }
    }

    mutating func request(_ action: FarmAction, done: String) -> DashboardEffect {
        lastRequest += 1
        let id = RequestID(rawValue: lastRequest)
        pending[id] = Pending(done: done, action: action)
        return .perform(action, id)
    }

    mutating func say(_ text: String, _ role: Role = .info) { message = Message(text: text, role: role) }
}
