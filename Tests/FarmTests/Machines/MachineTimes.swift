import Farm

/// Seconds after the beginning of a test.
func at(_ seconds: Double) -> Timestamp { Timestamp(secondsSince1970: 1_795_962_000 + seconds) }

/// The same on the clock that nobody can set.
func steady(_ seconds: Double) -> SteadyTime { SteadyTime(microseconds: at(seconds).microseconds) }

/// Both clocks, as long as nobody has set one.
func moment(_ seconds: Double) -> FarmMoment { FarmMoment(wall: at(seconds), steady: steady(seconds)) }

/// A tracker and a following that hear each reading when it was received.
extension CommandTracker {
    mutating func saw(_ reading: PrinterReading) -> [CommandAction] {
        saw(reading, at: SteadyTime(microseconds: reading.at.microseconds))
    }
}

extension PrintFollowing {
    mutating func saw(_ reading: PrinterReading, open: Print?) -> [FollowingEffect] {
        saw(reading, at: SteadyTime(microseconds: reading.at.microseconds), open: open)
    }
}

/// What a machine says so many seconds after the beginning.
func reading(
    _ state: MachineState, _ seconds: Double, file: String? = "a.gcode", elapsed: Double? = nil,
    progress: Double? = nil,
    detail: String? = nil, error: String? = nil, jobID: String? = nil, lastEnd: ReadEnd? = nil
) -> PrinterReading {
    var reading = PrinterReading(
        state: state, detail: detail, error: error, file: file.map { ReadFile(name: $0, path: $0) }, at: at(seconds))
    reading.elapsed = elapsed
    reading.progress = progress
    reading.jobID = jobID
    reading.lastEnd = lastEnd
    return reading
}
