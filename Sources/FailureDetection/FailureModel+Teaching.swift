public import Farm

/// What a print teaches the camera.
///
/// While it runs: late, ten minutes of picture time behind, and only spans where the number stayed below 10 % for ten minutes on both
/// sides. The print itself is judged by the history as it was when it began, looked at again once an hour while the number is
/// below 5 %: so learning never lowers it by more than 5 points an hour.
extension FailureModel {
    static let spanSeconds = 120.0
    /// Spans that are waited for, 10 minutes; and those that a cancelled print does not teach, 30 minutes.
    private static let lateSpans = 5
    private static let cancelledSpans = 15
    static let quiet: Float = 0.1
    private static let looksAgainBelow = 0.05

    /// What earlier prints of a camera teach whole: finished ones that were never alerted.
    /// - Parameter pictures: of one print, in their order.
    public func teach(_ pictures: [(at: Timestamp, p: Double)], to camera: inout CameraHistory) {
        var evidence = start(camera: camera)
        var learnt = CameraHistory()
        func close() {
            let bin = evidence.openBin
            var kind: Int?
            if let explanations, let belief = step(evidence, explanations) {
                // Taken as clean: only the camera's kind follows the pictures.
                evidence.clean = belief.clean.map(Float.init)
                kind = explanations.likeliestKind(evidence)
            }
            learnt.note(bin.score, kind: kind, seconds: bin.covered, kinds: explanations?.kinds ?? 0)
            evidence.age += bin.covered
        }
        for picture in pictures {
            if evidence.closesBin(at: picture.at) { close() }
            evidence.take(p: picture.p, at: picture.at)
        }
        if evidence.openBin.startedAt != nil { close() }
        camera.learn(learnt)
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
        from bin: FailureEvidence.Bin, of evidence: inout FailureEvidence, into camera: inout CameraHistory,
        _ explanations: Explanations
    ) {
        evidence.remember(bin, kind: explanations.likeliestKind(evidence), kinds: explanations.kinds)
        evidence.sinceOwn = min(evidence.sinceOwn + bin.covered, 1e6)
        if evidence.sinceOwn >= 3600, evidence.probability < Self.looksAgainBelow {
            look(at: camera, for: &evidence, explanations)
        }
        guard let open = evidence.spans.last, open.total >= Self.spanSeconds else { return }
        let judged = evidence.spans.count - 1 - Self.lateSpans
        if judged >= 0 {
            let around = evidence.spans[max(0, judged - Self.lateSpans)...]
            if around.allSatisfy({ $0.highest < Self.quiet }) {
                camera.learn(evidence.spans[judged].history)
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
    /// - Others keep what they have taught, with what was dismissed.
    /// - Parameters:
    ///   - verdict: what a person said of the alert; nil for nothing.
    public func end(
        _ evidence: FailureEvidence, camera: inout CameraHistory, as result: PrintResult, wasAlerted: Bool,
        verdict: AlertVerdict?, at moment: Timestamp
    ) {
        guard isCalibrated else { return }
        if verdict == .failed || result == .cancelled || result == .failed {
            for span in evidence.spans where span.isTaught { camera.unlearn(span.history) }
            return
        }
        guard result == .success else {
            if let dismissal = evidence.dismissal { camera.learn(dismissal.taught) }
            return
        }
        let share: Float = wasAlerted && verdict == nil ? 0.25 : 1
        var learnt = CameraHistory()
        learnt.add(evidence.heldBack, times: share)
        for span in evidence.spans where !span.isTaught && span.mayTeach { learnt.add(span.history, times: share) }
        camera.learn(learnt)
    }

    /// Takes the camera's history as the print goes by it from now on.
    func look(at camera: CameraHistory, for evidence: inout FailureEvidence, _ explanations: Explanations) {
        evidence.sinceOwn = 0
        let total = camera.total
        evidence.ownHours = Float(total / 3600)
        evidence.own = total > 0 ? Self.shares(camera.seconds, explanations.typical) : []
        let ofKinds = camera.kinds.reduce(0, +)
        evidence.ownKinds =
            ofKinds > 0 && camera.kinds.count == explanations.kinds ? camera.kinds.map { $0 / ofKinds } : []
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
}

extension Explanations {
    /// Which kind of the table the camera is most like now.
    func likeliestKind(_ evidence: FailureEvidence) -> Int? {
        guard evidence.clean.count == cleanCount else { return nil }
        func weight(_ kind: Int) -> Float { evidence.clean[kind] + evidence.clean[cameras + kind] }
        return (0..<kinds).max { weight($0) < weight($1) }
    }
}

extension FailureEvidence.Span {
    var total: Double { seconds.reduce(0) { $0 + Double($1) } }

    /// What nobody watched teaches only where there was no suspicion.
    var mayTeach: Bool { isWatched || highest < FailureModel.quiet }

    var history: CameraHistory {
        var history = CameraHistory()
        history.seconds = seconds.map(Float.init)
        history.kinds = kinds.map(Float.init)
        return history
    }
}

extension FailureEvidence {
    fileprivate mutating func remember(_ bin: Bin, kind: Int?, kinds: Int) {
        if spans.isEmpty { spans.append(Span()) }
        let last = spans.count - 1
        if spans[last].kinds.count != kinds { spans[last].kinds = Array(repeating: 0, count: kinds) }
        let seconds = Int(bin.covered.rounded())
        let range = ScoreRanges.index(bin.score)
        spans[last].seconds[range] = UInt16(clamping: Int(spans[last].seconds[range]) + seconds)
        if let kind { spans[last].kinds[kind] = UInt16(clamping: Int(spans[last].kinds[kind]) + seconds) }
    }

    /// The number after a picture, and whether somebody would have been alerted: for what the open span may teach.
    mutating func note(isWatched: Bool) {
        if spans.isEmpty { spans.append(Span()) }
        let last = spans.count - 1
        spans[last].highest = max(spans[last].highest, Float(probability))
        if !isWatched { spans[last].isWatched = false }
    }

    /// What the oldest span has not taught waits for the end of the print.
    fileprivate mutating func letGoOfOldest() {
        let span = spans.removeFirst()
        if !span.isTaught, span.mayTeach { heldBack.add(span.history, times: 1) }
    }
}
