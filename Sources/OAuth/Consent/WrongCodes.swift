import Farm

/// Slows the guessing of consent codes: a bucket of wrong ones that drains with time. While it is full no code is looked
/// at, a right one neither; only the operator's own socket leads here, so nobody else can fill it.
struct WrongCodes: Equatable, Sendable {
    static let burst = 10
    /// Seconds in which one wrong code is forgiven.
    static let secondsPerCode = 30
    private var forgivenAt: Timestamp?

    /// Seconds until the next code is looked at; nil: now.
    mutating func wait(_ now: Timestamp) -> Int? {
        guard let forgivenAt = forgiven(now) else { return nil }
        self.forgivenAt = forgivenAt
        let excess = forgivenAt.seconds(since: Self.full(now)) + Double(Self.secondsPerCode)
        return excess > 0 ? max(1, Int(excess.rounded(.up))) : nil
    }

    mutating func record(_ now: Timestamp) {
        forgivenAt = min(max(forgiven(now) ?? now, now) + .seconds(Self.secondsPerCode), Self.full(now))
    }

    /// Not later than a full bucket is, which holds where the clock was set back.
    private func forgiven(_ now: Timestamp) -> Timestamp? { forgivenAt.map { min($0, Self.full(now)) } }

    private static func full(_ now: Timestamp) -> Timestamp { now + .seconds(burst * secondsPerCode) }
}
