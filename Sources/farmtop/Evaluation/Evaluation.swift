import FailureDetection
import Farm

/// A picture and its `p_sum`.
struct ScoredPicture: Equatable, Sendable {
    var picture: LabelledPicture
    var score: Double
}

/// What a model makes of labelled pictures.
struct Evaluation {
    /// Failures of one kind against all clean pictures.
    struct Group {
        var name: String
        var quality: DetectionQuality
    }
    struct Simulation {
        var story: String
        var isNewPrinter: Bool
        var product: SimulatedPrints.Outcome
        var reference: SimulatedPrints.Outcome
    }

    var model: ModelDescription
    var groups: [Group]
    /// Pictures of something else, which should score as clean ones do.
    var others: [Group]
    var cleanBySource: [(source: String, scores: [Double])]
    var clean: [Double]
    var missed: [ScoredPicture]
    var falseAlarms: [ScoredPicture]
    var simulations: [Simulation]
    var notes: [String]
    var secondsPerFrame: Double

    /// - Parameters:
    ///   - worst: so many of the lowest failures and of the highest clean pictures are kept.
    ///   - secondsPerFrame: of the simulated cameras.
    ///   - simulatedPrints: of each story.
    init(
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
