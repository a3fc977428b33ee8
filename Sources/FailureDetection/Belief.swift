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
        clean = weights
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
    ///   - starting: weights of cameras that another one changes to.
    mutating func pass(seconds: Double, starting: [Double], _ explanations: Explanations) {
        let hours = seconds / 3600
        let table = explanations.table
        let onset = min(table.hazard * hours, 0.5)
        let entering = onset / (odds + onset)
        let strengths = explanations.strengths
        for camera in clean.indices {
            for strength in 0..<strengths {
                let index = camera * strengths + strength
                failing[index] += (clean[camera] * table.nests[strength].prior - failing[index]) * entering
            }
            Self.grow(&failing, camera * strengths, strengths, share: min(table.grows * hours, 0.5))
        }
        odds = (odds + onset) / (1 - onset)
        drift(share: min(table.drifts * hours, 0.3), kinds: explanations.kinds)
        let changing = min(table.changes * hours, 0.5)
        for camera in clean.indices { clean[camera] += (starting[camera] - clean[camera]) * changing }
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

    /// Kinds of cameras are sorted by their noise; a camera becomes one of its neighbours.
    private mutating func drift(share: Double, kinds: Int) {
        guard kinds > 1 else { return }
        let before = clean
        for kind in 0..<kinds {
            let neighbours = [kind - 1, kind + 1].filter { (0..<kinds).contains($0) }
            clean[kind] -= before[kind] * share * Double(neighbours.count)
            for neighbour in neighbours { clean[neighbour] += before[kind] * share }
        }
    }

    /// What a score says. The evidence does not fall as the score rises, whatever the explanations say.
    /// - Parameter weight: of the evidence, 0...1.
    mutating func take(_ range: Int, weight: Double, _ brought: [[Float]], _ explanations: Explanations) {
        var ratio = 0.0
        var likely: (clean: [Double], failing: [Double]) = ([], [])
        for lower in 0...range {
            likely = explanations.likelihoods(of: lower, brought)
            ratio = max(ratio, Self.sum(failing, likely.failing) / max(Self.sum(clean, likely.clean), 1e-12))
        }
        odds = Self.clamp(odds * pow(ratio, weight), Self.odds)
        Self.weigh(&clean, likely.clean, weight)
        Self.weigh(&failing, likely.failing, weight)
    }

    private static func sum(_ weights: [Double], _ likelihoods: [Double]) -> Double {
        var sum = 0.0
        for index in weights.indices { sum += weights[index] * likelihoods[index] }
        return sum
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
