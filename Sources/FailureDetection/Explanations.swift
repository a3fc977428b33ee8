internal import Farm

/// All that pictures are explained by, ready for use: kinds of cameras from the table, then the camera itself as its history has it, then
/// what a person has dismissed in this print; and each of them with a nest of each strength in front of it.
struct Explanations: Sendable {
    let table: LikelihoodTable
    /// Kinds of cameras from the table, strengths of nests.
    let kinds: Int
    let strengths: Int
    /// The kinds, then the two that a print brings along: the camera's own, and what was dismissed.
    var cameras: Int { kinds + 2 }
    private var dismissed: Int { kinds + 1 }
    /// Weights of clean pictures: each camera as it is, then each in a restless minute.
    var cleanCount: Int { 2 * cameras }

    /// (kind, range): share of a clean camera's pictures.
    private let clean: [Double]
    /// (kind, strength, range): share of its pictures with a nest in front.
    private let failing: [Double]
    /// (strength, range without the nest, range): the chance that the nest lifts a score from the second to the last.
    private let lifted: [Double]
    /// (kind, range): share of a clean camera's pictures in a restless minute, when everything scores more.
    private let restless: [Double]
    /// (usual range, range in a restless minute)
    private let raised: [Double]
    /// How much more.
    private static let restlessFactor = 1.4
    /// What all kinds of cameras score together.
    let typical: [Double]
    /// A kind scores more than the one before it: both belong to one row, from quiet to noisy.
    let isNoisier: [Bool]

    init(_ table: LikelihoodTable) {
        self.table = table
        kinds = table.cameras.count
        strengths = table.nests.count
        let lifts = table.nests.map { Self.lift(by: $0.shares) }  // strength, range before, range after
        let raised = Self.raise(by: Self.restlessFactor)
        clean = table.cameras.flatMap(\.shares)
        failing = table.cameras.flatMap { camera in lifts.flatMap { Self.moved(camera.shares, by: $0) } }
        restless = table.cameras.flatMap { Self.moved($0.shares, by: raised) }
        lifted = lifts.flatMap { $0.flatMap(\.self) }
        self.raised = raised.flatMap(\.self)
        let means = table.cameras.map { camera in
            camera.shares.indices.reduce(0) { $0 + camera.shares[$1] * ScoreRanges.samples($1)[0] }
        }
        isNoisier = means.indices.map { $0 > 0 && means[$0] > means[$0 - 1] }
        typical = (0..<ScoreRanges.count).map { range in table.cameras.reduce(0) { $0 + $1.prior * $1.shares[range] } }
    }

    /// (range before, range after): where the sum of two scores falls.
    private static func lift(by nest: [Double]) -> [[Double]] {
        (0..<ScoreRanges.count).map { before in
            var chances = Array(repeating: 0.0, count: ScoreRanges.count)
            let clean = ScoreRanges.samples(before)
            for (range, share) in nest.enumerated() {
                let added = ScoreRanges.samples(range)
                let each = share / Double(clean.count * added.count)
                for a in clean {
                    for b in added { chances[ScoreRanges.index(a + b)] += each }
                }
            }
            return chances
        }
    }

    /// (range before, range after): where a score falls that is so many times as high.
    private static func raise(by factor: Double) -> [[Double]] {
        (0..<ScoreRanges.count).map { before in
            var chances = Array(repeating: 0.0, count: ScoreRanges.count)
            let scores = ScoreRanges.samples(before)
            for score in scores { chances[ScoreRanges.index(score * factor)] += 1 / Double(scores.count) }
            return chances
        }
    }

    private static func moved(_ shares: [Double], by chances: [[Double]]) -> [Double] {
        var sum = Array(repeating: 0.0, count: shares.count)
        for (share, row) in zip(shares, chances) {
            for range in sum.indices { sum[range] += share * row[range] }
        }
        return sum
    }

    /// Shares of one range of scores, for all explanations.
    /// - Parameter brought: shares by range of `own` and `dismissed`; empty where there is none.
    func likelihoods(of range: Int, _ brought: [[Float]]) -> (clean: [Double], failing: [Double]) {
        let count = ScoreRanges.count
        var calm = (0..<kinds).map { clean[$0 * count + range] }
        var restless = (0..<kinds).map { self.restless[$0 * count + range] }
        var failing = (0..<(kinds * strengths)).map { self.failing[$0 * count + range] }
        for shares in brought {
            guard shares.count == count else {
                calm.append(LikelihoodTable.leastShare)
                restless.append(LikelihoodTable.leastShare)
                failing += repeatElement(LikelihoodTable.leastShare, count: strengths)
                continue
            }
            /// The chance of this range after a move by rows from so many on.
            func moved(_ chances: [Double], from row: Int) -> Double {
                var sum = 0.0
                for before in 0..<count { sum += chances[(row + before) * count + range] * Double(shares[before]) }
                return max(sum, LikelihoodTable.leastShare)
            }
            calm.append(Double(shares[range]))
            restless.append(moved(raised, from: 0))
            for strength in 0..<strengths { failing.append(moved(lifted, from: strength * count)) }
        }
        return (calm + restless, failing)
    }

    /// What the next picture scores if the print is clean and if it fails, by range.
    /// - Parameters:
    ///   - weights: of all clean explanations, and of all failing ones.
    ///   - brought: as for `likelihoods`.
    func expected(
        clean weights: [Double], failing weightsOfFailing: [Double], _ brought: [[Float]]
    ) -> (clean: [Double], failing: [Double]) {
        let count = ScoreRanges.count
        var sums = (clean: Array(repeating: 0.0, count: count), failing: Array(repeating: 0.0, count: count))
        func add(_ row: Int, _ matrix: [Double], _ weight: Double, _ sum: inout [Double]) {
            guard weight > Self.negligible else { return }
            let start = row * count
            for range in 0..<count { sum[range] += weight * matrix[start + range] }
        }
        let pairs = kinds * strengths
        for kind in 0..<kinds {
            add(kind, clean, weights[kind], &sums.clean)
            add(kind, restless, weights[cameras + kind], &sums.clean)
        }
        for pair in 0..<pairs { add(pair, failing, weightsOfFailing[pair], &sums.failing) }
        for (index, shares) in brought.enumerated() where shares.count == count {
            for before in 0..<count {
                let share = Double(shares[before])
                sums.clean[before] += weights[kinds + index] * share
                add(before, raised, weights[cameras + kinds + index] * share, &sums.clean)
                for strength in 0..<strengths {
                    let weight = weightsOfFailing[pairs + index * strengths + strength] * share
                    add(strength * count + before, lifted, weight, &sums.failing)
                }
            }
        }
        return sums
    }

    /// Weights that do not show in a sum.
    private static let negligible = 1e-7

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

    /// The weights of cameras, each with all strengths of nests.
    func withNests(_ cameras: [Double]) -> [Double] {
        cameras.flatMap { weight in table.nests.map { weight * $0.prior } }
    }

    /// The weights of cameras, some of them in a restless minute.
    func withRestlessMinutes(_ cameras: [Double]) -> [Double] {
        let share = table.restless / max(table.restless + table.calms, 1e-9)
        return cameras.map { $0 * (1 - share) } + cameras.map { $0 * share }
    }
}
