import Farm

/// Slows the guessing of consent codes: a bucket of wrong ones that drains with time. While it is full no code is looked
/// at, a right one neither; only the operator's own socket leads here, so nobody else can fill it.
struct WrongCodes: Equatable, Sendable {
    static let burst = 10
    /// Seconds in which one wrong code is forgiven.
    static let secondsPerCode = 30
    private var forgivenAt: SteadyTime?

    /// Seconds until the next code is looked at; nil: now.
    func wait(_ now: SteadyTime) -> Int? {
        guard let forgivenAt else { return nil }
        let excess = forgivenAt.seconds(since: Self.full(now)) + Double(Self.secondsPerCode)
        return excess > 0 ? max(1, Int(excess.rounded(.up))) : nil
    }

    mutating func record(_ now: SteadyTime) {
        forgivenAt = min(max(forgivenAt ?? now, now) + .seconds(Self.secondsPerCode), Self.full(now))
    }

    private static func full(_ now: SteadyTime) -> SteadyTime { now + .seconds(burst * secondsPerCode) }
}
