import Farm
import FarmService
import Text

extension JSONWriter {
    /// The statistics of a printer's latest frame; before the first one without a time.
    mutating func latestPrediction(of live: LivePrinter) {
        prediction(
            printer: live.printer.id, live.printer.statistics, failureProbability: live.failureProbability,
            at: live.lastFrame?.createdAt)
    }

    mutating func prediction(_ prediction: Prediction) {
        self.prediction(
            printer: prediction.printerID, prediction.statistics, failureProbability: prediction.failureProbability,
            at: prediction.createdAt)
    }

    /// - Parameters:
    ///   - failureProbability: nil for frames from before 0.2, and while no print is open.
    ///   - time: of the frame; nil before the first.
    mutating func prediction(
        printer: PrinterID, _ statistics: TemporalStatistics, failureProbability: Double?, at time: Timestamp?
    ) {
        object { json in
            json.member("printer", printer)
            json.member("current_frame_num", statistics.predictionNum)
            json.member("lifetime_frame_num", statistics.predictionNumLifetime)
            json.member("current_p", statistics.p)
            json.member("ewm_mean", statistics.ewmMean)
            json.member("rolling_mean_long", statistics.rollingMeanLong)
            json.member("rolling_mean_short", statistics.rollingMeanShort)
            json.member("normalized_p", statistics.normalizedP)
            json.member("failure_probability", failureProbability)
            json.member("created_at", time)
            json.member("updated_at", time)
        }
    }
}
