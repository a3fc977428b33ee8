internal import Farm

/// All that pictures are explained by, ready for use: kinds of cameras from the table, then the camera itself as its history has it, then
/// what a person has dismissed in this print; and each of them with a nest of each strength in front of it.
struct Explanations: Sendable {
    let table: LikelihoodTable
    /// Kinds of cameras from the table, strengths of nests.
    let kinds: Int
    let strengths: Int
    /// Numbers of the two explanations that a print brings along.
    var own: Int { kinds }
    var dismissed: Int { kinds + 1 }
    var cameras: Int { kinds + 2 }
    /// Weights of clean pictures: each camera as it is, then each in a restless minute.
    var cleanCount: Int { 2 * cameras }

    /// (range, kind): share of a clean camera's pictures.
    private let clean: [Double]
    /// (range, kind, strength): share of its pictures with a nest in front.
    private let failing: [Double]
    /// (range, strength, range without the nest): the chance that the nest lifts a score from the last to the first.
    private let lifted: [Double]
    /// (range, kind): share of a clean camera's pictures in a restless minute, when everything scores more.
    private let restless: [Double]
    /// (range in a restless minute, usual range)
    private let raised: [Double]
    /// How much more.
    private static let restlessFactor = 1.4
    /// Of all kinds of cameras together.
    let typical: [Double]
    /// A kind scores more than the one before it: both belong to one row, from quiet to noisy.
    let isNoisier: [Bool]

    init(_ table: LikelihoodTable) {
        self.table = table
        kinds = table.cameras.count
        strengths = table.nests.count
        let count = ScoreRanges.count
        let lifts = table.nests.map { Self.lift(by: $0.shares) }  // strength, range after, range before
        var (clean, failing, lifted): ([Double], [Double], [Double]) = ([], [], [])
        for range in 0..<count {
            for camera in table.cameras { clean.append(camera.shares[range]) }
            for camera in table.cameras {
                for lift in lifts {
                    failing.append(zip(lift[range], camera.shares).reduce(0) { $0 + $1.0 * $1.1 })
                }
            }
            for lift in lifts { lifted += lift[range] }
        }
        (self.clean, self.failing, self.lifted) = (clean, failing, lifted)
        let raised = Self.raise(by: Self.restlessFactor)
        restless = raised.flatMap { row in
            table.cameras.map { camera in zip(row, camera.shares).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        self.raised = raised.flatMap(\.self)
        let means = table.cameras.map { camera in
            camera.shares.indices.reduce(0) { $0 + camera.shares[$1] * ScoreRanges.samples($1)[0] }
        }
        isNoisier = means.indices.map { $0 > 0 && means[$0] > means[$0 - 1] }
        typical = (0..<count).map { range in table.cameras.reduce(0) { $0 + $1.prior * $1.shares[range] } }
    }

    /// (range after, range before): where the sum of two scores falls.
    private static func lift(by nest: [Double]) -> [[Double]] {
        let count = ScoreRanges.count
        var chances = Array(repeating: Array(repeating: 0.0, count: count), count: count)
        for before in 0..<count {
            let clean = ScoreRanges.samples(before)
            for (range, share) in nest.enumerated() {
                let added = ScoreRanges.samples(range)
                let each = share / Double(clean.count * added.count)
                for a in clean {
                    for b in added { chances[ScoreRanges.index(a + b)][before] += each }
                }
            }
        }
        return chances
    }

    /// (range after, range before): where a score falls that is so many times as high.
    private static func raise(by factor: Double) -> [[Double]] {
        var chances = Array(repeating: Array(repeating: 0.0, count: ScoreRanges.count), count: ScoreRanges.count)
        for before in 0..<ScoreRanges.count {
            let scores = ScoreRanges.samples(before)
            for score in scores { chances[ScoreRanges.index(score * factor)][before] += 1 / Double(scores.count) }
        }
        return chances
    }

    /// Shares of one range of scores, for all explanations.
    /// - Parameter brought: shares by range of `own` and `dismissed`; empty where there is none.
    func likelihoods(of range: Int, _ brought: [[Float]]) -> (clean: [Double], failing: [Double]) {
        let (low, high) = (range * kinds, (range + 1) * kinds)
        var calm = Array(clean[low..<high])
        var restless = Array(self.restless[low..<high])
        var failing = Array(self.failing[(low * strengths)..<(high * strengths)])
        let count = ScoreRanges.count
        for shares in brought {
            guard shares.count == count else {
                calm.append(LikelihoodTable.leastShare)
                restless.append(LikelihoodTable.leastShare)
                failing += repeatElement(LikelihoodTable.leastShare, count: strengths)
                continue
            }
            calm.append(Double(shares[range]))
            restless.append(max(Self.sum(raised, range * count, shares), LikelihoodTable.leastShare))
            for strength in 0..<strengths {
                let sum = Self.sum(lifted, (range * strengths + strength) * count, shares)
                failing.append(max(sum, LikelihoodTable.leastShare))
            }
        }
        return (calm + restless, failing)
    }

    private static func sum(_ chances: [Double], _ start: Int, _ shares: [Float]) -> Double {
        var sum = 0.0
        for index in shares.indices { sum += chances[start + index] * Double(shares[index]) }
        return sum
    }

    /// What the next picture scores if the print is clean and if it fails, by range.
    /// - Parameter brought: as for `likelihoods`.
    func expected(
        clean weights: [Double], failing weightsOfFailing: [Double], _ brought: [[Float]]
    ) -> [(clean: Double, failing: Double)] {
        let count = ScoreRanges.count
        return (0..<count).map { range in
            var (clean, failing) = (0.0, 0.0)
            for kind in 0..<kinds {
                clean += weights[kind] * self.clean[range * kinds + kind]
                clean += weights[cameras + kind] * restless[range * kinds + kind]
            }
            let pairs = kinds * strengths
            for pair in 0..<pairs { failing += weightsOfFailing[pair] * self.failing[range * pairs + pair] }
            for (index, shares) in brought.enumerated() where shares.count == count {
                clean += weights[kinds + index] * Double(shares[range])
                clean += weights[cameras + kinds + index] * Self.sum(raised, range * count, shares)
                for strength in 0..<strengths {
                    failing +=
                        weightsOfFailing[pairs + index * strengths + strength]
                        * Self.sum(lifted, (range * strengths + strength) * count, shares)
                }
            }
            return (clean, failing)
        }
    }

    /// What a camera may be, before a print's pictures say more.
    struct Starting {
        /// Any camera, as they are met; sums to 1.
        var any: [Double]
        /// This one, by its history; sums to 1, or to 0 where there is none.
        var known: [Double]
        /// How far the history is believed: an hour of it by half, and never more than that the camera has changed.
        var trust: Double

        var weights: [Double] { zip(any, known).map { $0 * (1 - trust) + $1 * trust } }
    }

    func starting(_ evidence: FailureEvidence) -> Starting {
        let hours = Double(evidence.ownHours)
        let hasKinds = evidence.ownKinds.count == kinds
        var starting = Starting(
            any: table.cameras.map(\.prior) + [0, 0],
            known: evidence.own.isEmpty
                ? Array(repeating: 0, count: cameras)
                : (0..<kinds).map { hasKinds ? Double(evidence.ownKinds[$0]) / 2 : 0 } + [hasKinds ? 0.5 : 1, 0],
            trust: evidence.own.isEmpty ? 0 : (1 - table.changed) * hours / (hours + 1))
        if let dismissal = evidence.dismissal, !dismissal.scores.isEmpty {
            // What was dismissed is taken for the camera's own from now on.
            starting.known = starting.known.map { $0 * starting.trust * 0.3 / max(0.7 + starting.trust * 0.3, 0.01) }
            starting.known[dismissed] = 1 - starting.known.reduce(0, +)
            starting.trust = 0.7 + 0.3 * starting.trust
        }
        return starting
    }

    /// Of each camera so many, each with all strengths of nests.
    func withNests(_ cameras: [Double]) -> [Double] {
        cameras.flatMap { weight in table.nests.map { weight * $0.prior } }
    }

    /// Of each camera so many, some of them in a restless minute.
    func withRestlessMinutes(_ cameras: [Double]) -> [Double] {
        let share = table.restless / max(table.restless + table.calms, 1e-9)
        return cameras.map { $0 * (1 - share) } + cameras.map { $0 * share }
    }
}
