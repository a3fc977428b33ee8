public import Farm

/// Slows the guessing of client secrets: a bucket of failures for each client and source that drains with time.
///
/// Ask it only after an authentication has failed: a correct secret always passes. A value type without a clock.
public struct FailedAuthenticationLimiter: Sendable {
    private struct Key: Hashable, Sendable {
        var client: String
        var source: NetworkSource

        init(client: String, address: String) {
            // Scalars, not characters: one character can be as long as the whole request.
            self.client = String(client.unicodeScalars.prefix(64))
            source = NetworkSource(address: address)
        }
    }

    /// Failures at once before the first 429.
    public let burst: Int
    /// Seconds in which one failure is forgiven.
    public let secondsPerFailure: Int
    /// Most pairs remembered; beyond it what is forgiven, or the least quarter, is forgotten.
    public let capacity: Int
    /// When the failures of each pair will be forgiven: each adds `secondsPerFailure` to it (a leaky bucket as a meter,
    /// ATM Forum's generic cell rate algorithm).
    private var forgivenAt: [Key: Timestamp] = [:]

    public init(burst: Int = 10, secondsPerFailure: Int = 6, capacity: Int = 8192) {
        precondition(burst > 0 && secondsPerFailure > 0 && capacity > 3)
        self.burst = burst
        self.secondsPerFailure = secondsPerFailure
        self.capacity = capacity
    }

    /// How many pairs are remembered.
    public var count: Int { forgivenAt.count }

    /// Counts a failure.
    /// - Parameters:
    ///   - client: the `client_id` as presented, known or not; only its first 64 scalars count.
    ///   - address: the peer's address without its port.
    /// - Returns: nil while it is within the burst, otherwise after how many seconds a failure would be again.
    public mutating func recordFailure(client: String, address: String, now: Timestamp) -> Int? {
        let key = Key(client: client, address: address)
        let full = now + .seconds(burst * secondsPerFailure)
        // The upper bound holds where the clock was set back: nobody is locked out for longer than a full bucket.
        let before = min(max(forgivenAt[key] ?? now, now), full)
        let after = before + .seconds(secondsPerFailure)
        if forgivenAt[key] == nil && forgivenAt.count >= capacity { forget(now) }
        // A failure over the limit is not counted as well: who waits gets in.
        forgivenAt[key] = after > full ? before : after
        guard after > full else { return nil }
        return max(1, Int(after.seconds(since: full).rounded(.up)))
    }

    /// Forgives the pair: the client knows its secret.
    public mutating func recordSuccess(client: String, address: String) {
        forgivenAt[Key(client: client, address: address)] = nil
    }

    /// Drops what is forgiven; if that is not enough, the pairs that failed least or longest ago.
    private mutating func forget(_ now: Timestamp) {
        forgivenAt = forgivenAt.filter { $0.value > now }
        let keep = capacity - capacity / 4
        guard forgivenAt.count > keep else { return }
        forgivenAt = Dictionary(
            uniqueKeysWithValues: forgivenAt.sorted { $0.value > $1.value }.prefix(keep).map { ($0.key, $0.value) })
    }
}
