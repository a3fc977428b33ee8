/// The running numbers of one printer's score, with the names of Obico's wire format. Unit of all means: `p_sum`.
public struct TemporalStatistics: Equatable, Sendable, Codable {
    /// `prediction_num`: frames of this print.
    public var predictionNum: Int64 = 0
    /// `prediction_num_lifetime`: frames of this printer.
    public var predictionNumLifetime: Int64 = 0
    /// `p_sum` of the last frame.
    public var p = 0.0
    /// Exponentially weighted mean of `p`, span 12 frames.
    public var ewmMean = 0.0
    /// Mean of `p` over about the last 310 frames of the print.
    public var rollingMeanShort = 0.0
    /// Mean of `p` over about the last 7,200 frames of the printer.
    public var rollingMeanLong = 0.0
    /// 0...1; thirds are clean, warning, failure.
    public var normalizedP = 0.0

    public init() {}
}

/// Why the detector did or did not call a print failing, with every number of the rule.
public struct Decision: Equatable, Sendable, Codable {
    /// Which part of the rule settled it.
    public enum Clause: String, Sendable, Codable {
        /// Fewer frames than `safeFrames`: too early to say.
        case warmingUp
        /// The adjusted score is under `lowThreshold`.
        case belowLow
        /// At least `lowThreshold`, but no higher than what this printer shows all the time.
        case explainedByHistory
        /// Over `highThreshold`: failing whatever the history.
        case aboveHigh
        /// Over the low threshold and clearly above this printer's own history.
        case aboveHistory
    }
    /// Which part of the rule decided.
    public var clause: Clause
    /// Frames of this print so far, and how many must pass before anything is called failing.
    public var frame: Int64
    /// 30, as Obico ships it.
    public var safeFrames: Int64
    /// `(ewm_mean − long mean) · sensitivity / escalation`.
    public var score: Double
    /// The mean that the decision takes for this printer's normal; differs from the reported one on young printers.
    public var longMean: Double
    /// `(rolling_mean_short − long mean) · 3.8`.
    public var historyThreshold: Double
    /// 0.38 as Obico ships it, in the unit of `score`.
    public var lowThreshold: Double
    /// 0.78 as Obico ships it, in the unit of `score`.
    public var highThreshold: Double
    /// 1 for an alert, 1.75 for a pause.
    public var escalation: Double

    /// At this escalation; an alert may hold where a pause does not.
    public var isFailing: Bool { clause == .aboveHigh || clause == .aboveHistory }

    public init(
        clause: Clause, frame: Int64, safeFrames: Int64, score: Double, longMean: Double, historyThreshold: Double,
        lowThreshold: Double, highThreshold: Double, escalation: Double
    ) {
        self.clause = clause
        self.frame = frame
        self.safeFrames = safeFrames
        self.score = score
        self.longMean = longMean
        self.historyThreshold = historyThreshold
        self.lowThreshold = lowThreshold
        self.highThreshold = highThreshold
        self.escalation = escalation
    }
}

/// The thresholds of `normalized_p`, in the unit of `ewm_mean − rolling_mean_long` times the sensitivity.
public struct FailureThresholds: Equatable, Sendable, Codable {
    /// From here on `normalized_p` is in its middle third.
    public var warning: Double
    /// From here on `normalized_p` is in its last third.
    public var failure: Double

    public init(warning: Double, failure: Double) {
        self.warning = warning
        self.failure = failure
    }
}

/// The statistics after one frame, as stored for charts.
public struct Prediction: Equatable, Sendable, Codable {
    /// Whose frame it was.
    public var printID: PrintID
    /// That of the print.
    public var printerID: PrinterID
    public var createdAt: Timestamp
    /// After this frame.
    public var statistics: TemporalStatistics
    /// After this frame, 0...1; nil for frames from before 0.2.
    public var failureProbability: Double?
    /// In pixels of the upright frame, highest confidence first.
    public var detections: [Detection]
    /// What of `p_sum` counted for the failure probability; nil: all of it.
    public var counted: Double?
    /// The part of the picture that was judged; nil where that was not kept.
    public var region: CameraRegion?

    public init(
        printID: PrintID, printerID: PrinterID, createdAt: Timestamp, statistics: TemporalStatistics,
        failureProbability: Double? = nil, detections: [Detection], counted: Double? = nil,
        region: CameraRegion? = nil
    ) {
        self.counted = counted
        self.region = region
        self.printID = printID
        self.printerID = printerID
        self.createdAt = createdAt
        self.statistics = statistics
        self.failureProbability = failureProbability
        self.detections = detections
    }
}
