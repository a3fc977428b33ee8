/// How long things took, counted in buckets, as Prometheus wants it.
public struct DurationHistogram: Equatable, Sendable {
    /// Upper bounds for what a machine does. Unit: seconds.
    public static let quick = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

    /// Upper bounds of the buckets, each with its bound in it. Unit: seconds.
    public let bounds: [Double]
    /// One a bound, and the last for what took longer than all.
    public private(set) var counts: [Int64]
    /// Unit: seconds.
    public private(set) var sum = 0.0
    /// How many were measured: the sum of all ranges.
    public var count: Int64 { counts.reduce(0, +) }

    /// - Parameter bounds: rising.
    public init(bounds: [Double] = Self.quick) {
        self.bounds = bounds
        counts = [Int64](repeating: 0, count: bounds.count + 1)
    }

    /// Counts it in the first bucket whose bound it does not pass; in the last without one.
    public mutating func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let time = Double(seconds) + Double(attoseconds) * 1e-18
        counts[bounds.firstIndex { time <= $0 } ?? bounds.count] += 1
        sum += time
    }
}
