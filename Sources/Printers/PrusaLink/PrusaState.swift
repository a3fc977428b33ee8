public import Farm
public import Text

/// Everything that PrusaLink has told, and the reading that it makes. Pure: JSON in, reading out.
public struct PrusaState: Equatable, Sendable {
    /// The command of ours that the state has not confirmed: this wire says PRINTING while it cancels and PAUSED while it resumes.
    public var openCommand: LinkCommand?
    private var state: String?
    private var job: PrusaJob?
    private var nozzle: ReadTemperature?
    private var bed: ReadTemperature?
    /// Of the last job that was seen; stays after it has left the status, until another begins.
    private var file: ReadFile?
    private var fileJobID: Int?

    private struct PrusaJob: Equatable, Sendable {
        var id: Int
        var progress: Double?
        var elapsed: Double?
        var remaining: Double?
    }

    public init() {}

    /// `GET /api/v1/status`. An answer without `printer.state` changes nothing.
    public mutating func apply(status body: MachineJSON) {
        guard let printer = body["printer"], let told = printer["state"]?.text else { return }
        state = told
        nozzle = ReadTemperature(printer, actual: "temp_nozzle", target: "target_nozzle")
        bed = ReadTemperature(printer, actual: "temp_bed", target: "target_bed")
        if let job = body["job"], let id = job["id"]?.integer {
            self.job = PrusaJob(
                id: id, progress: job["progress"]?.number(in: 0...100).map { $0 / 100 },
                elapsed: job["time_printing"]?.seconds, remaining: job["time_remaining"]?.seconds)
            if fileJobID != id { file = nil }
        } else {
            job = nil
        }
    }

    /// `GET /api/v1/job`, answered 200. With 204 there is nothing to apply.
    public mutating func apply(job body: MachineJSON) {
        guard let id = body["id"]?.integer, let file = ReadFile(prusa: body["file"]) else { return }
        self.file = file
        fileJobID = id
    }

    /// The job whose file is not known: ask for it once.
    public var jobWithoutFile: Int? {
        guard let job, fileJobID != job.id else { return nil }
        return job.id
    }

    /// What pause, resume and cancel are addressed to.
    public var jobID: Int? { job?.id }

    /// Nil before a status was told.
    public func reading(at moment: Timestamp) -> PrinterReading? {
        guard let state else { return nil }
        var reading = PrinterReading(state: .idle, at: moment)
        decide(state, &reading)
        reading.nozzles = nozzle.map { [$0] } ?? []
        reading.bed = bed
        if reading.state != .idle { reading.file = file }
        if let job {
            reading.jobID = String(job.id)
            reading.progress = job.progress
            reading.elapsed = job.elapsed
            reading.remaining = job.remaining
        }
        return reading
    }

    private func decide(_ told: String, _ reading: inout PrinterReading) {
        let isCancelling = openCommand == .cancel
        switch told {
        case "IDLE", "READY": reading.state = .idle
        case "BUSY":
            reading.state = job == nil ? .idle : .printing
            reading.detail = "busy"
        case "PRINTING" where isCancelling, "PAUSED" where isCancelling:
            reading.state = .finishing
            reading.detail = "cancelling"
        case "PRINTING": reading.state = .printing
        case "PAUSED": reading.state = openCommand == .resume ? .resuming : .paused
        case "FINISHED": reading.state = .complete
        case "STOPPED": reading.state = .cancelled
        case "ERROR": reading.state = .error
        case "ATTENTION": reading.state = .attention
        default:
            reading.state = job == nil ? .idle : .printing
            let words = cleanedText(told, limit: 60)
            reading.detail = words.isEmpty ? nil : words
        }
    }
}

extension ReadFile {
    /// `display_name` is the long name; commands take the folder and the 8.3 name.
    init?(prusa file: MachineJSON?) {
        guard let name = file?["name"]?.text, !name.isEmpty, name.utf8.count <= 1024 else { return nil }
        let folder = file?["path"]?.text ?? ""
        let path = folder.isEmpty || folder.hasSuffix("/") ? folder + name : folder + "/" + name
        self.init(
            name: file?["display_name"]?.words(limit: 1000) ?? cleanedText(name, limit: 1000),
            path: path.hasPrefix("/") ? path : "/" + path)
    }
}
