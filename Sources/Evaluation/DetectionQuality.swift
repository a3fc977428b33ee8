/// How well scores tell pictures of failures from clean ones.
public struct DetectionQuality: Equatable, Sendable {
    /// `p_sum` of pictures of failures and of clean pictures.
    public var failures: [Double]
    /// `p_sum` of clean pictures, 0 or more; in any order.
    public var clean: [Double]

    public init(failures: [Double], clean: [Double]) {
        self.failures = failures
        self.clean = clean
    }

    /// The chance that a picture of a failure scores higher than a clean one, ties half: the area under the ROC curve
    /// (Mann and Whitney's U over the number of pairs). Nil without pictures of both kinds.
    public var auc: Double? {
        guard !failures.isEmpty, !clean.isEmpty else { return nil }
        let clean = clean.sorted()
        let wins = failures.reduce(0.0) { sum, score in
            let below = clean.partitionPoint { $0 >= score }
            let upTo = clean.partitionPoint { $0 > score }
            return sum + Double(below) + Double(upTo - below) / 2
        }
        return wins / Double(failures.count * clean.count)
    }

    /// The share of failures that score over all but so large a share of the clean pictures.
    /// - Parameter rate: of clean pictures that may score higher, 0...1.
    public func sensitivity(atFalsePositiveRate rate: Double) -> Double? {
        guard !failures.isEmpty, !clean.isEmpty else { return nil }
        let threshold = Self.quantile(clean.sorted(), 1 - rate)
        return Self.share(failures) { $0 > threshold }
    }

    /// What a threshold on single pictures would do.
    public struct CurvePoint: Equatable, Sendable {
        /// `p_sum` at which a picture counts as a failure.
        public var threshold: Double
        /// Shares of the failures and of the clean pictures at or over the threshold; nil without such pictures.
        public var found: Double?
        /// Share of the clean pictures at or over the threshold, 0...1; nil without clean pictures.
        public var falseAlarms: Double?

        public init(threshold: Double, found: Double?, falseAlarms: Double?) {
            self.threshold = threshold
            self.found = found
            self.falseAlarms = falseAlarms
        }
    }

    /// One point for each threshold, in their order.
    public func curve(_ thresholds: [Double]) -> [CurvePoint] {
        thresholds.map { threshold in
            CurvePoint(
                threshold: threshold, found: Self.share(failures) { $0 >= threshold },
                falseAlarms: Self.share(clean) { $0 >= threshold })
        }
    }

    /// The middle 95 % of a figure over pictures drawn anew with replacement, failures and clean ones each: the
    /// percentile bootstrap (Efron, 1979). It knows of the chance in these pictures, not of cameras that are missing.
    /// - Parameters:
    ///   - rounds: how often; 1000 is usual.
    ///   - figure: nil for a draw that has none.
    public func interval(
        rounds: Int = 1000, seed: UInt64 = 1, of figure: (DetectionQuality) -> Double?
    ) -> ClosedRange<Double>? {
        var random = SeededRandom(seed: seed)
        func drawn(_ scores: [Double]) -> [Double] {
            scores.indices.map { _ in scores[Int.random(in: scores.indices, using: &random)] }
        }
        var figures: [Double] = []
        for _ in 0..<rounds {
            if let value = figure(DetectionQuality(failures: drawn(failures), clean: drawn(clean))) {
                figures.append(value)
            }
        }
        guard !figures.isEmpty else { return nil }
        figures.sort()
        return Self.quantile(figures, 0.025)...Self.quantile(figures, 0.975)
    }

    /// Nil without scores.
    public static func mean(_ scores: [Double]) -> Double? {
        scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
    }

    /// Nil without scores.
    public static func share(_ scores: [Double], where holds: (Double) -> Bool) -> Double? {
        scores.isEmpty ? nil : Double(scores.count(where: holds)) / Double(scores.count)
    }

    /// Linear between the two nearest ranks, as most statistics programs count.
    /// - Parameter sorted: ascending, not empty.
    public static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        let position = Double(sorted.count - 1) * min(1, max(0, share))
        let below = Int(position)
        let above = min(sorted.count - 1, below + 1)
        return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
    }
}

extension [Double] {
    /// The first index for which a condition holds that holds for all after it; `count` when for none.
    fileprivate func partitionPoint(_ holds: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
