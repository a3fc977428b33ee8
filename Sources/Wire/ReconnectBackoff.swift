/// How long to wait before the next attempt: 1, 2, 4, 8, 16, then 30 s for ever, ±25 % so that a farm that lost its switch
/// does not come back all at once.
public struct ReconnectBackoff: Equatable, Sendable {
    private static let seconds = [1.0, 2, 4, 8, 16, 30]
    private var failures = 0

    public init() {}

    /// - Parameter random: 0 up to 1, from outside.
    public mutating func next(random: Double) -> Duration {
        let base = Self.seconds[min(failures, Self.seconds.count - 1)]
        failures += 1
        return .seconds(base * (0.75 + 0.5 * min(max(random, 0), 1)))
    }

    /// After the first success.
    public mutating func reset() { failures = 0 }
}
