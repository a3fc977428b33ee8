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

    @Test("one in which nothing would be seen is refused; one that was taken earlier refuses no other change")
    func blind() async throws {
        let blind = try CameraRegion(bed: bed.bed, ignored: [.whole])
        let farm = try await TestFarm()
        let refusal = await #expect(throws: FarmError.self) { try await farm.set("camera_region", .region(blind)) }
        guard case .invalid(let errors)? = refusal else { throw Refused(error: refusal) }
        #expect(errors.map(\.field) == ["camera_region"])
        var stored = try #require(farm.store.rows.printers[farm.printer])
        stored.settings.cameraRegion = blind
        let row = FarmRow.printer(stored)
        try farm.store.transaction { try $0.write([row]) }
        let again = try await TestFarm(store: farm.store)
        var patch = PrinterPatch()
        patch[try #require(PrinterSetting.all.first { $0.name.description == "name" })] = .text("renamed")
        let live = try await again.service.perform(
            UpdatePrinter(caller: .administrator, printer: farm.printer, patch: patch))
        #expect(live.printer.settings.name == "renamed" && live.printer.settings.cameraRegion == blind)
    }

    private struct Refused: Error { var error: FarmError? }

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

    private func put(
        _ farm: TestFarm, _ id: CameraID, host: String = "192.0.2.8", _ orientation: CameraOrientation = .upright
    ) async throws {
        let source = CameraSource.snapshot(WebAddress(scheme: .http, host: host))
        let settings = try #require(
            CameraSettings(name: "front", source: source, orientation: orientation, isPrimary: true))
        let camera = MachineCamera(
            id: id, printerID: farm.printer, settings: settings, credentials: .none, createdAt: farm.clock.now)
        _ = try await farm.service.perform(PutCamera(caller: .administrator, camera: camera))
    }

    @Test(
        "it turns with the camera that it was drawn on, and another camera begins with the whole picture; the log says so"
    )
    func cameras() async throws {
        let farm = try await TestFarm()
        let (first, second) = (
            try await farm.service.perform(ReserveCameraID()), try await farm.service.perform(ReserveCameraID())
        )
        var region: CameraRegion? { farm.store.rows.printers[farm.printer]?.settings.cameraRegion }
        try await farm.set("camera_region", .region(bed))
        try await put(farm, first)
        #expect(region == bed, "it may be set before the first camera")
        let half = CameraOrientation(rotation: .half)
        try await put(farm, first, half)
        #expect(region == bed.turned(from: .upright, to: half) && region != bed)
        #expect(farm.store.rows.events.last?.title == "Region Turned")
        #expect(farm.store.rows.events.last?.text.contains("before the bed at 10,10,50,50 %") == true)
        try await put(farm, first, half)
        #expect(farm.store.rows.events.last?.title == "Camera Set", "nothing turned")
        try await put(farm, first, host: "192.0.2.9", half)
        #expect(region == .whole && farm.store.rows.events.last?.title == "Region Reset")
        try await farm.set("camera_region", .region(bed))
        try await put(farm, second, host: "192.0.2.10")
        #expect(region == .whole)
        try await farm.set("camera_region", .region(bed))
        _ = try await farm.service.perform(RemoveCamera(caller: .administrator, printer: farm.printer, camera: first))
        #expect(region == bed, "the other one judges")
        _ = try await farm.service.perform(RemoveCamera(caller: .administrator, printer: farm.printer, camera: second))
        #expect(region == .whole)
    }

    @Test("what was changed since by somebody else is not set back")
    func onlyWhatDiffers() async throws {
        let farm = try await TestFarm()
        let seen = try farm.live.printer.settings
        var drawn = seen
        drawn.cameraRegion = bed
        _ = try await farm.service.perform(.updatePrinter(farm.printer, settings: drawn, from: seen))
        try await farm.set("detective_sensitivity", .number(1.1))
        _ = try await farm.service.perform(.updatePrinter(farm.printer, settings: seen, from: drawn))
        let now = try farm.live.printer.settings
        #expect(now.cameraRegion == .whole && now.detectiveSensitivity == 1.1)
    }
}
