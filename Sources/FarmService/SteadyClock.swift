import Farm

/// Makes steady time of the machine's two clocks.
struct SteadyClock: Sendable {
    let clock: FarmClock
    /// When this process began.
    private let start: ClockReading

    /// - Parameter last: stored by the process before; nil for a farm that begins.
    init(_ clock: FarmClock, after last: ClockReading?) {
        self.clock = clock
        let (wall, sinceBoot) = (clock.wall(), clock.sinceBoot())
        var start = ClockReading(
            bootID: clock.bootID, sinceBoot: sinceBoot, wall: wall,
            steady: SteadyTime(microseconds: wall.microseconds),
            exactSince: SteadyTime(microseconds: wall.microseconds))
        if let last {
            if let bootID = clock.bootID, bootID == last.bootID, sinceBoot >= last.sinceBoot {
                start.steady = last.steady + (sinceBoot - last.sinceBoot)
                start.exactSince = last.exactSince
            } else {
                // Another boot: only the wall clock tells how long it took. Set back since, it tells nothing.
                start.steady = last.steady + .microseconds(max(0, wall.microseconds - last.wall.microseconds))
                start.exactSince = start.steady
            }
        }
        self.start = start
    }

    func read() -> ClockReading {
        var reading = start
        reading.wall = clock.wall()
        reading.sinceBoot = clock.sinceBoot()
        reading.steady = start.steady + (reading.sinceBoot - start.sinceBoot)
        return reading
    }
}

/// A moment for those who look at the farm. Steady time decides; what began then is shown as the wall clock goes now, so
/// that ages are right on every screen after the clock was set.
struct ShownMoment: Sendable {
    var reading: ClockReading
    /// From steady time to the wall's; it stays the same while nobody sets the clock.
    var shift: Duration

    var steady: SteadyTime { reading.steady }

    func wall(of moment: SteadyTime) -> Timestamp { Timestamp(microseconds: moment.microseconds) + shift }
}
