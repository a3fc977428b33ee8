import FailureDetection
import Farm

/// One kept print, judged again: what was raised then, and what would be raised now.
struct PrintReplay {
    /// What is known of the print beyond any doubt.
    enum Truth: String {
        /// A person said so, of the print or of its alert.
        case failed
        /// A person dismissed the alert, or the print ended well and nobody was alerted.
        case clean
        /// It was alerted and nobody has judged the alert, or it ended otherwise.
        case unjudged
    }

    var print: Print
    var truth: Truth
    /// Pictures that were judged, and those that have no score here: they were not kept.
    var pictures: Int
    var missing: Int
    /// Hours of picture time, a gap counting as at most a minute.
    var hours: Double
    var alertedAt: Timestamp?
    var pauseAt: Timestamp?
    /// 0...1; nil without pictures.
    var highest: Double?

    /// - Parameters:
    ///   - points: of the print, oldest first.
    ///   - pauses: when it stood; pictures of these spans are left out, as the service does.
    ///   - before: earlier prints on that camera; see `ScoreReplay`.
    ///   - missing: points that could not be scored by this model.
    init(
        _ print: Print, points: [PictureScore], missing: Int = 0, pauses: [Range<Timestamp>],
        before: [[PictureScore]], model: FailureModel, sensitivity: Double
    ) {
        self.print = print
        self.missing = missing
        let pictures = points.filter { point in !pauses.contains { $0.contains(point.at) } }
        let replay = ScoreReplay(pictures, before: before, model: model, sensitivity: sensitivity)
        self.pictures = pictures.count
        truth = Truth(print)
        alertedAt = replay.alertAt.map { pictures[$0 - 1].at }
        pauseAt = replay.pauseAt.map { pictures[$0 - 1].at }
        highest = replay.failureProbability.max()
        hours =
            zip(pictures, pictures.dropFirst()).reduce(0) { $0 + min(max($1.1.at.seconds(since: $1.0.at), 0), 60) }
            / 3600
    }
}

extension PrintReplay.Truth {
    init(_ print: Print) {
        if print.alertOverwrite == .failed || print.result == .failed {
            self = .failed
        } else if print.alertOverwrite == .notFailed || (print.alertedAt == nil && print.result == .success) {
            self = .clean
        } else {
            self = .unjudged
        }
    }
}

extension [FarmEvent] {
    /// The spans in which a print stood, from its events. The last one is open-ended where it never went on.
    func pauses(of print: Print) -> [Range<Timestamp>] {
        let end = print.endedAt ?? Timestamp(microseconds: .max)
        var pauses: [Range<Timestamp>] = []
        var pausedAt: Timestamp?
        for event in sorted(by: { $0.createdAt < $1.createdAt }) {
            switch event.kind {
            case .paused: pausedAt = pausedAt ?? event.createdAt
            case .resumed:
                if let start = pausedAt, start < event.createdAt { pauses.append(start..<event.createdAt) }
                pausedAt = nil
            default: break
            }
        }
        if let start = pausedAt, start < end { pauses.append(start..<end) }
        return pauses
    }
}

/// Sums over replayed prints: what the alerts were worth then, and would be now.
struct ReplaySummary: Equatable {
    struct Side: Equatable {
        var alerts = 0
        /// Among prints that are known to have failed.
        var found = 0
        /// Among prints that are known to be clean.
        var falseAlerts = 0
    }
    var prints = 0
    var hours = 0.0
    var failed = 0
    var clean = 0
    var cleanHours = 0.0
    var then = Side()
    var now = Side()

    init(_ replays: [PrintReplay]) {
        for replay in replays {
            prints += 1
            hours += replay.hours
            if replay.truth == .failed { failed += 1 }
            if replay.truth == .clean {
                clean += 1
                cleanHours += replay.hours
            }
            then.add(alerted: replay.print.alertedAt != nil, replay.truth)
            now.add(alerted: replay.alertedAt != nil, replay.truth)
        }
    }

    /// Nil while there are no hours of clean prints to count over.
    func falseAlertsPer100Hours(_ side: Side) -> Double? {
        cleanHours > 0 ? Double(side.falseAlerts) / cleanHours * 100 : nil
    }
}

extension ReplaySummary.Side {
    fileprivate mutating func add(alerted: Bool, _ truth: PrintReplay.Truth) {
        guard alerted else { return }
        alerts += 1
        if truth == .failed { found += 1 }
        if truth == .clean { falseAlerts += 1 }
    }
}
