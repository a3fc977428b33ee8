import Glibc

/// What a count of rare events says of their rate.
public struct EventRate: Equatable, Sendable {
    /// How many there were.
    public var count: Int
    /// Hours over which they were counted, more than 0.
    public var hours: Double

    /// Nil without hours.
    public init?(count: Int, hours: Double) {
        guard hours > 0 else { return nil }
        self.count = count
        self.hours = hours
    }

    /// The plain share of the hours, however few they are.
    public var per100Hours: Double { Double(count) / hours * 100 }

    /// The rates for which so many events are no surprise, in 95 of 100 cases: exact for events that know nothing of one another
    /// (Garwood, 1936). Per 100 hours.
    public var intervalPer100Hours: ClosedRange<Double> {
        let least = count == 0 ? 0 : Self.mean { 1 - Self.chance(upTo: count - 1, mean: $0) < 0.025 }
        let most = Self.mean { Self.chance(upTo: count, mean: $0) > 0.025 }
        return min(least, most) / hours * 100...most / hours * 100
    }

    /// The mean up to which something holds.
    private static func mean(_ holds: (Double) -> Bool) -> Double {
        var (low, high) = (0.0, 8.0)
        while holds(high), high < 1e9 { high *= 2 }
        for _ in 0..<80 {
            let middle = (low + high) / 2
            if holds(middle) { low = middle } else { high = middle }
        }
        return low
    }

    /// The chance of at most so many events where `mean` are expected.
    private static func chance(upTo count: Int, mean: Double) -> Double {
        guard mean > 0 else { return 1 }
        var (sum, logTerm) = (0.0, -mean)
        for number in 0...count {
            if number > 0 { logTerm += log(mean / Double(number)) }
            sum += exp(logTerm)
        }
        return min(sum, 1)
    }
}
