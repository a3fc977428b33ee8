public import Farm

/// The scores of one print's pictures, and those of the prints before it on the same camera.
public struct ScoreSequence: Equatable, Sendable {
    public var name: String
    /// Seconds between two pictures, more than 0.
    public var interval: Double
    /// `p_sum` of each picture.
    public var scores: [Double]
    /// Earlier prints: finished, never alerted; oldest first.
    public var before: [[Double]]

    public init(name: String, interval: Double = 10, scores: [Double], before: [[Double]] = []) {
        self.name = name
        self.interval = interval
        self.scores = scores
        self.before = before
    }
}

/// When a picture came, and its score.
public struct PictureScore: Equatable, Sendable {
    /// Rising from picture to picture: the model goes by the time between them.
    public var at: Timestamp
    /// `p_sum`, 0 or more.
    public var p: Double
    /// What of it counts for the failure probability; nil: all of it.
    public var counted: Double?
    /// The part of the picture that was judged; nil: as before.
    public var region: CameraRegion?

    public init(at moment: Timestamp, p: Double, counted: Double? = nil, region: CameraRegion? = nil) {
        at = moment
        self.p = p
        self.counted = counted
        self.region = region
    }
}

/// What would have been raised: a sequence of scores through the model and the decision that the service uses.
public struct ScoreReplay: Equatable, Sendable {
    /// The picture that raised the first alert, and the one that first asked for a pause; they count from 1.
    public var alertAt: Int?
    /// Nil: no pause would have been asked.
    public var pauseAt: Int?
    /// After each picture.
    public var failureProbability: [Double] = []

    /// - Parameter sensitivity: `detective_sensitivity`, 0.8...1.2.
    public init(_ sequence: ScoreSequence, model: FailureModel, sensitivity: Double = 1) {
        func moments(_ scores: [Double]) -> [PictureScore] {
            scores.enumerated().map { index, p in
                PictureScore(
                    at: Timestamp(secondsSince1970: 1_700_000_000 + Double(index) * sequence.interval), p: p)
            }
        }
        self.init(
            moments(sequence.scores), before: sequence.before.map(moments), model: model, sensitivity: sensitivity)
    }

    /// - Parameters:
    ///   - pictures: of the print, oldest first, without those that came while it was paused: a pause freezes the number.
    ///   - before: of earlier prints on the same camera, finished and never alerted; the oldest print first.
    ///   - sensitivity: `detective_sensitivity`, 0.8...1.2.
    public init(
        _ pictures: [PictureScore], before: [[PictureScore]], model: FailureModel, sensitivity: Double
    ) {
        var region = pictures.lazy.compactMap(\.region).first ?? .whole
        var others: [CameraRegion: CameraHistory] = [:]
        var statistics = TemporalStatistics()
        for earlier in before {
            let parts = Dictionary(grouping: earlier) { $0.region ?? region }
            for (part, pictures) in parts {
                model.teach(
                    pictures.map { (at: $0.at, p: $0.counted ?? $0.p) }, to: &others[part, default: CameraHistory()])
            }
            for picture in earlier { statistics = statistics.adding(p: picture.p, sensitivity: sensitivity) }
            statistics = statistics.resettingPrint()
        }
        guard let first = pictures.first else { return }
        var camera = others[region] ?? CameraHistory()
        var print = Print(
            id: PrintID(1), printerID: PrinterID(1), accountID: AccountID(1), filename: "", startedAt: first.at)
        let settings = PrinterSettings(name: "")
        let thresholds = AlertThresholds(sensitivity: sensitivity)
        var evidence = model.start(camera: camera)
        for (index, picture) in pictures.enumerated() {
            statistics = statistics.adding(p: picture.p, sensitivity: sensitivity)
            if let next = picture.region, next != region {
                // Another region is another camera, as it was for the farm.
                others[region] = camera
                camera = others[next] ?? CameraHistory()
                region = next
                model.change(&evidence, to: camera)
            }
            model.add(
                p: picture.counted ?? picture.p, at: picture.at, statistics: statistics, isWatched: true, to: &evidence,
                camera: &camera)
            failureProbability.append(evidence.probability)
            let decision = alertDecision(
                number: evidence.probability, thresholds: thresholds, print: print, settings: settings,
                isWatched: true)
            print.take(decision)
            if decision.raisesAlert, alertAt == nil { alertAt = index + 1 }
            if decision.requestsPause, pauseAt == nil { pauseAt = index + 1 }
        }
    }
}
