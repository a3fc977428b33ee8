public import Farm
public import Text

/// Everything that Moonraker has told of its Klipper, merged object by object, and the reading that it makes.
///
/// Pure: JSON in, reading out. Tests are for fields, not versions: vendors ship old servers that lack some.
public struct MoonrakerState: Equatable, Sendable {
    /// `output_pin caselight`, `led NAME` or `neopixel NAME`, as a person named it.
    public var lightName: String?
    /// The command of ours that the server has not answered: this wire shows no pausing, resuming or cancelling of its own.
    public var openCommand: LinkCommand?
    /// By object, by field. Updates hold changed fields only: an object is never replaced whole.
    private var objects: [String: [String: MachineJSON]] = [:]
    private var isKlippyConnected: Bool?
    /// Klipper has listed its objects, and the light is none of them.
    public var lacksLight = false
    /// `printer.info`: why Klipper does not run, before any object can be read.
    private var infoState: String?
    private var infoMessage: String?
    private var metadata: MoonrakerMetadata?
    private var lastEnd: ReadEnd?

    public init(lightName: String? = nil) { self.lightName = lightName }

    /// What to subscribe to, object by object and field by field.
    /// - Parameter names: what `printer.objects.list` gave; empty: not known, so that nothing is left out.
    public func subscription(of names: [String]) -> [String: [String]] {
        var wanted = [
            "webhooks": ["state", "state_message"],
            "print_stats": ["state", "filename", "print_duration", "filament_used", "message", "info"],
            "virtual_sdcard": ["progress"],
            "display_status": ["progress", "message"],
            "pause_resume": ["is_paused"],
        ]
        let heaters = names.isEmpty ? ["extruder", "heater_bed"] : names
        for name in heaters where Self.extruderNumber(name) != nil || name == "heater_bed" {
            wanted[name] = ["temperature", "target"]
        }
        if let lightName { wanted[lightName] = ["value", "color_data"] }
        return names.isEmpty ? wanted : wanted.filter { names.contains($0.key) }
    }

    // MARK: What is told

    /// The answer to `printer.objects.subscribe` or `query`: the whole state; what is not in it is gone.
    public mutating func replace(status: MachineJSON) {
        objects = [:]
        merge(status: status)
    }

    /// A `notify_status_update`: changed fields of changed objects.
    public mutating func merge(status: MachineJSON) {
        for (name, fields) in status.members where objects.count < 200 || objects[name] != nil {
            objects[name, default: [:]].merge(fields.members) { _, new in new }
        }
        if !status.members.isEmpty {
            isKlippyConnected = true
            infoState = nil
        }
    }

    /// `notify_klippy_disconnected`, status 503, or a query that is never answered. Subscriptions are gone with it.
    public mutating func klippyIsGone() {
        isKlippyConnected = false
        objects = [:]
        openCommand = nil
    }

    /// `server.info`.
    public mutating func apply(serverInfo: MachineJSON) {
        guard let connected = serverInfo["klippy_connected"]?.bool else { return }
        if connected { isKlippyConnected = true } else { klippyIsGone() }
    }

    /// `printer.info`: complete in shutdown, when `webhooks` may not have been read.
    public mutating func apply(printerInfo: MachineJSON) {
        isKlippyConnected = true
        infoState = printerInfo["state"]?.text
        infoMessage = printerInfo["state_message"]?.words(limit: 301)
    }

    /// `server.files.metadata` of `path`; `.null` where the server has none.
    public mutating func apply(metadata body: MachineJSON, of path: String) {
        metadata = MoonrakerMetadata(body, of: path)
    }

    /// The newest line of `server.history.list`.
    public mutating func apply(history job: MachineJSON) {
        guard let path = job["filename"]?.text, let endedAt = job["end_time"]?.moment, let status = job["status"]?.text
        else { return }
        let result: PrintResult
        switch status {
        case "in_progress": return
        case "completed": result = .success
        case "cancelled": result = .cancelled
        case "error", "klippy_shutdown", "klippy_disconnect": result = .failed
        default: result = .unknown
        }
        lastEnd = ReadEnd(path: path, startedAt: job["start_time"]?.moment, endedAt: endedAt, result: result)
    }

    // MARK: What is asked

    /// The file of the job, while its metadata is not here: ask for it once.
    public var fileWithoutMetadata: String? {
        guard let path = field("print_stats", "filename")?.text, !path.isEmpty, metadata?.path != path else {
            return nil
        }
        return path
    }

    /// Klipper's pause flag is set and nothing is paused. Then a pause is answered "ok" and does nothing: send `CLEAR_PAUSE`
    /// first, before a start too.
    public var hasStrayPause: Bool {
        field("pause_resume", "is_paused")?.bool == true && field("print_stats", "state")?.text != "paused"
    }

    /// Nil before anything was told.
    public func reading(at moment: Timestamp) -> PrinterReading? {
        guard isKlippyConnected != nil else { return nil }
        var reading = PrinterReading(state: .offline, at: moment)
        decideState(&reading)
        if reading.state != .offline {
            fillTemperatures(&reading)
            fillJob(&reading)
            reading.light = light
            reading.hasStrayPause = hasStrayPause
        }
        reading.lastEnd = lastEnd
        return reading
    }

    /// The order is the point: in shutdown `print_stats` says "paused", and after a restart it says what it said before.
    private func decideState(_ reading: inout PrinterReading) {
        guard isKlippyConnected == true else {
            reading.detail = "Klipper not connected"
            return
        }
        let webhooks = field("webhooks", "state")?.text ?? infoState
        let message = field("webhooks", "state_message")?.words(limit: 301) ?? infoMessage
        switch webhooks {
        case "startup":
            reading.detail = "starting"
            return
        case "error", "shutdown":
            reading.state = .error
            reading.error = message.map { shortenedText($0, limit: 300) }
            reading.detail = webhooks
            return
        case _ where objects.isEmpty:
            // "ready" alone says nothing of a job: idle would end the print that runs.
            reading.detail = "Klipper has not answered yet"
            return
        default:
            break
        }
        decideJobState(&reading)
    }

    private func decideJobState(_ reading: inout PrinterReading) {
        let state = field("print_stats", "state")?.text
        let isCancelling = openCommand == .cancel
        switch state {
        case "printing" where isCancelling, "paused" where isCancelling:
            reading.state = .finishing
            reading.detail = "cancelling"
        case "printing": reading.state = openCommand == .pause ? .pausing : .printing
        case "paused":
            reading.state = openCommand == .resume ? .resuming : .paused
            // The reason of a runout is at best here.
            reading.detail = field("display_status", "message")?.words(limit: 100)
        case "complete": reading.state = .complete
        case "cancelled": reading.state = .cancelled
        case "error":
            reading.state = .error
            reading.error = field("print_stats", "message")?.words(limit: 300)
        case "standby", nil: reading.state = .idle
        default:
            reading.state = .idle
            reading.detail = field("print_stats", "state")?.words(limit: 60)
        }
    }

    private func fillJob(_ reading: inout PrinterReading) {
        guard let path = field("print_stats", "filename")?.text, !path.isEmpty, path.utf8.count <= 4096 else { return }
        reading.file = ReadFile(name: cleanedText(path, limit: 1000), path: path)
        guard reading.state != .idle else { return }
        let metadata = metadata?.path == path ? metadata : nil
        let printed = field("print_stats", "print_duration")?.seconds
        reading.elapsed = printed
        // A cancelled job's progress is 0 again: it says nothing.
        if reading.state != .cancelled {
            reading.progress =
                field("virtual_sdcard", "progress")?.number(in: 0...1)
                ?? field("display_status", "progress")?.number(in: 0...1)
        }
        if reading.state.isJobActive {
            reading.remaining = remaining(printed: printed, progress: reading.progress, estimate: metadata?.estimate)
        }
        reading.layer = layer(metadata)
        let filament = ReadFilament(
            type: metadata?.filamentType, used: field("print_stats", "filament_used")?.number(in: 0...1e9))
        if filament != ReadFilament() { reading.filament = filament }
    }

    private func remaining(printed: Double?, progress: Double?, estimate: Double?) -> Double? {
        guard let printed else { return nil }
        if let estimate { return max(0, estimate - printed) }
        guard let progress, progress > 0.001 else { return nil }
        return printed / progress - printed
    }

    /// What the slicer reports; where it does not, or reports what cannot be, from the height.
    private func layer(_ metadata: MoonrakerMetadata?) -> ReadLayer? {
        let info = field("print_stats", "info")
        let total = info?["total_layer"]?.integer ?? metadata?.layerCount
        if let now = info?["current_layer"]?.integer, now >= 0, now <= total ?? .max {
            return ReadLayer(now: now, total: total)
        }
        guard let metadata, let z = field("gcode_move", "gcode_position")?.elements.dropFirst(2).first?.number,
            let now = metadata.layer(atHeight: z)
        else { return nil }
        return ReadLayer(now: now, total: metadata.layerCount)
    }

    private func fillTemperatures(_ reading: inout PrinterReading) {
        let extruders = objects.keys.compactMap { name in Self.extruderNumber(name).map { (number: $0, name: name) } }
        reading.nozzles = extruders.sorted { $0.number < $1.number }.compactMap { temperature($0.name) }
        reading.bed = temperature("heater_bed")
    }

    private func temperature(_ name: String) -> ReadTemperature? {
        guard let fields = objects[name] else { return nil }
        return ReadTemperature(.object(fields), actual: "temperature", target: "target")
    }

    private var light: Bool? {
        guard let lightName else { return nil }
        if let value = field(lightName, "value")?.number { return value > 0 }
        let colours = field(lightName, "color_data")?.elements ?? []
        guard !colours.isEmpty else { return nil }
        return colours.contains { $0.elements.contains { ($0.number ?? 0) > 0 } }
    }

    /// Nil when it is missing or null.
    private func field(_ object: String, _ name: String) -> MachineJSON? {
        guard let value = objects[object]?[name], value != .null else { return nil }
        return value
    }

    /// `extruder`, `extruder1` …; nil for `extruder_stepper x` and other names.
    static func extruderNumber(_ name: String) -> Int? {
        guard name.hasPrefix("extruder") else { return nil }
        let digits = name.dropFirst(8)
        return digits.isEmpty ? 0 : digits.utf8.count <= 3 ? Int(digits) : nil
    }
}
