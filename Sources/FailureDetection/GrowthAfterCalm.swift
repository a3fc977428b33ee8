internal import Farm

/// A camera that showed nothing for minutes of picture time, and something since that grows: so a nest begins. A lamp that is switched and a
/// thing put down come at once, but for noise; restless cameras are never calm. What comes in two steps grows too.
struct GrowthAfterCalm {
    /// 0...1: how calm it was, and how clearly what came then has grown. 0 as well where too little is known.
    let degree: Double

    /// - Parameter spans: two minutes each, oldest first; the last one is open.
    init(_ spans: [FailureEvidence.Span]) {
        let recent = spans.suffix(Self.spans)
        var (calm, sinceCalm) = (0.0, recent.startIndex)
        for (before, after) in zip(recent.indices, recent.indices.dropFirst()) where after < spans.count - 1 {
            let degree = Self.calm(recent[before], recent[after])
            if degree > 0, degree >= calm { (calm, sinceCalm) = (degree, after + 1) }
        }
        degree = calm > 0 ? calm * Self.growth(recent[sinceCalm...]) : 0
    }

    /// A nest takes some minutes to be alerted; after longer the camera itself may have changed, as at dusk.
    private static let spans = 8
    /// A detection has this score at least; what scores less is a mean of several pictures.
    private static let something = ScoreRanges.index(0.08)

    /// 1 where nothing at all scored, 0 where a fifth of the time or more did.
    private static func calm(_ first: FailureEvidence.Span, _ second: FailureEvidence.Span) -> Double {
        let total = first.total + second.total
        let scored = first.scored(from: something).seconds + second.scored(from: something).seconds
        return total > 0 ? max(0, 1 - scored / total / 0.2) : 0
    }

    /// The first minute of what was seen against its last one: 1 where it is twice as high by now, 0 where it came as high as it is.
    private static func growth(_ spans: ArraySlice<FailureEvidence.Span>) -> Double {
        guard let first = mean(of: spans), let last = mean(of: spans.reversed()) else { return 0 }
        return min(max((0.85 - first / last) / 0.3, 0), 1)
    }

    /// The mean of what was seen, over spans until it was seen for a minute.
    private static func mean(of spans: some Sequence<FailureEvidence.Span>) -> Double? {
        var (seconds, sum) = (0.0, 0.0)
        for span in spans where seconds < 60 {
            let seen = span.scored(from: something)
            seconds += seen.seconds
            sum += seen.sum
        }
        return seconds > 0 ? sum / seconds : nil
    }
}

extension FailureEvidence.Span {
    /// Seconds in the ranges from one on, and their scores times seconds.
    fileprivate func scored(from range: Int) -> (seconds: Double, sum: Double) {
        var scored = (seconds: 0.0, sum: 0.0)
        for range in range..<seconds.count {
            let (low, high) = ScoreRanges.bounds(range)
            scored.seconds += Double(seconds[range])
            scored.sum += Double(seconds[range]) * (low + high) / 2
        }
        return scored
    }
}
