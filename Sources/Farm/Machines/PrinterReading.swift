/// What a machine says of itself at one moment. Absent is not zero: what it did not say is nil.
///
/// Texts come from the machine and are untrusted; the mapping has cleaned and cut them (`cleanedText`).
public struct PrinterReading: Equatable, Sendable, Codable {
    /// One of the eleven; never `unlinked`.
    public var state: MachineState
    /// In the machine's words: "Cancelling", "preheating", "busy".
    public var detail: String?
    /// Why the job or the firmware stopped.
    public var error: String?
    /// The file of its job; nil where it tells none.
    public var file: ReadFile?
    /// The machine's own number of the job, where it has one: two jobs of one file differ in it.
    public var jobID: String?
    /// 0...1.
    public var progress: Double?
    /// Seconds, 0 or more.
    public var elapsed: Double?
    /// Seconds, 0 or more; an estimate.
    public var remaining: Double?
    /// By tool; empty when none is reported.
    public var nozzles: [ReadTemperature]
    /// Nil: not heated, or not reported.
    public var bed: ReadTemperature?
    /// Nil: not reported; many machines count none.
    public var layer: ReadLayer?
    /// Nil where the machine does not look for it.
    public var filament: ReadFilament?
    /// On or off; nil: it has none, or does not tell.
    public var light: Bool?
    /// How the last job ended, by the machine's own history; where it keeps one. A link asks for it when it connects, and when a
    /// job has gone without a word, before it passes that reading on.
    public var lastEnd: ReadEnd?
    /// Klipper: its pause flag is set although nothing is paused. Until it is cleared a pause is answered and does nothing.
    public var hasStrayPause = false
    /// When it was received.
    public var at: Timestamp

    public init(
        state: MachineState, detail: String? = nil, error: String? = nil, file: ReadFile? = nil, at moment: Timestamp
    ) {
        self.state = state
        self.detail = detail
        self.error = error
        self.file = file
        nozzles = []
        at = moment
    }
}

/// The file that a machine has chosen or prints.
public struct ReadFile: Hashable, Sendable, Codable {
    /// For people: as it was uploaded.
    public var name: String
    /// What commands name it by: exact, not cleaned, never shown. Nil where the machine does not say.
    public var path: String?

    public init(name: String, path: String? = nil) {
        self.name = name
        self.path = path
    }
}

/// Degrees Celsius.
public struct ReadTemperature: Equatable, Sendable, Codable {
    /// Measured; nil: not reported.
    public var actual: Double?
    /// 0: the heater is off.
    public var target: Double?

    public init(actual: Double? = nil, target: Double? = nil) {
        self.actual = actual
        self.target = target
    }
}

/// The layer that is printed, of how many.
public struct ReadLayer: Equatable, Sendable, Codable {
    /// 0 or more; 0 before the first layer.
    public var now: Int
    /// As the slicer wrote it into the file; nil: unknown.
    public var total: Int?

    public init(now: Int, total: Int? = nil) {
        self.now = now
        self.total = total
    }
}

/// The last line of a machine's history.
public struct ReadEnd: Equatable, Sendable, Codable {
    /// As `ReadFile.path`.
    public var path: String
    /// By the machine's clock.
    public var startedAt: Timestamp?
    /// By the machine's clock, which may be wrong.
    public var endedAt: Timestamp
    /// As the machine's history has it.
    public var result: PrintResult

    public init(path: String, startedAt: Timestamp?, endedAt: Timestamp, result: PrintResult) {
        self.path = path
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.result = result
    }
}

/// What the job is made of.
public struct ReadFilament: Equatable, Sendable, Codable {
    /// "PLA", as the slicer wrote it.
    public var type: String?
    /// Millimetres.
    public var used: Double?

    public init(type: String? = nil, used: Double? = nil) {
        self.type = type
        self.used = used
    }
}

extension MachineState {
    /// A job is in the machine and has not ended. `attention` and `error` may or may not be in a job: they do not count.
    public var isJobActive: Bool {
        switch self {
        case .printing, .pausing, .paused, .resuming, .finishing: true
        case .unlinked, .offline, .idle, .complete, .cancelled, .error, .attention: false
        }
    }
}

/// How old a reading may be and still count as what the machine does now.
public enum ReadingAge {
    /// For a link that is told: what comes unasked may pause this long.
    public static let pushed = Duration.seconds(60)
    /// For a link that asks every `interval`.
    public static func polled(every interval: Duration) -> Duration { interval * 3 }
}
