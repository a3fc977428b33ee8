internal import Farm

/// The failure probability of the last pictures in one line of blocks, newest on the right.
enum Sparkline {
    static let blocks: [Grapheme] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// - Parameter level: 0...1.
    static func block(_ level: Double) -> Grapheme {
        guard level.isFinite else { return "?" }
        return blocks[Int(min(max(0, level), 1) * Double(blocks.count - 1) + 0.5)]
    }

    /// Highest probability of each group of frames; nil where none is known. Groups are cut by frame number, so that
    /// they do not shift with every new frame.
    static func levels(_ points: [ScorePoint], columns: Int) -> [Double?] {
        guard columns > 0, let last = points.last else { return [] }
        let group = Int64(max(1, (points.count + columns - 1) / columns))
        let newest = last.frame / group
        var levels: [Double?] = []
        levels.reserveCapacity(columns)
        var first = Int64.max  // frame of the current group
        var highest: Double?
        for index in points.indices.reversed() {
            let frame = points[index].frame
            let level = points[index].failureProbability
            if frame >= first {
                highest = level.map { max(highest ?? 0, $0) } ?? highest
                continue
            }
            if first != .max { levels.append(highest) }
            let slot = frame / group
            if newest - slot >= Int64(columns) || levels.count == columns { return levels.reversed() }
            first = slot * group
            highest = level
        }
        if levels.count < columns { levels.append(highest) }
        return levels.reversed()
    }

    /// Draws the line right-aligned in `columns`, each block in its zone's colour.
    static func draw(
        _ points: [ScorePoint], thresholds: AlertThresholds, row: Int, column: Int, columns: Int,
        in canvas: inout Canvas
    ) {
        let levels = levels(points, columns: columns)
        var at = column + columns - levels.count
        for level in levels {
            if let level { canvas.stamp(block(level), row: row, column: at, role(level, thresholds)) }
            at += 1
        }
    }

    /// At or over the alert threshold, half of it, or less.
    static func role(_ probability: Double, _ thresholds: AlertThresholds) -> Role {
        probability >= thresholds.alert ? .chartFailure : probability >= thresholds.alert / 2 ? .chartWarning : .chart
    }
}
