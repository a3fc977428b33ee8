internal import Farm
import Text

/// A print over time: an area, and dashed lines for what the area is measured by.
struct ScoreChart {
    /// What the height means.
    enum Scale: Equatable, Sendable {
        /// The failure probability, with lines where it alerts and asks for a pause; nil where these are not known.
        case probability(AlertThresholds?)
        /// Area `ewm_mean`, dots `p_sum`.
        case scores
    }
    var points: [ScorePoint]
    var scale: Scale
    var from: Timestamp
    var to: Timestamp
    /// The time cursor.
    var moment: Timestamp?
    /// Labels below the plot, spread evenly from edge to edge.
    var timeLabels: [String]

    static let axisColumns = 5

    private struct Column {
        var area: Double?
        var dot: Double?
    }

    /// The moment that a cell of the plot stands for; nil outside of it.
    func moment(at position: Position, in rect: Rect) -> Timestamp? {
        var plot = rect
        _ = plot.takeBottom(1)
        _ = plot.takeLeft(Self.axisColumns)
        guard plot.contains(position) else { return nil }
        let span = max(0, to.microseconds - from.microseconds)
        // The right end of the cell: all that is drawn in it is before.
        let part = span.multipliedFullWidth(by: Int64(position.column - plot.column + 1))
        return Timestamp(microseconds: from.microseconds + Int64(plot.columns).dividingFullWidth(part).quotient)
    }

    /// The column that a moment between `from` and `to` lies in. A farm elsewhere may send any: years do not overflow.
    private func column(of moment: Timestamp, count: Int) -> Int {
        let span = max(1, to.microseconds - from.microseconds)
        let part = (moment.microseconds - from.microseconds).multipliedFullWidth(by: Int64(count))
        return min(count - 1, Int(span.dividingFullWidth(part).quotient))
    }

    func draw(in rect: Rect, canvas: inout Canvas) {
        guard rect.rows >= 3, rect.columns > Self.axisColumns + 4 else { return }
        var plot = rect
        let labels = plot.takeBottom(1)
        let axis = plot.takeLeft(Self.axisColumns)
        let columns = columns(plot.columns)
        let top = top(columns)
        drawLines(top: top, plot: plot, axis: axis, canvas: &canvas)
        for (index, column) in columns.enumerated() {
            draw(column, at: plot.column + index, top: top, plot: plot, canvas: &canvas)
        }
        drawMoment(plot, canvas: &canvas)
        drawNames(top: top, plot: plot, canvas: &canvas)
        drawTimes(labels, plot: plot, canvas: &canvas)
    }

    private var thresholds: AlertThresholds? {
        if case .probability(let thresholds) = scale { thresholds } else { nil }
    }

    /// Something of what it shows is known.
    var isKnown: Bool { scale == .scores || points.contains { $0.failureProbability != nil } }

    /// Brings the points into one bucket a column. A column without a frame takes its left neighbour's area for
    /// up to a minute; longer silences stay empty.
    private func columns(_ count: Int) -> [Column] {
        var columns = Array(repeating: Column(), count: count)
        let span = max(1, to.microseconds - from.microseconds)
        for point in points where point.at >= from && point.at <= to {
            let index = column(of: point.at, count: count)
            switch scale {
            case .scores:
                columns[index].area = point.ewmMean
                columns[index].dot = max(columns[index].dot ?? 0, point.p)
            case .probability:
                guard let probability = point.failureProbability else { continue }
                columns[index].area = max(columns[index].area ?? 0, probability)
            }
        }
        let hold = max(1, Int(60_000_000 * Int64(count) / span))
        var last: (index: Int, area: Double)?
        let newest = columns.lastIndex { $0.area != nil } ?? -1
        for index in columns.indices {
            if let area = columns[index].area {
                last = (index, area)
            } else if let last, index < newest, index - last.index <= hold {
                columns[index].area = last.area
            }
        }
        return columns
    }

    private func top(_ columns: [Column]) -> Double {
        guard scale == .scores else { return 1 }
        let highest = columns.reduce(0) { max($0, $1.area ?? 0, $1.dot ?? 0) }
        return max(1, highest.isFinite ? highest : 1)
    }

    /// The row of a height, from the top of the plot.
    private func row(_ value: Double, top: Double, in plot: Rect) -> Int {
        let share = min(max(0, value / top), 1)
        return plot.row + min(plot.rows - 1, Int((1 - share) * Double(plot.rows)))
    }

    private func drawLines(top: Double, plot: Rect, axis: Rect, canvas: inout Canvas) {
        let end = axis.endColumn - 1
        canvas.putRight(CellText(untrusted: label(top)), row: axis.row, end: end, .dim)
        canvas.putRight(CellText(untrusted: label(0)), row: axis.endRow - 1, end: end, .dim)
        guard let thresholds else { return }
        // Where both fall on one row, the alert's is the one to read.
        for value in [thresholds.pause, thresholds.alert] where value.isFinite {
            let row = row(value, top: top, in: plot)
            var paint = canvas.theme[.failing]
            paint.attributes.remove(.bold)
            canvas.fill(Rect(row: row, column: axis.column, rows: 1, columns: axis.columns), .text)
            let text = CellText(untrusted: label(value))
            canvas.put(text, row: row, column: end - text.width, paint: paint)
            for column in plot.column..<plot.endColumn { canvas.stamp("╌", row: row, column: column, .threshold) }
        }
    }

    /// What each line stands for, where nothing is drawn over it.
    private func drawNames(top: Double, plot: Rect, canvas: inout Canvas) {
        guard let thresholds else { return }
        for (name, value) in [("alert", thresholds.alert), ("pause", thresholds.pause)] where value.isFinite {
            let row = row(value, top: top, in: plot)
            let cells = plot.column + 1..<min(plot.endColumn, plot.column + 1 + name.count)
            guard cells.allSatisfy({ canvas.cell(row: row, column: $0)?.grapheme == "╌" }) else { continue }
            canvas.put(CellText(untrusted: name), row: row, column: cells.lowerBound, end: plot.endColumn, .threshold)
        }
    }

    private func label(_ value: Double) -> String {
        if case .probability = scale { return percent(value) }
        return value == 0 ? "0" : Numerals.fixed(value, 1)
    }

    private func role(height: Double) -> Role { thresholds.map { Sparkline.role(height, $0) } ?? .chart }

    private func draw(_ column: Column, at x: Int, top: Double, plot: Rect, canvas: inout Canvas) {
        if let area = column.area, area.isFinite {
            let eighths = Int((min(max(0, area / top), 1) * Double(plot.rows * 8)).rounded())
            for level in 0..<plot.rows {
                let rest = eighths - level * 8
                guard rest > 0 || level == 0 else { break }
                let height = (Double(level) + 0.5) / Double(plot.rows) * top
                canvas.stamp(
                    Sparkline.blocks[min(max(1, rest), 8) - 1], row: plot.endRow - 1 - level, column: x,
                    role(height: height))
            }
        }
        guard let dot = column.dot, dot > (column.area ?? 0) else { return }
        let row = row(dot, top: top, in: plot)
        guard let under = canvas.cell(row: row, column: x), under.grapheme == " " || under.grapheme == "╌" else {
            return
        }
        canvas.stamp("•", row: row, column: x, .chartPoint)
    }

    private func drawMoment(_ plot: Rect, canvas: inout Canvas) {
        guard let moment, moment >= from, moment <= to else { return }
        let index = column(of: moment, count: plot.columns)
        for row in plot.row..<plot.endRow {
            guard let under = canvas.cell(row: row, column: plot.column + index) else { continue }
            let isFree = under.grapheme == " " || under.grapheme == "╌"
            canvas.stamp(isFree ? "│" : under.grapheme, row: row, column: plot.column + index, .moment)
        }
    }

    private func drawTimes(_ labels: Rect, plot: Rect, canvas: inout Canvas) {
        var texts = timeLabels.map { CellText(untrusted: $0) }
        // The ones between give way first, then all but the last.
        while texts.count > 1, texts.reduce(texts.count - 1, { $0 + $1.width }) > plot.columns {
            texts.remove(at: texts.count > 2 ? 1 : 0)
        }
        guard let last = texts.last else { return }
        let room = plot.columns - last.width
        for (index, text) in texts.enumerated() {
            let center = texts.count == 1 ? room : room * index / (texts.count - 1)
            canvas.put(text, row: labels.row, column: plot.column + max(0, center), .dim)
        }
    }
}
