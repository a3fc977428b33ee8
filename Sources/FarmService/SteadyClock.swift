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
