internal import Farm

/// The list of past and running prints.
struct HistoryPage: Equatable, Sendable {
    /// Which prints are shown.
    enum Selection: CaseIterable, Sendable {
        case all, finished, cancelled, needsVerdict

        var title: StaticString {
            switch self {
            case .all: "all"
            case .finished: "finished"
            case .cancelled: "cancelled"
            case .needsVerdict: "alarms to judge"
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
    /// As they came; `prints` are those that have the words.
    var loaded: [Print] = []
    var prints: [Print] = []
    var cursor = ListCursor()
    var isLoaded = false
    /// Sums by day, week or month instead of the list.
    var showsPeriods = false
    var unit = PeriodUnit.day
    /// The answer to another query is late and not wanted any more.
    var awaited: PrintQuery?

    static let pageSize = 200
    /// As many as one query may ask for.
    static let mostPrints = 1000

    /// - Parameter utcOffsetSeconds: tells where a day begins.
    func query(now: Timestamp, utcOffsetSeconds: Int) -> PrintQuery {
        var query = PrintQuery()
        query.limit = showsPeriods ? Self.mostPrints : Self.pageSize
        switch selection {
        case .all: break
        case .finished: query.result = .success
        case .cancelled: query.result = .cancelled
        case .needsVerdict: query.needsVerdict = true
        }
        query.printerIDs = printer.map { [$0] }
        if range != .all {
            let day: Int64 = 86_400_000_000
            let offset = Int64(utcOffsetSeconds) * 1_000_000
            let midnight = (now.microseconds + offset) / day * day - offset
            query.startedFrom = Timestamp(microseconds: midnight - Int64(range.rawValue - 1) * day)
        }
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
