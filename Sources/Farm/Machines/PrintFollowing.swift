/// What a machine's readings mean for the print that farmtop keeps of it.
public enum FollowingEffect: Equatable, Sendable {
    /// The open print has ended.
    case end(PrintResult, reason: String?)
    /// A job runs that is not the open print: a print begins. It comes behind the `end` of the one before.
    case open(filename: String, startedAt: Timestamp)
    /// The machine has said which file the open print is of, after it began.
    case name(String)
    /// The open print stands still, by the machine's word.
    case pause
    case resume
    /// A printer with an open print has been offline for a minute.
    case offline(seconds: Int, reason: String)
    /// It is back after that was told.
    case online
    /// A person must act at the machine, or its firmware stopped; once until that is over.
    case attention(String)
}

/// Follows one machine: readings in, effects on its print out.
///
/// What it remembers may be lost: after a restart of farmtop it goes on with the print that is open in the database.
public struct PrintFollowing: Equatable, Sendable {
    /// A printer that prints may be silent for so long before that is told.
    public static let offlineAlertAfter = Duration.seconds(60)
    /// An end is seen when the job was seen so shortly before.
    static let seenWithin = 60.0
    /// Clocks of machines differ, and a reading is late: two starts within so many seconds are one.
    static let sameStartWithin = 120.0

    /// The last reading; nil since the start.
    public private(set) var reading: PrinterReading?
    /// The last reading with a job in it, and when it came.
    private var lastActive: PrinterReading?
    private var lastActiveAt: SteadyTime?
    /// Nil while it can be read.
    public private(set) var offlineSince: SteadyTime?
    private var offlineReason = ""
    private var isOfflineTold = false
    /// A person has ended the print while the machine still goes on with it: it is not opened again.
    private var isDisowned = false
    private var isAttentionTold = false

    public init() {}

    /// When `tick` has something to say; nil: never.
    public func nextDeadline(open: Print?) -> SteadyTime? {
        guard open != nil, let offlineSince, !isOfflineTold else { return nil }
        return offlineSince + Self.offlineAlertAfter
    }

    /// The name of a print whose file the machine has not said.
    public static let unknownFile = "unknown file"

    /// The open print was ended by hand, and a cancel is on its way to the machine: what it still does of that job is no print.
    public mutating func disown() {
        if reading.map(hasJob) ?? false { isDisowned = true }
    }

    /// The cancel was not heard: what the machine does of that job is a print again.
    public mutating func own() { isDisowned = false }

    // MARK: What comes

    /// - Parameters:
    ///   - moment: when the reading was received.
    ///   - open: the printer's open print.
    public mutating func saw(
        _ reading: PrinterReading, at moment: SteadyTime, open: Print?
    ) -> [FollowingEffect] {
        if reading.state == .offline {
            return lost(reading.detail ?? "The printer is offline.", at: moment, open: open)
        }
        var effects: [FollowingEffect] = []
        if isOfflineTold { effects.append(.online) }
        offlineSince = nil
        isOfflineTold = false
        if isDisowned, !hasJob(reading) || differs(reading, from: lastActive) { isDisowned = false }
        effects += follow(reading, moment, open)
        effects += attention(reading, open: open)
        self.reading = reading
        if hasJob(reading) {
            lastActive = reading
            lastActiveAt = moment
        }
        return effects
    }

    /// What people see of a reading: as long as a word that farmtop does not know leaves the print open, the state before
    /// it goes on, with the word beside it.
    public func shown(_ reading: PrinterReading, at moment: SteadyTime, open: Print?) -> PrinterReading {
        guard open != nil, var shown = lastActive, isPassing(reading, moment) else { return reading }
        shown.at = reading.at
        shown.detail = reading.detail
        shown.error = reading.error
        shown.nozzles = reading.nozzles
        shown.bed = reading.bed
        shown.light = reading.light
        return shown
    }

    /// Nothing can be read: the connection is lost, or the server's printer is.
    /// - Parameter reason: a sentence.
    public mutating func lost(_ reason: String, at now: SteadyTime, open: Print?) -> [FollowingEffect] {
        if offlineSince == nil { offlineSince = now }
        offlineReason = reason
        return tick(at: now, open: open)
    }

    /// Time has gone on: tells of a machine that was lost so long ago in a print that somebody should know.
    public mutating func tick(at now: SteadyTime, open: Print?) -> [FollowingEffect] {
        guard let since = offlineSince, !isOfflineTold else { return [] }
        // Idle and then switched off is no news.
        guard open != nil, now >= since + Self.offlineAlertAfter else { return [] }
        isOfflineTold = true
        return [.offline(seconds: Int(now.seconds(since: since)), reason: offlineReason)]
    }

    // MARK: The print

    private func follow(_ reading: PrinterReading, _ moment: SteadyTime, _ open: Print?) -> [FollowingEffect] {
        guard let open else {
            // What finishes or stands at rest when farmtop first sees it is no news.
            guard hasJob(reading), !isDisowned, reading.state != .finishing, reading.state != .attention else {
                return []
            }
            return [begin(reading)] + (reading.state == .paused ? [.pause] : [])
        }
        guard hasJob(reading) else { return ending(reading, moment, open) }
        if isAnotherJob(reading, open) {
            return [.end(provenResult(reading, open) ?? .unknown, reason: nil), begin(reading)]
                + (reading.state == .paused ? [.pause] : [])
        }
        var effects: [FollowingEffect] = []
        if open.filename == Self.unknownFile, let name = reading.file?.name, !name.isEmpty {
            effects.append(.name(name))
        }
        if reading.state == .paused, open.pausedAt == nil { effects.append(.pause) }
        if reading.state == .printing, open.pausedAt != nil { effects.append(.resume) }
        return effects
    }

    /// The machine has a job. In `attention` that is said by its number or file.
    private func hasJob(_ reading: PrinterReading) -> Bool {
        if reading.state.isJobActive { return true }
        return reading.state == .attention && (reading.jobID != nil || reading.progress != nil)
    }

    private func begin(_ reading: PrinterReading) -> FollowingEffect {
        let name = reading.file?.name ?? ""
        // A machine that was found printing began before it was found.
        let elapsed = min(max(reading.elapsed ?? 0, 0), 10 * 365 * 86_400)
        return .open(
            filename: name.isEmpty ? Self.unknownFile : name, startedAt: reading.at - .seconds(elapsed))
    }

    private func isAnotherJob(_ reading: PrinterReading, _ open: Print) -> Bool {
        if lastActive != nil { return differs(reading, from: lastActive) }
        // After a restart: by the name, or because the machine's history says that the open print is over.
        if let name = reading.file?.name, !name.isEmpty, ![name, Self.unknownFile].contains(open.filename) {
            return true
        }
        return provenResult(reading, open) != nil
    }

    private func differs(_ reading: PrinterReading, from before: PrinterReading?) -> Bool {
        guard let before else { return false }
        return MachineJob(reading).differs(from: MachineJob(before))
    }

    private func ending(_ reading: PrinterReading, _ moment: SteadyTime, _ open: Print) -> [FollowingEffect] {
        guard reading.state.isJobOver else { return [] }
        if isPassing(reading, moment) { return [] }
        let wasSeen = wasSeen(reading, moment)
        switch reading.state {
        case .complete where wasSeen: return [.end(.success, reason: nil)]
        case .cancelled where wasSeen: return [.end(.cancelled, reason: nil)]
        case .error where wasSeen: return [.end(.failed, reason: reading.error.map { shortenedText($0, limit: 200) })]
        default: break
        }
        if let proven = provenResult(reading, open) { return [.end(proven, reason: nil)] }
        if wasSeen, let before = lastActive, before.state == .finishing {
            return [.end(before.detail == "cancelling" ? .cancelled : .success, reason: nil)]
        }
        return [.end(.unknown, reason: nil)]
    }

    /// A word that this version does not know, in the middle of a job, is not yet its end.
    private func isPassing(_ reading: PrinterReading, _ moment: SteadyTime) -> Bool {
        guard reading.state == .idle, reading.detail != nil, let before = lastActiveAt else { return false }
        return moment.seconds(since: before) < Self.seenWithin
    }

    /// The job was watched to its end: seen a moment ago, or it had run for longer than nobody looked.
    private func wasSeen(_ reading: PrinterReading, _ moment: SteadyTime) -> Bool {
        guard let before = lastActive, let seenAt = lastActiveAt else { return false }
        if let file = reading.file, let old = before.file, file != old { return false }
        let unseenFor = moment.seconds(since: seenAt)
        if unseenFor <= Self.seenWithin { return true }
        guard let elapsed = reading.elapsed, let old = before.elapsed else { return false }
        return elapsed >= old && elapsed > unseenFor
    }

    /// What the machine's own history says of the open print, if it is of that one.
    private func provenResult(_ reading: PrinterReading, _ open: Print) -> PrintResult? {
        guard let end = reading.lastEnd, let startedAt = end.startedAt,
            startedAt.seconds(since: open.startedAt).magnitude <= Self.sameStartWithin,
            end.endedAt >= startedAt, end.endedAt.seconds(since: reading.at) <= Self.sameStartWithin
        else { return nil }
        let isSameFile =
            cleanedText(end.path, limit: 1000) == open.filename
            || (reading.file?.path == end.path && reading.file?.name == open.filename)
        return isSameFile ? end.result : nil
    }

    // MARK: A person is needed

    private mutating func attention(_ reading: PrinterReading, open: Print?) -> [FollowingEffect] {
        guard reading.state == .attention || reading.state == .error else {
            isAttentionTold = false
            return []
        }
        guard !isAttentionTold else { return [] }
        isAttentionTold = true
        // The end of the print tells of the error; an old error is no news after a start.
        if reading.state == .error, open != nil || self.reading == nil { return [] }
        let words = reading.error ?? reading.detail
        return [
            .attention(words ?? (reading.state == .error ? "The printer stopped with an error." : "Go to the printer."))
        ]
    }
}
