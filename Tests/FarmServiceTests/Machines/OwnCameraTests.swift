import Farm
import Logging
import Synchronization
import TestSupport
import Testing

@testable import FarmService

/// A camera that a test speaks for.
final class FakeFeed: CameraFeed {
    let credentials: LinkCredentials
    let fingerprint: CertificateFingerprint?
    private let pictures: AsyncStream<Result<TakenPicture, LinkFault>>
    private let continuation: AsyncStream<Result<TakenPicture, LinkFault>>.Continuation

    init(_ credentials: LinkCredentials, _ fingerprint: CertificateFingerprint? = nil) {
        self.credentials = credentials
        self.fingerprint = fingerprint
        (pictures, continuation) = AsyncStream.makeStream()
    }

    func give(_ result: Result<TakenPicture, LinkFault>) { continuation.yield(result) }

    private let ended = Mutex(false)
    var hasEnded: Bool { ended.withLock { $0 } }

    func run(_ deliver: @escaping @Sendable (Result<TakenPicture, LinkFault>) async -> Void) async {
        for await picture in pictures { await deliver(picture) }
        ended.withLock { $0 = true }
    }
}

@Suite("Cameras that farmtop reads itself", .timeLimit(.minutes(20)))
struct OwnCameraTests {
    /// The feeds that were made, by camera.
    final class Feeds: Sendable {
        private let made = Mutex<[(camera: CameraID, feed: FakeFeed)]>([])
        var count: Int { made.withLock { $0.count } }
        func feed(_ camera: CameraID) -> FakeFeed? { made.withLock { $0.last { $0.camera == camera }?.feed } }
        func make(
            _ camera: CameraID, _ credentials: LinkCredentials, _ fingerprint: CertificateFingerprint?
        ) -> FakeFeed {
            let feed = FakeFeed(credentials, fingerprint)
            made.withLock { $0.append((camera, feed)) }
            return feed
        }
    }

    private func supervisor(_ farm: TestFarm, _ feeds: Feeds) -> CameraSupervisor {
        CameraSupervisor(
            service: farm.service, sealer: FakeSealer(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { camera, credentials, fingerprint in feeds.make(camera.id, credentials, fingerprint) }
    }

    private func until(_ what: String, _ isReached: () async throws -> Bool) async throws {
        for _ in 0..<2000 {
            if try await isReached() { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("\(what) did not come")
    }

    private func put(
        _ farm: TestFarm, primary: Bool = true, confirmed: Bool = true,
        _ source: CameraSource = .snapshot(WebAddress(scheme: .http, host: "192.0.2.8"))
    ) async throws -> CameraID {
        let id = try await farm.service.perform(ReserveCameraID())
        let settings = try #require(CameraSettings(name: "front", source: source, isPrimary: primary))
        let camera = MachineCamera(
            id: id, printerID: farm.printer, settings: settings, credentials: .none, isConfirmed: confirmed,
            createdAt: farm.clock.now)
        _ = try await farm.service.perform(PutCamera(caller: .administrator, camera: camera))
        return id
    }

    @Test("only while a print runs; its pictures go the way of uploaded ones; a pause and the end stop it")
    func whilePrinting() async throws {
        let farm = try await TestFarm()
        let feeds = Feeds()
        let supervisor = supervisor(farm, feeds)
        let run = Task { await supervisor.run() }
        let id = try await put(farm)
        #expect(feeds.count == 0)
        _ = try await farm.start()
        try await until("the camera") { feeds.count == 1 }
        let feed = try #require(feeds.feed(id))
        #expect(feed.credentials == .apiKey(Secret("of \(id)")))
        feed.give(.success(TakenPicture(jpeg: [150, 1], at: farm.clock.now)))
        try await until("the frame") { try farm.openPrint.frameCount == 1 }
        #expect(supervisor.picture(of: id)?.jpeg == [150, 1])
        _ = try await farm.service.perform(ConfirmPause(caller: .administrator, printer: farm.printer))
        try await until("the pause") { feed.hasEnded }
        _ = try await farm.service.perform(ResumePrint(caller: .administrator, printer: farm.printer))
        try await until("the camera again") { feeds.count == 2 }
        let again = try #require(feeds.feed(id))
        _ = try await farm.service.perform(CancelPrint(caller: .administrator, printer: farm.printer))
        try await until("the end") { again.hasEnded }
        #expect(supervisor.picture(of: id) != nil, "its last picture stays")
        run.cancel()
        await run.value
    }

    @Test("a print whose camera gives nothing is missed after 60 s; a machine without a camera is not told of")
    func givesNothing() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing)
        farm.clock.advance(by: .seconds(61))
        await farm.service.tick()
        #expect(try farm.snapshot.states.camera == .noPicture && farm.snapshot.hasNoCamera)
        #expect(!farm.eventKinds.contains(.notWatched))
        _ = try await put(farm, primary: false)
        #expect(try farm.snapshot.states.camera == .noPicture, "one that does not judge is only shown")
        _ = try await put(farm)
        await farm.service.tick()
        #expect(try farm.snapshot.states.camera == .stale)
        #expect(try farm.snapshot.rank.level == .unseen)
        #expect(farm.eventKinds.contains(.notWatched))
    }

    @Test("a machine whose camera was removed is not missed for ever: only pictures of an app since then count")
    func removed() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        let id = try await put(farm)
        func unseen() async throws -> CameraState {
            try await farm.says(.complete)
            try await farm.says(.printing)
            farm.clock.advance(by: .seconds(600))
            await farm.service.tick()
            return try farm.snapshot.states.camera
        }
        try await farm.says(.printing)
        var ticket = try farm.service.admitFrame(printer: farm.printer, caller: .administrator)
        ticket.isOfOwnCamera = true
        _ = try await farm.service.analyse([0, 1], ticket: ticket)
        #expect(try await unseen() == .stale, "its camera gives nothing")
        _ = try await farm.service.perform(RemoveCamera(caller: .administrator, printer: farm.printer, camera: id))
        let before = farm.eventKinds.count { $0 == .notWatched }
        #expect(try await unseen() == .noPicture)
        #expect(farm.eventKinds.count { $0 == .notWatched } == before)
        try await farm.frames(1, score: 0)
        #expect(try await unseen() == .stale, "an app has sent some since")
        let again = try await TestFarm(store: farm.store)
        let live = try again.service.state.printer(farm.printer, for: .administrator)
        #expect(live.expectsPictures, "after a restart too, as the last print had pictures")
        try await farm.says(.complete)
        let later = try await TestFarm(store: farm.store)
        let unwatched = try later.service.state.printer(farm.printer, for: .administrator)
        #expect(!unwatched.expectsPictures, "the last print had none")
    }

    @Test("a camera of the configuration file goes with its name to another printer, and is read there")
    func moved() async throws {
        let farm = try await TestFarm()
        let other = try await farm.service.perform(
            CreatePrinter(caller: .administrator, account: 1, settings: PrinterSettings(name: "spare"))
        ).printer.id
        let settings = try #require(CameraSettings(name: "usb", source: .file("/run/x.jpg"), isPrimary: true))
        let feeds = Feeds()
        let supervisor = CameraSupervisor(
            service: farm.service, sealer: FakeSealer(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            configured: [ConfiguredCamera(printer: "mk3", settings: settings)]
        ) { camera, credentials, fingerprint in feeds.make(camera.id, credentials, fingerprint) }
        let run = Task { await supervisor.run() }
        for printer in [farm.printer, other] {
            _ = try await farm.service.perform(
                StartPrint(caller: .administrator, printer: printer, filename: "a.gcode"))
        }
        try await until("the camera") { feeds.count == 1 }
        func name(_ printer: PrinterID, _ name: String) async throws {
            var patch = PrinterPatch()
            patch[try #require(PrinterSetting.all.first { $0.name.description == "name" })] = .text(name)
            _ = try await farm.service.perform(UpdatePrinter(caller: .administrator, printer: printer, patch: patch))
        }
        // Often, as the two are looked at in any order.
        var (holder, next) = (farm.printer, other)
        for turn in 1...8 {
            let before = try #require(feeds.feed(-1))
            try await name(holder, "was \(turn)")
            try await name(next, "mk3")
            try await until("the end at the one printer") { before.hasEnded }
            try await until("the camera of turn \(turn)") { feeds.feed(-1).map { !$0.hasEnded } ?? false }
            #expect(farm.service.state.printers[next]?.ownCameras.map(\.camera.id) == [-1])
            (holder, next) = (next, holder)
        }
        run.cancel()
        await run.value
    }

    @Test("another camera is shown and judges nothing")
    func secondary() async throws {
        let farm = try await TestFarm()
        let feeds = Feeds()
        let supervisor = supervisor(farm, feeds)
        let run = Task { await supervisor.run() }
        let id = try await put(farm, primary: false)
        _ = try await farm.start()
        try await until("the camera") { feeds.count == 1 }
        feeds.feed(id)?.give(.success(TakenPicture(jpeg: [150], at: farm.clock.now)))
        try await until("the picture") { supervisor.picture(of: id) != nil }
        #expect(try farm.openPrint.frameCount == 0)
        run.cancel()
        await run.value
    }

    @Test("why no picture comes is known, once, until one comes")
    func faults() async throws {
        let farm = try await TestFarm()
        let feeds = Feeds()
        let supervisor = supervisor(farm, feeds)
        let run = Task { await supervisor.run() }
        let id = try await put(farm)
        _ = try await farm.start()
        try await until("the camera") { feeds.count == 1 }
        let feed = try #require(feeds.feed(id))
        feed.give(.failure(.noAnswer(seconds: 10)))
        try await until("the fault") { try farm.snapshot.cameras.first?.fault == .noAnswer(seconds: 10) }
        feed.give(.success(TakenPicture(jpeg: [255], at: farm.clock.now)))
        try await until("another fault") {
            if case .noPicture? = try farm.snapshot.cameras.first?.fault { true } else { false }
        }
        feed.give(.success(TakenPicture(jpeg: [0], at: farm.clock.now)))
        try await until("no fault") { try farm.snapshot.cameras.first?.fault == nil }
        run.cancel()
        await run.value
    }

    @Test("predict on a printer whose camera farmtop reads is answered, stored nowhere, and judges nothing")
    func predict() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        let ticket = try farm.service.admitFrame(printer: farm.printer, caller: farm.app)
        _ = try await farm.service.predict([150], ticket: ticket)
        #expect(try farm.openPrint.frameCount == 1)
        _ = try await put(farm)
        let report = try await farm.service.predict([250], ticket: ticket)
        #expect(report.detections.count == 3)
        #expect(!report.alert)
        #expect(try farm.openPrint.frameCount == 1)
        #expect(farm.store.rows.predictions.count == 1)
        #expect(farm.store.rows.pictures.count == 1)
    }

    @Test("one camera is the primary one; a new one takes its place")
    func primary() async throws {
        let farm = try await TestFarm()
        let first = try await put(farm)
        let second = try await put(farm)
        #expect(first != second)
        let kept = farm.store.rows.machineCameras
        #expect(kept[first]?.settings.isPrimary == false)
        #expect(kept[second]?.settings.isPrimary == true)
        _ = try await farm.service.perform(
            RemoveCamera(caller: .administrator, printer: farm.printer, camera: second))
        #expect(farm.store.rows.machineCameras.keys.sorted() == [first])
        try await farm.service.perform(DeletePrinter(caller: .administrator, printer: farm.printer))
        #expect(farm.store.rows.machineCameras.isEmpty)
    }

    @Test("a program or a file is never set from here", arguments: [CameraSource.command(["ffmpeg"]), .file("/a.jpg")])
    func localSource(source: CameraSource) async throws {
        let farm = try await TestFarm()
        await #expect(throws: FarmError.self) { _ = try await put(farm, source) }
        #expect(farm.store.rows.machineCameras.isEmpty)
    }

    @Test("a restored camera is not read until a person confirms it, and judges nothing until then")
    func unconfirmed() async throws {
        let farm = try await TestFarm()
        let feeds = Feeds()
        let supervisor = supervisor(farm, feeds)
        let run = Task { await supervisor.run() }
        _ = try await put(farm, confirmed: false)
        _ = try await farm.start()
        _ = try await farm.service.perform(
            CreatePrinter(caller: .administrator, account: 1, settings: PrinterSettings(name: "other")))
        #expect(feeds.count == 0)
        _ = try await farm.service.perform(ConfirmCameras(caller: .administrator, printer: farm.printer))
        try await until("the camera") { feeds.count == 1 }
        #expect(farm.store.rows.machineCameras.values.map(\.isConfirmed) == [true])
        run.cancel()
        await run.value
    }

    @Test(
        "a new fingerprint of the camera, or of its machine's server, makes a new reader; so does a new link of the machine"
    )
    func newFingerprint() async throws {
        let farm = try await TestFarm()
        let feeds = Feeds()
        let supervisor = supervisor(farm, feeds)
        let run = Task { await supervisor.run() }
        let source = CameraSource.snapshot(WebAddress(scheme: .https, host: "192.0.2.7", path: "/snap"))
        let id = try await put(farm, source)
        _ = try await farm.start()
        try await until("the camera") { feeds.count == 1 }
        #expect(feeds.feed(id)?.fingerprint == nil)
        let old = try #require(feeds.feed(id))
        // The machine's server answers for it, with a certificate that is approved.
        var settings = LinkSettings(
            address: LinkAddress(kind: .octoprint, base: WebAddress(scheme: .https, host: "192.0.2.7")))
        settings.fingerprint = CertificateFingerprint(Array(repeating: 1, count: 32))
        let machine = MachineLink(
            printerID: farm.printer, settings: settings, credentials: .none, createdAt: farm.clock.now)
        _ = try await farm.service.perform(ConnectMachine(caller: .administrator, link: machine))
        try await until("the reader with it") { feeds.count == 2 }
        #expect(feeds.feed(id)?.fingerprint == settings.fingerprint)
        try await until("the end of the old one") { old.hasEnded }
        // Its own goes before.
        var camera = try #require(try farm.live.ownCameras.first?.camera)
        camera.settings.fingerprint = CertificateFingerprint(Array(repeating: 2, count: 32))
        _ = try await farm.service.perform(PutCamera(caller: .administrator, camera: camera))
        try await until("the reader with its own") { feeds.count == 3 }
        #expect(feeds.feed(id)?.fingerprint == camera.settings.fingerprint)
        run.cancel()
        await run.value
    }

    @Test("a camera whose own time does not move is frozen, though the bytes differ")
    func frozenByTime() async throws {
        let farm = try await TestFarm()
        let feeds = Feeds()
        let supervisor = supervisor(farm, feeds)
        let run = Task { await supervisor.run() }
        let id = try await put(farm)
        _ = try await farm.start()
        try await until("the camera") { feeds.count == 1 }
        let feed = try #require(feeds.feed(id))
        for number in 1...4 {
            feed.give(
                .success(
                    TakenPicture(
                        jpeg: [0, UInt8(number)], at: farm.clock.now, lastModified: "Sun, 29 Nov 2026 10:00:00 GMT")))
            try await until("picture \(number)") { try farm.openPrint.frameCount == Int64(number) }
            if number < 4 { farm.clock.advance(by: .seconds(21)) }
        }
        #expect(try farm.snapshot.states.camera == .frozen)
        feed.give(
            .success(
                TakenPicture(jpeg: [0, 9], at: farm.clock.now, lastModified: "Sun, 29 Nov 2026 10:01:00 GMT")))
        try await until("a new one") { try farm.snapshot.states.camera != .frozen }
        run.cancel()
        await run.value
    }
}
