/// The job that a machine is at, as far as it tells: enough to see that another one has begun.
public struct MachineJob: Equatable, Sendable, Codable {
    /// The machine's own number.
    public var id: String?
    /// Nil where the machine does not tell it.
    public var file: ReadFile?
    /// Seconds.
    var elapsed: Double?
    /// 0...1.
    var progress: Double?

    public init(_ reading: PrinterReading) {
        id = reading.jobID
        file = reading.file
        elapsed = reading.elapsed
        progress = reading.progress
    }

    /// Another number, another file, or the same file from its beginning.
    func differs(from before: MachineJob) -> Bool {
        if let old = before.id, let new = id, old != new { return true }
        if let old = before.file, let new = file, old != new { return true }
        guard let old = before.elapsed, let new = elapsed else { return false }
        return new < old - 10 && (progress ?? 0) < (before.progress ?? 1)
    }
}

extension LinkCommand {
    /// It is meant for the job that runs when it is given, and for no later one.
    var isAboutJob: Bool {
        switch self {
        case .pause, .resume, .cancel: true
        case .start, .light, .emergencyStop: false
        }
    }
}
