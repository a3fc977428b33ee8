import FailureDetection
public import Farm

/// A picture and its `p_sum`.
public struct ScoredPicture: Equatable, Sendable {
    /// With what a person said of it.
    public var picture: LabelledPicture
    /// `p_sum`: the sum of the confidences of what the model found, 0 or more.
    public var score: Double

    public init(picture: LabelledPicture, score: Double) {
        self.picture = picture
        self.score = score
    }
}

/// What a model makes of labelled pictures.
public struct Evaluation {
    /// Failures of one kind against all clean pictures.
    public struct Group {
        public var name: String
        /// The pictures of this group in place of the failures, against all clean ones.
        public var quality: DetectionQuality
    }
    /// A simulated story, judged by the rule of this program and by the one that it is compared with.
    public struct Simulation {
        /// For people, such as `failing from frame 60`.
        public var story: String
        /// False: three clean prints came before.
        public var isNewPrinter: Bool
        /// By farmtop's rule.
        public var product: SimulatedPrints.Outcome
        /// By Obico's rule, on prints that were simulated alike.
        public var reference: SimulatedPrints.Outcome
    }

    /// The network that judged the pictures.
    public var model: ModelDescription
    /// By kind of failure, and `all` at the end where there are several kinds.
    public var groups: [Group]
    /// Pictures of something else, which should score as clean ones do.
    public var others: [Group]
    /// Scores of the clean pictures of each source, by the source's name; the highest first.
    public var cleanBySource: [(source: String, scores: [Double])]
    /// Scores of all clean pictures, the highest first.
    public var clean: [Double]
    /// Pictures of failures with the lowest scores, the lowest first; as many as were asked for.
    public var missed: [ScoredPicture]
    /// Clean pictures with the highest scores, the highest first; as many as were asked for.
    public var falseAlarms: [ScoredPicture]
    /// Each story twice: on a new printer, and after three clean prints.
    public var simulations: [Simulation]
    /// Which pictures were left out, and why; for people.
    public var notes: [String]
    /// How often the simulated cameras send a picture; turns frames into hours.
    public var secondsPerFrame: Double

    /// - Parameters:
    ///   - worst: so many of the lowest failures and of the highest clean pictures are kept.
    ///   - secondsPerFrame: of the simulated cameras.
    ///   - simulatedPrints: of each story.
    public init(
        model: ModelDescription, scored: [ScoredPicture], notes: [String], worst: Int, secondsPerFrame: Double,
        simulatedPrints: Int = 400
    ) {
        self.model = model
        self.notes = notes
        self.secondsPerFrame = secondsPerFrame
        let failures = scored.filter { $0.picture.label == .failure }.sorted { $0.score < $1.score }
        let cleanOnes = scored.filter { $0.picture.label == .clean }.sorted { $0.score > $1.score }
        let clean = cleanOnes.map(\.score)
        self.clean = clean
        func groups(_ pictures: [ScoredPicture]) -> [Group] {
            Dictionary(grouping: pictures, by: \.picture.group).sorted { $0.key < $1.key }.map { name, members in
                Group(name: name, quality: DetectionQuality(failures: members.map(\.score), clean: clean))
            }
        }
        let kinds = groups(failures)
        self.groups =
            kinds.count > 1
            ? kinds + [Group(name: "all", quality: DetectionQuality(failures: failures.map(\.score), clean: clean))]
            : kinds
        others = groups(scored.filter { if case .other = $0.picture.label { true } else { false } })
        cleanBySource = Dictionary(grouping: cleanOnes, by: \.picture.source).sorted { $0.key < $1.key }
            .map { (source: $0.key, scores: $0.value.map(\.score)) }
        missed = Array(failures.prefix(worst))
        falseAlarms = Array(cleanOnes.prefix(worst))
        simulations = Self.simulations(
            SimulatedPrints(failures: failures.map(\.score), cleanScenes: cleanBySource.map(\.scores)),
            count: simulatedPrints)
    }

    /// Each story on a new printer and after three clean prints.
    private static func simulations(_ prints: SimulatedPrints, count: Int) -> [Simulation] {
        let stories: [(String, SimulatedPrints.Story)] = [
            ("clean", .clean), ("failing from the start", .failing(fromFrame: 1)),
            ("failing from frame 60", .failing(fromFrame: 60)), ("failing from frame 400", .failing(fromFrame: 400)),
            ("flickering from frame 60", .flickering(fromFrame: 60)),
        ]
        return [0, 3].flatMap { before in
            var prints = prints
            prints.printsBefore = before
            return stories.map { name, story in
                Simulation(
                    story: name, isNewPrinter: before == 0, product: prints.run(story, rule: .product, count: count),
                    reference: prints.run(story, rule: .reference, count: count))
            }
        }
    }
}
