public import Farm

/// The statistics of a printer after a frame.
public struct ToldPrediction: WireObject {
    /// Whose frame it was; statistics go on over its prints.
    public var printerID: PrinterID
    /// Those of Obico, after this frame.
    public var statistics: TemporalStatistics
    /// 0...1; nil for frames from before 0.2, and while no print is open.
    public var failureProbability: Double?
    /// When the frame came; nil before the first.
    public var at: Timestamp?

    public init(
        printer: PrinterID, _ statistics: TemporalStatistics, failureProbability: Double?, at moment: Timestamp?
    ) {
        printerID = printer
        self.statistics = statistics
        self.failureProbability = failureProbability
        at = moment
    }

    public static let schemaName = "Prediction"
    public static var blank: Self { ToldPrediction(printer: 0, TemporalStatistics(), failureProbability: nil, at: nil) }

    public static let fields: WireTable<Self> = [
        .id("printer", { $0.printerID }, { $0.printerID = $1 }),
        .whole("current_frame_num", { $0.statistics.predictionNum }, { $0.statistics.predictionNum = $1 }),
        .whole(
            "lifetime_frame_num", { $0.statistics.predictionNumLifetime }, { $0.statistics.predictionNumLifetime = $1 }),
        .number("current_p", { $0.statistics.p }, { $0.statistics.p = $1 }),
        .number("ewm_mean", { $0.statistics.ewmMean }, { $0.statistics.ewmMean = $1 }),
        .number("rolling_mean_long", { $0.statistics.rollingMeanLong }, { $0.statistics.rollingMeanLong = $1 }),
        .number("rolling_mean_short", { $0.statistics.rollingMeanShort }, { $0.statistics.rollingMeanShort = $1 }),
        .number("normalized_p", { $0.statistics.normalizedP }, { $0.statistics.normalizedP = $1 }),
        .optionalNumber(
            "failure_probability", { $0.failureProbability }, { $0.failureProbability = $1 }, kind: .probability),
        .optionalTime("created_at", { $0.at }, { $0.at = $1 }),
        .optionalTime("updated_at") { $0.at },
    ]
}
