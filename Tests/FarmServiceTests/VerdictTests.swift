import FailureDetection
import Farm
import TestSupport
import Testing

@testable import FarmService

/// One box in the middle, as sure as the first byte says in hundredths; the second byte is what the picture looks like everywhere.
private final class LookingDetector: FrameDetector {
    static let box = BoundingBox(x: 320, y: 240, width: 80, height: 60)
    let model = ModelDescription(name: "looking", inputWidth: 1, inputHeight: 1, gflop: 0, parameters: 0)
    let load = DetectorLoad()

    func submit(_ frame: SubmittedFrame, completion: @escaping FrameCompletion) throws(FrameError) {
        let detection = Detection(confidence: Double(frame.jpeg[0]) / 100, box: Self.box)
        let looks = Self.looks(frame.jpeg, frame.places)?.looks ?? []
        completion(.success(FrameAnalysis(width: 640, height: 480, detections: [detection], looks: looks)))
    }

    func cancel(_ number: UInt64) {}

    static func looks(_ jpeg: [UInt8], _ places: [BoundingBox]) -> PictureLooks? {
        var random = SplitMix(seed: UInt64(jpeg[1]))
        let luma = (0..<256).map { _ in Double.random(in: 0...255, using: &random) }
        return PictureLooks(width: 640, height: 480, looks: places.map { _ in BoxLook(luma: luma) })
    }
}

/// A farm whose first print was alerted.
private struct VerdictFarm {
    let farm: TestFarm

    init(store: MemoryStore = MemoryStore()) async throws {
        farm = try await TestFarm(store: store)
        try await start(farm.service)
        try await farm.onlyAlert()
        _ = try await farm.start("first.gcode")
        #expect(try await alerted())
    }

    func start(_ service: FarmService) async throws {
        await service.setDetector(LookingDetector(), failureModel: try TestFarm.failureModel())
        service.setLookTaker { LookingDetector.looks($0, $1) }
    }

    /// - Returns: whether an alert came within half an hour of pictures.
    func alerted(look: UInt8 = 1, score: UInt8 = 95) async throws -> Bool {
        for index in 0..<180 {
            farm.clock.advance(by: .seconds(10))
            let ticket = try farm.service.admitFrame(printer: farm.printer, caller: .administrator)
            let report = try await farm.service.analyse([score, look, UInt8(index)], ticket: ticket)
            if report.alert { return true }
        }
        return false
    }

    func dismiss() async throws {
        try await farm.acknowledge(.notFailed)
        await farm.service.rememberVerdicts()
    }

    /// Cancelled: so the camera has learned nothing of its scores.
    func next(_ filename: String) async throws {
        _ = try await farm.service.perform(.cancelPrint(farm.printer))
        _ = try await farm.start(filename)
    }

    var verdicts: [RememberedVerdict] { farm.store.rows.verdicts.values.sorted { $0.id < $1.id } }
}

@Suite("What a dismissed alert showed is remembered", .timeLimit(.minutes(20)))
struct VerdictTests {
    @Test("the next print with the same thing in the same place is not alerted, and what was withheld is told")
    func suppressed() async throws {
        let rig = try await VerdictFarm()
        let (farm, first) = (rig.farm, try rig.farm.openPrint.id)
        try await rig.dismiss()
        let verdict = try #require(rig.verdicts.first)
        #expect(rig.verdicts.count == 1 && verdict.printID == first)
        #expect(verdict.seen.detection == Detection(confidence: 0.95, box: LookingDetector.box))

        try await rig.next("second.gcode")
        #expect(try await !rig.alerted())
        let print = try farm.openPrint
        let withheld = try #require(print.alertWithheldAt)
        #expect(farm.store.rows.prints[print.id]?.alertWithheldAt == withheld && print.alertedAt == nil)
        let told = farm.store.rows.events.filter { $0.title == "Alert Not Raised" }
        #expect(told.count == 1 && told.first?.createdAt == withheld && told.first?.actor == .farmtop)
        let predictions = farm.store.rows.predictions.filter { $0.printID == print.id }
        #expect(predictions.count == 180)
        for prediction in predictions {
            #expect(prediction.statistics.p == 0.95, "the full score stays")
            #expect(abs(try #require(prediction.counted) - 0.285) < 1e-9)
        }
        #expect(rig.verdicts.first?.pictures == 180)
        #expect(farm.store.rows.evidence[farm.printer]?.withoutMemory != nil)
    }

    @Test("what looks different in the same place is alerted as ever")
    func otherLook() async throws {
        let rig = try await VerdictFarm()
        try await rig.dismiss()
        try await rig.next("second.gcode")
        #expect(try await rig.alerted(look: 2))
        #expect(try rig.farm.openPrint.alertWithheldAt == nil)
        #expect(rig.farm.store.rows.predictions.last?.counted == nil)
    }

    @Test("the print that was dismissed itself goes by its dismissal alone")
    func samePrint() async throws {
        let rig = try await VerdictFarm()
        try await rig.dismiss()
        _ = try await rig.alerted()
        #expect(rig.farm.store.rows.predictions.allSatisfy { $0.counted == nil })
    }

    @Test("a dismissal that is taken back, or judged a failure after all, is not remembered")
    func takenBack() async throws {
        let rig = try await VerdictFarm()
        try await rig.dismiss()
        #expect(rig.verdicts.count == 1)
        #expect(try await rig.farm.service.perform(.undoDismissal(rig.farm.printer)) == .done(succeeded: true))
        #expect(rig.verdicts.isEmpty)
        try await rig.dismiss()
        #expect(rig.verdicts.count == 1)
        let print = try rig.farm.openPrint.id
        try await rig.next("second.gcode")
        _ = try await rig.farm.service.perform(.judgePrint(print, verdict: .failed))
        #expect(rig.verdicts.isEmpty)
        _ = try await rig.farm.service.perform(.judgePrint(print, verdict: .notFailed))
        await rig.farm.service.rememberVerdicts()
        #expect(rig.verdicts.count == 1, "a verdict given in the history is remembered too")
    }

    @Test("a farm that is killed right after a dismissal remembers it after the next start")
    func killed() async throws {
        let store = MemoryStore()
        let rig = try await VerdictFarm(store: store)
        try await rig.farm.acknowledge(.notFailed)
        let again = try await TestFarm(store: store)
        await again.service.setDetector(LookingDetector(), failureModel: try TestFarm.failureModel())
        again.service.setLookTaker { LookingDetector.looks($0, $1) }
        await again.service.rememberVerdicts()
        #expect(store.rows.verdicts.count == 1 && store.rows.awaitedVerdicts.isEmpty)
    }

    @Test("what cannot be remembered now is tried again later and later, and said once")
    func triedAgain() {
        var tries = VerdictTries()
        #expect(tries.isDue(7, at: .zero))
        let first = tries.failed(7, at: .zero)
        #expect(first)
        #expect(!tries.isDue(7, at: .seconds(9)) && tries.isDue(7, at: .seconds(10)) && tries.isDue(8, at: .zero))
        let second = tries.failed(7, at: .seconds(10))
        #expect(!second)
        #expect(!tries.isDue(7, at: .seconds(29)) && tries.isDue(7, at: .seconds(30)))
        for _ in 0..<60 { _ = tries.failed(7, at: .zero) }
        #expect(!tries.isDue(7, at: .seconds(599)) && tries.isDue(7, at: .seconds(600)))
        tries.succeeded(7)
        #expect(tries.isDue(7, at: .zero))
    }

    @Test("they are listed and forgotten one by one, all at once, and with the camera")
    func forgotten() async throws {
        let rig = try await VerdictFarm()
        let (service, printer) = (rig.farm.service, rig.farm.printer)
        try await rig.dismiss()
        #expect(try await service.perform(.listVerdicts(printer)) == .verdicts(rig.verdicts))
        #expect(try await service.perform(.forgetVerdicts(printer, only: 99)) == .done(succeeded: false))
        #expect(try await service.perform(.forgetVerdicts(printer, only: 1)) == .done(succeeded: true))
        #expect(rig.verdicts.isEmpty && rig.farm.store.rows.events.last?.title == "Verdicts Forgotten")
        let print = try rig.farm.openPrint.id
        for _ in 0..<2 {
            _ = try await service.perform(.judgePrint(print, verdict: nil))
            try await rig.dismiss()
            #expect(rig.verdicts.count == 1)
            _ = try await service.perform(.forgetCamera(printer))
            #expect(rig.verdicts.isEmpty)
        }
    }

    @Test("it is in force after a restart, for 90 days, and in the region where it was given")
    func force() async throws {
        let store = MemoryStore()
        let rig = try await VerdictFarm(store: store)
        try await rig.dismiss()
        try await rig.next("second.gcode")
        let restarted = try await TestFarm(store: store, clock: rig.farm.clock)
        let live = try #require(restarted.service.state.printers[rig.farm.printer])
        #expect(live.verdicts == rig.verdicts)
        let region = try CameraRegion(bed: PictureArea(x: 100, y: 100, width: 500, height: 500))
        try await rig.farm.set("camera_region", .region(region))
        #expect(try await rig.alerted(), "another region begins anew")
        try await rig.farm.set("camera_region", .region(.whole))
        rig.farm.clock.advance(by: .seconds(91 * 86_400))
        try await rig.next("third.gcode")
        #expect(try await rig.alerted())
        #expect(!rig.verdicts.isEmpty, "it is removed where the clock can be believed")
        try await rig.farm.service.perform(ForgetOldVerdicts())
        #expect(rig.verdicts.isEmpty)
    }
}
