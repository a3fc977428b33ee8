public import Farm

/// From the scores of a print's pictures to the probability that it is failing now.
public struct FailureModel: Sendable {
    /// Its scores were fitted to probabilities; else the number follows the rule of 0.1.
    public let isCalibrated: Bool

    /// Before anything has been seen.
    public static let prior = 0.01

    public init(isCalibrated: Bool = false) { self.isCalibrated = isCalibrated }

    /// Before the first picture of a print.
    public func start(camera: CameraHistory) -> FailureEvidence { FailureEvidence(probability: 0.01) }

    /// Takes one more picture of the open print. Pictures that come while the print is paused are not given here: a pause
    /// freezes the number.
    /// - Parameters:
    ///   - p: sum of the confidences in the frame (`p_sum`), 0 or more.
    ///   - moment: when the picture came.
    ///   - statistics: Obico's, after this frame; what a model without a table goes by.
    ///   - isWatched: alerts are raised; of a print that nobody watches less is learnt.
    public func add(
        p: Double, at moment: Timestamp, statistics: TemporalStatistics, isWatched: Bool,
        to evidence: inout FailureEvidence, camera: inout CameraHistory
    ) {
        let odds = evidence.probability / (1 - evidence.probability)
        let next = odds * (p > 0.3 ? 3 : 0.5)
        evidence.probability = min(max(next / (1 + next), 0.001), 0.999)
        evidence.lastAt = moment
    }

    /// A person says that it is not a failure: the number goes back to its prior, and the camera learns provisionally.
    public func dismiss(_ evidence: inout FailureEvidence, camera: inout CameraHistory, at moment: Timestamp) {
        evidence.probability = 0.01
    }

    /// Takes the last dismissal back, with what it taught.
    public func undoDismissal(_ evidence: inout FailureEvidence, camera: inout CameraHistory, at moment: Timestamp) {}

    /// The print has ended: what was held back teaches the camera, or not.
    /// - Parameters:
    ///   - verdict: what a person said of the alert; nil for nothing.
    public func end(
        _ evidence: FailureEvidence, camera: inout CameraHistory, as result: PrintResult, wasAlerted: Bool,
        verdict: AlertVerdict?, at moment: Timestamp
    ) {}

    /// What earlier prints of a camera teach whole: finished ones that were never alerted.
    /// - Parameter pictures: of one print, in their order.
    public func teach(_ pictures: [(at: Timestamp, p: Double)], to camera: inout CameraHistory) {}

    /// Nil until something has been learnt.
    public func habit(of camera: CameraHistory) -> CameraHabit? { nil }
}

extension AlertThresholds {
    /// - Parameter sensitivity: `detective_sensitivity`, 0.8...1.2: 0.8 alerts from 75 % on, 1 from 60 %, 1.2 from 45 %.
    public init(sensitivity: Double) {
        let alert = min(max(0.6 - (sensitivity - 1) * 0.75, 0.45), 0.75)
        self.init(alert: alert, pause: alert + (1 - alert) / 2, clear: alert * 0.75)
    }
}
