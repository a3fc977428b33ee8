public import Farm

extension Pixels {
    /// What the picture looks like in a box; nil where it lies outside or there is too little to see.
    public func look(at box: BoundingBox) -> BoxLook? {
        func edge(_ position: Double, _ limit: Int) -> Int { Int(min(max(position, 0), Double(limit)).rounded()) }
        guard [box.x, box.y, box.width, box.height].allSatisfy(\.isFinite) else { return nil }
        let (wide, high) = (max(box.width, 0) / 2, max(box.height, 0) / 2)
        let columns = edge(box.x - wide, width)..<edge(box.x + wide, width)
        let rows = edge(box.y - high, height)..<edge(box.y + high, height)
        guard columns.count >= 4, rows.count >= 4 else { return nil }
        let side = BoxLook.side
        var luma: [Double] = []
        luma.reserveCapacity(side * side)
        for row in 0..<side {
            for column in 0..<side {
                luma.append(meanLuma(Self.part(column, of: columns), Self.part(row, of: rows)))
            }
        }
        return BoxLook(luma: luma)
    }

    /// The n-th of 16 equal parts; at least a pixel.
    private static func part(_ index: Int, of range: Range<Int>) -> Range<Int> {
        let start = range.lowerBound + index * range.count / BoxLook.side
        let end = range.lowerBound + (index + 1) * range.count / BoxLook.side
        return start..<max(start + 1, end)
    }

    /// The mean over every pixel of a small part, and over some sixty of a large one.
    private func meanLuma(_ columns: Range<Int>, _ rows: Range<Int>) -> Double {
        var (sum, count) = (0, 0)
        for row in stride(from: rows.lowerBound, to: rows.upperBound, by: max(1, rows.count / 8)) {
            for column in stride(from: columns.lowerBound, to: columns.upperBound, by: max(1, columns.count / 8)) {
                let start = (row * width + column) * 3
                sum += 77 * Int(bytes[start]) + 150 * Int(bytes[start + 1]) + 29 * Int(bytes[start + 2])
                count += 1
            }
        }
        return Double(sum) / Double(256 * count)
    }
}
