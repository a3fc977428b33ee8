internal import Farm

extension DashboardState {
    /// Hours and success by day, week or month, one line each, newest first.
    func drawPeriods(in layout: HistoryLayout, canvas: inout Canvas) {
        let rect = layout.bars
        guard rect.rows > 1 else { return }
        let isNarrow = rect.columns < 60
        let periods = history.sums.periods(
            unit: history.unit, now: now, utcOffsetSeconds: options.utcOffsetSeconds, limit: rect.rows - 1)
        let labelEnd = rect.column + 12
        let factsWidth = isNarrow ? 15 : 44
        let bar = max(4, rect.endColumn - labelEnd - factsWidth)
        let facts = labelEnd + bar + 1
        canvas.put(
            CellText(untrusted: "BY \(history.unit.title.description.uppercased())"), row: rect.row, column: 1, .dim)
        canvas.put("HOURS", row: rect.row, column: labelEnd, .dim)
        if !isNarrow {
            canvas.putRight("PRINTS", row: rect.row, end: facts + 16, .dim)
            canvas.put("FINISHED", row: rect.row, column: facts + 18, .dim)
            canvas.put("ALARMS", row: rect.row, column: facts + 34, end: rect.endColumn, .dim)
        }
        guard !periods.isEmpty else {
            canvas.put(
                !history.sums.isLoaded(history.search)
                    ? "loading"
                    : history.isFiltered ? "No print passes the filters; esc takes them off." : "No prints here yet.",
                row: rect.row + 1, column: rect.column + 3,
                end: rect.endColumn, .dim)
            return
        }
        let most = max(periods.map(\.hours).max() ?? 0, 0.1)
        for (index, period) in periods.prefix(rect.rows - 1).enumerated() {
            let row = rect.row + 1 + index
            canvas.put(CellText(untrusted: period.label), row: row, column: rect.column + 1, end: labelEnd, .dim)
            drawBar(period.hours / most, row: row, column: labelEnd, columns: bar, role: .chart, canvas: &canvas)
            canvas.putRight(
                CellText(untrusted: period.prints == 0 ? "·" : Self.hours(period.hours)), row: row, end: facts + 7,
                period.prints == 0 ? .dim : .text)
            let rate = period.successRate
            let percent = rate.map { "\(Numerals.fixed($0 * 100, 0)) %" } ?? ""
            if isNarrow {
                canvas.putRight(CellText(untrusted: percent), row: row, end: rect.endColumn - 1)
                continue
            }
            guard period.prints > 0 else { continue }
            canvas.putRight(CellText(untrusted: "\(period.prints)"), row: row, end: facts + 16)
            if let rate {
                drawBar(rate, row: row, column: facts + 18, columns: 8, role: .done, canvas: &canvas)
                canvas.putRight(CellText(untrusted: percent), row: row, end: facts + 32)
            }
            if period.alarms > 0 {
                let wrong = period.falseAlarms > 0 ? ", \(period.falseAlarms) false" : ""
                canvas.put(
                    CellText(untrusted: "\(period.alarms)\(wrong)"), row: row, column: facts + 34, end: rect.endColumn,
                    .warning)
            }
        }
    }

    /// In seven columns at most: `12.5h`, `37,200h`.
    private static func hours(_ hours: Double) -> String {
        hours < 999.95 ? "\(Numerals.fixed(hours, 1))h" : "\(Numerals.grouped(Int64(min(hours, 1e9).rounded())))h"
    }

    /// A share of `columns`, in halves of a cell.
    private func drawBar(_ share: Double, row: Int, column: Int, columns: Int, role: Role, canvas: inout Canvas) {
        let halves = Int((min(max(0, share.isFinite ? share : 0), 1) * Double(columns * 2)).rounded())
        for index in 0..<halves / 2 { canvas.stamp("█", row: row, column: column + index, role) }
        if halves % 2 == 1 { canvas.stamp("▌", row: row, column: column + halves / 2, role) }
    }
}
