public import Farm

extension FailureModel {
    /// Seconds that one dismissal teaches at most.
    private static let mostTaught: Float = 600

    /// A person says that it is not a failure: the number goes back to its prior, and what the last ten minutes showed explains the
    /// pictures that follow. A rise above that alerts anew. The camera learns it when the print ends, unless it is taken back.
    public func dismiss(_ evidence: inout FailureEvidence, camera: inout CameraHistory, at moment: Timestamp) {
        guard let explanations else {
            evidence.dismissal = .init(
                odds: evidence.odds, clean: [], failing: [], probability: evidence.probability, scores: [],
                taught: CameraHistory(), isHolding: true)
            evidence.probability = min(evidence.probability, AlertThresholds(sensitivity: 1).clear / 2)
            return
        }
        guard explanations.fits(evidence) else { return }
        let recent = evidence.recent(seconds: Self.mostTaught)
        evidence.dismissal = .init(
            odds: evidence.odds, clean: evidence.clean, failing: evidence.failing, probability: evidence.probability,
            scores: Self.shares(recent.seconds.map { $0 * 6 }, explanations.typical), taught: recent, isHolding: false)
        evidence.openBin = FailureEvidence.Bin()
        evidence.keep(Belief(starting: explanations.starting(evidence).weights, explanations))
        evidence.probability = explanations.table.startsFailing
    }

    /// Takes the last dismissal back, with what it taught: the number is again what it was.
    public func undoDismissal(_ evidence: inout FailureEvidence, camera: inout CameraHistory, at moment: Timestamp) {
        guard let dismissal = evidence.dismissal else { return }
        evidence.dismissal = nil
        evidence.probability = dismissal.probability
        guard let explanations else { return }
        (evidence.odds, evidence.clean, evidence.failing) = (dismissal.odds, dismissal.clean, dismissal.failing)
        if explanations.fits(evidence) {
            evidence.odds = max(dismissal.probability / max(1 - dismissal.probability, 1e-4), 1e-6)
        }
        evidence.openBin = FailureEvidence.Bin()
    }
}

extension FailureEvidence {
    /// The last seconds since the number rose, with those of the open bin.
    fileprivate func recent(seconds most: Float) -> CameraHistory {
        var recent = CameraHistory()
        recent.note(openBin.score, kind: nil, seconds: min(openBin.covered, most), kinds: 0)
        var left = most - Float(recent.total)
        // What was suspicious; pictures from before the rise would hide it among themselves.
        for span in spans.reversed().prefix(while: { $0.highest >= FailureModel.quiet }) {
            let total = Float(span.total)
            guard total > 0, left > 0 else { continue }
            recent.add(span.history, times: min(1, left / total))
            left -= total
        }
        return recent
    }
}
