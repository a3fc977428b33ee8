internal import Farm

/// The ranges of scores that likelihoods and histories are made of: narrow where clean cameras differ.
enum ScoreRanges {
    /// Lowest score of each; the last one is open above. A picture without a detection over 0.08 scores 0, so the first
    /// ranges hold means of several pictures.
    static let edges: [Double] = [
        0, 0.02, 0.05, 0.08, 0.10, 0.13, 0.16, 0.20, 0.24, 0.28, 0.32, 0.36, 0.40, 0.45, 0.50, 0.56, 0.63, 0.70, 0.78,
        0.87, 0.97, 1.10, 1.30, 1.60,
    ]
    static let count = CameraHistory.scoreBins
    /// Where the open range is taken to end.
    static let end = 2.2

    /// - Parameter score: 0 or more; what is not a number counts as 0.
    static func index(_ score: Double) -> Int {
        var (low, high) = (0, count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if score >= edges[middle] { low = middle } else { high = middle }
        }
        return low
    }

    static func bounds(_ index: Int) -> (low: Double, high: Double) {
        (edges[index], index + 1 < count ? edges[index + 1] : end)
    }

    /// A few scores that stand for a range.
    static func samples(_ index: Int) -> [Double] {
        guard index > 0 else { return [0] }
        let (low, high) = bounds(index)
        return [1.0, 3, 5].map { low + (high - low) * $0 / 6 }
    }
}
