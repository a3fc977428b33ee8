import Farm

/// Seconds after the beginning of a test.
func at(_ seconds: Double) -> Timestamp { Timestamp(secondsSince1970: 1_795_962_000 + seconds) }

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
