import FailureDetection
import Farm
import Testing

@Suite("The number of a model without a table", .timeLimit(.minutes(20)))
struct RuleNumberTests {
    private let model = FailureModel()

    @Test("reaches the alert and the pause threshold exactly when the rule of 0.1 does")
    func thresholds() {
        let thresholds = AlertThresholds(sensitivity: 1)
        for seed in 1...6 as ClosedRange<UInt64> {
            var print = Watched(model)
            let scores =
                Fixtures.noisy(0.1, 0.1, 60, seed: seed)
                + Fixtures.noisy(0.25 * Double(seed), 0.4, 200, seed: seed + 20)
                + Fixtures.constant(0, 60)
            for p in scores {
                print.see([p])
                let alerts = print.statistics.decision(sensitivity: 1, escalation: 1).isFailing
                let pauses = print.statistics.decision(sensitivity: 1, escalation: 1.75).isFailing
                #expect((print.number >= thresholds.alert) == alerts)
                #expect((print.number >= thresholds.pause) == pauses)
                #expect((0...1).contains(print.number))
            }
        }
    }

    @Test("a dismissal holds it down until the rule is clear once")
    func dismissal() {
        var print = Watched(model)
        print.see(Fixtures.constant(0, 40) + Fixtures.constant(1, 30))
        let before = print.number
        #expect(before >= 0.6)
        print.dismiss()
        print.see(Fixtures.constant(1, 10))
        #expect(print.number < 0.45)
        print.see(Fixtures.constant(0, 40))
        print.see(Fixtures.constant(1.2, 30))
        #expect(print.number >= 0.6)
    }

    @Test("is said to be uncalibrated, and teaches nothing")
    func uncalibrated() {
        #expect(!model.isCalibrated)
        var print = Watched(model)
        print.see(Fixtures.constant(0.1, 300))
        #expect(print.end(.success) == 0)
    }
}
