internal import Farm
internal import Glibc

extension CameraHistory {
    /// Print hours after which what was learnt counts half.
    private static let halfLifeHours = 40.0

    /// Seconds of picture time behind it.
    var total: Double { seconds.reduce(0) { $0 + Double($1) } }

    /// Takes in what a span or a print has shown; what was learnt before counts less.
    mutating func learn(_ new: CameraHistory) {
        let added = new.total
        guard added > 0, added.isFinite else { return }
        let kept = Float(pow(0.5, added / 3600 / Self.halfLifeHours))
        for index in seconds.indices { seconds[index] *= kept }
        for index in kinds.indices { kinds[index] *= kept }
        add(new, times: 1)
    }

    /// Takes back what was learnt a short while ago.
    mutating func unlearn(_ taught: CameraHistory) {
        add(taught, times: -1)
        for index in seconds.indices { seconds[index] = max(0, seconds[index]) }
        for index in kinds.indices { kinds[index] = max(0, kinds[index]) }
    }

    /// A table with other kinds of cameras begins them anew.
    mutating func add(_ other: CameraHistory, times factor: Float) {
        Self.add(other.seconds, to: &seconds, times: factor)
        Self.add(other.kinds, to: &kinds, times: factor)
    }

    private static func add(_ new: [Float], to sum: inout [Float], times factor: Float) {
        guard !new.isEmpty else { return }
        if sum.count != new.count { sum = Array(repeating: 0, count: new.count) }
        for index in sum.indices { sum[index] += new[index] * factor }
    }

    /// A bin of pictures.
    mutating func note(_ score: Double, kind: Int?, seconds new: Float, kinds count: Int) {
        if seconds.isEmpty { seconds = Array(repeating: 0, count: Self.scoreBins) }
        seconds[ScoreRanges.index(score)] += new
        guard let kind else { return }
        if kinds.count != count { kinds = Array(repeating: 0, count: count) }
        kinds[kind] += new
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
