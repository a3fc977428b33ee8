public import Farm
internal import Glibc

/// What a print teaches the camera.
///
/// While it runs: late, ten minutes of picture time behind, and only spans where the number stayed below 10 % for ten minutes on both
/// sides. The print itself is judged by the history as it was when it began, looked at again once an hour while the number is
/// below 5 %: so learning never lowers it by more than 5 points an hour.
extension FailureModel {
    /// Print hours after which what was learnt counts half.
    private static let halfLifeHours = 40.0
    static let spanSeconds = 120.0
    /// Spans that are waited for, 10 minutes; and those that a cancelled print does not teach, 30 minutes.
    private static let lateSpans = 5
    private static let cancelledSpans = 15
    private static let quiet: Float = 0.1
    private static let looksAgain = 0.05

    /// What earlier prints of a camera teach whole: finished ones that were never alerted.
    /// - Parameter pictures: of one print, in their order.
    public func teach(_ pictures: [(at: Timestamp, p: Double)], to camera: inout CameraHistory) {
        var evidence = FailureEvidence(probability: 0)
        var seconds = Self.nothing
        for picture in pictures {
            if evidence.closesBin(at: picture.at) { evidence.openBin.add(to: &seconds) }
            evidence.take(p: picture.p, at: picture.at)
        }
        if evidence.openBin.startedAt != nil { evidence.openBin.add(to: &seconds) }
        camera.learn(seconds, halfLifeHours: Self.halfLifeHours)
    }

    /// Nil until something has been learnt: ten minutes.
    public func habit(of camera: CameraHistory) -> CameraHabit? {
        let total = camera.total
        guard total >= 600 else { return nil }
        return CameraHabit(
            usual: camera.quantile(0.5), seldomOver: camera.quantile(0.95), hours: total / 3600)
    }

    /// A bin was closed: it becomes part of the open span, and what has waited long enough teaches.
    func learn(
        score: Double, seconds: Double, from evidence: inout FailureEvidence, into camera: inout CameraHistory,
        _ explanations: Explanations
    ) {
        evidence.remember(score: score, seconds: seconds)
        evidence.sinceOwn = min(evidence.sinceOwn + Float(seconds), 1e6)
        if evidence.sinceOwn >= 3600, evidence.probability < Self.looksAgain {
            look(at: camera, for: &evidence, explanations)
        }
        guard evidence.spans.last.map({ $0.total >= Self.spanSeconds }) ?? false else { return }
        let judged = evidence.spans.count - 1 - Self.lateSpans
        if judged >= 0 {
            let around = evidence.spans[max(0, judged - Self.lateSpans)...]
            if around.allSatisfy({ $0.highest < Self.quiet }) {
                camera.learn(evidence.spans[judged].weights, halfLifeHours: Self.halfLifeHours)
                evidence.spans[judged].isTaught = true
            }
        }
        evidence.spans.append(FailureEvidence.Span())
        while evidence.spans.count > Self.cancelledSpans + 1 { evidence.letGoOfOldest() }
    }

    /// The print has ended: what was held back teaches the camera, or not.
    /// - One that ended in success teaches all of it: whole if it was never alerted or the alert was judged no failure, a
    ///   quarter if nobody judged it.
    /// - A cancelled or failed one takes back what its last 30 minutes taught, and teaches no more.
    /// - Others only keep what they have taught.
    /// - Parameters:
    ///   - verdict: what a person said of the alert; nil for nothing.
    public func end(
        _ evidence: FailureEvidence, camera: inout CameraHistory, as result: PrintResult, wasAlerted: Bool,
        verdict: AlertVerdict?, at moment: Timestamp
    ) {
        guard isCalibrated else { return }
        if verdict == .failed || result == .cancelled || result == .failed {
            for span in evidence.spans where span.isTaught { camera.unlearn(span.weights) }
            return
        }
        var seconds = Self.nothing
        if result == .success {
            let share: Float = wasAlerted && verdict == nil ? 0.25 : 1
            Self.add(evidence.heldBack, to: &seconds, times: share)
            for span in evidence.spans where !span.isTaught && (span.isWatched || span.highest < Self.quiet) {
                Self.add(span.weights, to: &seconds, times: share)
            }
        } else if let dismissal = evidence.dismissal {
            Self.add(dismissal.taught, to: &seconds, times: 1)
        }
        camera.learn(seconds, halfLifeHours: Self.halfLifeHours)
    }

    /// Takes the camera's history as the print goes by it from now on.
    func look(at camera: CameraHistory, for evidence: inout FailureEvidence, _ explanations: Explanations) {
        evidence.sinceOwn = 0
        let hours = camera.total / 3600
        evidence.ownHours = hours > 0 ? Float(hours) : 0
        evidence.own = hours > 0 ? Self.shares(camera.seconds, explanations.typical) : []
    }

    /// Shares of scores: those seen, a little of each range's neighbours, and twenty minutes of what is typical.
    static func shares(_ seconds: [Float], _ typical: [Double]) -> [Float] {
        let spread = seconds.indices.map { index -> Double in
            let own = Double(seconds[index])
            let below = index > 0 ? Double(seconds[index - 1]) : own
            let above = index + 1 < seconds.count ? Double(seconds[index + 1]) : own
            return 0.8 * own + 0.1 * (below + above)
        }
        let total = spread.reduce(0, +) + 1200
        let shares = zip(spread, typical).map { ($0 + 1200 * $1) / total }
        return LikelihoodTable.smoothed(shares).map(Float.init)
    }

    static let nothing = Array(repeating: Float(0), count: ScoreRanges.count)

    static func add(_ seconds: [Float], to sum: inout [Float], times factor: Float) {
        guard seconds.count == sum.count else { return }
        for index in sum.indices { sum[index] += seconds[index] * factor }
    }
}

extension CameraHistory {
    /// Seconds of picture time behind it.
    var total: Double { seconds.reduce(0) { $0 + Double($1) } }

    mutating func learn(_ new: [Float], halfLifeHours: Double) {
        let added = new.reduce(0) { $0 + Double($1) }
        guard added > 0, added.isFinite else { return }
        if seconds.count != new.count { seconds = FailureModel.nothing }
        let kept = Float(pow(0.5, added / 3600 / halfLifeHours))
        for index in seconds.indices { seconds[index] = seconds[index] * kept + new[index] }
    }

    /// Takes back what was learnt a short while ago.
    mutating func unlearn(_ taught: [Float]) {
        guard seconds.count == taught.count else { return }
        for index in seconds.indices { seconds[index] = max(0, seconds[index] - taught[index]) }
    }

    /// The score below which so large a share of the time was, 0...1; linear within a range.
    func quantile(_ share: Double) -> Double {
        var rest = share * total
        for (index, time) in seconds.enumerated() {
            let time = Double(time)
            if rest <= time, time > 0 {
                let (low, high) = ScoreRanges.bounds(index)
                return min(index == 0 ? 0 : low + (high - low) * rest / time, 1)
            }
            rest -= time
        }
        return 1
    }
}

extension FailureEvidence.Span {
    var total: Double { seconds.reduce(0) { $0 + Double($1) } }
    var weights: [Float] { seconds.map(Float.init) }
}

extension FailureEvidence {
    fileprivate mutating func remember(score: Double, seconds: Double) {
        if spans.isEmpty { spans.append(Span()) }
        let range = ScoreRanges.index(score)
        let last = spans.count - 1
        spans[last].seconds[range] = UInt16(clamping: Int(spans[last].seconds[range]) + Int(seconds.rounded()))
    }

    /// The number after a picture and whether somebody would have been alerted, for what the open span may teach.
    mutating func note(isWatched: Bool) {
        if spans.isEmpty { spans.append(Span()) }
        let last = spans.count - 1
        spans[last].highest = max(spans[last].highest, Float(probability))
        if !isWatched { spans[last].isWatched = false }
    }

    /// What the oldest span has not taught waits for the end of the print.
    fileprivate mutating func letGoOfOldest() {
        let span = spans.removeFirst()
        guard !span.isTaught, span.isWatched || span.highest < 0.1 else { return }
        if heldBack.isEmpty { heldBack = FailureModel.nothing }
        FailureModel.add(span.weights, to: &heldBack, times: 1)
    }
}
