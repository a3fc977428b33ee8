/// A moment for those who look at the farm. Steady time decides; what began then is shown as the wall clock goes now, so
/// that ages are right on every screen after the clock was set.
public struct ShownMoment: Sendable {
    /// What the clocks say now.
    public var reading: ClockReading
    /// From steady time to the wall's; it stays the same while nobody sets the clock.
    public var shift: Duration

    public init(reading: ClockReading, shift: Duration) {
        self.reading = reading
        self.shift = shift
    }

    /// Now, by the clock that nobody can set.
    public var steady: SteadyTime { reading.steady }

    /// The time of day at which a steady moment was or will be.
    public func wall(of moment: SteadyTime) -> Timestamp { Timestamp(microseconds: moment.microseconds) + shift }

    /// Nil stays nil.
    public func wall(ofOptional moment: SteadyTime?) -> Timestamp? {
        guard let moment else { return nil }
        return wall(of: moment)
    }
}
