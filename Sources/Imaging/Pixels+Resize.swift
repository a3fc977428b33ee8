public import Farm

extension Pixels {
    /// The picture at another size. Along each axis: averages over the area that a new pixel covers when shrinking,
    /// bilinear between pixel centres when growing.
    /// - Parameters:
    ///   - width: pixels, 1 or more.
    ///   - height: pixels, 1 or more.
    public func resized(width newWidth: Int, height newHeight: Int) -> Pixels {
        precondition(newWidth > 0 && newHeight > 0)
        if newWidth == width && newHeight == height { return self }
        let columns = ResamplingAxis(from: width, to: newWidth)
        let rows = ResamplingAxis(from: height, to: newHeight)
        let size = newWidth * newHeight * 3
        let resized = [UInt8](unsafeUninitializedCapacity: size) { out, count in
            bytes.withUnsafeBufferPointer { source in
                // One row of the new height at the old width, then to the new width: the first step runs over
                // memory in its order whatever the sizes are.
                withUnsafeTemporaryAllocation(of: Float.self, capacity: width * 3) { line in
                    for row in 0..<newHeight {
                        rows.addRows(for: row, of: source, into: line)
                        columns.average(line, into: UnsafeMutableBufferPointer(rebasing: out[(row * newWidth * 3)...]))
                    }
                }
            }
            count = size
        }
        return Pixels(width: newWidth, height: newHeight, bytes: resized)
    }

    /// Shrunk so that the longer side is `longestSide` pixels; as it is when it is not longer.
    public func fitted(longestSide: Int) -> Pixels {
        precondition(longestSide > 0)
        let longest = max(width, height)
        guard longest > longestSide else { return self }
        func scaled(_ side: Int) -> Int { max(1, (side * longestSide + longest / 2) / longest) }
        return resized(width: scaled(width), height: scaled(height))
    }
}

/// For each new pixel along one axis, which old ones it is made of and by what weights (sum 1).
private struct ResamplingAxis {
    private struct Taps {
        var first: Int
        var weights: Range<Int>  // into `weights`
    }
    private var taps: [Taps] = []
    private var weights: [Float] = []

    init(from oldCount: Int, to newCount: Int) {
        taps.reserveCapacity(newCount)
        for index in 0..<newCount {
            let start = weights.count
            let first =
                newCount > oldCount
                ? addBilinear(index, from: oldCount, to: newCount) : addArea(index, from: oldCount, to: newCount)
            taps.append(Taps(first: first, weights: start..<weights.count))
        }
    }

    /// In units of 1/newCount of an old pixel all borders are whole numbers, so coverage is exact.
    private mutating func addArea(_ index: Int, from oldCount: Int, to newCount: Int) -> Int {
        let begin = index * oldCount, end = begin + oldCount
        let first = begin / newCount
        for old in first..<(end + newCount - 1) / newCount {
            let covered = min(end, (old + 1) * newCount) - max(begin, old * newCount)
            weights.append(Float(covered) / Float(oldCount))
        }
        return first
    }

    private mutating func addBilinear(_ index: Int, from oldCount: Int, to newCount: Int) -> Int {
        let centre = (Float(index) + 0.5) * Float(oldCount) / Float(newCount) - 0.5
        let position = min(max(centre, 0), Float(oldCount - 1))
        let first = min(Int(position), max(0, oldCount - 2))
        let share = position - Float(first)
        weights.append(1 - share)
        if oldCount > 1 { weights.append(share) }
        return first
    }

    /// - Parameters:
    ///   - source: (oldCount, width, 3).
    ///   - line: (width, 3); overwritten.
    func addRows(
        for index: Int, of source: UnsafeBufferPointer<UInt8>, into line: UnsafeMutableBufferPointer<Float>
    ) {
        line.update(repeating: 0)
        guard let pixels = source.baseAddress, let sums = line.baseAddress else { return }
        let tap = taps[index], samples = line.count
        for (row, weight) in zip(tap.first..., weights[tap.weights]) {
            let old = pixels + row * samples
            for i in 0..<samples { sums[i] += weight * Float(old[i]) }
        }
    }

    /// - Parameters:
    ///   - line: (oldCount, 3), 0...255.
    ///   - out: (newCount, 3) at its front.
    func average(_ line: UnsafeMutableBufferPointer<Float>, into out: UnsafeMutableBufferPointer<UInt8>) {
        weights.withUnsafeBufferPointer { weights in
            for (index, tap) in taps.enumerated() {
                var red: Float = 0.5, green: Float = 0.5, blue: Float = 0.5  // rounds to the nearest
                var old = tap.first * 3
                for i in tap.weights {
                    red += weights[i] * line[old]
                    green += weights[i] * line[old + 1]
                    blue += weights[i] * line[old + 2]
                    old += 3
                }
                out[index * 3] = UInt8(min(red, 255))
                out[index * 3 + 1] = UInt8(min(green, 255))
                out[index * 3 + 2] = UInt8(min(blue, 255))
            }
        }
    }
}
