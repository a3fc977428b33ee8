public import Farm
internal import Glibc

/// From the scores of a print's pictures to the probability that it is failing now.
///
/// It works in bins of 10 seconds of picture time, so that a picture a second and one a minute come to the same; evidence
/// counts by the time that it covers. A camera's history is what its prints have taught (`FailureModel+Teaching`).
/// Without a table of likelihoods the number follows the rule of 0.1 (`FailureModel+Rule`).
public struct FailureModel: Sendable {
    let explanations: Explanations?

    /// Its scores were fitted to probabilities; else the number follows the rule of 0.1.
    public var isCalibrated: Bool { explanations != nil }

    /// - Parameter likelihoods: fitted for the network whose scores are given; nil where there are none.
    public init(likelihoods: LikelihoodTable? = nil) { explanations = likelihoods.map(Explanations.init) }

    /// Seconds of picture time in a bin, and the longest gap that counts.
    static let binSeconds = 10.0
    static let longestGap = 60.0
    /// What is shown at most and at least; nobody is ever sure.
    private static let numbers = 1e-4...0.9995

    /// Before the first picture of a print.
    public func start(camera: CameraHistory) -> FailureEvidence {
        guard let explanations else { return FailureEvidence(probability: 0) }
        var evidence = FailureEvidence(probability: explanations.table.startsFailing)
        look(at: camera, for: &evidence, explanations)
        evidence.keep(Belief(starting: explanations.starting(evidence).weights, explanations))
        return evidence
    }

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
        guard let explanations else {
            return addByRule(statistics, at: moment, to: &evidence)
        }
        if !explanations.fits(evidence) { restart(&evidence, camera: camera, explanations) }
        if evidence.closesBin(at: moment), let belief = step(evidence, explanations) {
            evidence.keep(belief)
            endDismissal(&evidence, explanations)
            evidence.age = min(evidence.age + evidence.openBin.covered, 1e8)
            learn(from: evidence.openBin, of: &evidence, into: &camera, explanations)
        }
        evidence.take(p: p, at: moment)
        if let belief = step(evidence, explanations) {
            evidence.probability = min(max(belief.probability, Self.numbers.lowerBound), Self.numbers.upperBound)
        }
        evidence.note(isWatched: isWatched)
    }

    /// The belief with the open bin; nil without one.
    func step(_ evidence: FailureEvidence, _ explanations: Explanations) -> Belief? {
        guard evidence.openBin.startedAt != nil else { return nil }
        let seconds = Double(evidence.openBin.covered)
        var belief = Belief(evidence)
        belief.pass(
            seconds: min(seconds, Self.longestGap), starting: explanations.starting(evidence), explanations)
        belief.take(
            ScoreRanges.index(evidence.openBin.score),
            weight: explanations.table.weight(
                seconds: seconds, age: Double(evidence.age), growth: growth(evidence, explanations)),
            [evidence.own, evidence.dismissal?.scores ?? []], explanations)
        return belief
    }

    /// What was dismissed has grown before it was: it is no news while it is in view.
    private func growth(_ evidence: FailureEvidence, _ explanations: Explanations) -> Double {
        guard explanations.table.temperingOfGrowth != nil, evidence.dismissal?.scores.isEmpty != false else { return 0 }
        return GrowthAfterCalm(evidence.spansSinceDismissal).degree
    }

    /// What was dismissed explains the pictures as long as they show it. After a minute without it it explains nothing any more: what
    /// comes then is new, though it scores the same.
    private func endDismissal(_ evidence: inout FailureEvidence, _ explanations: Explanations) {
        guard let dismissal = evidence.dismissal, !dismissal.scores.isEmpty else { return }
        let isCalm = evidence.openBin.score < dismissal.taught.quantile(0.5) / 2
        let calm = isCalm ? min(dismissal.calm + evidence.openBin.covered, 1e6) : 0
        evidence.dismissal?.calm = calm
        guard calm >= Self.dismissedSceneIsGone else { return }
        evidence.dismissal?.scores = []
        evidence.keep(Belief(starting: explanations.starting(evidence).weights, explanations))
    }
    private static let dismissedSceneIsGone: Float = 60

    /// The pictures come from another camera from now on, or what was known of this one was forgotten: the number stays, what the
    /// scores are compared with begins anew, and nothing that was seen before teaches.
    public func change(_ evidence: inout FailureEvidence, to camera: CameraHistory) {
        evidence.spans = []
        evidence.heldBack = CameraHistory()
        // The number holds what the open bin showed.
        evidence.openBin = FailureEvidence.Bin()
        if let explanations { restart(&evidence, camera: camera, explanations) }
    }

    /// Evidence of another table, or of none: the number stays, the explanations begin anew.
    private func restart(_ evidence: inout FailureEvidence, camera: CameraHistory, _ explanations: Explanations) {
        evidence.dismissal = nil
        look(at: camera, for: &evidence, explanations)
        var belief = Belief(starting: explanations.starting(evidence).weights, explanations)
        if evidence.lastAt != nil, evidence.probability < 1 {
            belief.odds = min(max(evidence.probability / (1 - evidence.probability), 1e-4), Belief.odds.upperBound)
        }
        evidence.keep(belief)
    }
}

extension LikelihoodTable {
    /// How much the evidence of so many seconds counts; a picture never much more than it shows itself.
    /// - Parameters:
    ///   - age: seconds of picture time before them.
    ///   - growth: how clearly something grows, see `GrowthAfterCalm`; 0...1.
    func weight(seconds: Double, age: Double, growth: Double) -> Double {
        let ofNews = news * 80 * (exp(-age / 80) - exp(-(age + seconds) / 80))
        let tempering = tempering + ((temperingOfGrowth ?? tempering) - tempering) * growth
        return min((tempering * seconds + ofNews) / FailureModel.binSeconds, 1.25)
    }
}

extension FailureEvidence {
    /// Those after the alert that was dismissed; all where none was. What grew before it is no news, also once it has left the picture.
    fileprivate var spansSinceDismissal: [Span] {
        let alerted = Float(AlertThresholds(sensitivity: 1.2).alert)
        guard dismissal != nil, let last = spans.lastIndex(where: { $0.highest >= alerted }) else { return spans }
        return Array(spans[(last + 1)...])
    }
}

extension Explanations {
    func fits(_ evidence: FailureEvidence) -> Bool {
        evidence.clean.count == cleanCount && evidence.failing.count == cameras * strengths
    }
}

extension FailureEvidence {
    mutating func keep(_ belief: Belief) {
        odds = belief.odds
        clean = belief.clean.map(Float.init)
        failing = belief.failing.map(Float.init)
    }

    /// A picture at that moment belongs to the next bin.
    func closesBin(at moment: Timestamp) -> Bool {
        guard let start = openBin.startedAt else { return false }
        // A clock that was set back begins a new bin too.
        return moment < start || moment.seconds(since: start) >= FailureModel.binSeconds
    }

    mutating func take(p: Double, at moment: Timestamp) {
        // A frame after a long silence speaks for no longer than frames usually do here.
        let gap = lastAt.map { Float(min(max(moment.seconds(since: $0), 0), FailureModel.longestGap)) }
        if closesBin(at: moment) || openBin.startedAt == nil {
            openBin = Bin()
            openBin.startedAt = moment
            let usual = lastGap > 0 ? max(lastGap * 2, Float(FailureModel.binSeconds)) : Float(FailureModel.longestGap)
            openBin.covered = min(gap ?? Float(FailureModel.binSeconds), usual)
        } else {
            openBin.covered = min(openBin.covered + (gap ?? 0), 2 * Float(FailureModel.longestGap))
        }
        if let gap { lastGap = gap }
        lastAt = moment
        let score = p.isNaN ? 0 : Float(min(max(p, 0), 100))
        openBin.pictures = min(openBin.pictures + 1, 1_000_000)
        openBin.sum += score
        openBin.highest = max(openBin.highest, score)
    }
}

extension FailureEvidence.Bin {
    /// Between the mean and the highest score: a failure that the head hides now and then shows in the highest one.
    var score: Double {
        let mean = Double(sum) / Double(max(pictures, 1))
        return mean + (Double(highest) - mean) / 4
    }
}

extension AlertThresholds {
    /// - Parameter sensitivity: `detective_sensitivity`, 0.8...1.2: 0.8 alerts from 75 % on, 1 from 60 %, 1.2 from 45 %.
    public init(sensitivity: Double) {
        let alert = min(max(0.6 - (sensitivity - 1) * 0.75, 0.45), 0.75)
        self.init(alert: alert, pause: alert + (1 - alert) * 0.95, clear: alert * 0.75)
    }
}
