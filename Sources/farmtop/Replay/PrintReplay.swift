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
    /// When an alert would be raised if no box had counted less for an earlier verdict.
    var alertedWithoutMemoryAt: Timestamp?
    /// A box counted less in so many of the pictures.
    var countedLess: Int
    /// The parts of the picture that were judged, in their order; empty where that was not kept.
    var regions: [CameraRegion]
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
        countedLess = pictures.count { $0.counted != nil }
        regions = []
        for case let region? in pictures.map(\.region) where regions.last != region { regions.append(region) }
        truth = Truth(print)
        alertedAt = replay.alertAt.map { pictures[$0 - 1].at }
        pauseAt = replay.pauseAt.map { pictures[$0 - 1].at }
        highest = replay.failureProbability.max()
        alertedWithoutMemoryAt = alertedAt
        if countedLess > 0 {
            let full = pictures.map { PictureScore(at: $0.at, p: $0.p, region: $0.region) }
            let without = ScoreReplay(full, before: before, model: model, sensitivity: sensitivity)
            alertedWithoutMemoryAt = without.alertAt.map { pictures[$0 - 1].at }
        }
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
    /// The same without the memory of verdicts.
    var withoutMemory = Side()
    /// Prints in which a box counted less.
    var countedLess = 0

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
            withoutMemory.add(alerted: replay.alertedWithoutMemoryAt != nil, replay.truth)
            if replay.countedLess > 0 { countedLess += 1 }
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
