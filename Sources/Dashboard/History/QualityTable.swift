internal import Farm
import Text

/// How good the alerts were, by printer: what people said of them, how many were dismissed for each hundred hours, and how many
/// failures had an alert and how many had none.
struct QualityTable {
    let sums: [HistoryPeriod]
    let rect: Rect

    private struct Column {
        let head: CellText
        let width: Int
        /// Where there is little room, the columns with the lowest number stay.
        let priority: Int
        let value: @Sendable (HistoryPeriod) -> (String, Role)
    }

    private static func number(_ count: Int, _ role: Role) -> (String, Role) {
        count == 0 ? ("·", .dim) : (Numerals.grouped(Int64(count)), role)
    }

    private static let columns = [
        Column(head: "HOURS", width: 8, priority: 2) { ($0.hoursText, .text) },
        Column(head: "ALERTS", width: 7, priority: 1) { number($0.quality.alerts, .text) },
        Column(head: "RIGHT", width: 6, priority: 3) { number($0.quality.rightAlerts, .text) },
        Column(head: "FALSE", width: 6, priority: 0) { number($0.quality.dismissedAlerts, .warning) },
        Column(head: "TO JUDGE", width: 9, priority: 4) { number($0.quality.openAlerts, .warning) },
        Column(head: "FALSE/100H", width: 11, priority: 0) { sum in
            guard let rate = sum.quality.falseAlertsPer100Hours else { return ("–", .dim) }
            return (Numerals.fixed(rate, 1), rate > 0 ? .warning : .dim)
        },
        Column(head: "FOUND", width: 6, priority: 1) { number($0.quality.foundFailures, .text) },
        Column(head: "MISSED", width: 7, priority: 0) { number($0.quality.missedFailures, .error) },
        // Not raised, as the same had been dismissed there before.
        Column(head: "WITHHELD", width: 9, priority: 5) { number($0.quality.withheldAlerts, .text) },
    ]

    func draw(in canvas: inout Canvas) {
        let shown = fitting
        // On a wide screen the numbers stay near the names.
        let label = min(max(6, rect.columns - shown.reduce(2) { $0 + $1.width }), 32)
        canvas.put("BY PRINTER", row: rect.row, column: rect.column + 1, end: rect.column + label, .dim)
        var end = rect.column + 1 + label
        for column in shown {
            end += column.width
            canvas.putRight(column.head, row: rect.row, end: end, .dim)
        }
        for (index, sum) in sums.prefix(rect.rows - 1).enumerated() {
            let row = rect.row + 1 + index
            canvas.put(
                CellText(untrusted: sum.label).shortened(to: label - 1), row: row, column: rect.column + 1,
                end: rect.column + label, index == 0 ? .title : .text)
            var end = rect.column + 1 + label
            for column in shown {
                end += column.width
                let (text, role) = column.value(sum)
                canvas.putRight(CellText(untrusted: text), row: row, end: end, role)
            }
        }
    }

    /// Those that leave a name fourteen columns.
    private var fitting: [Column] {
        var columns = Self.columns
        while columns.reduce(16, { $0 + $1.width }) > rect.columns,
            let least = columns.indices.max(by: { columns[$0].priority < columns[$1].priority })
        {
            columns.remove(at: least)
        }
        return columns
    }
}
