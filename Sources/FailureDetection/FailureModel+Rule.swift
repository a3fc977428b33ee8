internal import Farm

/// The number of a model without a table: the rule of 0.1, brought to the same scale. At the default sensitivity the alert threshold is
/// reached exactly when the rule says failing, the pause threshold exactly when it says so at escalation 1.75.
extension FailureModel {
    func addByRule(_ statistics: TemporalStatistics, at moment: Timestamp, to evidence: inout FailureEvidence) {
        let number = Self.number(statistics)
        let thresholds = AlertThresholds(sensitivity: 1)
        if evidence.dismissal?.isHolding == true, number < thresholds.alert { evidence.dismissal?.isHolding = false }
        evidence.probability =
            evidence.dismissal?.isHolding == true ? min(number, thresholds.clear / 2) : number
        evidence.lastAt = moment
    }

    /// Rises with the rule's score over the threshold that holds for it.
    static func number(_ statistics: TemporalStatistics) -> Double {
        let thresholds = AlertThresholds(sensitivity: 1)
        let decision = statistics.decision(sensitivity: 1, escalation: 1)
        let threshold = min(max(decision.historyThreshold, decision.lowThreshold), decision.highThreshold)
        let ratio = decision.score.isFinite ? max(decision.score, 0) / threshold : 0
        let isPause = statistics.decision(sensitivity: 1, escalation: TemporalParameters.escalation).isFailing
        let (least, range): (Double, ClosedRange<Double>) =
            if isPause {
                (
                    1 - (1 - thresholds.pause) * TemporalParameters.escalation / max(ratio, 0.01),
                    thresholds.pause...0.9995
                )
            } else if decision.isFailing {
                (
                    thresholds.alert + (thresholds.pause - thresholds.alert) * (ratio - 1)
                        / (TemporalParameters.escalation - 1),
                    thresholds.alert...thresholds.pause.nextDown
                )
            } else {
                (thresholds.alert * ratio, 0...thresholds.alert.nextDown)
            }
        return min(max(least, range.lowerBound), range.upperBound)
    }
}
