import FailureDetection
import Farm
import Testing

@Suite("What grows in front of a calm camera counts more", .timeLimit(.minutes(20)))
struct GrowthAfterCalmTests {
    private let model: FailureModel
    /// With the same table, but without its line `tempering_of_growth`.
    private let without: FailureModel

    init() throws {
        model = try Fixtures.model()
        let lines = String(decoding: Fixtures.tableText, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        let kept = lines.filter { !$0.hasPrefix("tempering_of_growth ") }
        #expect(kept.count == lines.count - 1)
        without = FailureModel(likelihoods: try LikelihoodTable(text: Array(kept.joined(separator: "\n").utf8)))
    }

    private func replay(_ scores: [Double], by model: FailureModel, interval: Double = 10) -> ScoreReplay {
        ScoreReplay(ScoreSequence(name: "", interval: interval, scores: scores, before: []), model: model)
    }

    /// 0.09 to a height within three minutes, then at that height.
    private func nest(_ height: Double, _ count: Int = 42) -> [Double] {
        Fixtures.rise(0.08, height, 18) + Fixtures.constant(height, count - 18)
    }

    @Test("a weak nest that grows is alerted a minute sooner, or more", arguments: [0.3, 0.4])
    func sooner(height: Double) throws {
        let scores = Fixtures.constant(0, 30) + nest(height, 120)
        let (now, before) = (
            try #require(replay(scores, by: model).alertAt), try #require(replay(scores, by: without).alertAt)
        )
        #expect(now > 30)
        #expect(before - now >= 6)
    }

    @Test("what comes at once and stays exactly as it is counts as before", arguments: [0.15, 0.3, 0.8])
    func step(height: Double) {
        let scores = Fixtures.constant(0, 60) + Fixtures.constant(height, 60)
        #expect(replay(scores, by: model).failureProbability == replay(scores, by: without).failureProbability)
    }

    @Test("what grows in front of a restless camera counts as before, and so does a print's beginning")
    func restless() {
        for scores in [Fixtures.noisy(0.15, 0.05, 60) + nest(0.5), nest(0.5)] {
            #expect(replay(scores, by: model).failureProbability == replay(scores, by: without).failureProbability)
        }
    }

    @Test("what has stood for a quarter of an hour counts as before")
    func stands() {
        var grown = Watched(model)
        grown.see(Fixtures.constant(0, 30) + nest(0.2, 30))
        var plain = Watched(without)
        plain.see(Fixtures.constant(0, 30) + nest(0.2, 30))
        #expect(grown.number > plain.number)
        grown.see(Fixtures.constant(0.2, 84))
        expectNoGrowth(after: grown, Fixtures.constant(0.25, 30))
    }

    /// From here on the number follows the scores as it does without growth.
    private func expectNoGrowth(after print: Watched, _ scores: [Double]) {
        var (with, plain) = (print, Watched(without, camera: print.camera))
        (plain.evidence, plain.statistics, plain.now) = (print.evidence, print.statistics, print.now)
        with.see(scores)
        plain.see(scores)
        #expect(with.number == plain.number)
    }

    @Test("what was dismissed has grown before: it counts as before, and so does all in front of another camera")
    func dismissed() {
        var print = Watched(model)
        print.see(Fixtures.constant(0, 30) + nest(0.4))
        print.dismiss()
        expectNoGrowth(after: print, Fixtures.constant(0.4, 40))
        // It leaves the picture for minutes, and comes again at once.
        print.see(Fixtures.constant(0.4, 12) + Fixtures.constant(0, 12))
        expectNoGrowth(after: print, Fixtures.constant(0.4, 40))
        print.undo()
        model.change(&print.evidence, to: CameraHistory())
        expectNoGrowth(after: print, Fixtures.constant(0.4, 40))
    }

    @Test("a noisy thing that is put down gains a picture or two in the mean")
    func noisyStep() throws {
        let gains = try (1...20).map { (seed: UInt64) in
            let scores = Fixtures.constant(0, 60) + Fixtures.noisy(0.35, 0.12, 120, seed: seed)
            return try #require(replay(scores, by: without).alertAt) - #require(replay(scores, by: model).alertAt)
        }
        #expect(gains.reduce(0, +) <= 40)
        #expect(gains.allSatisfy { $0 >= -1 })
    }

    @Test("a stored print goes on as it was")
    func stored() throws {
        var print = Watched(model)
        print.see(Fixtures.constant(0, 30) + nest(0.3, 24))
        var later = print
        later.evidence = try #require(FailureEvidence(packed: print.evidence.packed))
        print.see(Fixtures.constant(0.3, 12))
        later.see(Fixtures.constant(0.3, 12))
        #expect(abs(print.number - later.number) < 1e-6)
    }

    @Test("a picture a minute gains something too; one never counts much more than it shows")
    func minutes() throws {
        let scores = Fixtures.constant(0, 10) + Fixtures.rise(0.08, 0.4, 6) + Fixtures.constant(0.4, 20)
        let now = try #require(replay(scores, by: model, interval: 60).alertAt)
        let before = try #require(replay(scores, by: without, interval: 60).alertAt)
        #expect(now > 10 && now < before)
    }
}
