public import Farm
public import Text

/// Everything that OctoPrint has told of its printer, from REST answers and push frames alike, and the reading that it makes.
///
/// Pure: JSON in, reading out. Missing is null: OctoPrint 2.0 leaves out what 1.x sent as null.
public struct OctoPrintState: Equatable, Sendable {
    private var phase: OctoPrintPhase?
    /// A state text that this version does not know.
    private var unknownText: String?
    private var error: String?
    private var job = OctoPrintJob()
    private var tools: [Int: ReadTemperature] = [:]
    private var bed: ReadTemperature?
    private var ended: JobEnd?
    private var lastEnd: ReadEnd?
    /// An event told of the end, and a state frame that was on its way may still say "Printing".
    private var mistrustsOneFrame = false

    /// How the job of a file ended, as seen on this connection; until the next start or another file.
    private struct JobEnd: Equatable, Sendable {
        enum How: Equatable, Sendable { case done, cancelled, failed }
        var how: How
        var path: String?
    }

    public init() {}

    // MARK: REST

    /// `GET /api/job`.
    public mutating func apply(job body: MachineJSON) {
        error = body["error"]?.words(limit: 300)
        let text = body["state"]?.text
        move(to: text.flatMap(OctoPrintPhase.init(text:)), text: body["state"]?.words(limit: 60))
        job = OctoPrintJob(job: body["job"], progress: body["progress"])
        settleEnd()
    }

    /// `GET /api/printer`, answered 200.
    public mutating func apply(printer body: MachineJSON) {
        apply(state: body["state"])
        takeTemperatures(body["temperature"])
        settleEnd()
    }

    /// `GET /api/printer`, answered 409: no printer is connected to the server.
    public mutating func applyNotOperational() {
        if phase == nil || phase == .operational || phase?.isActive == true {
            move(to: .offline(detail: nil), text: nil)
        }
    }

    /// `GET /api/files/local/PATH` of the file that is chosen: how its last print ended.
    public mutating func apply(file body: MachineJSON) {
        guard let path = body["path"]?.text, let last = body["prints"]?["last"], let endedAt = last["date"]?.moment,
            let success = last["success"]?.bool
        else { return }
        let startedAt = last["printTime"]?.seconds.map { endedAt - .seconds($0) }
        lastEnd = ReadEnd(
            path: path, startedAt: startedAt, endedAt: endedAt, result: success ? .success : .cancelled)
    }

    // MARK: Push

    /// One frame of the push socket. Frames that say nothing of the printer change nothing.
    /// - Returns: whether it said something of the printer.
    @discardableResult
    public mutating func apply(frame: MachineJSON) -> Bool {
        if let current = frame["current"] ?? frame["history"] {
            apply(current: current)
            return true
        }
        guard let event = frame["event"], let type = event["type"]?.text else { return false }
        return apply(event: type, payload: event["payload"])
    }

    private mutating func apply(current: MachineJSON) {
        let late = mistrustsOneFrame && isLate(OctoPrintPhase(state: current["state"]))
        mistrustsOneFrame = false
        if !late { apply(state: current["state"]) }
        job = OctoPrintJob(job: current["job"], progress: current["progress"])
        for temperatures in current["temps"]?.elements ?? [] { takeTemperatures(temperatures) }
        settleEnd()
    }

    /// A frame that says "Printing" right after an event that told of the end.
    private func isLate(_ told: OctoPrintPhase?) -> Bool {
        guard let told, told.isActive else { return false }
        return !(told.isFinishing && phase?.isFinishing == true)
    }

    private mutating func apply(event type: String, payload: MachineJSON?) -> Bool {
        let path = payload?["path"]?.text ?? job.file?.path
        switch type {
        case "PrinterStateChanged":
            guard let id = payload?["state_id"]?.text else { return false }
            if id == "OPERATIONAL", phase?.isActive == true { mistrustsOneFrame = true }
            move(to: OctoPrintPhase(stateID: id), text: payload?["state_string"]?.words(limit: 60))
        case "PrintStarted":
            ended = nil
            mistrustsOneFrame = false
            job = OctoPrintJob(started: payload)
            if phase?.isActive != true { phase = .active(.printing, detail: nil) }
        case "PrintDone", "PrintCancelled":
            ended = JobEnd(how: type == "PrintDone" ? .done : .cancelled, path: path)
            mistrustsOneFrame = true
        case "PrintFailed":
            // A cancel says so too, after PrintCancelled.
            guard payload?["reason"]?.text != "cancelled", ended?.how != .cancelled else { return false }
            ended = JobEnd(how: .failed, path: path)
            mistrustsOneFrame = true
        case "Error": error = payload?["error"]?.words(limit: 300) ?? error
        case "Disconnected": move(to: .offline(detail: nil), text: nil)
        default: return false
        }
        return true
    }

    // MARK: Merging

    private mutating func apply(state: MachineJSON?) {
        guard let state else { return }
        // An empty error text does not take away what `/api/job` said: after M112 only one of the two has it.
        if let words = state["error"]?.words(limit: 300) { error = words }
        move(to: OctoPrintPhase(state: state), text: state["text"]?.words(limit: 60))
    }

    private mutating func move(to next: OctoPrintPhase?, text: String?) {
        guard let next else {
            // What a newer version calls it is shown; what it means is not guessed.
            unknownText = text
            return
        }
        unknownText = nil
        switch next {
        case .active:
            // While it cancels or finishes, the end may be known already.
            if !next.isFinishing { ended = nil }
            if next.isCancelling { ended = JobEnd(how: .cancelled, path: job.file?.path) }
            error = nil
        case .operational:
            error = nil
        case .offline, .failed:
            tools = [:]
            bed = nil
            mistrustsOneFrame = false
        }
        phase = next
    }

    /// Another file is chosen, or the same one has run to its end meanwhile: the end that was seen is over.
    private mutating func settleEnd() {
        guard phase == .operational, let end = ended else { return }
        if end.path != job.file?.path || (end.how != .done && job.isComplete) { ended = nil }
    }

    /// Points may lack tools, and numbers: what a point does not say stays.
    private mutating func takeTemperatures(_ point: MachineJSON?) {
        guard let point else { return }
        for (name, value) in point.members {
            guard let temperature = ReadTemperature(value, actual: "actual", target: "target") else { continue }
            if name == "bed" {
                bed = temperature
            } else if name.hasPrefix("tool"), let number = Int(name.dropFirst(4)), (0..<64).contains(number) {
                tools[number] = temperature
            }
        }
    }

    // MARK: The reading

    /// Nil before OctoPrint has said anything.
    public func reading(at moment: Timestamp) -> PrinterReading? {
        guard let phase else { return nil }
        var reading = PrinterReading(state: .offline, at: moment)
        switch phase {
        case .offline(let detail): reading.detail = detail ?? "OctoPrint is not connected to its printer"
        case .failed:
            reading.state = .error
            reading.error = error
        case .operational: atRest(&reading)
        case .active(let state, let detail):
            reading.state = state
            reading.detail = detail
            job.fill(&reading)
        }
        if let unknownText { reading.detail = unknownText }
        reading.file = job.file
        reading.lastEnd = lastEnd?.path == job.file?.path ? lastEnd : nil
        reading.nozzles = tools.keys.sorted().map { tools[$0] ?? ReadTemperature() }
        reading.bed = bed
        return reading
    }

    private func atRest(_ reading: inout PrinterReading) {
        switch ended?.how {
        case .cancelled: reading.state = .cancelled
        case .failed:
            reading.state = .error
            reading.error = error ?? "The print failed."
        case .done: reading.state = .complete
        case nil: reading.state = job.isComplete ? .complete : .idle
        }
        if reading.state == .complete { job.fill(&reading) }
    }
}
