import FailureDetection
import Farm
import Testing

/// Scores of one print after another on one printer, and what a rule made of the last print.
private func firstAlert(
    of prints: [[Double]], escalation: Double = 1,
    rule: (TemporalStatistics) -> (_ sensitivity: Double, _ escalation: Double) -> Decision
) -> Int? {
    var statistics = TemporalStatistics()
    var found: Int?
    for print in prints {
        statistics = statistics.resettingPrint()
        found = nil
        for (index, p) in print.enumerated() {
            statistics = statistics.adding(p: p, sensitivity: 1)
            if found == nil, rule(statistics)(1, escalation).isFailing { found = index + 1 }
        }
    }
    return found
}

private func constant(_ p: Double, _ frames: Int) -> [Double] { Array(repeating: p, count: frames) }

@Suite("The decision on printers and prints that are young", .timeLimit(.minutes(20)))
struct YoungPrinterTests {
    @Test("a first print that fails from its first frame is alerted at frame 30; by the reference never")
    func failingFromTheStart() {
        let print = [constant(0.9, 1000)]
        #expect(firstAlert(of: print, rule: TemporalStatistics.decision) == 30)
        #expect(firstAlert(of: print, rule: TemporalStatistics.referenceDecision) == nil)
    }

    @Test("so is a moderate failure from the start of a later print", arguments: [0.5, 0.6, 0.7])
    func moderate(p: Double) {
        let prints = [constant(0.02, 800), constant(0.02, 800), constant(p, 600)]
        #expect(firstAlert(of: prints, rule: TemporalStatistics.decision) == 30)
        #expect(firstAlert(of: prints, rule: TemporalStatistics.referenceDecision) == nil)
    }

    @Test("a failure after a long clean start is alerted as soon as by the reference", arguments: [0.6, 1.0, 1.5])
    func later(p: Double) throws {
        let prints = [constant(0.02, 1000), constant(0.02, 400) + constant(p, 200)]
        let ours = try #require(firstAlert(of: prints, rule: TemporalStatistics.decision))
        let reference = try #require(firstAlert(of: prints, rule: TemporalStatistics.referenceDecision))
        #expect(abs(ours - reference) <= 1)
    }

    @Test("a clean print is never alerted", arguments: [0, 0.045, 0.2, 0.35])
    func clean(p: Double) {
        #expect(firstAlert(of: [constant(p, 3000)], rule: TemporalStatistics.decision) == nil)
    }

    @Test("a camera that always scores the same is explained from its second print on", arguments: [0.5, 0.6])
    func clutter(p: Double) {
        let prints = [constant(p, 1000), constant(p, 1000)]
        #expect(firstAlert(of: prints, rule: TemporalStatistics.decision) == nil)
    }

    @Test("from the 310th frame of a print on the threshold is that of the reported short mean")
    func meansMeet() {
        var statistics = TemporalStatistics()
        for frame in 1...400 {
            statistics = statistics.adding(p: frame % 3 == 0 ? 0.4 : 0.1, sensitivity: 1)
            guard frame >= 310 else { continue }
            let decision = statistics.decision(sensitivity: 1, escalation: 1)
            let expected = (statistics.rollingMeanShort - decision.longMean) * 3.8
            #expect(abs(decision.historyThreshold - expected) < 1e-12)
        }
    }
}
