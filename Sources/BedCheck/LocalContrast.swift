import Farm

/// A picture without its light: each pixel less the mean around it, over the deviation around it. Gain, offset and a lamp's
/// gradient fall out.
struct LocalContrast {
    /// (height, width)
    private(set) var values: [Float]
    let width: Int
    let height: Int

    /// Pixels to each side of the square that a pixel is compared with.
    private static let radius = 8
    /// Levels: fainter structure counts as noise.
    private static let noise: Float = 6

    init(_ picture: BedPicture) {
        (width, height) = (picture.width, picture.height)
        values = [Float](repeating: 0, count: width * height)
        let sums = SummedLuma(picture.luma, width: width, height: height)
        for row in 0..<height {
            for column in 0..<width {
                let (mean, deviation) = sums.square(
                    rows: max(0, row - Self.radius)..<min(height, row + Self.radius + 1),
                    columns: max(0, column - Self.radius)..<min(width, column + Self.radius + 1))
                let at = row * width + column
                values[at] = (Float(picture.luma[at]) - mean) / (deviation + Self.noise)
            }
        }
    }
}

/// Sums of luma and of its square over every rectangle from the top left.
struct SummedLuma {
    private var sums: [Int64]
    private var squares: [Int64]
    private let stride: Int

    init(_ luma: [UInt8], width: Int, height: Int) {
        stride = width + 1
        sums = [Int64](repeating: 0, count: stride * (height + 1))
        squares = sums
        for row in 0..<height {
            var (sum, square): (Int64, Int64) = (0, 0)
            for column in 0..<width {
                let value = Int64(luma[row * width + column])
                sum += value
                square += value * value
                let at = (row + 1) * stride + column + 1
                sums[at] = sums[at - stride] + sum
                squares[at] = squares[at - stride] + square
            }
        }
    }

    func square(rows: Range<Int>, columns: Range<Int>) -> (mean: Float, deviation: Float) {
        let (a, b) = (rows.lowerBound * stride, rows.upperBound * stride)
        let (c, d) = (columns.lowerBound, columns.upperBound)
        let count = Double(rows.count * columns.count)
        let mean = Double(sums[b + d] - sums[b + c] - sums[a + d] + sums[a + c]) / count
        let square = Double(squares[b + d] - squares[b + c] - squares[a + d] + squares[a + c]) / count
        return (Float(mean), Float(max(0, square - mean * mean).squareRoot()))
    }
}
