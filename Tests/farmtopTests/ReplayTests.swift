import FailureDetection
import Farm
import Foundation
import Imaging
import TestSupport
import Testing

@testable import farmtop

@Suite("Kept prints judged again", .timeLimit(.minutes(20)))
struct ReplayTests {
    private let model = FailureModel()

    private func at(_ seconds: Double) -> Timestamp { Timestamp(secondsSince1970: 1_700_000_000 + seconds) }

    private func print(
        _ id: Int64, printer: Int64 = 1, from start: Double = 0, _ result: PrintResult? = .success,
        alertedAt: Double? = nil, _ verdict: AlertVerdict? = nil
    ) -> Print {
        var print = Print(
            id: PrintID(id), printerID: PrinterID(printer), accountID: AccountID(1), filename: "a.gcode",
            startedAt: at(start))
        print.alertedAt = alertedAt.map(at)
        print.alertOverwrite = verdict
        if let result { print.close(Print.End(at: at(start + 7200), result: result)) }
        return print
    }

    private func points(_ scores: [Double], from start: Double = 0) -> [ScorePoint] {
        scores.enumerated().map { index, p in
            ScorePoint(
                at: at(start + Double(index) * 10), frame: Int64(index + 1), p: p, failureProbability: nil, ewmMean: 0,
                normalizedP: 0)
        }
    }

    private func event(_ kind: FarmEvent.Kind, _ seconds: Double) -> FarmEvent {
        FarmEvent(
            id: EventID(1), kind: kind, severity: .info, actor: .farmtop, title: "", text: "", createdAt: at(seconds),
            accountID: AccountID(1), printerID: PrinterID(1), printID: PrintID(1))
    }

    @Test("a print whose pictures show a failure is alerted, at the moment of the picture that shows it")
    func alerts() {
        let scores = Array(repeating: 0.0, count: 60) + Array(repeating: 3.0, count: 120)
        let pictures = points(scores).map { PictureScore(at: $0.at, p: $0.p) }
        let replay = PrintReplay(print(1), points: pictures, pauses: [], before: [], model: model, sensitivity: 1)
        let expected = ScoreReplay(pictures, before: [], model: model, sensitivity: 1)
        let alert = expected.alertAt.map { pictures[$0 - 1].at }
        #expect(alert != nil && replay.alertedAt == alert)
        #expect(replay.pictures == 180 && replay.highest == expected.failureProbability.max())
    }

    @Test("pictures of a print that stood are left out")
    func pauses() {
        let scores = Array(repeating: 0.0, count: 60) + Array(repeating: 3.0, count: 120)
        let pictures = points(scores).map { PictureScore(at: $0.at, p: $0.p) }
        let replay = PrintReplay(
            print(1), points: pictures, pauses: [at(600)..<at(1800)], before: [], model: model, sensitivity: 1)
        #expect(replay.alertedAt == nil)
        #expect(replay.pictures == 60)
    }

    @Test("a pause lasts from its confirmation until the print goes on, the last one until the end")
    func spans() {
        let events = [event(.resumed, 200), event(.paused, 100), event(.paused, 900), event(.pauseRequested, 890)]
        #expect(events.pauses(of: print(1)) == [at(100)..<at(200), at(900)..<at(7200)])
        #expect([event(.resumed, 200)].pauses(of: print(1)) == [])
    }

    @Test("what people said decides what is known of a print")
    func truth() {
        #expect(PrintReplay.Truth(print(1)) == .clean)
        #expect(PrintReplay.Truth(print(1, alertedAt: 60)) == .unjudged)
        #expect(PrintReplay.Truth(print(1, alertedAt: 60, .notFailed)) == .clean)
        #expect(PrintReplay.Truth(print(1, .cancelled, alertedAt: 60, .notFailed)) == .clean)
        #expect(PrintReplay.Truth(print(1, alertedAt: 60, .failed)) == .failed)
        #expect(PrintReplay.Truth(print(1, .failed)) == .failed)
        #expect(PrintReplay.Truth(print(1, .cancelled)) == .unjudged)
        #expect(PrintReplay.Truth(print(1, nil)) == .unjudged)
    }

    @Test("the sums count false alerts over the hours of clean prints alone")
    func summary() {
        func replay(_ print: Print, alerted: Bool) -> PrintReplay {
            var replay = PrintReplay(print, points: [], pauses: [], before: [], model: model, sensitivity: 1)
            replay.hours = 2
            replay.alertedAt = alerted ? at(1) : nil
            return replay
        }
        let summary = ReplaySummary([
            replay(print(1, alertedAt: 60, .notFailed), alerted: false), replay(print(2), alerted: true),
            replay(print(3), alerted: true), replay(print(4, .failed, alertedAt: 60), alerted: true),
            replay(print(5, .failed), alerted: false), replay(print(6, .cancelled), alerted: true),
        ])
        #expect(summary.hours == 12 && summary.cleanHours == 6)
        #expect(summary.failed == 2 && summary.clean == 3)
        #expect(summary.then == ReplaySummary.Side(alerts: 2, found: 1, falseAlerts: 1))
        #expect(summary.now == ReplaySummary.Side(alerts: 4, found: 1, falseAlerts: 2))
        #expect(summary.falseAlertsPer100Hours(summary.now) == 2.0 / 6 * 100)
        #expect(ReplaySummary([]).falseAlertsPer100Hours(ReplaySummary.Side()) == nil)
    }

    @Test("the camera is known by clean prints that began before, of this printer alone")
    func before() async throws {
        let scores = Array(repeating: 1.0, count: 180)
        let kept = [
            print(1, from: 0), print(2, from: 10_000, alertedAt: 10_060), print(3, printer: 2, from: 20_000),
            print(4, from: 30_000), print(5, from: 40_000),
        ]
        let farm = PrintsOnly(
            kept: kept, points: Dictionary(uniqueKeysWithValues: kept.map { ($0.id, points(scores)) }))
        let judged = try await KeptPrints(farm: farm, model: model).replay(kept[3], sensitivities: [:])
        let pictures = points(scores).map { PictureScore(at: $0.at, p: $0.p) }
        let known = ScoreReplay(pictures, before: [pictures], model: model, sensitivity: 1)
        #expect(judged.highest == known.failureProbability.max())
    }

    @Test("a printer's sensitivity counts unless another one is given")
    func sensitivity() async throws {
        let scores = (0..<200).map { $0 < 60 ? 0.0 : 0.55 }
        let farm = PrintsOnly(kept: [print(1)], points: [PrintID(1): points(scores)])
        var kept = KeptPrints(farm: farm, model: model)
        let own = try await kept.replay(print(1), sensitivities: [PrinterID(1): 1.2])
        kept.sensitivity = 1.2
        let given = try await kept.replay(print(1), sensitivities: [PrinterID(1): 0.8])
        #expect(own.alertedAt == given.alertedAt && own.highest == given.highest)
        kept.sensitivity = 0.8
        let lower = try await kept.replay(print(1), sensitivities: [PrinterID(1): 1.2])
        #expect(lower.alertedAt != own.alertedAt || own.alertedAt == nil && lower.highest != own.highest)
    }

    @Test("the beginning is a day or a span before now")
    func start() {
        let now = at(0)
        #expect(ReplayStart(argument: "7d")?.moment(now: now) == at(-7 * 86_400))
        #expect(ReplayStart(argument: "12h")?.moment(now: now) == at(-12 * 3600))
        #expect(ReplayStart(argument: "2026-11-01")?.moment(now: now).description == "2026-11-01T00:00:00.000000Z")
        for text in ["", "d", "0d", "-1d", "7", "7x", "2026-13-01", "2026-11-01T", "yesterday"] {
            #expect(ReplayStart(argument: text) == nil, "\(text)")
        }
    }

    @Test("prints without a kept picture are said to be not judged")
    func listing() {
        let none = PrintReplay(
            print(7), points: [], missing: 3, pauses: [], before: [], model: model, sensitivity: 1)
        let text = Listing(replays: [none], isCalibrated: false).text
        #expect(text.contains("0 of 3") && text.contains("not judged") && text.contains("uncalibrated"))
        #expect(Listing(replays: [], isCalibrated: true).text == "No print matches, so nothing was judged.")
    }

    @Test("scores that counted less are judged both ways, and the listing and the sums say so")
    func memory() async throws {
        let scores = Array(repeating: 0.0, count: 60) + Array(repeating: 3.0, count: 120)
        var seen = points(scores)
        for index in 60..<180 { seen[index].counted = 0.1 }
        var withheld = print(1)
        withheld.alertWithheldAt = at(900)
        let farm = PrintsOnly(kept: [withheld], points: [PrintID(1): seen])
        let calibrated = try calibratedModel()
        let replay = try await KeptPrints(farm: farm, model: calibrated).replay(withheld, sensitivities: [:])
        let full = seen.map { PictureScore(at: $0.at, p: $0.p) }
        let expected = ScoreReplay(full, before: [], model: calibrated, sensitivity: 1)
        #expect(replay.alertedAt == nil && replay.countedLess == 120)
        #expect(replay.alertedWithoutMemoryAt == expected.alertAt.map { full[$0 - 1].at })
        #expect(replay.alertedWithoutMemoryAt != nil)
        let summary = ReplaySummary([replay])
        #expect(summary.now.falseAlerts == 0 && summary.withoutMemory.falseAlerts == 1 && summary.countedLess == 1)
        let text = Listing(replays: [replay], isCalibrated: true).text
        #expect(text.contains("WITHOUT MEMORY") && text.contains("which mattered in 1: 1 alerted"))
    }

    /// Strands in the middle of a lively picture, as sure in each.
    private static let box = BoundingBox(x: 80, y: 60, width: 60, height: 40)

    private func lively() throws -> (jpeg: [UInt8], look: BoxLook) {
        var random = SplitMix(seed: 1)
        var bytes: [UInt8] = []
        for _ in 0..<12 {
            let row = (0..<16).flatMap { _ in
                let value = UInt8.random(in: 0...255, using: &random)
                return Array(repeating: value, count: 30)
            }
            for _ in 0..<10 { bytes += row }
        }
        let jpeg = JPEG.encode(Pixels(width: 160, height: 120, bytes: bytes))
        return (jpeg, try #require(JPEG.decode(jpeg).pixels.look(at: Self.box)))
    }

    private func verdict(on print: Int64, at seconds: Double, look: BoxLook) -> RememberedVerdict {
        RememberedVerdict(
            id: VerdictID(print), printerID: PrinterID(1), printID: PrintID(print),
            seen: SeenBox(
                region: .whole, width: 160, height: 120, detection: Detection(confidence: 0.95, box: Self.box),
                look: look), givenAt: at(seconds))
    }

    @Test(
        "with another network the memory of verdicts counts as it did for the farm",
        arguments: [
            (1, -100.0, true), (1, 3000, false), (9, -100, false), (1, -91 * 86_400, false),
        ] as [(Int64, Double, Bool)])
    func memoryOfAnotherNetwork(print id: Int64, givenAt: Double, counts: Bool) async throws {
        let picture = try lively()
        let judged = print(9)
        let scores = points(Array(repeating: 0, count: 180))
        var farm = PrintsOnly(kept: [judged], points: [PrintID(9): scores])
        farm.jpeg = picture.jpeg
        farm.verdicts = [verdict(on: id, at: givenAt, look: picture.look)]
        let kept = KeptPrints(farm: farm, model: try calibratedModel()) { _, _ in
            [Detection(confidence: 0.95, box: Self.box)]
        }
        let replay = try await kept.replay(judged, sensitivities: [:])
        #expect(replay.pictures == 180 && replay.alertedWithoutMemoryAt != nil)
        #expect(replay.countedLess == (counts ? 180 : 0))
        #expect((replay.alertedAt == nil) == counts)
    }

    @Test("what a printer that is gone remembered is gone; its prints are judged all the same")
    func gonePrinter() async throws {
        var farm = PrintsOnly(kept: [print(9)], points: [PrintID(9): points([0, 0])])
        farm.jpeg = try lively().jpeg
        farm.verdicts = nil
        let kept = KeptPrints(farm: farm, model: try calibratedModel()) { _, _ in [] }
        #expect(try await kept.replay(print(9), sensitivities: [:]).pictures == 2)
    }

    @Test("each region is a camera of its own, and is named")
    func regions() async throws {
        let bed = try CameraRegion(bed: PictureArea(x: 100, y: 200, width: 600, height: 550))
        func judged(_ region: CameraRegion?, from start: Double) -> [ScorePoint] {
            points(Fixtures.habit, from: start).map { point in
                var point = point
                point.region = region
                return point
            }
        }
        let kept = [print(1), print(2, from: 10_000), print(3, from: 20_000)]
        func replay(_ region: CameraRegion?) async throws -> PrintReplay {
            let farm = PrintsOnly(
                kept: kept,
                points: [1: judged(.whole, from: 0), 2: judged(.whole, from: 10_000), 3: judged(region, from: 20_000)])
            return try await KeptPrints(farm: farm, model: calibratedModel()).replay(kept[2], sensitivities: [:])
        }
        let (whole, other, unknown) = (try await replay(.whole), try await replay(bed), try await replay(nil))
        #expect(whole.highest != other.highest, "what the whole picture taught is not known of the bed")
        #expect(whole.highest == unknown.highest, "where it was not kept, it counts as before")
        #expect(whole.regions == [.whole] && other.regions == [bed] && unknown.regions.isEmpty)
        #expect(Listing(replays: [other], isCalibrated: true).text.contains("bed 10,20,60,55 %"))
        #expect(!Listing(replays: [whole], isCalibrated: true).text.contains("JUDGED"))
    }

    private func calibratedModel() throws -> FailureModel {
        let table = TestFiles.root.appending(path: "Sources/CModel/Model/farmtop-spaghetti.likelihoods")
        return FailureModel(likelihoods: try LikelihoodTable(text: Data(contentsOf: table)))
    }

    private enum Fixtures {
        /// The scores of a camera that is used to much.
        static let habit = (0..<180).map { $0 % 3 == 0 ? 0.5 : 0.2 }
    }
}
