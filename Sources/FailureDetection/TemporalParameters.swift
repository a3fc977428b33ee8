/// The constants of Obico's failure detection, as its server ships them. Unit of scores: `p_sum`.
public enum TemporalParameters {
    /// Span of the exponentially weighted mean, in frames; its weight is 2 / (span + 1).
    public static let ewmSpan = 12.0
    /// Windows of the rolling means, in frames of the print and of the printer.
    public static let shortWindow: Int64 = 310
    /// Frames of the printer's life, over all its prints.
    public static let longWindow: Int64 = 7200
    /// Frames of a print in which nothing is called failing.
    public static let safeFrames: Int64 = 30
    /// Under it nothing is called failing, whatever the history.
    public static let lowThreshold = 0.38
    /// Over it a print is called failing, whatever the history.
    public static let highThreshold = 0.78
    /// How far a print must rise above its printer's history: times the difference of the rolling means.
    public static let historyMultiple = 3.8
    /// From a warning to a failure, and from an alert to a pause.
    public static let escalation = 1.75
    /// What the decision takes for a printer's normal score before it has seen any frame: a little above the mean of the
    /// bundled model over clean pictures of other cameras (.036). Weighs as many frames as one short window.
    public static let cleanMean = 0.045
    /// How many frames `cleanMean` weighs as.
    public static let cleanFrames = 310.0
}
