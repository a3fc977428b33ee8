import FailureDetection
import Farm
import Foundation
import TestSupport
import Testing

/// One step of a scenario recorded from the live Obico server.
struct RecordedStep: Decodable {
    struct Output: Decodable {
        var p: Double
        var ewm_mean: Double
        var rolling_mean_short: Double
        var rolling_mean_long: Double
        var prediction_num: Int64
        var prediction_num_lifetime: Int64
    }
    var op: String
    /// Confidences, in the order given.
    var confidences: [Double]
    var out: Output?
    /// By sensitivity: "0.8", "1.0", "1.2".
    var normalizedP: [String: Double]?
    var isFailing: [String: Bool]?
    var isFailingEscalated: [String: Bool]?

    enum CodingKeys: String, CodingKey {
        case op, out
        case detections = "detections_in"
        case normalizedP = "normalized_p"
        case isFailing = "is_failing_1"
        case isFailingEscalated = "is_failing_1_75"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        op = try values.decode(String.self, forKey: .op)
        out = try values.decodeIfPresent(Output.self, forKey: .out)
        normalizedP = try values.decodeIfPresent([String: Double].self, forKey: .normalizedP)
        isFailing = try values.decodeIfPresent([String: Bool].self, forKey: .isFailing)
        isFailingEscalated = try values.decodeIfPresent([String: Bool].self, forKey: .isFailingEscalated)
        confidences = []
        guard values.contains(.detections) else { return }
        var list = try values.nestedUnkeyedContainer(forKey: .detections)
        while !list.isAtEnd {
            var detection = try list.nestedUnkeyedContainer()
            _ = try detection.decode(String.self)
            confidences.append(try detection.decode(Double.self))
        }
    }
}

struct Recording: Decodable {
    struct Scenario: Decodable, CustomTestStringConvertible {
        var name: String
        var steps: [RecordedStep]
        var testDescription: String { name }
    }
    var scenarios: [Scenario]

    static func load() throws -> Recording {
        let file = TestFiles.inTests("FailureDetectionTests/Golden/temporal.json")
        return try JSONDecoder().decode(Recording.self, from: Data(contentsOf: file))
    }
}

@Suite("Temporal statistics equal what the Obico server answered", .timeLimit(.minutes(20)))
struct TemporalGoldenTests {
    static let tolerance = 1e-12

    @Test("the recording holds its five scenarios")
    func recordingIsComplete() throws {
        let recording = try Recording.load()
        #expect(recording.scenarios.count == 5)
        #expect(recording.scenarios.allSatisfy { $0.steps.contains { $0.op == "frame" } })
    }

    @Test("every statistic of every frame, to 1e-12", arguments: try Recording.load().scenarios)
    func statistics(scenario: Recording.Scenario) throws {
        var statistics = TemporalStatistics()
        for (index, step) in scenario.steps.enumerated() {
            guard step.op == "frame" else {
                statistics = statistics.resettingPrint()
                continue
            }
            let pSum = step.confidences.reduce(0, +)
            let before = statistics
            statistics = before.adding(p: pSum, sensitivity: 1)
            let out = try #require(step.out)
            #expect(abs(statistics.p - out.p) <= Self.tolerance, "p of step \(index)")
            #expect(abs(statistics.ewmMean - out.ewm_mean) <= Self.tolerance, "ewm_mean of step \(index)")
            #expect(abs(statistics.rollingMeanShort - out.rolling_mean_short) <= Self.tolerance, "short of \(index)")
            #expect(abs(statistics.rollingMeanLong - out.rolling_mean_long) <= Self.tolerance, "long of \(index)")
            #expect(statistics.predictionNum == out.prediction_num)
            #expect(statistics.predictionNumLifetime == out.prediction_num_lifetime)
            for (text, expected) in try #require(step.normalizedP) {
                let sensitivity = try #require(Double(text))
                let found = before.adding(p: pSum, sensitivity: sensitivity).normalizedP
                #expect(abs(found - expected) <= Self.tolerance, "normalized_p at \(text) of step \(index)")
            }
        }
    }

    @Test("the reference decision at both escalations and all sensitivities", arguments: try Recording.load().scenarios)
    func decisions(scenario: Recording.Scenario) throws {
        var statistics = TemporalStatistics()
        for (index, step) in scenario.steps.enumerated() {
            guard step.op == "frame" else {
                statistics = statistics.resettingPrint()
                continue
            }
            statistics = statistics.adding(p: step.confidences.reduce(0, +), sensitivity: 1)
            for (expected, escalation) in [(step.isFailing, 1.0), (step.isFailingEscalated, 1.75)] {
                for (text, isFailing) in try #require(expected) {
                    let decision = statistics.referenceDecision(
                        sensitivity: try #require(Double(text)), escalation: escalation)
                    #expect(decision.isFailing == isFailing, "\(text) × \(escalation), step \(index): \(decision)")
                }
            }
        }
    }
}

@Suite("The rolling means past their windows", .timeLimit(.minutes(20)))
struct WindowTests {
    @Test("the short mean weighs each frame 1/310 from the 310th on, the long mean 1/7200")
    func windows() {
        var statistics = TemporalStatistics()
        statistics.predictionNum = 309
        statistics.predictionNumLifetime = 7199
        statistics.rollingMeanShort = 0.5
        statistics.rollingMeanLong = 0.25
        let next = statistics.adding(p: 1, sensitivity: 1)
        #expect(next.rollingMeanShort == 0.5 + 0.5 / 310)
        #expect(next.rollingMeanLong == 0.25 + 0.75 / 7200)
    }

    @Test("normalized_p is 1 from one and a half failure thresholds on, and never above")
    func saturates() {
        var statistics = TemporalStatistics()
        statistics.ewmMean = 50
        #expect(statistics.adding(p: 50, sensitivity: 1.2).normalizedP == 1)
    }
}
