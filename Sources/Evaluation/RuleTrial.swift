public import FailureDetection
internal import Farm

/// Rules side by side on the same simulated prints: how many false alerts each raises, and how soon it finds a failure.
///
/// A rule is a level that is compared with a threshold: the number, for the model; the escalation at which it would just call the frame failing,
/// for Obico's rule and that of 0.1; the sum, for CUSUM. An alert is over when the level has fallen under three quarters of the threshold.
public struct RuleTrial: Sendable {
    /// A way from scores to alerts.
    public enum Rule: String, CaseIterable, Sendable {
        case model, ruleOf01 = "rule of 0.1", obico, cusum

        /// Rising; each rule has its own, in the unit of its level.
        public var thresholds: [Double] {
            switch self {
            case .model: [0.2, 0.3, 0.4, 0.45, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99]
            case .ruleOf01, .obico: [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.4, 1.75, 2.2]
            case .cusum: [0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 7, 10, 14, 20]
            }
        }
    }

    /// What one rule did at one threshold, on one kind of camera.
    public struct Tally: Equatable, Sendable {
        /// Alerts raised while nothing was failing.
        public var falseAlerts = 0
        /// Print hours without a failure: what false alerts are counted against.
        public var cleanHours = 0.0
        /// Prints that failed, and the seconds from the failure's first picture to the alert of those that were found.
        public var failures = 0
        /// Seconds from a failure's first picture to the alert, one for each failure that was found; not sorted.
        public var found: [Double] = []
    }

    /// The number at one moment of a print, chosen at random, and the truth.
    public struct Moment: Equatable, Sendable {
        /// That of the camera that took the print.
        public var kind: SimulatedCamera.Kind
        /// What the model said then, 0...1.
        public var probability: Double
        /// Whether a failure was there in truth.
        public var isFailing: Bool
    }

    /// By kind of camera and by rule, one for each of the rule's thresholds.
    public private(set) var tallies: [SimulatedCamera.Kind: [Rule: [Tally]]] = [:]
    /// In the order of the simulated prints.
    public private(set) var moments: [Moment] = []
    /// Prints in all.
    public private(set) var prints = 0

    /// Somebody answers: an alert of the model at 60 % is dismissed a minute later where nothing fails, as an operator would do it. Of
    /// the model, only the figures at 60 % and above are meant then.
    public var isAnswered = false

    private let photos: [LeftOutPhoto]
    private let model: FailureModel

    public init(photos: [LeftOutPhoto], model: FailureModel) {
        self.photos = photos
        self.model = model
    }

    /// Each kind of camera so many times, each with its own prints one after another; the first one on a new camera.
    public mutating func run(
        cameras: Int, prints: Int, interval: Double = 10, failing: SimulatedCamera.Failing = .sometimes,
        kinds: [SimulatedCamera.Kind] = SimulatedCamera.Kind.allCases, seed: UInt64 = 22
    ) {
        for (number, kind) in kinds.enumerated() {
            for index in 0..<cameras {
                let cameraSeed = seed &* 1_000_003 &+ UInt64(number) &* 10_007 &+ UInt64(index)
                runCamera(
                    SimulatedCamera(kind, photos: photos, seed: cameraSeed), prints, interval, failing,
                    SeededRandom(seed: cameraSeed ^ 0xA5A5))
            }
        }
    }

    /// What one camera carries from print to print, for all rules.
    private struct Carried {
        var history = CameraHistory()
        var statistics = TemporalStatistics()
        /// CUSUM's reference: the mean of the camera's prints, forgotten as the history is.
        var mean = 0.05
        var meanHours = 1.0
    }

    private mutating func runCamera(
        _ camera: SimulatedCamera, _ count: Int, _ interval: Double, _ failing: SimulatedCamera.Failing,
        _ random: SeededRandom
    ) {
        var (camera, random, carried) = (camera, random, Carried())
        for index in 0..<count {
            // Only the last print of a trial of failures fails: those before it teach.
            let isLast = index == count - 1
            let print =
                switch failing {
                case .always, .fromTheStart: camera.print(interval: interval, isLast ? failing : .never)
                default: camera.print(interval: interval, failing)
                }
            runPrint(print, camera.kind, interval, &carried, &random)
        }
    }

    private mutating func runPrint(
        _ print: SimulatedCamera.Print, _ kind: SimulatedCamera.Kind, _ interval: Double, _ carried: inout Carried,
        _ random: inout SeededRandom
    ) {
        prints += 1
        let moment = Int.random(in: print.scores.indices, using: &random)
        var evidence = model.start(camera: carried.history)
        var watches = Rule.allCases.map { rule in rule.thresholds.map { _ in Watch() } }
        var sum = 0.0
        var isAlerted = false
        var dismissesAt: Int?
        for (index, p) in print.scores.enumerated() {
            carried.statistics = carried.statistics.adding(p: p, sensitivity: 1)
            model.add(
                p: p, at: Timestamp(secondsSince1970: Double(index) * interval), statistics: carried.statistics,
                isWatched: true, to: &evidence, camera: &carried.history)
            sum = max(0, sum + (p - carried.mean - 0.1) * interval / 10)
            let isFailing = print.onset.map { index + 1 >= $0 } ?? false
            if index == moment {
                moments.append(Moment(kind: kind, probability: evidence.probability, isFailing: isFailing))
            }
            if evidence.probability >= 0.6 {
                isAlerted = true
                if isAnswered, !isFailing, dismissesAt == nil { dismissesAt = index + Int(60 / interval) }
            }
            let levels = [
                evidence.probability, carried.statistics.escalation(ofProduct: true),
                carried.statistics.escalation(ofProduct: false), sum,
            ]
            for (rule, level) in levels.enumerated() {
                for threshold in watches[rule].indices {
                    watches[rule][threshold].see(
                        level, threshold: Rule.allCases[rule].thresholds[threshold], isFailing: isFailing, index)
                }
            }
            if index == dismissesAt, !isFailing {
                model.dismiss(
                    &evidence, camera: &carried.history, at: Timestamp(secondsSince1970: Double(index) * interval))
            }
            if let moment = dismissesAt, index >= moment { dismissesAt = nil }
        }
        close(print, kind, interval, watches)
        let verdict: AlertVerdict? = isAnswered && isAlerted ? (print.onset == nil ? .notFailed : .failed) : nil
        model.end(
            evidence, camera: &carried.history, as: print.onset == nil ? .success : .cancelled, wasAlerted: isAlerted,
            verdict: verdict, at: Timestamp(secondsSince1970: Double(print.scores.count) * interval))
        carried.statistics = carried.statistics.resettingPrint()
        if print.onset == nil {
            let hours = Double(print.scores.count) * interval / 3600
            let mean = print.scores.reduce(0, +) / Double(print.scores.count)
            carried.mean += (mean - carried.mean) * hours / (hours + min(carried.meanHours, 40))
            carried.meanHours += hours
        }
    }

    private mutating func close(
        _ print: SimulatedCamera.Print, _ kind: SimulatedCamera.Kind, _ interval: Double, _ watches: [[Watch]]
    ) {
        let cleanFrames = (print.onset ?? print.scores.count + 1) - 1
        for (rule, ofRule) in zip(Rule.allCases, watches) {
            var tallies = tallies[kind]?[rule] ?? rule.thresholds.map { _ in Tally() }
            for (index, watch) in ofRule.enumerated() {
                tallies[index].falseAlerts += watch.falseAlerts
                tallies[index].cleanHours += Double(cleanFrames) * interval / 3600
                guard let onset = print.onset else { continue }
                tallies[index].failures += 1
                if let found = watch.foundAt {
                    tallies[index].found.append(Double(found - onset + 2) * interval)
                }
            }
            self.tallies[kind, default: [:]][rule] = tallies
        }
    }

    /// One threshold's alerts in one print.
    private struct Watch {
        var isStanding = false
        var falseAlerts = 0
        var foundAt: Int?

        mutating func see(_ level: Double, threshold: Double, isFailing: Bool, _ index: Int) {
            let isRaised = !isStanding && level >= threshold
            if isRaised {
                isStanding = true
                if !isFailing { falseAlerts += 1 }
            } else if level < threshold * 0.75 {
                isStanding = false
            }
            // An alert that already stood counts from the first failing picture.
            if isFailing, isStanding, foundAt == nil { foundAt = index }
        }
    }
}

extension TemporalStatistics {
    /// The highest escalation at which the rule calls this frame failing; 0 for none.
    fileprivate func escalation(ofProduct isProduct: Bool) -> Double {
        let decision =
            isProduct
            ? decision(sensitivity: 1, escalation: 1) : referenceDecision(sensitivity: 1, escalation: 1)
        guard decision.clause != .warmingUp else { return 0 }
        let threshold = min(max(decision.lowThreshold, decision.historyThreshold), decision.highThreshold)
        return max(0, decision.score / threshold)
    }
}

extension RuleTrial {
    /// All kinds of cameras together.
    public func total(_ rule: Rule) -> [Tally] {
        rule.thresholds.indices.map { index in
            tallies.values.compactMap { $0[rule]?[index] }.reduce(into: Tally()) { sum, tally in
                sum.falseAlerts += tally.falseAlerts
                sum.cleanHours += tally.cleanHours
                sum.failures += tally.failures
                sum.found += tally.found
            }
        }
    }
}

extension RuleTrial.Tally {
    /// 0 where there were no clean hours.
    public var falseAlertsPer100Hours: Double { cleanHours > 0 ? Double(falseAlerts) / cleanHours * 100 : 0 }
    /// 19 times in 20 the true rate is below: the Poisson bound, by Wilson and Hilferty's cube root.
    public var highestFalseAlertsPer100Hours: Double {
        let count = Double(falseAlerts + 1)
        let root = 1 - 1 / (9 * count) + 1.645 / (3 * count.squareRoot())
        return cleanHours > 0 ? count * root * root * root / cleanHours * 100 : .infinity
    }
}
