import Farm
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import FarmService

@Suite("Machines by the terminal's actions", .timeLimit(.minutes(20)))
struct MachineActionTests {
    /// Seals by writing the place down.
    struct PlaceSealer: CredentialSealer {
        func seal(_ credentials: LinkCredentials, for place: SecretPlace) throws -> StoredCredentials {
            credentials == .none ? .none : .sealed(SealedSecret(Array("\(place.row) \(place.address)".utf8)))
        }
        func open(_ stored: StoredCredentials, for place: SecretPlace) throws(LinkFault) -> LinkCredentials { .none }
    }

    /// A link with two files.
    final class FileLink: PrinterLink {
        let events: AsyncStream<LinkEvent>
        private let continuation: AsyncStream<LinkEvent>.Continuation
        let sent = Mutex<[LinkCommand]>([])
        let fault = Mutex<LinkFault?>(nil)
        init() { (events, continuation) = AsyncStream.makeStream() }
        func say(_ event: LinkEvent) { continuation.yield(event) }
        func run() async {
            // Cancelled: that is the end.
            try? await Task.sleep(for: .seconds(3600))
            continuation.finish()
        }
        func send(_ command: LinkCommand, timeout: Duration) async -> LinkOutcome {
            sent.withLock { $0.append(command) }
            return .accepted
        }
        func files() async throws(LinkFault) -> [RemoteFile] {
            if let fault = fault.withLock({ $0 }) { throw fault }
            return [
                RemoteFile(path: "A~1.GCO", name: "a long name.gcode"), RemoteFile(path: "b.gcode", name: "b.gcode"),
            ]
        }
        func upload(
            _ file: FileUpload, progress: @escaping @Sendable (Int64) -> Void
        ) async throws(LinkFault) -> RemoteFile { throw .notOffered }
        func cameras() async throws(LinkFault) -> [OfferedCamera] { [] }
        func picture() async throws(LinkFault) -> [UInt8] { throw .notOffered }
    }

    private func attach(_ farm: TestFarm, _ link: any PrinterLink = FileLink()) -> Task<Void, Never> {
        let supervisor = MachineSupervisor(
            service: farm.service, sealer: PlaceSealer(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { _, _ in link }
        farm.service.attach(supervisor, sealer: PlaceSealer())
        return Task { await supervisor.run() }
    }

    private func act(_ farm: TestFarm, _ action: MachineAction) async throws -> FarmReply {
        try await farm.service.perform(FarmAction.machine(action))
    }

    @Test("a key is sealed for its printer and address; kept with the same address, asked for again with another")
    func keys() async throws {
        let farm = try await TestFarm()
        let run = attach(farm)
        let settings = farm.settings
        _ = try await act(farm, .connect(farm.printer, settings, .apiKey("secret")))
        let sealed = StoredCredentials.sealed(SealedSecret(Array("\(farm.printer) octoprint http://192.0.2.7".utf8)))
        #expect(farm.store.rows.links[farm.printer]?.credentials == sealed)
        var light = settings
        light.lightName = "output_pin caselight"
        _ = try await act(farm, .connect(farm.printer, light, .keep))
        #expect(farm.store.rows.links[farm.printer]?.credentials == sealed)
        var moved = settings
        moved.address.base.host = "192.0.2.99"
        await #expect(throws: FarmError.self) { _ = try await act(farm, .connect(farm.printer, moved, .keep)) }
        #expect(farm.store.rows.links[farm.printer]?.settings.address.base.host == "192.0.2.7")
        #expect("\(GivenCredentials.apiKey("secret"))" == "•••")
        _ = try await act(farm, .disconnect(farm.printer))
        #expect(farm.store.rows.links.isEmpty)
        run.cancel()
        await run.value
    }

    @Test("no snapshot that goes over a wire holds a key")
    func wire() async throws {
        let farm = try await TestFarm()
        let run = attach(farm)
        _ = try await act(farm, .connect(farm.printer, farm.settings, .apiKey("s3cret-key")))
        let source = CameraSource.snapshot(WebAddress(scheme: .http, host: "192.0.2.8"))
        let camera = try #require(CameraSettings(name: "front", source: source))
        _ = try await act(
            farm, .putCamera(farm.printer, id: nil, camera, .password(user: "maker", password: "s3cret-word")))
        let text = String(decoding: try JSONEncoder().encode(farm.snapshot), as: UTF8.self)
        #expect(text.contains("192.0.2.8"))
        #expect(!text.contains("s3cret"))
        #expect(!text.contains("maker"))
        let back = try JSONDecoder().decode(PrinterSnapshot.self, from: Data(text.utf8))
        #expect(try back == farm.snapshot)
        run.cancel()
        await run.value
    }

    @Test("a start names a file that the machine has, by its name or its path")
    func start() async throws {
        let farm = try await TestFarm()
        let link = FileLink()
        let run = attach(farm, link)
        _ = try await act(farm, .connect(farm.printer, farm.settings, .none))
        try await farm.tell(.abilities([.start, .files]))
        try await farm.says(.idle)
        for _ in 0..<2000 where await (try? farm.service.link(of: farm.printer, for: .administrator)) == nil {
            try await Task.sleep(for: .milliseconds(5))
        }
        await #expect(throws: FarmError.invalid([FieldError("filename", "The printer has no file of this name.")])) {
            _ = try await farm.service.startPrint(caller: farm.mover, printer: farm.printer, filename: "c.gcode")
        }
        _ = try await farm.service.startPrint(caller: farm.mover, printer: farm.printer, filename: "a long name.gcode")
        #expect(try farm.lastCommand?.command == .start(path: "A~1.GCO"))
        guard case .files(let files) = try await act(farm, .listFiles(farm.printer)) else {
            Issue.record("no files")
            return
        }
        #expect(files.count == 2)
        link.fault.withLock { $0 = .noAnswer(seconds: 10) }
        let words = LinkFault.noAnswer(seconds: 10).description
        await #expect(throws: FarmError.unavailable(reason: words, retryAfterSeconds: 5)) {
            _ = try await act(farm, .listFiles(farm.printer))
        }
        run.cancel()
        await run.value
    }

    @Test("the light and the emergency stop; a printer without a machine has neither")
    func moves() async throws {
        let farm = try await TestFarm()
        await #expect(throws: FarmError.machine(.notOffered(command: "light"))) {
            _ = try await act(farm, .move(farm.printer, .light(true)))
        }
        try await farm.connect()
        _ = try await act(farm, .move(farm.printer, .light(true)))
        #expect(try farm.lastCommand?.command == .light(true))
        _ = try await act(farm, .move(farm.printer, .emergencyStop))
        #expect(try farm.lastCommand?.command == .emergencyStop)
    }
}
