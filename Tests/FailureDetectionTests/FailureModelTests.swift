import FailureDetection
import Farm
import Testing

@Suite("The failure probability of a print", .timeLimit(.minutes(20)))
struct FailureModelTests {
    private let model: FailureModel

    init() throws { model = try Fixtures.model() }

    private func replay(_ scores: [Double], before: [[Double]] = [], interval: Double = 10) -> ScoreReplay {
        ScoreReplay(ScoreSequence(name: "", interval: interval, scores: scores, before: before), model: model)
    }

    @Test(
        "a clear nest from frame 1 on a new printer is alerted within 8 frames",
        arguments: [Fixtures.constant(0.8, 20), Fixtures.noisy(0.8, 0.1, 20), Fixtures.noisy(0.8, 0.2, 20, seed: 2)])
    func fromTheStart(scores: [Double]) throws {
        #expect(try #require(replay(scores).alertAt) <= 8)
    }

    @Test("a rise from .02 to .35 is alerted within 36 frames, on a new camera and on a known one")
    func quietRise() throws {
        let scores = Fixtures.constant(0.02, 60) + Fixtures.rise(0.02, 0.35, 10) + Fixtures.constant(0.35, 30)
        #expect(try #require(replay(scores).alertAt) <= 96)
        #expect(try #require(replay(scores, before: [Fixtures.constant(0.02, 360)]).alertAt) <= 96)
    }

    @Test("a rise from .2 to .5 on a noisy camera is alerted within 36 frames")
    func noisyRise() throws {
        let before = (1...3).map { Fixtures.noisy(0.2, 0.1, 360, seed: $0) }
        let scores = Fixtures.noisy(0.2, 0.1, 60, seed: 4) + Fixtures.noisy(0.5, 0.1, 40, seed: 5)
        #expect(try #require(replay(scores, before: before).alertAt) <= 96)
    }

    @Test("a step of .25 is alerted within 40 frames, with and without history", arguments: [0, 0.02, 0.05, 0.1, 0.15])
    func step(mean: Double) throws {
        for deviation in [0, 0.05] {
            let scores =
                Fixtures.noisy(mean, deviation, 100, seed: 6) + Fixtures.noisy(mean + 0.25, deviation, 40, seed: 7)
            let before = (1...3).map { Fixtures.noisy(mean, deviation, 240, seed: $0) }
            for replayed in [replay(scores), replay(scores, before: before)] {
                let alert = try #require(replayed.alertAt)
                #expect(alert > 100 && alert <= 140)
            }
        }
    }

    @Test("a new camera of constant mean up to .15 never alerts", arguments: [0, 0.02, 0.06, 0.1, 0.15])
    func newCamera(mean: Double) {
        for scores in [Fixtures.constant(mean, 720), Fixtures.noisy(mean, 0.05, 720), Fixtures.noisy(mean, 0.12, 720)] {
            #expect(replay(scores).alertAt == nil)
        }
    }

    @Test("a camera of mean .3 does not alert after three clean prints")
    func knownCamera() {
        let before = (1...3).map { Fixtures.noisy(0.3, 0.1, 360, seed: $0) }
        #expect(replay(Fixtures.noisy(0.3, 0.1, 720, seed: 9), before: before).alertAt == nil)
        #expect(
            replay(Fixtures.constant(0.3, 720), before: Array(repeating: Fixtures.constant(0.3, 360), count: 3)).alertAt
                == nil)
    }

    @Test("spaghetti in each of 300 frames is failing from the alert to the end", arguments: [1.0, 10])
    func staysFailing(seconds: Double) throws {
        for p in [0.6, 0.8, 1.67] {
            let replayed = replay(Fixtures.constant(p, 300), interval: seconds)
            let alert = try #require(replayed.alertAt)
            #expect(replayed.failureProbability[(alert - 1)...].allSatisfy { $0 >= 0.6 })
            #expect(try #require(replayed.failureProbability.last) > 0.9)
        }
    }

    @Test("an acknowledged alert and a pause leave the number as it is")
    func resume() {
        var print = Watched(model)
        print.see(Fixtures.constant(0.8, 20))
        let before = print.number
        print.now = print.now + .seconds(3 * 3600)
        print.see([0.8])
        #expect(print.number >= before - 0.01)
    }

    @Test("the evidence of a picture does not fall as its score rises")
    func monotone() {
        for past in [
            [], Fixtures.noisy(0.05, 0.08, 60), Fixtures.noisy(0.25, 0.15, 60), Fixtures.constant(0.1, 60),
            Fixtures.constant(0.02, 40) + Fixtures.constant(0.35, 20),
        ] {
            var print = Watched(model)
            print.see(past)
            let numbers = stride(from: 0.0, through: 3, by: 0.02).map { p in
                var copy = print
                copy.see([p])
                return copy.number
            }
            #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 <= $1 + 1e-9 })
        }
    }

    @Test("two neighbours swapped move the number by at most 5 points")
    func swapped() {
        var scores = Fixtures.noisy(0.1, 0.1, 30) + Fixtures.noisy(0.4, 0.2, 40, seed: 3)
        let straight = replay(scores).failureProbability
        for index in stride(from: 1, to: scores.count - 1, by: 3) {
            scores.swapAt(index, index + 1)
            let moved = replay(scores).failureProbability
            scores.swapAt(index, index + 1)
            #expect(abs(moved[index + 1] - straight[index + 1]) <= 0.05)
            #expect(abs((moved.last ?? 0) - (straight.last ?? 1)) <= 0.05)
        }
    }

    @Test("a picture a second and one a minute come to the same answer")
    func intervals() throws {
        let seconds = replay(Fixtures.constant(0.5, 900), interval: 1)
        let minutes = replay(Fixtures.constant(0.5, 15), interval: 60)
        let alerts = (Double(try #require(seconds.alertAt) - 1), Double(try #require(minutes.alertAt) - 1) * 60)
        #expect(abs(alerts.0 - alerts.1) <= 120)  // two pictures
        for quiet in [0.0, 0.1] {
            #expect(replay(Fixtures.constant(quiet, 1800), interval: 1).alertAt == nil)
            #expect(replay(Fixtures.constant(quiet, 300), interval: 60).alertAt == nil)
        }
    }

    @Test("a silence of an hour is no evidence")
    func gap() {
        var print = Watched(model)
        print.see(Fixtures.constant(0, 60))
        print.now = print.now + .seconds(3600)
        print.see([0])
        #expect(print.number < 0.01)
    }

    @Test("no scores and no clock make a number that is none")
    func hostile() {
        var print = Watched(model)
        let scores = [0, -1, 1e300, .infinity, .nan, -.infinity, 0.5, .leastNonzeroMagnitude]
        for round in 0..<60 {
            print.now = Timestamp(
                microseconds: [0, Int64(round) * 10_000_000, 4_000_000_000_000_000, -1_000_000][round % 4])
            print.see([scores[round % scores.count]])
            #expect((0...1).contains(print.number))
        }
        #expect(FailureEvidence(packed: print.evidence.packed) == print.evidence)
    }

    @Test("after a clock that was set back the print is judged on")
    func clockSetBack() {
        var print = Watched(model)
        print.see(Fixtures.constant(0, 30))
        print.now = Timestamp(secondsSince1970: 1_600_000_000)
        print.see(Fixtures.constant(0.8, 20))
        #expect(print.number > 0.6)
    }

    @Test("nothing found for twelve hours is a number near 0, and a nest is still seen")
    func longQuiet() throws {
        let scores = Fixtures.constant(0, 1440) + Fixtures.constant(0.8, 20)
        let replayed = replay(scores, interval: 30)
        #expect(replayed.failureProbability[1439] < 0.005)
        #expect(try #require(replayed.alertAt) <= 1450)
    }

    @Test("evidence of another table keeps its number")
    func otherTable() throws {
        var table = try LikelihoodTable(text: Fixtures.tableText)
        table.nests.removeLast()
        var print = Watched(FailureModel(likelihoods: table))
        print.see(Fixtures.constant(0.8, 12))
        let before = print.number
        var evidence = print.evidence
        var camera = CameraHistory()
        model.add(
            p: 0.8, at: print.now + .seconds(10), statistics: TemporalStatistics(), isWatched: true, to: &evidence,
            camera: &camera)
        #expect(evidence.probability >= before - 0.02)
    }
}
