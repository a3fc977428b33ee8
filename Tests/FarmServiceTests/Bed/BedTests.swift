import Farm
import Logging
import Synchronization
import TestSupport
import Testing

@testable import FarmService

@Suite("The bed is looked at when somebody asks", .timeLimit(.minutes(20)))
struct BedTests {
    /// A camera whose pictures a test gives: the first byte of each is what lies on the bed, the second the light.
    final class Camera: MachineProber {
        let next = Mutex<[[UInt8]]>([])
        let fault = Mutex<LinkFault?>(nil)
        let taken = Mutex(0)

        /// The last one is given again and again.
        func shows(_ pictures: [UInt8]...) { next.withLock { $0 = pictures } }

        func picture(
            _ camera: CameraSettings, _ credentials: LinkCredentials, of machine: (any PrinterLink)?
        ) async -> CameraProbeResult {
            taken.withLock { $0 += 1 }
            if let fault = fault.withLock({ $0 }) { return .failed(fault) }
            let jpeg = next.withLock { next in next.count > 1 ? next.removeFirst() : next.first ?? [0, 100] }
            return .taken(ProbedPicture(jpeg: jpeg, width: 640, height: 480, milliseconds: 9))
        }
        func probe(_ settings: LinkSettings, _ credentials: LinkCredentials) async -> ProbeResult { .failed(.stopped) }
        func allowedKey(
            _ settings: LinkSettings, asked: @escaping @Sendable () -> Void
        ) async throws(LinkFault) -> Secret? { nil }

        /// A chequered bed with a square on it, by the light.
        static func seen(_ jpeg: [UInt8]) -> BedPicture? {
            guard jpeg.count == 2 else { return nil }
            var luma: [UInt8] = []
            for row in 0..<120 {
                for column in 0..<160 {
                    let part = jpeg[0] > 0 && (60..<84).contains(column) && (60..<80).contains(row)
                    let bed = (column * 7 + row * 3) % 23 < 9 ? 180 : 90
                    let level = part ? Int(jpeg[0]) + (column * 5 + row * 11) % 40 : bed
                    luma.append(UInt8(min(255, level * Int(jpeg[1]) / 100)))
                }
            }
            return BedPicture(width: 160, height: 120, luma: luma)
        }
    }

    private struct Rig {
        var farm: TestFarm
        let camera = Camera()

        init(_ store: MemoryStore = MemoryStore(), hasCamera: Bool = true) async throws {
            var limits = FarmLimits()
            limits.bedCalmFor = .zero
            farm = try await TestFarm(store: store, limits: limits)
            let supervisor = MachineSupervisor(
                service: farm.service, sealer: FakeSealer(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ) { _, _ in StoringLinkless() }
            farm.service.attach(supervisor, sealer: FakeSealer(), prober: camera, bedPicture: Camera.seen)
            if hasCamera { try await putCamera() }
        }

        private func putCamera() async throws {
            let id = try await farm.service.perform(ReserveCameraID())
            let source = CameraSource.snapshot(WebAddress(scheme: .http, host: "192.0.2.8"))
            let settings = try #require(CameraSettings(name: "front", source: source, isPrimary: true))
            let camera = MachineCamera(
                id: id, printerID: farm.printer, settings: settings, credentials: .none, createdAt: farm.clock.now)
            _ = try await farm.service.perform(PutCamera(caller: .administrator, camera: camera))
        }

        func ask(_ action: BedAction) async throws -> BedReport {
            guard case .bed(let report) = try await farm.service.perform(.machine(.bed(farm.printer, action))) else {
                throw FarmError.noSuchPicture
            }
            return report
        }

        var status: BedStatus { get throws { try #require(farm.service.snapshot().printers.first).bed } }
        var sentence: String { get throws { try status.finding.sentence } }
    }

    /// No machine is connected here.
    private struct StoringLinkless: PrinterLink {
        let events = AsyncStream<LinkEvent> { $0.finish() }
        func run() async {}
        func send(_ command: LinkCommand, timeout: Duration) async -> LinkOutcome { .accepted }
        func files() async throws(LinkFault) -> [RemoteFile] { [] }
        func upload(
            _ file: FileUpload, progress: @escaping @Sendable (Int64) -> Void
        ) async throws(LinkFault) -> RemoteFile { throw .notOffered }
        func cameras() async throws(LinkFault) -> [OfferedCamera] { [] }
        func picture() async throws(LinkFault) -> [UInt8] { throw .notOffered }
    }

    @Test("without a kept picture it cannot tell; with one it tells a clear bed from one with a part, at every light")
    func story() async throws {
        let rig = try await Rig()
        #expect(try rig.status == BedStatus())
        #expect(try await rig.ask(.check).status.finding == .cannotTell(.noReference))
        #expect(try await rig.ask(.keep).isKept)
        rig.camera.shows([0, 80])
        let clear = try await rig.ask(.check)
        #expect(clear.status.finding == .clear && clear.picture?.jpeg == [0, 80])
        rig.camera.shows([150, 110])
        #expect(try await rig.ask(.check).status.finding.state == .occupied)
        #expect(try rig.status.finding.state == .occupied, "every reader is told")
        #expect(try rig.status.checkedAt == rig.farm.clock.now && rig.status.kept == 1)
    }

    @Test("a print that begins makes the last look worthless, and while it runs nobody looks")
    func printing() async throws {
        let rig = try await Rig()
        _ = try await rig.ask(.keep)
        _ = try await rig.ask(.check)
        _ = try await rig.farm.start()
        let before = rig.camera.taken.withLock { $0 }
        #expect(try rig.status.finding == .cannotTell(.printing))
        #expect(try await rig.ask(.check).status.finding == .cannotTell(.printing))
        await #expect(throws: FarmError.self) { try await rig.ask(.keep) }
        #expect(rig.camera.taken.withLock { $0 } == before)
        _ = try await rig.farm.service.perform(
            FinishPrint(caller: .administrator, printer: rig.farm.printer, result: .success))
        #expect(try rig.status.finding == .cannotTell(.notChecked))
    }

    @Test("cleared: the next calm picture is learnt, unless it shows that something lies there")
    func cleared() async throws {
        let rig = try await Rig()
        rig.camera.shows([150, 100], [0, 100], [0, 100])
        #expect(try await rig.ask(.cleared).isKept, "the hand that took the part away is in no kept picture")
        #expect(rig.farm.store.rows.keptBeds.values.map(\.picture) == [Camera.seen([0, 100])])
        #expect(rig.farm.store.rows.keptBeds.values.map(\.isLearnt) == [true])
        rig.camera.shows([150, 100])
        let refused = try await rig.ask(.cleared)
        #expect(!refused.isKept && refused.status.finding.state == .occupied && refused.status.kept == 1)
        #expect(try await rig.ask(.keep).isKept, "kept on purpose, whatever it looks like")
    }

    @Test("nothing is kept while something moves, in the dark, or without a picture; the words say so")
    func notKept() async throws {
        let rig = try await Rig()
        rig.camera.shows([150, 100], [0, 100], [150, 100], [0, 100], [150, 100], [0, 100], [150, 100])
        var error = await #expect(throws: FarmError.self) { try await rig.ask(.keep) }
        #expect(error?.description.contains("Something moves in the picture") == true)
        rig.camera.shows([0, 5])
        error = await #expect(throws: FarmError.self) { try await rig.ask(.keep) }
        #expect(error?.description.contains("too dark") == true)
        rig.camera.fault.withLock { $0 = .stopped }
        error = await #expect(throws: FarmError.self) { try await rig.ask(.keep) }
        #expect(error?.description.contains("no picture came") == true)
        #expect(try await rig.ask(.check).status.finding.doubt == .noPicture)
        let blind = try await Rig(hasCamera: false)
        #expect(try await blind.ask(.check).status.finding == .cannotTell(.noCamera))
        for action in [BedAction.keep, .cleared] {
            await #expect(throws: FarmError.invalid([FieldError("camera", FarmError.noBedCamera)])) {
                try await blind.ask(action)
            }
        }
        #expect(rig.farm.store.rows.keptBeds.isEmpty)
    }

    @Test(
        "a start that wants a clear bed is refused in words, and starts nothing, unless a look taken for it says clear")
    func requireClear() async throws {
        let rig = try await Rig()
        func start(_ filename: String = "a.gcode") async throws {
            _ = try await rig.farm.service.perform(
                .startPrint(rig.farm.printer, filename: filename, requireClear: true))
        }
        await #expect(throws: FarmError.bedNotClear(.cannotTell(.noReference))) { try await start() }
        _ = try await rig.ask(.keep)
        _ = try await rig.ask(.check)
        rig.camera.shows([150, 100])
        let refusal = await #expect(throws: FarmError.self) { try await start() }
        #expect(
            refusal?.description
                == "The bed is not clear: one place is not as on the empty bed. So nothing was started. Look at the bed."
        )
        #expect(try rig.farm.live.currentPrint == nil && rig.status.finding.state == .occupied)
        rig.camera.fault.withLock { $0 = .stopped }
        await #expect(throws: FarmError.self) { try await start() }
        rig.camera.fault.withLock { $0 = nil }
        rig.camera.shows([0, 100])
        try await start()
        #expect(try rig.farm.openPrint.filename == "a.gcode")
        await #expect(throws: FarmError.bedNotClear(.cannotTell(.printing))) { try await start("b.gcode") }
        #expect(try rig.farm.openPrint.filename == "a.gcode", "nothing is replaced")
        let blind = try await Rig(hasCamera: false)
        await #expect(throws: FarmError.bedNotClear(.cannotTell(.noCamera))) {
            _ = try await blind.farm.service.perform(
                .startPrint(blind.farm.printer, filename: "a", requireClear: true))
        }
    }

    @Test("a look at the bed counts for a start only while nobody looked again and no print began since")
    func staleLook() async throws {
        let rig = try await Rig()
        _ = try await rig.ask(.keep)
        var start = StartPrint(caller: .administrator, printer: rig.farm.printer, filename: "a.gcode")
        start.clear = try await rig.farm.service.clearBed(of: rig.farm.printer, for: .administrator)
        let stale = start
        rig.farm.clock.advance(by: .seconds(1))
        rig.camera.shows([150, 100])
        let found = try await rig.ask(.check).status.finding
        await #expect(throws: FarmError.bedNotClear(found)) { _ = try await rig.farm.service.perform(stale) }
        rig.camera.shows([0, 100])
        start.clear = try await rig.farm.service.clearBed(of: rig.farm.printer, for: .administrator)
        let late = start
        _ = try await rig.farm.start("between.gcode")
        _ = try await rig.farm.service.perform(
            FinishPrint(caller: .administrator, printer: rig.farm.printer, result: .success))
        await #expect(throws: FarmError.bedNotClear(.cannotTell(.notChecked))) {
            _ = try await rig.farm.service.perform(late)
        }
    }

    @Test("of five pictures the oldest that was learnt goes; they outlive a restart, and are forgotten at a word")
    func several() async throws {
        let rig = try await Rig()
        for light in [100, 90, 80, 70, 60] as [UInt8] {
            rig.camera.shows([0, light])
            #expect(try await rig.ask(light == 90 ? .cleared : .keep).isKept)
        }
        #expect(try rig.status.kept == KeptBed.most)
        let kept = rig.farm.store.rows.keptBeds.values.sorted { $0.id < $1.id }
        #expect(kept.map(\.picture) == [100, 80, 70, 60].map { Camera.seen([0, $0]) })
        let again = try await Rig(rig.farm.store, hasCamera: false)
        let first = try #require(again.farm.service.state.printers[rig.farm.printer])
        #expect(first.keptBeds == kept)
        #expect(try await rig.ask(.forget).status.kept == 0)
        #expect(rig.farm.store.rows.keptBeds.isEmpty)
        #expect(rig.farm.store.rows.events.last?.text.contains("was forgotten by") == true)
    }
}
