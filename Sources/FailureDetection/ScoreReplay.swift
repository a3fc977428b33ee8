internal import Farm

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

/// What would have been raised: a sequence of scores through the model and the decision that the service uses.
public struct ScoreReplay: Equatable, Sendable {
    /// The picture that raised the alert, and the one that asked for a pause; they count from 1.
    public var alertAt: Int?
    public var pauseAt: Int?
    /// After each picture.
    public var failureProbability: [Double] = []

    /// - Parameter sensitivity: `detective_sensitivity`, 0.8...1.2.
    public init(_ sequence: ScoreSequence, model: FailureModel, sensitivity: Double = 1) {
        var camera = CameraHistory()
        var statistics = TemporalStatistics()
        for scores in sequence.before {
            let pictures = scores.enumerated().map { (at: Self.moment($0.offset, sequence.interval), p: $0.element) }
            model.teach(pictures, to: &camera)
            for p in scores { statistics = statistics.adding(p: p, sensitivity: sensitivity) }
            statistics = statistics.resettingPrint()
        }
        var print = Print(
            id: PrintID(1), printerID: PrinterID(1), accountID: AccountID(1), filename: sequence.name,
            startedAt: Self.moment(0, sequence.interval))
        let settings = PrinterSettings(name: sequence.name)
        let thresholds = AlertThresholds(sensitivity: sensitivity)
        var evidence = model.start(camera: camera)
        for (index, p) in sequence.scores.enumerated() {
            statistics = statistics.adding(p: p, sensitivity: sensitivity)
            model.add(
                p: p, at: Self.moment(index, sequence.interval), statistics: statistics, isWatched: true,
                to: &evidence, camera: &camera)
            failureProbability.append(evidence.probability)
            let decision = alertDecision(
                number: evidence.probability, thresholds: thresholds, print: print, settings: settings,
                isWatched: true)
            print.take(decision)
            if decision.raisesAlert, alertAt == nil { alertAt = index + 1 }
            if decision.requestsPause, pauseAt == nil { pauseAt = index + 1 }
        }
    }

    private static func moment(_ index: Int, _ interval: Double) -> Timestamp {
        Timestamp(secondsSince1970: 1_700_000_000 + Double(index) * interval)
    }
}
