import FailureDetection
import Farm
import Testing

@Suite("What grows before a calm camera counts more", .timeLimit(.minutes(20)))
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

    @Test("a weak nest that grows is alerted minutes sooner", arguments: [0.3, 0.4])
    func sooner(height: Double) throws {
        let scores = Fixtures.constant(0, 30) + nest(height, 120)
        let (now, before) = (
            try #require(replay(scores, by: model).alertAt), try #require(replay(scores, by: without).alertAt)
        )
        #expect(now > 30)
        #expect(before - now >= 6)
    }

    @Test("what comes at once and stays as it is counts as before", arguments: [0.15, 0.3, 0.8])
    func step(height: Double) {
        let scores = Fixtures.constant(0, 60) + Fixtures.constant(height, 60)
        #expect(replay(scores, by: model).failureProbability == replay(scores, by: without).failureProbability)
    }

    @Test("what grows before a restless camera counts as before, and so does a print's beginning")
    func restless() {
        for scores in [Fixtures.noisy(0.15, 0.05, 60) + nest(0.5), nest(0.5)] {
            #expect(replay(scores, by: model).failureProbability == replay(scores, by: without).failureProbability)
        }
    }

    @Test("what has stood for a quarter of an hour counts as before")
    func stands() {
        // The same scores from the hour on, after the same nest: what the growth added is in the number, the rest weighs alike.
        var grown = Watched(model)
        grown.see(Fixtures.constant(0, 30) + nest(0.1, 18) + Fixtures.constant(0.1, 96))
        var copy = Watched(without, camera: grown.camera)
        copy.evidence = grown.evidence
        copy.now = grown.now
        grown.see(Fixtures.constant(0.12, 30))
        copy.see(Fixtures.constant(0.12, 30))
        #expect(grown.number == copy.number)
    }

    @Test("a picture a minute shows growth too")
    func minutes() throws {
        let scores = Fixtures.constant(0, 10) + Fixtures.rise(0.08, 0.4, 6) + Fixtures.constant(0.4, 20)
        let now = try #require(replay(scores, by: model, interval: 60).alertAt)
        let before = try #require(replay(scores, by: without, interval: 60).alertAt)
        #expect(now > 10 && now < before)
    }
}
