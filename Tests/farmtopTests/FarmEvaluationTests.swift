import ArgumentParser
import Evaluation
import FailureDetection
import Farm
import Foundation
import TestSupport
import Testing

@testable import farmtop

@Suite("The farm's own verdicts", .timeLimit(.minutes(20)))
struct FarmEvaluationTests {
    private func at(_ seconds: Double) -> Timestamp { Timestamp(secondsSince1970: 1_700_000_000 + seconds) }

    private func print(
        _ id: Int64, printer: Int64 = 1, _ result: PrintResult = .success, alertedAt: Double? = nil,
        _ verdict: AlertVerdict? = nil
    ) -> Print {
        let start = Double(id) * 10_000
        var print = Print(
            id: PrintID(id), printerID: PrinterID(printer), accountID: AccountID(1), filename: "a.gcode",
            startedAt: at(start))
        print.printerName = printer == 1 ? "mk4" : "xl"
        print.alertedAt = alertedAt.map { at(start + $0) }
        print.alertOverwrite = verdict
        print.close(Print.End(at: at(start + 7200), result: result))
        return print
    }

    private func points(of print: Print, _ scores: [Double]) -> [ScorePoint] {
        scores.enumerated().map { index, p in
            ScorePoint(
                at: print.startedAt + .seconds(Double(index) * 10), frame: Int64(index + 1), p: p,
                failureProbability: nil, ewmMean: 0, normalizedP: 0)
        }
    }

    private func alert(of print: Print, frame: Int64) -> FarmEvent {
        var event = FarmEvent(
            id: EventID(1), kind: .failureAlerted, severity: .warning, actor: .farmtop, title: "", text: "",
            createdAt: print.startedAt, accountID: AccountID(1), printerID: print.printerID, printID: print.id)
        event.frame = frame
        return event
    }

    private func evaluation(_ farm: PrintsOnly, limit: Int = 200) async throws -> FarmEvaluation {
        try await FarmEvaluation(
            farm.prints(PrintQuery.every), kept: KeptPrints(farm: farm, model: FailureModel()), own: [:], limit: limit,
            around: 2, now: at(0))
    }

    /// A right alert on mk4, a dismissed one and one nobody judged on xl, a failure without an alert, and a clean print.
    private func farm() -> PrintsOnly {
        let rising = Array(repeating: 0.0, count: 60) + Array(repeating: 3.0, count: 120)
        let quiet = Array(repeating: 0.0, count: 180)
        let prints = [
            print(1, alertedAt: 700, .failed), print(2, printer: 2, alertedAt: 700, .notFailed),
            print(3, printer: 2, alertedAt: 700), print(4, .failed), print(5),
        ]
        var farm = PrintsOnly(kept: prints, points: [:])
        for print in prints { farm.points[print.id] = points(of: print, print.alertedAt == nil ? quiet : rising) }
        farm.points[PrintID(2)] = points(of: prints[1], quiet.map { _ in 0.4 })
        farm.told = prints.prefix(3).map { alert(of: $0, frame: 70) }
        return farm
    }

    @Test("alerts are counted by verdict and printer, failures by whether they had one")
    func verdicts() async throws {
        let evaluation = try await evaluation(farm())
        #expect(evaluation.all.prints == 5 && evaluation.all.hours == 10 && evaluation.all.alerts == 3)
        #expect(
            evaluation.all.rightAlerts == 1 && evaluation.all.dismissedAlerts == 1 && evaluation.all.openAlerts == 1)
        #expect(evaluation.all.foundFailures == 1 && evaluation.all.missedFailures == 1)
        #expect(evaluation.printers.map(\.name) == ["mk4", "xl"])
        let text = evaluation.listing(isCalibrated: true).text
        #expect(text.contains("2 of 3 alerts are judged: too few to choose a sensitivity by."))
        #expect(throws: Never.self) {
            try JSONSerialization.jsonObject(with: Data(evaluation.listing(isCalibrated: true).json.description.utf8))
        }
    }

    @Test("the scores are those of the pictures around the alert that was judged")
    func scores() async throws {
        let evaluation = try await evaluation(farm())
        #expect(evaluation.scores(.failed) == Array(repeating: 3, count: 5))
        #expect(evaluation.scores(.notFailed) == Array(repeating: 0.4, count: 5))
        #expect(evaluation.separation.auc == 1)
        #expect(evaluation.listing(isCalibrated: true).text.contains("in 100 % of pairs (1 and 1, too few for more)."))
    }

    @Test("every sensitivity is judged over the same prints, as replay judges them")
    func sensitivities() async throws {
        let farm = farm()
        let evaluation = try await evaluation(farm)
        #expect(evaluation.trials.map(\.sensitivity) == [nil, 0.8, 0.9, 1, 1.1, 1.2] && evaluation.replayed == 5)
        for trial in evaluation.trials {
            var kept = KeptPrints(farm: farm, model: FailureModel())
            kept.sensitivity = trial.sensitivity
            var replays: [PrintReplay] = []
            for print in farm.kept { replays.append(try await kept.replay(print, sensitivities: [:])) }
            #expect(trial.summary == ReplaySummary(replays))
        }
        #expect(evaluation.trials[3].summary.now.found == 1 && evaluation.trials[3].summary.failed == 2)
        let newest = try await self.evaluation(farm, limit: 2)
        #expect(newest.replayed == 2 && newest.all.prints == 5 && newest.judged.count == 2)
        #expect(newest.listing(isCalibrated: true).text.contains("on the newest 2 of 5 prints"))
    }

    @Test("where there is too little, that is what is said")
    func tooLittle() async throws {
        let none = try await evaluation(PrintsOnly(kept: [], points: [:])).listing(isCalibrated: true)
        #expect(none.text == "No print matches, so nothing was judged.")
        let calm = print(5)
        let quiet = try await evaluation(PrintsOnly(kept: [calm], points: [:])).listing(isCalibrated: false).text
        #expect(quiet.contains("No alert was raised, so there is none to judge."))
        #expect(quiet.contains("No print is known to have failed") && quiet.contains("uncalibrated"))
        #expect(!quiet.contains("Scores of the pictures"))
        let open = try await evaluation(PrintsOnly(kept: [print(3, alertedAt: 700)], points: [:]))
        let text = open.listing(isCalibrated: true).text
        #expect(text.contains("Nobody has judged an alert yet, so nothing can be said of how good they are."))
        #expect(text.contains("farmtop print dismiss") && !text.contains("Scores of the pictures"))
    }

    @Test(
        "a rate comes with what chance alone would do",
        arguments: [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39), (1000, 938.97, 1063.97)])
    func interval(count: Int, low: Double, high: Double) throws {
        let rate = try #require(EventRate(count: count, hours: 100))
        #expect(abs(rate.intervalPer100Hours.lowerBound - low) < 0.006 * max(1, low))
        #expect(abs(rate.intervalPer100Hours.upperBound - high) < 0.006 * max(1, high))
        #expect(EventRate(count: count, hours: 0) == nil)
    }

    @Test(
        "--farm stands alone, and what chooses prints needs it",
        arguments: [
            ["--farm", "pictures"], ["--farm", "--scores", "a"], ["--printer", "mk4", "pictures"],
            ["--since", "7d", "pictures"],
            ["--farm", "--limit", "0"],
        ])
    func usage(words: [String]) {
        #expect(throws: (any Error).self) { try EvalCommand.parse(words) }
        #expect(throws: Never.self) { try EvalCommand.parse(["--farm", "--since", "7d", "--printer", "mk4"]) }
    }

    @Test("a file of scores that is there already stays as it is without --force")
    func scoresFile() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "farmtop-eval-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder.appending(path: "clean"), withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let file = folder.path + "/scores.json"
        try Data("mine".utf8).write(to: URL(filePath: file))
        let refusal = await #expect(throws: CommandFailure.self) {
            try await EvalCommand.parse([folder.path, "--scores", file]).run()
        }
        #expect(refusal?.message.contains("exists already") == true)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
        #expect(try EvalCommand.parse([folder.path, "--scores", file, "--force"]).replacing.force)
    }
}

extension PrintQuery {
    fileprivate static var every: PrintQuery {
        var query = PrintQuery()
        query.limit = 1000
        return query
    }
}
