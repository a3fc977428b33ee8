import Farm
import FarmService
import Synchronization
import TestSupport
import Testing

/// Notes in which regions frames are to be judged.
private final class RegionDetector: FrameDetector {
    private let scoring = ScoringDetector()
    let regions = Mutex<[CameraRegion]>([])
    var model: ModelDescription { scoring.model }
    var load: DetectorLoad { scoring.load }

    func submit(_ frame: SubmittedFrame, completion: @escaping FrameCompletion) throws(FrameError) {
        regions.withLock { $0.append(frame.region) }
        try scoring.submit(frame, completion: completion)
    }

    func cancel(_ number: UInt64) {}
}

@Suite("The region of a printer's camera", .timeLimit(.minutes(20)))
struct RegionTests {
    private let bed: CameraRegion

    init() throws { bed = try CameraRegion(bed: PictureArea(x: 100, y: 100, width: 500, height: 500)) }

    @Test("it is kept with the settings, told in the event, and what the detector is given")
    func kept() async throws {
        let farm = try await TestFarm()
        let detector = RegionDetector()
        await farm.service.setDetector(detector, failureModel: try TestFarm.failureModel())
        _ = try await farm.start()
        try await farm.frames(1, score: 10)
        try await farm.set("camera_region", .region(bed))
        #expect(farm.store.rows.printers[farm.printer]?.settings.cameraRegion == bed)
        let text = try #require(farm.store.rows.events.last?.text)
        #expect(text.contains("what is judged of the camera's picture to the bed at 10,10,50,50 %"))
        try await farm.frames(1, score: 10)
        #expect(detector.regions.withLock { $0 } == [.whole, bed])
        try await farm.set("camera_region", .region(.whole))
        #expect(farm.store.rows.printers[farm.printer]?.settings.cameraRegion == .whole)
    }

    @Test("each region has a history of its own: another begins anew, an earlier one goes on")
    func history() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        func print(_ pictures: Int) async throws {
            for _ in 0..<pictures {
                farm.clock.advance(by: .seconds(9))
                try await farm.frames(1, score: 3)
            }
        }
        try await print(180)
        let whole = try #require(try farm.snapshot.habit)
        #expect(farm.store.rows.cameras.keys.map(\.region) == [""])
        try await farm.set("camera_region", .region(bed))
        try await print(1)
        #expect(try farm.snapshot.habit == nil, "nothing is known of this region yet")
        #expect(Set(farm.store.rows.cameras.keys.map(\.region)) == ["", bed.description])
        #expect(farm.store.rows.evidence[farm.printer]?.camera.region == bed.description)
        try await farm.set("camera_region", .region(.whole))
        try await print(1)
        #expect(abs(try #require(try farm.snapshot.habit).hours - whole.hours) < 0.02)
    }
}
