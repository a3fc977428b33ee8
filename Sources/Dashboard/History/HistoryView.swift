internal import Farm
import Text

/// Where the parts of the history lie.
struct HistoryLayout: Equatable {
    let header: Rect
    let heads: Rect
    let rows: Rect
    /// The selected print; empty on small screens.
    let selected: Rect
    /// The sums by day, week or month, with their heads; instead of heads, rows and the selected print.
    let bars: Rect
    let status: Rect
    let keys: Rect

    init(_ size: GridSize) {
        var body = Rect(size)
        let isSmall = FarmLayout(size).kind == .compact
        header = body.takeTop(1)
        keys = body.takeBottom(1)
        status = isSmall ? keys : body.takeBottom(1)
        bars = Rect(
            row: body.row + (isSmall ? 0 : 1), column: 0, rows: body.rows - (isSmall ? 0 : 1), columns: body.columns)
        selected = isSmall ? body.takeBottom(0) : body.takeBottom(min(12, max(5, body.rows / 3)))
        if !isSmall { _ = body.takeTop(1) }  // a rule
        heads = isSmall ? body.takeTop(0) : body.takeTop(1)
        rows = body
    }
}

/// A print of the history in words.
struct HistoryWords {
    let sign: CellText
    let result: String
    let role: Role
    private let print: Print

    init(_ print: Print) {
        self.print = print
        let isPaused = print.pausedAt != nil
        let ended = print.result
        var word = isPaused ? MachineWord.paused : .printing
        if let ended { word = MachineWord(ended) }
        sign = CellText(untrusted: String(word.sign.character))
        role = word.role
        result = ended?.rawValue ?? (isPaused ? "paused" : "printing")
    }

    func duration(now: Timestamp) -> String {
        (print.isPrintTimeApproximate ? "~" : "")
            + Clock.length(print.printTime ?? (print.endedAt ?? now).seconds(since: print.startedAt))
    }

    /// What a person said of the alert; empty without an alert.
    var verdict: String {
        guard print.alertedAt != nil else { return "" }
        return switch print.alertOverwrite {
        case .failed: "failure"
        case .notFailed: "dismissed"
        case nil: "to judge"
        }
    }

    var awaitsVerdict: Bool { print.alertedAt != nil && print.alertOverwrite == nil }
}

struct HistoryView: ContextReader {
    let history: HistoryPage
    let context: Context

    func draw(in canvas: inout Canvas) {
        let layout = HistoryLayout(size)
        drawHistoryHeader(in: layout.header, canvas: &canvas)
        if !layout.heads.isEmpty { canvas.rule(row: layout.heads.row - 1) }
        if history.showsPeriods {
            drawPeriods(in: layout, canvas: &canvas)
        } else {
            drawPrints(in: layout, canvas: &canvas)
            drawSelectedPrint(in: layout.selected, canvas: &canvas)
        }
    }

    private func drawHistoryHeader(in rect: Rect, canvas: inout Canvas) {
        var parts = Segments()
        parts.add("HISTORY", .title, priority: 9)
        let isLoaded = history.showsPeriods ? history.sums.isLoaded(history.search) : history.isLoaded
        if isLoaded { addHistoryTotals(to: &parts) }
        for (text, isSet) in historyFilters {
            parts.add(CellText(untrusted: text), isSet ? .info : .dim, priority: isSet ? 8 : 5)
        }
        parts.fit(rect.columns - 2)
        parts.draw(row: rect.row, column: rect.column + 1, end: rect.endColumn, in: &canvas)
    }

    /// What the prints that match the filters add up to, or, as long as older ones may follow, the newest of them.
    private func addHistoryTotals(to parts: inout Segments) {
        let total = history.showsPeriods ? history.sums.total : history.total
        func grouped(_ number: Int) -> String { Numerals.grouped(Int64(number)) }
        let isComplete = history.showsPeriods ? history.sums.isComplete : history.isComplete
        let prints = count(total.prints, "print")
        let isSearch = !history.showsPeriods && !history.search.isEmpty
        let among =
            isSearch ? "\(grouped(total.prints)) of the newest \(grouped(history.loaded.count))" : "newest \(prints)"
        parts.add(CellText(untrusted: isComplete ? prints : among), .header, priority: 8)
        if let rate = total.successRate {
            parts.add(CellText(untrusted: "\(percentWords(rate)) success"), .success, priority: 7)
        }
        let alerts = total.quality
        if alerts.alerts > 0 {
            parts.add(
                CellText(
                    untrusted: "\(count(alerts.alerts, "alert")): \(grouped(alerts.rightAlerts)) right, "
                        + "\(grouped(alerts.dismissedAlerts)) dismissed, \(grouped(alerts.openAlerts)) to judge"
                        + (alerts.runningAlerts > 0 ? ", \(grouped(alerts.runningAlerts)) still running" : "")
                ), .warning, priority: 6)
        }
    }

    /// What the filters are, and which of them leave prints out.
    private var historyFilters: [(String, Bool)] {
        var filters = [("showing \(history.selection.title)", history.selection != .all)]
        if history.range != .all { filters.append((history.range.title.description, true)) }
        if let printer = history.printer { filters.append(("on \(printerName(printer))", true)) }
        if !history.search.isEmpty { filters.append(("/\(history.search)", true)) }
        return filters
    }

    private func drawPrints(in layout: HistoryLayout, canvas: inout Canvas) {
        let rect = layout.rows
        guard !history.prints.isEmpty else {
            canvas.put(
                CellText(untrusted: whyNoPrints), row: rect.row + min(1, rect.rows - 1),
                column: rect.column + 3, end: rect.endColumn, .dim)
            return
        }
        let columns = HistoryColumns(rect)
        if !layout.heads.isEmpty { columns.drawHeads(row: layout.heads.row, canvas: &canvas) }
        var row = rect.row
        for index in history.cursor.lines(count: history.prints.count, visible: rect.rows) {
            let isSelected = index == history.cursor.index
            if isSelected {
                canvas.isInSelection = true
                canvas.fill(Rect(row: row, column: rect.column, rows: 1, columns: rect.columns), .text)
                canvas.stamp("▌", row: row, column: rect.column, .title)
                canvas.rest(row: row, column: rect.column)
            }
            columns.draw(history.prints[index], row: row, context: context, canvas: &canvas)
            canvas.isInSelection = false
            row += 1
        }
    }

    private var whyNoPrints: String {
        if !history.isLoaded { return "Loading." }
        if history.isGoingOn { return "Looking through older prints." }
        guard history.isFiltered else { return "No prints yet." }
        return history.isComplete
            ? "No print matches the filters; \(keys.name(.back)) clears them."
            : "None of the newest \(count(history.loaded.count, "print")) matches; \(keys.name(.back)) clears the filters."
    }

    private func drawSelectedPrint(in rect: Rect, canvas: inout Canvas) {
        guard rect.rows > 3 else { return }
        canvas.rule(row: rect.row)
        guard let print = history.selected else { return }
        let reason = print.failureReason.map { ": \($0)" } ?? ""
        canvas.put(
            CellText(
                untrusted:
                    " \(print.filename) on \(printerName(print.printerID)), \(HistoryWords(print).result)\(reason) "),
            row: rect.row, column: rect.column + 2, end: rect.endColumn - 2, .title)
        guard context.scores[print.id] != nil else { return }
        var detail = PrinterDetail(subject: .print(print))
        detail.minutes = nil
        drawChart(
            detail, in: Rect(row: rect.row + 1, column: rect.column, rows: rect.rows - 1, columns: rect.columns),
            canvas: &canvas)
    }
}

/// The columns of the history at some width; the narrowest keeps result, file and the highest score.
private struct HistoryColumns {
    let rect: Rect
    private var isNarrow: Bool { rect.columns < 60 }
    private var right: Int { rect.endColumn - 1 }
    private var fileStart: Int { isNarrow ? rect.column + 13 : rect.column + 16 + nameWidth }
    private var fileEnd: Int { isNarrow ? right - 5 : right - 36 }
    private var nameWidth: Int { min(24, max(12, rect.columns / 6)) }

    init(_ rect: Rect) { self.rect = rect }

    func drawHeads(row: Int, canvas: inout Canvas) {
        canvas.put("WHEN", row: row, column: rect.column + 3, .dim)
        canvas.put("PRINTER", row: row, column: rect.column + 15, .dim)
        canvas.put("FILE", row: row, column: fileStart, .dim)
        canvas.put("RESULT", row: row, column: right - 35, .dim)
        canvas.putRight("TIME", row: row, end: right - 17, .dim)
        canvas.putRight("MAX P", row: row, end: right - 10, .dim)
        canvas.put("ALERT", row: row, column: right - 8, .dim)
    }

    func draw(_ print: Print, row: Int, context: Context, canvas: inout Canvas) {
        let words = HistoryWords(print)
        let highest = print.maxFailureProbability
        let level = context.printer(print.printerID)?.thresholds.role(highest) ?? (highest == nil ? .dim : .text)
        let probability = CellText(untrusted: percent(highest))
        canvas.put(words.sign, row: row, column: rect.column + 1, words.role)
        if isNarrow {
            canvas.put(CellText(untrusted: words.result), row: row, column: rect.column + 3, words.role)
            canvas.put(CellText(untrusted: print.filename), row: row, column: fileStart, end: fileEnd)
            canvas.putRight(probability, row: row, end: right, level)
            return
        }
        canvas.put(
            CellText(untrusted: context.local(print.startedAt).monthDayHourMinute), row: row, column: rect.column + 3,
            .dim)
        canvas.put(
            CellText(untrusted: context.printerName(print.printerID)).shortened(to: nameWidth), row: row,
            column: rect.column + 15,
            end: rect.column + 15 + nameWidth)
        canvas.put(CellText(untrusted: print.filename), row: row, column: fileStart, end: fileEnd)
        canvas.put(CellText(untrusted: words.result), row: row, column: right - 35, words.role)
        canvas.putRight(CellText(untrusted: words.duration(now: context.now)), row: row, end: right - 17)
        canvas.putRight(probability, row: row, end: right - 10, level)
        canvas.put(
            CellText(untrusted: words.verdict), row: row, column: right - 8, end: rect.endColumn,
            words.awaitsVerdict ? .warning : .text)
    }
}
