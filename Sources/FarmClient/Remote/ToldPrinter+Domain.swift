import Farm
import WireSchema

extension ToldPrinter {
    /// Without its print: for lists of what is not on the screen.
    var listing: PrinterListing {
        PrinterListing(
            printer: snapshot.printer, accountName: "", currentPrint: nil, states: snapshot.states,
            failureProbability: snapshot.failureProbability)
    }
}

extension ToldPrediction {
    /// Nil before the first frame.
    var point: ScorePoint? {
        guard let at else { return nil }
        return ScorePoint(
            at: at, frame: statistics.predictionNum, p: statistics.p, failureProbability: failureProbability,
            ewmMean: statistics.ewmMean, rollingMeanShort: statistics.rollingMeanShort,
            rollingMeanLong: statistics.rollingMeanLong, normalizedP: statistics.normalizedP)
    }
}
