import Farm
import FarmService
import Text
import WireSchema

extension JSONWriter {
    /// The statistics of a printer's latest frame; before the first one without a time.
    mutating func latestPrediction(of live: LivePrinter) {
        object(
            ToldPrediction(
                printer: live.printer.id, live.printer.statistics, failureProbability: live.failureProbability,
                at: live.lastFrame?.createdAt))
    }

    mutating func prediction(_ prediction: Prediction) {
        object(
            ToldPrediction(
                printer: prediction.printerID, prediction.statistics,
                failureProbability: prediction.failureProbability, at: prediction.createdAt))
    }
}
