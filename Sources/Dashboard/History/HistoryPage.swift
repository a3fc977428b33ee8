internal import Farm

/// The list of past and running prints.
struct HistoryPage: Equatable, Sendable {
    /// Which prints are shown.
    enum Selection: CaseIterable, Sendable {
        case all, success, cancelled, failed, replaced, unknown, needsVerdict

        var title: StaticString {
            switch self {
            case .all: "all"
            case .success: "success"
            case .cancelled: "cancelled"
            case .failed: "failed"
            case .replaced: "replaced"
            case .unknown: "unknown"
            case .needsVerdict: "alerts to judge"
            }
        }

        var result: PrintResult? {
            switch self {
            case .all, .needsVerdict: nil
            case .success: .success
            case .cancelled: .cancelled
            case .failed: .failed
            case .replaced: .replaced
            case .unknown: .unknown
            }
        }
    }
    /// How far back the prints go, in whole days of the operator's zone.
    enum Range: Int, CaseIterable, Sendable {
        case day = 1
        case week = 7
        case month = 30
        case year = 365
        case all = 0

        var title: StaticString {
            switch self {
            case .day: "today"
            case .week: "7 days"
            case .month: "30 days"
            case .year: "365 days"
            case .all: "any time"
            }
        }
    }
    var selection = Selection.all
    var range = Range.all
    /// Only prints of this printer.
    var printer: PrinterID?
    /// Words that file or printer must have.
    var search = ""
    /// As they came, newest first and without gaps; `prints` are those that have the words.
    private(set) var loaded: [Print] = []
    var prints: [Print] = []
    /// What `prints` add up to.
    var total = HistoryPeriod(label: "")
    var cursor = ListCursor()
    var isLoaded: Bool { asked != nil }
    /// There are no older ones.
    private(set) var isComplete = false
    /// What the loaded ones were asked for.
    private var asked: PrintQuery?
    /// Sums by day, week, month or printer instead of the list.
    var showsPeriods = false
    var unit = PeriodUnit.day
    var sumsByPrinter = false
    /// By printer, how good the alerts were instead of how the prints ended.
    var showsQuality = false
    var sums = HistorySums()
    /// The answer to another query is late and not wanted any more.
    var awaited: PrintQuery?
    /// A page could not be had: nobody asks again until a key is pressed.
    var isInterrupted = false

    static let pageSize = 200
    /// The list ends there; filters show what is older.
    static let mostLoaded = 20_000
    /// As many as one query may ask for.
    static let mostPrints = 1000

    /// - Parameter utcOffsetSeconds: tells where a day begins.
    func query(now: Timestamp, utcOffsetSeconds: Int) -> PrintQuery {
        var query = PrintQuery()
        query.limit = showsPeriods ? Self.mostPrints : Self.pageSize
        query.results = selection.result.map { [$0] }
        query.needsVerdict = selection == .needsVerdict
        query.printerIDs = printer.map { [$0] }
        if range != .all {
            let day: Int64 = 86_400_000_000
            let offset = Int64(utcOffsetSeconds) * 1_000_000
            let midnight = (now.microseconds + offset) / day * day - offset
            query.startedFrom = Timestamp(microseconds: midnight - Int64(range.rawValue - 1) * day)
        }
        return query
    }

    // MARK: Pages

    /// Adds a page. The first page, when it comes again, brings the newest prints up to date; older ones stay.
    mutating func apply(_ page: [Print], of query: PrintQuery) {
        let isLast = page.count < query.limit
        if query.start > 0 {
            // Prints that began meanwhile have moved the page: what it repeats is known.
            let new = loaded.last.map { last in page.filter { PrintPlace($0) < PrintPlace(last) } } ?? page
            loaded += new
            isComplete = isLast || new.isEmpty
        } else if asked == query.filters, !isLast, let last = page.last {
            loaded = page + loaded.filter { PrintPlace($0) < PrintPlace(last) }
        } else {
            loaded = page
            isComplete = isLast
        }
        asked = query.filters
    }

    /// Keeps a verdict, and has the sums made anew.
    mutating func judge(_ id: PrintID, _ verdict: AlertVerdict?) {
        if let index = loaded.firstIndex(where: { $0.id == id }) { loaded[index].alertOverwrite = verdict }
        sums = HistorySums()
    }

    /// Counts a print as failed, and has the sums made anew.
    mutating func markFailed(_ id: PrintID, _ reason: String?) {
        if let index = loaded.firstIndex(where: { $0.id == id }) { loaded[index].fail(reason) }
        sums = HistorySums()
    }

    mutating func unmark(_ id: PrintID, _ result: PrintResult, _ verdict: AlertVerdict?) {
        if let index = loaded.firstIndex(where: { $0.id == id }) { loaded[index].unmark(result, verdict) }
        sums = HistorySums()
    }

    /// Days, weeks, months, then printers, and how good their alerts were.
    mutating func nextSums() {
        if showsQuality {
            (sumsByPrinter, showsQuality) = (false, false)
            unit = .day
        } else if sumsByPrinter {
            showsQuality = true
        } else if unit == .month {
            sumsByPrinter = true
        } else {
            unit = unit.next
        }
    }

    /// Older prints may be there, and are on their way.
    var isGoingOn: Bool { !isComplete && loaded.count < Self.mostLoaded && awaited != nil }

    /// What asks for older prints; nil while the list does not come to its end on the screen.
    func next(visible: Int) -> PrintQuery? {
        guard !isComplete, loaded.count < Self.mostLoaded, var query = asked,
            cursor.index + 2 * visible >= prints.count
        else { return nil }
        query.start = loaded.count
        query.limit = search.isEmpty ? Self.pageSize : Self.mostPrints
        return query
    }

    var selected: Print? { !showsPeriods && prints.indices.contains(cursor.index) ? prints[cursor.index] : nil }
    var isFiltered: Bool { selection != .all || range != .all || printer != nil || !search.isEmpty }

    mutating func clearFilters() {
        selection = .all
        range = .all
        printer = nil
        search = ""
    }

    mutating func nextSelection() {
        let all = Selection.allCases
        selection = all[((all.firstIndex(of: selection) ?? 0) + 1) % all.count]
    }

    mutating func changeRange(by step: Int) {
        let all = Range.allCases
        range = all[min(max(0, (all.firstIndex(of: range) ?? 0) + step), all.count - 1)]
    }
}

extension PrintQuery {
    /// What is asked for, whichever page of it.
    var filters: PrintQuery {
        var query = self
        query.start = 0
        query.limit = 0
        return query
    }
}

extension Print {
    /// As the farm keeps it once it is taken back that it failed.
    mutating func unmark(_ result: PrintResult, _ verdict: AlertVerdict?) {
        guard let endedAt else { return }
        close(End(at: endedAt, result: result))
        alertOverwrite = verdict
    }

    /// As the farm keeps it once a person says that it failed: it ended when it did.
    mutating func fail(_ reason: String?) {
        guard let endedAt else { return }
        close(End(at: endedAt, result: .failed, failureReason: reason))
        alertOverwrite = .failed
    }
}
