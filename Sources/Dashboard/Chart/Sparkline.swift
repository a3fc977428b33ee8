internal import Farm

/// A run of scores in one line of blocks, newest on the right.
enum Sparkline {
    static let blocks: [Grapheme] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// - Parameter level: 0...1.
    static func block(_ level: Double) -> Grapheme {
        guard level.isFinite else { return "?" }
        return blocks[Int(min(max(0, level), 1) * Double(blocks.count - 1) + 0.5)]
    }

    /// Highest `normalized_p` of each group of frames. Groups are cut by frame number, so that they do not shift
    /// with every new frame.
    static func levels(_ points: [ScorePoint], columns: Int) -> [Double] {
        guard columns > 0, let last = points.last else { return [] }
        let group = Int64(max(1, (points.count + columns - 1) / columns))
        let newest = last.frame / group
        var levels: [Double] = []
        levels.reserveCapacity(columns)
        var first = Int64.max  // frame of the current group
        var highest = 0.0
        for index in points.indices.reversed() {
            let frame = points[index].frame
            let level = points[index].normalizedP
            if frame >= first {
                highest = max(highest, level)
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
    static func draw(_ points: [ScorePoint], row: Int, column: Int, columns: Int, in canvas: inout Canvas) {
        let levels = levels(points, columns: columns)
        var at = column + columns - levels.count
        for level in levels {
            canvas.stamp(block(level), row: row, column: at, role(level))
            at += 1
        }
    }

    /// Thirds of `normalized_p` are clean, warning and failure.
    static func role(_ normalizedP: Double) -> Role {
        normalizedP >= 2.0 / 3 ? .chartFailure : normalizedP >= 1.0 / 3 ? .chartWarning : .chart
    }
}
