internal import Farm
import Text

extension HistoryView {
    /// Hours, results, success rate and alerts by day, week or month, newest first, or by printer, worst first.
    func drawPeriods(in layout: HistoryLayout, canvas: inout Canvas) {
        let rect = layout.bars
        guard rect.rows > 1 else { return }
        let quality = history.showsQuality ? history.sums.quality(limit: rect.rows - 1, name: printerName) : []
        guard quality.isEmpty else { return QualityTable(sums: quality, rect: rect).draw(in: &canvas) }
        let columns = SumColumns(rect, labels: history.sumsByPrinter ? 14 : 11)
        columns.drawHeads(by: history.sumsByPrinter ? "PRINTER" : history.unit.title.description, canvas: &canvas)
        let sums = shownSums(limit: rect.rows - 1)
        guard !sums.isEmpty else {
            canvas.put(
                CellText(
                    untrusted: !history.sums.isLoaded(history.search)
                        ? "Loading."
                        : history.isFiltered
                            ? "No print matches the filters; \(keys.name(.back)) clears them." : "No prints yet."),
                row: rect.row + 1, column: rect.column + 3, end: rect.endColumn, .dim)
            return
        }
        let most = max(sums.map(\.hours).max() ?? 0, 0.1)
        for (index, sum) in sums.prefix(rect.rows - 1).enumerated() {
            columns.draw(sum, share: sum.hours / most, row: rect.row + 1 + index, canvas: &canvas)
        }
    }

    private func shownSums(limit: Int) -> [HistoryPeriod] {
        if history.sumsByPrinter { return history.sums.printers(limit: limit, name: printerName) }
        return history.sums.periods(
            unit: history.unit, now: now, utcOffsetSeconds: options.utcOffsetSeconds, limit: limit)
    }
}

/// The columns of the sums at some width; the narrowest keeps hours and success rate.
private struct SumColumns {
    let rect: Rect
    let labels: Int

    private static let results: [(result: PrintResult, head: CellText)] = [
        (.success, "DONE"), (.cancelled, "CANC"), (.failed, "FAIL"), (.replaced, "REPL"), (.unknown, "UNKN"),
    ]

    init(_ rect: Rect, labels: Int) {
        self.rect = rect
        self.labels = rect.columns < 60 ? 11 : labels
    }

    private var isNarrow: Bool { rect.columns < 60 }
    private var barStart: Int { rect.column + 1 + labels }
    private var bar: Int { max(4, rect.endColumn - barStart - (isNarrow ? 15 : 63)) }
    private var facts: Int { barStart + bar }
    private func end(_ result: Int) -> Int { facts + 18 + 5 * result }
    private var rateEnd: Int { end(Self.results.count) + 3 }

    func drawHeads(by unit: String, canvas: inout Canvas) {
        canvas.put(
            CellText(untrusted: "BY \(unit.uppercased())"), row: rect.row, column: rect.column + 1, end: barStart,
            .dim)
        canvas.put("HOURS", row: rect.row, column: barStart, .dim)
        guard !isNarrow else { return canvas.putRight("SUCCESS", row: rect.row, end: rect.endColumn - 1, .dim) }
        canvas.putRight("ALL", row: rect.row, end: facts + 13, .dim)
        for (index, column) in Self.results.enumerated() {
            canvas.putRight(column.head, row: rect.row, end: end(index), .dim)
        }
        canvas.putRight("SUCCESS", row: rect.row, end: rateEnd, .dim)
        canvas.put("ALERTS", row: rect.row, column: rateEnd + 2, end: rect.endColumn, .dim)
    }

    func draw(_ sum: HistoryPeriod, share: Double, row: Int, canvas: inout Canvas) {
        canvas.put(
            CellText(untrusted: sum.label).shortened(to: labels - 1), row: row, column: rect.column + 1,
            end: barStart - 1, .dim)
        drawBar(share, row: row, canvas: &canvas)
        canvas.putRight(
            CellText(untrusted: sum.prints == 0 ? "·" : sum.hoursText), row: row, end: facts + 8,
            sum.prints == 0 ? .dim : .text)
        guard sum.prints > 0 else { return }
        let rate = CellText(untrusted: percent(sum.successRate))
        guard !isNarrow else { return canvas.putRight(rate, row: row, end: rect.endColumn - 1) }
        canvas.putRight(CellText(untrusted: "\(sum.prints)"), row: row, end: facts + 13)
        for (index, column) in Self.results.enumerated() where sum.count(column.result) > 0 {
            canvas.putRight(
                CellText(untrusted: "\(sum.count(column.result))"), row: row, end: end(index),
                MachineWord(column.result).role)
        }
        canvas.putRight(rate, row: row, end: rateEnd)
        guard sum.quality.alerts > 0 else { return }
        let dismissed = sum.quality.dismissedAlerts > 0 ? ", \(sum.quality.dismissedAlerts) dismissed" : ""
        canvas.put(
            CellText(untrusted: "\(sum.quality.alerts)\(dismissed)"), row: row, column: rateEnd + 2,
            end: rect.endColumn,
            .warning)
    }

    /// In halves of a cell.
    private func drawBar(_ share: Double, row: Int, canvas: inout Canvas) {
        let halves = Int((min(max(0, share.isFinite ? share : 0), 1) * Double(bar * 2)).rounded())
        for index in 0..<halves / 2 { canvas.stamp("█", row: row, column: barStart + index, .chart) }
        if halves % 2 == 1 { canvas.stamp("▌", row: row, column: barStart + halves / 2, .chart) }
    }
}

extension HistoryPeriod {
    /// In seven columns up to 99,999 hours: `12.5h`, `37,200h`.
    var hoursText: String {
        hours < 999.95 ? "\(Numerals.fixed(hours, 1))h" : "\(Numerals.grouped(Int64(min(hours, 1e9).rounded())))h"
    }
}
