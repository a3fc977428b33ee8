public import Farm

extension TemporalStatistics {
    /// Obico's decision on the last frame, as its server takes it. `Golden/temporal.json` was recorded from it.
    /// - Parameters:
    ///   - sensitivity: `detective_sensitivity` of the printer, 0.8...1.2.
    ///   - escalation: 1 for an alert, 1.75 for a pause.
    public func referenceDecision(sensitivity: Double, escalation: Double) -> Decision {
        decision(longMean: rollingMeanLong, sensitivity: sensitivity, escalation: escalation)
    }

    /// The decision that alerts and pauses follow.
    /// - Parameters:
    ///   - sensitivity: `detective_sensitivity` of the printer, 0.8...1.2.
    ///   - escalation: 1 for an alert, 1.75 for a pause.
    public func decision(sensitivity: Double, escalation: Double) -> Decision {
        referenceDecision(sensitivity: sensitivity, escalation: escalation)
    }

    private func decision(longMean: Double, sensitivity: Double, escalation: Double) -> Decision {
        let score = (ewmMean - longMean) * sensitivity / escalation
        let historyThreshold = (rollingMeanShort - longMean) * TemporalParameters.historyMultiple
        let clause: Decision.Clause =
            if predictionNum < TemporalParameters.safeFrames {
                .warmingUp
            } else if score < TemporalParameters.lowThreshold {
                .belowLow
            } else if score > TemporalParameters.highThreshold {
                .aboveHigh
            } else if score > historyThreshold {
                .aboveHistory
            } else {
                .explainedByHistory
            }
        return Decision(
            clause: clause, frame: predictionNum, safeFrames: TemporalParameters.safeFrames, score: score,
            longMean: longMean, historyThreshold: historyThreshold, lowThreshold: TemporalParameters.lowThreshold,
            highThreshold: TemporalParameters.highThreshold, escalation: escalation)
    }
}
