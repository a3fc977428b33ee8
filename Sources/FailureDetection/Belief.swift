internal import Farm
internal import Glibc

/// What is believed of a print: how failing compares with clean, and which explanations of either count how much.
///
/// Shiryaev's posterior of a change (A. N. Shiryaev, "On optimum methods in quickest detection problems", 1963) for a hidden Markov
/// model: before the change one of several kinds of cameras, after it the same camera with a nest of some strength. As both sides
/// sum over all kinds, a score of 0.4 is a failure before a camera that has shown nothing for an hour, and a habit of one that shows it
/// all the time.
struct Belief {
    /// Failing : clean.
    var odds: Double
    var clean: [Double]
    /// (camera, strength)
    var failing: [Double]

    /// No evidence of one print takes the number out of reach of what comes next.
    static let odds = 1e-6...2000.0
    /// No explanation dies for good.
    private static let leastWeight = 1e-9

    var probability: Double { odds / (1 + odds) }

    init(starting weights: [Double], _ explanations: Explanations) {
        odds = explanations.table.startsFailing / (1 - explanations.table.startsFailing)
        clean = explanations.withRestlessMinutes(weights)
        failing = explanations.withNests(weights)
    }

    init(_ evidence: FailureEvidence) {
        odds = evidence.odds
        clean = evidence.clean.map(Double.init)
        failing = evidence.failing.map(Double.init)
    }

    /// What time brings without any picture: failures, changes of the camera, growth.
    /// - Parameters:
    ///   - seconds: at most 60.
    ///   - starting: what another camera may be, and what this one has been.
    mutating func pass(seconds: Double, starting: Explanations.Starting, _ explanations: Explanations) {
        let hours = seconds / 3600
        let table = explanations.table
        let onset = min(table.hazard * hours, 0.5)
        let entering = onset / (odds + onset)
        let strengths = explanations.strengths
        for camera in 0..<explanations.cameras {
            let weight = clean[camera] + clean[explanations.cameras + camera]
            for strength in 0..<strengths {
                let index = camera * strengths + strength
                failing[index] += (weight * table.nests[strength].prior - failing[index]) * entering
            }
            Self.grow(&failing, camera * strengths, strengths, share: min(table.grows * hours, 0.5))
        }
        odds = (odds + onset) / (1 - onset)
        fade(hours: hours, table)
        drift(share: min(table.drifts * hours, 0.3), isNoisier: explanations.isNoisier, kinds: explanations.kinds)
        change(hours: hours, starting, explanations)
    }

    /// A camera becomes another one, or again what it has been; restless minutes begin and end.
    private mutating func change(hours: Double, _ starting: Explanations.Starting, _ explanations: Explanations) {
        let table = explanations.table
        let (changing, returning) = (table.changes * hours, table.returns * hours * starting.trust)
        let (rising, calming) = (min(table.restless * hours, 0.5), min(table.calms * hours, 0.5))
        for camera in 0..<explanations.cameras {
            var (calm, restless) = (clean[camera], clean[explanations.cameras + camera])
            calm += (starting.any[camera] - calm) * changing + (starting.known[camera] - calm) * returning
            restless -= restless * (changing + returning)
            let moved = calm * rising - restless * calming
            (clean[camera], clean[explanations.cameras + camera]) = (calm - moved, restless + moved)
        }
    }

    /// A suspicion that is not confirmed within the hour fades: scores that fit no kind of camera quite would else add up over hours.
    /// What is more likely than not stays.
    private mutating func fade(hours: Double, _ table: LikelihoodTable) {
        guard odds < 1, odds > table.hazard else { return }
        odds = table.hazard * pow(odds / table.hazard, max(0, 1 - table.fades * hours))
    }

    /// A nest becomes the next stronger one; a quarter as often a weaker one.
    private static func grow(_ weights: inout [Double], _ start: Int, _ count: Int, share: Double) {
        var before = 0.0
        for index in start..<(start + count) {
            let weight = weights[index]
            let up = index + 1 < start + count ? weight * share : 0
            let down = index > start ? weight * share / 4 : 0
            weights[index] += before - up - down
            if index > start { weights[index - 1] += down }
            before = up
        }
    }

    /// A camera becomes the next noisier or quieter one in its row.
    private mutating func drift(share: Double, isNoisier: [Bool], kinds: Int) {
        let before = clean
        for kind in 0..<max(0, kinds - 1) where isNoisier[kind + 1] {
            let moved = (before[kind + 1] - before[kind]) * share
            clean[kind] += moved
            clean[kind + 1] -= moved
        }
    }

    /// What a score says. The evidence does not fall as the score rises, whatever the explanations say: their ratios are brought into
    /// order by pooling neighbouring ranges that are not (isotonic regression, weighted by what clean pictures score).
    /// - Parameter weight: of the evidence, 0...1.
    mutating func take(_ range: Int, weight: Double, _ brought: [[Float]], _ explanations: Explanations) {
        let expected = explanations.expected(clean: clean, failing: failing, brought)
        odds = Self.clamp(odds * pow(Self.rising(expected, at: range), weight), Self.odds)
        let likely = explanations.likelihoods(of: range, brought)
        Self.weigh(&clean, likely.clean, weight)
        Self.weigh(&failing, likely.failing, weight)
    }

    /// The ratio failing : clean of a range, after pool adjacent violators (M. Ayer and others, 1955).
    private static func rising(_ expected: (clean: [Double], failing: [Double]), at range: Int) -> Double {
        var pools: [(clean: Double, failing: Double, last: Int)] = []
        pools.reserveCapacity(expected.clean.count)
        for index in expected.clean.indices {
            var pool = (clean: expected.clean[index], failing: expected.failing[index], last: index)
            while let before = pools.last, before.failing * pool.clean >= pool.failing * before.clean {
                pool = (before.clean + pool.clean, before.failing + pool.failing, index)
                pools.removeLast()
            }
            pools.append(pool)
        }
        guard let pool = pools.first(where: { $0.last >= range }), pool.clean > 0 else { return 1 }
        return pool.failing / pool.clean
    }

    private static func weigh(_ weights: inout [Double], _ likelihoods: [Double], _ weight: Double) {
        var sum = 0.0
        for index in weights.indices {
            weights[index] *= pow(likelihoods[index], weight)
            sum += weights[index]
        }
        guard sum > 0 else { return }
        for index in weights.indices { weights[index] = max(weights[index] / sum, leastWeight) }
    }

    private static func clamp(_ value: Double, _ range: ClosedRange<Double>) -> Double {
        value.isNaN ? range.lowerBound : min(max(value, range.lowerBound), range.upperBound)
    }
}
