import Evaluation
import Testing

@Suite("How well scores separate failures from clean pictures", .timeLimit(.minutes(20)))
struct DetectionQualityTests {
    @Test("AUC is the chance that a failure scores higher, ties half")
    func auc() {
        #expect(DetectionQuality(failures: [0.9, 0.8], clean: [0.1, 0.2, 0.3]).auc == 1)
        #expect(DetectionQuality(failures: [0.1], clean: [0.2, 0.3]).auc == 0)
        #expect(DetectionQuality(failures: [0, 0.5], clean: [0, 0, 1]).auc == (0.5 + 0.5 + 0 + 1 + 1 + 0) / 6)
        #expect(DetectionQuality(failures: [], clean: [1]).auc == nil)
        #expect(DetectionQuality(failures: [1], clean: []).auc == nil)
    }

    @Test("AUC agrees with counting every pair")
    func pairs() {
        var random = SeededRandom(seed: 5)
        let scores = (0..<60).map { _ in Double(Int.random(in: 0...20, using: &random)) / 20 }
        let quality = DetectionQuality(failures: Array(scores[..<25]), clean: Array(scores[25...]))
        var sum = 0.0
        for failure in quality.failures {
            for clean in quality.clean { sum += failure > clean ? 1 : failure == clean ? 0.5 : 0 }
        }
        #expect(abs((quality.auc ?? 0) - sum / (25 * 35)) < 1e-12)
    }

    @Test("the curve counts at or over a threshold, and a sensitivity is that at a rate of false alarms")
    func curve() {
        let quality = DetectionQuality(failures: [0.2, 0.38, 0.9, 1.2], clean: [0, 0, 0, 0.5])
        #expect(
            quality.curve([0.38]) == [.init(threshold: 0.38, found: 0.75, falseAlarms: 0.25)])
        #expect(quality.sensitivity(atFalsePositiveRate: 0) == 0.5)
        #expect(quality.sensitivity(atFalsePositiveRate: 1) == 1)
    }

    @Test("the interval holds the figure, narrows with more pictures, and is the same for the same seed")
    func interval() throws {
        var random = SeededRandom(seed: 9)
        func quality(_ count: Int) -> DetectionQuality {
            DetectionQuality(
                failures: (0..<count).map { _ in Double.random(in: 0.3...1, using: &random) },
                clean: (0..<count).map { _ in Double.random(in: 0...0.7, using: &random) })
        }
        let (few, many) = (quality(12), quality(400))
        let wide = try #require(few.interval { $0.auc })
        let narrow = try #require(many.interval { $0.auc })
        #expect(wide.contains(few.auc ?? -1) && narrow.contains(many.auc ?? -1))
        #expect(narrow.upperBound - narrow.lowerBound < (wide.upperBound - wide.lowerBound) / 2)
        #expect(few.interval { $0.auc } == wide)
    }
}

@Suite("Prints made of scored pictures", .timeLimit(.minutes(20)))
struct SimulatedPrintsTests {
    private let prints = SimulatedPrints(failures: [0.8, 0.9, 1.1], cleanScenes: [[0, 0.02], [0.05, 0.1, 0]])

    @Test("a clean print of a good model raises nothing")
    func clean() {
        let outcome = prints.run(.clean, rule: .product, count: 40)
        #expect(outcome.prints == 40 && outcome.falseAlarms == 0 && outcome.alerted == 0)
        #expect(outcome.cleanFrames == 40 * 720)
        #expect(outcome.falseAlarmsPerHour(secondsPerFrame: 10) == 0)
    }

    @Test("a first print that fails from its first frame is alerted by our rule and mostly missed by Obico's")
    func youngPrinter() {
        let ours = prints.run(.failing(fromFrame: 1), rule: .product, count: 60)
        let theirs = prints.run(.failing(fromFrame: 1), rule: .reference, count: 60)
        #expect(Double(ours.alerted) / 60 > 0.9)
        #expect(theirs.alerted < ours.alerted / 2)
        #expect(ours.framesToAlert.allSatisfy { $0 >= 29 && $0 < 200 })
    }

    @Test("a failure later in the print is alerted soon, also when it flickers, and a pause follows")
    func later() {
        let failing = prints.run(.failing(fromFrame: 100), rule: .product, count: 60)
        let flickering = prints.run(.flickering(fromFrame: 100), rule: .product, count: 60)
        #expect(failing.alerted == 60 && failing.pauseAsked > 0 && failing.pauseAsked <= failing.alerted)
        #expect(flickering.alerted > 0 && flickering.alerted <= 60)
        let (soon, later) = (failing.framesToAlert.reduce(0, +) / 60, flickering.framesToAlert.reduce(0, +))
        #expect(soon < later / Double(max(1, flickering.alerted)))
    }

    @Test("a camera whose clean pictures look like failures raises false alarms, at most one a cool-down")
    func noisy() {
        var noisy = SimulatedPrints(failures: [1], cleanScenes: [[1.2]])
        noisy.dropped = 0
        let outcome = noisy.run(.clean, rule: .product, count: 10)
        #expect(outcome.falseAlarms > 0 && outcome.falseAlarms <= 10 * 80)
        #expect((outcome.falseAlarmsPerHour(secondsPerFrame: 10) ?? 0) <= 40)
    }

    @Test("the same seed gives the same prints; without pictures there are none")
    func seeds() {
        let story = SimulatedPrints.Story.failing(fromFrame: 60)
        #expect(prints.run(story, rule: .product, count: 20) == prints.run(story, rule: .product, count: 20))
        #expect(SimulatedPrints(failures: [], cleanScenes: [[0]]).run(story, rule: .product).prints == 0)
        #expect(SimulatedPrints(failures: [1], cleanScenes: [[]]).run(.clean, rule: .product).prints == 0)
    }
}
