internal import Farm

/// What the machine behind a printer said last, as the screen writes it. What it did not say has no words: nothing is made up.
struct MachineFacts {
    let reading: PrinterReading
    /// The reading is not what the machine does now: too old, or the machine does not answer any more.
    let isOld: Bool
    private let isOffline: Bool

    /// Nil without a machine, and before it has said anything.
    init?(_ snapshot: PrinterSnapshot) {
        guard let machine = snapshot.machine, let reading = machine.reading else { return nil }
        self.reading = reading
        isOffline = machine.fault != nil || snapshot.states.machine == .offline
        isOld = machine.isStale || isOffline
    }

    /// In front of every number that is old, and nowhere else.
    var ageSign: String { isOld ? "~" : "" }

    /// Whether a job is in the machine; a machine at rest still names the last one, which says nothing.
    private var isInJob: Bool { reading.state.isJobActive || reading.state == .attention }

    /// 0...1, while there is a job.
    var progress: Double? {
        guard isInJob, let progress = reading.progress, progress.isFinite else { return nil }
        return min(max(0, progress), 1)
    }

    /// Seconds until the job is done. They run while the machine prints and is heard of; else they stand as they were told.
    func left(at now: Timestamp) -> Double? {
        guard isInJob, let told = reading.remaining, told.isFinite, told >= 0 else { return nil }
        guard isRunning else { return told }
        return max(0, told - max(0, now.seconds(since: reading.at)))
    }

    /// When the job will be done; nil while it stands still or nobody knows.
    func finish(at now: Timestamp) -> Timestamp? {
        guard isRunning, let left = left(at: now), left < 1e9 else { return nil }
        return now + .seconds(left)
    }

    private var isRunning: Bool { !isOld && (reading.state == .printing || reading.state == .finishing) }

    /// `156/251`, `156`.
    var layer: String? {
        guard isInJob, let layer = reading.layer else { return nil }
        return "\(layer.now)" + (layer.total.map { "/\($0)" } ?? "")
    }

    /// `214/215 60/60`: the hottest nozzle and the bed, each with its target while it is heated.
    var heat: String? {
        let hottest = reading.nozzles.max { ($0.actual ?? -1) < ($1.actual ?? -1) }
        let parts = [hottest, reading.bed].compactMap { $0 }.compactMap(Self.degrees)
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    /// `nozzle 214/215 °C, bed 60/60 °C`; with several nozzles each has its number.
    var heatWords: String? {
        var parts = reading.nozzles.enumerated().compactMap { number, nozzle in
            Self.degrees(nozzle).map { "nozzle \(reading.nozzles.count > 1 ? "\(number + 1) " : "")\($0) °C" }
        }
        if let bed = reading.bed.flatMap(Self.degrees) { parts.append("bed \(bed) °C") }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private static func degrees(_ temperature: ReadTemperature) -> String? {
        guard let actual = temperature.actual.flatMap(whole) else { return nil }
        guard let target = temperature.target.flatMap(whole), target > 0 else { return "\(actual)" }
        return "\(actual)/\(target)"
    }

    private static func whole(_ value: Double) -> Int? {
        guard value.isFinite, abs(value) < 10_000 else { return nil }
        return Int(value.rounded())
    }

    /// Why a person is needed, or why the job stopped, in the machine's words.
    var trouble: String? {
        switch reading.state {
        case .attention, .error: reading.error ?? reading.detail
        default: reading.error
        }
    }
}

extension PrinterSnapshot {
    /// Why its machine needs a person: a stop that it did not heed, or what it says itself.
    var attentionWords: String? {
        unheardStop?.unheardWords ?? MachineFacts(self)?.trouble
    }

    /// A cancel or emergency stop that the machine did not heed: it goes on.
    var unheardStop: MachineCommand? {
        guard let command = machine?.lastCommand, command.isUnheardStop, states.machine == .attention else {
            return nil
        }
        return command
    }

    /// Why the link to its machine does not work until somebody acts; nil where it does, and where none is linked.
    var linkTrouble: String? {
        guard let machine else { return nil }
        if !machine.isConfirmed { return "off since the restore: e allows this farm to use it again" }
        guard let fault = machine.fault, fault.needsOperator else { return nil }
        return fault.description
    }
}

extension [PrinterSnapshot] {
    /// Those that will be done, the next one first.
    func finishing(at now: Timestamp) -> [(printer: PrinterSnapshot, at: Timestamp)] {
        compactMap { snapshot in MachineFacts(snapshot)?.finish(at: now).map { (snapshot, $0) } }
            .sorted { ($0.1, $0.0.id) < ($1.1, $1.0.id) }
    }
}
