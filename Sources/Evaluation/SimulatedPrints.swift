internal import FailureDetection
internal import Farm

/// Prints that never were: the statistics and decisions over sequences of frames whose scores are drawn from scored
/// pictures. It shows how often and how soon a model and the rule together alert, and what they cry for nothing.
///
/// A print shows one clean scene and, once it fails, one picture of a failure; each frame scores as its picture does, with
/// jitter, and now and then nothing is found at all. Real cameras drift more and fail in more ways: read the results as
/// a comparison of models and rules.
public struct SimulatedPrints: Sendable {
    /// What happens in a print.
    public enum Story: Equatable, Sendable {
        case clean
        /// A failure is in the picture from this frame on.
        case failing(fromFrame: Int64)
        /// The same, but seen in about every other frame: the head stands in the way.
        case flickering(fromFrame: Int64)
    }

    /// What decides; both see the same frames.
    public enum Rule: Sendable {
        case product, reference

        func decision(_ statistics: TemporalStatistics, escalation: Double) -> Decision {
            switch self {
            case .product: statistics.decision(sensitivity: 1, escalation: escalation)
            case .reference: statistics.referenceDecision(sensitivity: 1, escalation: escalation)
            }
        }
    }

    /// What became of many prints with one story.
    public struct Outcome: Equatable, Sendable {
        /// All that were simulated.
        public var prints = 0
        /// Prints alerted at or after the failure's first frame, and prints for which a pause was asked then.
        public var alerted = 0
        /// As `alerted`: only at or after the failure's first frame.
        public var pauseAsked = 0
        /// Frames from the failure's first to the alert and to the pause, of those that had one.
        public var framesToAlert: [Double] = []
        /// One for each print that is counted in `pauseAsked`.
        public var framesToPause: [Double] = []
        /// Alerts before any failure, and the frames in which one could have been.
        public var falseAlarms = 0
        /// Frames before any failure, of all prints: what `falseAlarms` are counted against.
        public var cleanFrames = 0

        /// - Parameter secondsPerFrame: how often a picture comes.
        public func falseAlarmsPerHour(secondsPerFrame: Double) -> Double? {
            cleanFrames == 0 ? nil : Double(falseAlarms) / (Double(cleanFrames) * secondsPerFrame / 3600)
        }
    }

    /// `p_sum` of pictures of failures, and of the clean pictures of each scene.
    public var failures: [Double]
    /// One list a scene, none empty; a print stays with the scene that it is given.
    public var cleanScenes: [[Double]]
    /// The length of a print. With a picture each 10 seconds, 720 are two hours.
    public var framesPerPrint: Int64 = 720
    /// Clean prints that the printer has done before; 0 for a new one.
    public var printsBefore = 0
    /// Frames without another alert after one, as the cool-down holds it back.
    public var coolDownFrames: Int64 = 9
    /// Standard deviation of a frame's score in shares of its picture's, and the share of frames that score nothing.
    public var jitter = 0.25
    /// 0...1; in these frames the network finds nothing at all.
    public var dropped = 0.15

    public init(failures: [Double], cleanScenes: [[Double]]) {
        self.failures = failures
        self.cleanScenes = cleanScenes.filter { !$0.isEmpty }
    }

    /// - Parameters:
    ///   - count: prints, each on a printer of its own.
    ///   - seed: the same seed gives the same prints, whatever the rule.
    /// - Returns: an outcome of no prints when the pictures that the story needs are missing.
    public func run(_ story: Story, rule: Rule, count: Int = 400, seed: UInt64 = 1) -> Outcome {
        var outcome = Outcome()
        guard !cleanScenes.isEmpty, story == .clean || !failures.isEmpty else { return outcome }
        var random = SeededRandom(seed: seed)
        for _ in 0..<count { runOne(story, rule, &random, &outcome) }
        return outcome
    }

    private func runOne(_ story: Story, _ rule: Rule, _ random: inout SeededRandom, _ outcome: inout Outcome) {
        let scene = cleanScenes[Int.random(in: cleanScenes.indices, using: &random)]
        var statistics = TemporalStatistics()
        for _ in 0..<printsBefore {
            for _ in 0..<framesPerPrint {
                statistics = statistics.adding(p: clean(scene, &random), sensitivity: 1)
            }
            statistics = statistics.resettingPrint()
        }
        outcome.prints += 1
        let failure = story == .clean ? 0 : failures[Int.random(in: failures.indices, using: &random)]
        var mayAlertFrom: Int64 = 0
        var isAlerted = false
        for frame in 1...framesPerPrint {
            let isFailing = story.isFailing(frame)
            let isSeen = isFailing && (!story.isFlickering || random.unit() < 0.5)
            statistics = statistics.adding(
                p: isSeen ? varied(failure, &random) : clean(scene, &random), sensitivity: 1)
            if !isFailing { outcome.cleanFrames += 1 }
            guard frame >= mayAlertFrom, !isAlerted, rule.decision(statistics, escalation: 1).isFailing else {
                if isAlerted, askForPause(statistics, rule, story, frame, &outcome) { return }
                continue
            }
            guard isFailing, let first = story.firstFrame else {
                outcome.falseAlarms += 1
                mayAlertFrom = frame + coolDownFrames
                continue
            }
            isAlerted = true
            outcome.alerted += 1
            outcome.framesToAlert.append(Double(frame - first))
            if askForPause(statistics, rule, story, frame, &outcome) { return }
        }
    }

    private func askForPause(
        _ statistics: TemporalStatistics, _ rule: Rule, _ story: Story, _ frame: Int64, _ outcome: inout Outcome
    ) -> Bool {
        guard let first = story.firstFrame,
            rule.decision(statistics, escalation: TemporalParameters.escalation).isFailing
        else { return false }
        outcome.pauseAsked += 1
        outcome.framesToPause.append(Double(frame - first))
        return true
    }

    /// A frame of a clean scene looks as one of its pictures.
    private func clean(_ scene: [Double], _ random: inout SeededRandom) -> Double {
        varied(scene[Int.random(in: scene.indices, using: &random)], &random)
    }

    private func varied(_ score: Double, _ random: inout SeededRandom) -> Double {
        let factor = 1 + jitter * random.normal()
        return random.unit() < dropped ? 0 : max(0, score * factor)
    }
}

extension SimulatedPrints.Story {
    var firstFrame: Int64? {
        switch self {
        case .clean: nil
        case .failing(let frame), .flickering(let frame): frame
        }
    }

    var isFlickering: Bool { if case .flickering = self { true } else { false } }

    func isFailing(_ frame: Int64) -> Bool { firstFrame.map { frame >= $0 } ?? false }
}
