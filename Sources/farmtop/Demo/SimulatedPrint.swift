import Farm

/// What a simulated machine does: a job that heats, prints, obeys and ends, and after a rest the next one. No clock and no I/O.
struct SimulatedPrint: Equatable, Sendable {
    enum Phase: Equatable, Sendable {
        /// The bed is being cleared.
        case resting
        case printing
        case pausing
        case paused
        case resuming
        case cancelling
        case complete
        case cancelled
        /// By the emergency stop.
        case stopped
    }

    /// How long a machine takes. Unit: seconds of the simulation.
    struct Pace: Equatable, Sendable {
        /// Until a pause, a resume or a cancel has been carried out.
        var reaction = 1.2
        /// From the end of a job to the next one.
        var rest = 5.0
        /// A job that nobody resumes is cancelled at the machine, so that the demo goes on.
        var patience = 240.0
    }

    private(set) var phase = Phase.resting
    /// In this phase.
    private(set) var seconds = 0.0
    private(set) var file: String
    /// The number of the job, from 1.
    private(set) var number = 0
    /// How much of the job's time has gone by. Unit: seconds of the simulation.
    private(set) var printed = 0.0
    private(set) var length: Double
    /// Loose strands hang from here on, in seconds of printing; nil: the job goes well.
    private(set) var failsAt: Double?
    /// The machine has run for so long: heaters warm up by it.
    private(set) var heat = 0.0
    private(set) var light = false
    private var random: SceneRandom
    private(set) var seed: UInt64 = 0
    private let pace: Pace
    private let firstFails: Bool
    private let files: [String]

    /// - Parameters:
    ///   - index: of the machine; every fourth one's first job fails early enough for an alert within a minute.
    ///   - unit: seconds that one step of a job takes; the interval of its camera.
    init(index: Int, files: [String], unit: Double, pace: Pace = Pace()) {
        self.files = files
        self.pace = pace
        self.unit = unit
        random = SceneRandom(state: UInt64(index) &* 977)
        firstFails = index % 4 == 1
        file = files[index % files.count]
        length = unit
        start(file)
    }

    private let unit: Double

    var isOpen: Bool {
        switch phase {
        case .printing, .pausing, .paused, .resuming, .cancelling: true
        case .resting, .complete, .cancelled, .stopped: false
        }
    }

    /// 0...1
    var progress: Double { min(1, printed / length) }

    /// Strands at this moment, 0 for none.
    var strands: Int {
        guard let failsAt, isOpen, printed >= failsAt else { return 0 }
        return min(DrawnScene.mostStrands, 15 + Int((printed - failsAt) / unit) * 6)
    }

    /// The next job.
    private mutating func start(_ name: String) {
        number += 1
        file = name
        phase = .printing
        seconds = 0
        heat = number == 1 ? 60 : 0
        seed = random.next()
        let steps = 120 + Double(Int(random.unit() * 240))
        length = steps * unit
        // The first jobs have begun before somebody looks.
        printed = number == 1 ? 20 * unit : 0
        let fails = number == 1 ? firstFails : random.unit() < 0.2
        failsAt = fails ? printed + (number == 1 ? 3 : 20 + Double(Int(random.unit() * 40))) * unit : nil
    }

    /// - Parameter span: seconds of the simulation.
    mutating func advance(by span: Double) {
        seconds += span
        heat += isOpen ? span : -min(span, heat)
        switch phase {
        case .printing:
            printed += span
            if printed >= length { enter(.complete) }
        case .pausing: if seconds >= pace.reaction { enter(.paused) }
        case .paused: if seconds >= pace.patience { enter(.cancelling) }
        case .resuming: if seconds >= pace.reaction { enter(.printing) }
        case .cancelling: if seconds >= pace.reaction { enter(.cancelled) }
        case .complete, .cancelled: if seconds >= pace.rest { enter(.resting) }
        case .resting, .stopped:
            if seconds >= pace.rest { start(files[Int(random.next() % UInt64(files.count))]) }
        }
    }

    private mutating func enter(_ next: Phase) {
        // Whoever lets a job go on has taken the strands away before.
        if phase == .resuming, next == .printing { failsAt = nil }
        phase = next
        seconds = 0
    }

    mutating func obey(_ command: LinkCommand) -> LinkOutcome {
        switch command {
        case .pause:
            guard phase == .printing else { return .refused("it is not printing") }
            enter(.pausing)
        case .resume:
            guard phase == .paused else { return .refused("it is not paused") }
            enter(.resuming)
        case .cancel:
            guard isOpen else { return .refused("it is not printing") }
            enter(.cancelling)
        case .start(let path):
            guard !isOpen else { return .refused("it is printing") }
            start(path)
        case .light(let isOn): light = isOn
        case .emergencyStop: enter(.stopped)
        }
        return .accepted
    }
}

extension SimulatedPrint {
    var state: MachineState {
        switch phase {
        case .resting: .idle
        case .printing: .printing
        case .pausing: .pausing
        case .paused: .paused
        case .resuming: .resuming
        case .cancelling: .finishing
        case .complete: .complete
        case .cancelled: .cancelled
        case .stopped: .error
        }
    }

    /// As a machine would tell it.
    /// - Parameter speed: of the simulation; what is told goes by the clock on the wall.
    func reading(at moment: Timestamp, speed: Double) -> PrinterReading {
        var reading = PrinterReading(
            state: state, detail: phase == .cancelling ? "cancelling" : nil, file: ReadFile(name: file, path: file),
            at: moment)
        if phase == .stopped { reading.error = "Emergency stop. The simulation goes on by itself." }
        reading.jobID = "\(number)"
        if isOpen || phase == .complete {
            reading.progress = progress
            reading.elapsed = printed / speed
            reading.remaining = (length - min(printed, length)) / speed
            let layers = 40 + Int(seed % 200)
            reading.layer = ReadLayer(now: Int(progress * Double(layers)), total: layers)
            reading.filament = ReadFilament(type: "PLA", used: printed * 12)
        }
        reading.nozzles = [temperature(target: isOpen ? 215 : 0, seconds: 20)]
        reading.bed = temperature(target: isOpen ? 60 : 0, seconds: 45)
        reading.light = light
        return reading
    }

    /// A heater on its way from the room's 22 °C to its target, within so many seconds.
    private func temperature(target: Double, seconds: Double) -> ReadTemperature {
        let share = min(1, heat / seconds)
        let hot = max(target, 60)
        let noise = Double(Int(printed * 7) % 5) * 0.1
        return ReadTemperature(actual: 22 + (hot - 22) * share + (share > 0 ? noise : 0), target: target)
    }
}
