internal import Farm

/// A picture brought down to one colour a sample, by the mean of what lies under it.
struct PictureSamples: Equatable, Sendable {
    let rows: Int
    let columns: Int
    let colors: [RGB]  // (rows, columns)

    /// At most so many pixels are read along each side of a sample: enough to average noise away, and a bound on
    /// the time that a large frame takes.
    private static let mostTaps = 8

    init(_ pixels: Pixels, rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        let xs = (0..<columns).map { Self.taps($0, of: columns, over: pixels.width).map { $0 * 3 } }
        let stride = pixels.width * 3
        let bytes = pixels.bytes
        var colors: [RGB] = []
        colors.reserveCapacity(rows * columns)
        for row in 0..<rows {
            let ys = Self.taps(row, of: rows, over: pixels.height)
            for column in 0..<columns {
                var sum = RGB(0, 0, 0)
                for y in ys {
                    let line = y * stride
                    for x in xs[column] {
                        sum.red &+= Int32(bytes[line + x])
                        sum.green &+= Int32(bytes[line + x + 1])
                        sum.blue &+= Int32(bytes[line + x + 2])
                    }
                }
                colors.append(sum.divided(by: Int32(ys.count * xs[column].count)))
            }
        }
        self.colors = colors
    }

    /// The pixels to read for one sample along one axis.
    private static func taps(_ index: Int, of count: Int, over length: Int) -> [Int] {
        let start = index * length / count
        let end = max(start + 1, (index + 1) * length / count)
        let step = max(1, (end - start + mostTaps - 1) / mostTaps)
        return Array(Swift.stride(from: start, to: min(end, length), by: step))
    }

    func pixels() -> Pixels {
        Pixels(
            width: columns, height: rows,
            bytes: colors.flatMap { [UInt8($0.red), UInt8($0.green), UInt8($0.blue)] })
    }
}
