internal import Farm

/// Sums by day and printer over every print that the filters let through, however many: they are added page by page, newest first, and
/// none of them is kept.
struct HistorySums: Equatable, Sendable {
    /// By days since 1970-01-01 in the operator's zone.
    private var days: [Int: [PrinterID: HistoryPeriod]] = [:]
    private var oldest: PrintPlace?
    /// How many prints were looked at, whether or not they have the words.
    private var seen = 0
    private(set) var isComplete = false
    /// What it was asked for; nil before the first page.
    private var asked: PrintQuery?
    private var words = ""

    /// Nothing has come yet that has these words.
    func isLoaded(_ search: String) -> Bool { asked != nil && words == search }

    var total: HistoryPeriod {
        var total = HistoryPeriod(label: "")
        for day in days.values { day.values.forEach { total.add($0) } }
        return total
    }

    /// Takes a page in. The first page, when it comes again, brings its days up to date; older ones stay.
    /// - Parameters:
    ///   - search: the words, for the next call to be told from others.
    ///   - hasWords: whether a print has them.
    mutating func apply(
        _ page: [Print], of query: PrintQuery, search: String, now: Timestamp, utcOffsetSeconds: Int,
        hasWords: (Print) -> Bool
    ) {
        let isLast = page.count < query.limit
        func day(_ print: Print) -> Int { Self.day(print.startedAt, utcOffsetSeconds) }
        if query.start > 0 {
            // Prints that began meanwhile have moved the page: what it repeats is in the sums already.
            let new = page.filter { print in oldest.map { PrintPlace(print) < $0 } ?? true }
            for print in new where hasWords(print) { add(print, day(print), now) }
            seen += page.count
            isComplete = isLast || new.isEmpty
            oldest = new.last.map(PrintPlace.init) ?? oldest
            return
        }
        let isSame = asked == query.filters && words == search
        if isSame, !isLast, let first = page.first, let last = page.last, day(last) < day(first), let oldest,
            PrintPlace(last) >= oldest
        {
            // The page may hold a part of its oldest day only.
            let firstWhole = day(last) + 1
            days = days.filter { $0.key < firstWhole }
            for print in page where day(print) >= firstWhole && hasWords(print) { add(print, day(print), now) }
            return
        }
        days = [:]
        for print in page where hasWords(print) { add(print, day(print), now) }
        seen = page.count
        oldest = page.last.map(PrintPlace.init)
        isComplete = isLast
        asked = query.filters
        words = search
    }

    private mutating func add(_ print: Print, _ day: Int, _ now: Timestamp) {
        days[day, default: [:]][print.printerID, default: HistoryPeriod(label: "")].add(print, now: now)
    }

    /// What asks for the next page; nil when so many periods are whole already.
    /// - Parameter unit: nil for sums by printer, which need every print up to a limit.
    func next(unit: PeriodUnit?, now: Timestamp, utcOffsetSeconds: Int, rows: Int) -> PrintQuery? {
        guard !isComplete, var query = asked else { return nil }
        if let unit {
            let newest = unit.key(day: Self.day(now, utcOffsetSeconds))
            if let oldest, unit.key(day: Self.day(oldest.startedAt, utcOffsetSeconds)) <= newest - rows { return nil }
        } else if seen >= HistoryPage.mostLoaded {
            return nil
        }
        query.start = seen
        query.limit = HistoryPage.mostPrints
        return query
    }

    /// Every period from now back to the oldest print, empty ones too, at most `limit`; newest first.
    func periods(unit: PeriodUnit, now: Timestamp, utcOffsetSeconds: Int, limit: Int) -> [HistoryPeriod] {
        var periods: [Int: HistoryPeriod] = [:]
        for (day, printers) in days {
            for sum in printers.values { periods[unit.key(day: day), default: HistoryPeriod(label: "")].add(sum) }
        }
        guard let oldest = periods.keys.min(), let latest = periods.keys.max() else { return [] }
        let newest = max(unit.key(day: Self.day(now, utcOffsetSeconds)), latest)
        let first = max(oldest, newest - max(0, limit - 1))
        return stride(from: newest, through: first, by: -1).map { key in
            var period = periods[key] ?? HistoryPeriod(label: "")
            period.label = unit.label(key)
            return period
        }
    }

    private func byPrinter(_ name: (PrinterID) -> String) -> [PrinterID: HistoryPeriod] {
        var sums: [PrinterID: HistoryPeriod] = [:]
        for day in days.values {
            for (id, sum) in day { sums[id, default: HistoryPeriod(label: name(id))].add(sum) }
        }
        return sums
    }

    /// All printers together, then one by one, those with the most false alerts for their hours first.
    func quality(limit: Int, name: (PrinterID) -> String) -> [HistoryPeriod] {
        let sums = byPrinter(name)
        guard !sums.isEmpty else { return [] }
        var all = total
        all.label = "all"
        func rate(_ sum: HistoryPeriod) -> Double { -(sum.quality.falseAlertsPer100Hours ?? 0) }
        let ordered = sums.sorted { a, b in
            (rate(a.value), -a.value.quality.missedFailures, a.key) < (
                rate(b.value), -b.value.quality.missedFailures, b.key
            )
        }
        return Array(([all] + ordered.map(\.value)).prefix(max(0, limit)))
    }

    /// One a printer, the lowest success rate first.
    func printers(limit: Int, name: (PrinterID) -> String) -> [HistoryPeriod] {
        let sums = byPrinter(name)
        return sums.sorted { ($0.value.successRate ?? 2, $0.key) < ($1.value.successRate ?? 2, $1.key) }
            .prefix(max(0, limit)).map(\.value)
    }

    private static func day(_ time: Timestamp, _ utcOffsetSeconds: Int) -> Int {
        let local = time.microseconds + Int64(utcOffsetSeconds) * 1_000_000
        let perDay: Int64 = 86_400_000_000
        return Int(local >= 0 ? local / perDay : (local - perDay + 1) / perDay)
    }
}

/// Where a print stands in the history: older ones are less.
struct PrintPlace: Comparable, Sendable {
    let startedAt: Timestamp
    let id: PrintID

    init(_ print: Print) {
        startedAt = print.startedAt
        id = print.id
    }

    static func < (a: Self, b: Self) -> Bool { (a.startedAt, a.id) < (b.startedAt, b.id) }
}
