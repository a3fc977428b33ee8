import Farm
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import FarmService

@Suite("Machines are tried, asked for keys, and given files", .timeLimit(.minutes(20)))
struct MachineProbeTests {
    /// Answers what a test says.
    final class FakeProber: MachineProber {
        let asked = Mutex<[LinkCredentials]>([])
        let certificate = Mutex<CertificateFingerprint?>(nil)
        /// In their order; the last one is given again and again.
        let pictures = Mutex<[[UInt8]]>([])
        private let (decisions, decide) = AsyncStream.makeStream(of: Result<Secret?, LinkFault>.self)

        func decide(_ result: Result<Secret?, LinkFault>) { decide.yield(result) }

        func probe(_ settings: LinkSettings, _ credentials: LinkCredentials) async -> ProbeResult {
            asked.withLock { $0.append(credentials) }
            let wanted = certificate.withLock { $0 }
            if let wanted, settings.fingerprint != wanted { return .failed(.certificateNotApproved(wanted)) }
            return .found(MachineFinding(identity: MachineIdentity(server: "OctoPrint 1.11.8")))
        }
        func picture(
            _ camera: CameraSettings, _ credentials: LinkCredentials, of machine: (any PrinterLink)?
        ) async -> CameraProbeResult {
            asked.withLock { $0.append(credentials) }
            let jpeg = pictures.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? [0xFF, 0xD8] }
            return .taken(ProbedPicture(jpeg: jpeg, width: 640, height: 480, milliseconds: 9))
        }
        func allowedKey(
            _ settings: LinkSettings, asked: @escaping @Sendable () -> Void
        ) async throws(LinkFault) -> Secret? {
            asked()
            for await decision in decisions { return try decision.get() }
            throw .stopped
        }
    }

    /// A link that takes files and lists them.
    final class StoringLink: PrinterLink {
        let events: AsyncStream<LinkEvent>
        private let continuation: AsyncStream<LinkEvent>.Continuation
        let stored = Mutex<[RemoteFile]>([])
        /// What is missing of each file at the machine.
        let cut = Mutex<Int64>(0)
        let tellsSizes = Mutex(true)
        init() { (events, continuation) = AsyncStream.makeStream() }
        func run() async {
            // Cancelled: that is the end.
            try? await Task.sleep(for: .seconds(3600))
            continuation.finish()
        }
        func send(_ command: LinkCommand, timeout: Duration) async -> LinkOutcome { .accepted }
        func files() async throws(LinkFault) -> [RemoteFile] { stored.withLock { $0 } }
        func upload(
            _ file: FileUpload, progress: @escaping @Sendable (Int64) -> Void
        ) async throws(LinkFault) -> RemoteFile {
            progress(file.size)
            let missing = cut.withLock { $0 }
            let size = tellsSizes.withLock { $0 } ? file.size - missing : nil
            let there = RemoteFile(path: "local/" + file.name, name: file.name, size: size)
            stored.withLock { $0.append(there) }
            return RemoteFile(path: there.path, name: there.name, size: file.size)
        }
        func cameras() async throws(LinkFault) -> [OfferedCamera] { [] }
        func picture() async throws(LinkFault) -> [UInt8] { throw .notOffered }
    }

    struct Rig {
        var farm: TestFarm
        var prober = FakeProber()
        var link = StoringLink()
        var run: Task<Void, Never>

        init() async throws {
            farm = try await TestFarm()
            let (link, prober) = (link, prober)
            let supervisor = MachineSupervisor(
                service: farm.service, sealer: MachineActionTests.PlaceSealer(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ) { _, _ in link }
            farm.service.attach(
                supervisor, sealer: MachineActionTests.PlaceSealer(), prober: prober, bedPicture: BedTests.Camera.seen)
            run = Task { await supervisor.run() }
        }

        func act(_ action: MachineAction) async throws -> FarmReply {
            try await farm.service.perform(FarmAction.machine(action))
        }

        /// With a link that runs, and an idle machine.
        func connected() async throws {
            _ = try await act(.connect(farm.printer, farm.settings, .none))
            try await farm.tell(.abilities([.start, .files, .upload]))
            try await farm.says(.idle)
            for _ in 0..<2000 where await (try? farm.service.link(of: farm.printer, for: .administrator)) == nil {
                try await Task.sleep(for: .milliseconds(5))
            }
        }

        func end() async {
            run.cancel()
            await run.value
        }

        func file(_ text: String) throws -> String {
            let path = FileManager.default.temporaryDirectory.appending(path: "farmtop-\(UUID().uuidString).gcode").path
            try Data(text.utf8).write(to: URL(filePath: path))
            return path
        }

        func upload(_ file: FileToUpload) async throws -> [UploadStep] {
            var steps: [UploadStep] = []
            for try await step in farm.service.upload(file, to: farm.printer) { steps.append(step) }
            return steps
        }
    }

    @Test(
        "a probe stores nothing, tells of a certificate to compare, and takes the stored key for the same address only")
    func probe() async throws {
        let rig = try await Rig()
        let settings = rig.farm.settings
        guard case .probe(.found(let finding)) = try await rig.act(.probe(settings, .apiKey("k"), of: nil)) else {
            Issue.record("nothing was found")
            return
        }
        #expect(finding.identity?.server == "OctoPrint 1.11.8")
        #expect(rig.farm.store.rows.links.isEmpty)
        let found = try #require(CertificateFingerprint(Array(repeating: 3, count: 32)))
        rig.prober.certificate.withLock { $0 = found }
        guard case .probe(let refused) = try await rig.act(.probe(settings, .none, of: nil)) else { return }
        #expect(refused.certificateToApprove == found)
        #expect(rig.prober.asked.withLock { $0 } == [.apiKey(Secret("k")), .none])
        await rig.end()
    }

    @Test("a key that somebody allows at the machine is sealed for the printer, and is told to nobody")
    func allowed() async throws {
        let rig = try await Rig()
        let settings = rig.farm.settings
        guard case .keyRequest(let request) = try await rig.act(.requestKey(settings)) else { return }
        #expect(request.answer == .undecided)
        await #expect(throws: FarmError.noSuchKeyRequest) {
            _ = try await rig.act(.connect(rig.farm.printer, settings, .allowed(request.id)))
        }
        rig.prober.decide(.success(Secret("allowed-key")))
        var answer = KeyRequest.Answer.undecided
        for _ in 0..<2000 where answer == .undecided {
            guard case .keyRequest(let now) = try await rig.act(.keyRequest(request.id)) else { return }
            answer = now.answer
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(answer == .allowed)
        var other = settings
        other.address.base.host = "192.0.2.66"
        let elsewhere = other
        await #expect(throws: FarmError.noSuchKeyRequest) {
            _ = try await rig.act(.connect(rig.farm.printer, elsewhere, .allowed(request.id)))
        }
        _ = try await rig.act(.connect(rig.farm.printer, settings, .allowed(request.id)))
        #expect(rig.farm.store.rows.links[rig.farm.printer]?.credentials != StoredCredentials.none)
        await #expect(throws: FarmError.noSuchKeyRequest) { _ = try await rig.act(.keyRequest(request.id)) }
        await rig.end()
    }

    @Test("a key that is denied, or that no server gives, says so")
    func denied() async throws {
        let rig = try await Rig()
        for (decision, wanted) in [
            (Result<Secret?, LinkFault>.success(nil), KeyRequest.Answer.denied),
            (.failure(.notOffered), .failed(.notOffered)),
        ] {
            guard case .keyRequest(let request) = try await rig.act(.requestKey(rig.farm.settings)) else { return }
            rig.prober.decide(decision)
            var answer = KeyRequest.Answer.undecided
            for _ in 0..<2000 where answer == .undecided {
                guard case .keyRequest(let now) = try await rig.act(.keyRequest(request.id)) else { return }
                answer = now.answer
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(answer == wanted)
            let forgotten = try await rig.act(.forgetKeyRequest(request.id))
            #expect(forgotten == .done(succeeded: true))
        }
        await rig.end()
    }

    @Test("an allowed key is kept for five minutes, to whatever the clock is set; later it is said to be gone")
    func expired() async throws {
        let rig = try await Rig()
        let settings = rig.farm.settings
        guard case .keyRequest(let request) = try await rig.act(.requestKey(settings)) else { return }
        rig.prober.decide(.success(Secret("allowed-key")))
        rig.farm.clock.set(by: .seconds(86_400))
        var answer = KeyRequest.Answer.undecided
        for _ in 0..<2000 where answer == .undecided {
            guard case .keyRequest(let now) = try await rig.act(.keyRequest(request.id)) else { return }
            answer = now.answer
            try await Task.sleep(for: .milliseconds(5))
        }
        let kept = try await rig.act(.probe(settings, .allowed(request.id), of: nil))
        guard case .probe(.found) = kept else {
            Issue.record("\(kept)")
            return
        }
        rig.farm.clock.advance(by: .seconds(300))
        let gone = try await rig.act(.probe(settings, .allowed(request.id), of: nil))
        #expect(gone == .probe(.failed(.keyRequestOver)))
        await #expect(throws: FarmError.noSuchKeyRequest) {
            _ = try await rig.act(.connect(rig.farm.printer, settings, .allowed(request.id)))
        }
        await rig.end()
    }

    @Test("a printer whose list has no sizes leaves it open whether the file is whole, and the history says so")
    func noSizes() async throws {
        let rig = try await Rig()
        try await rig.connected()
        rig.link.tellsSizes.withLock { $0 = false }
        let path = try rig.file("0123456789")
        defer { unlink(path) }
        let steps = try await rig.upload(FileToUpload(localPath: path, name: "a.gcode"))
        guard case .done(let stored)? = steps.last else {
            Issue.record("\(steps)")
            return
        }
        #expect(stored.size == nil)
        #expect(
            rig.farm.store.rows.events.last?.text.hasSuffix("The printer does not tell the size that it has.") == true)
        await rig.end()
    }

    @Test("a printer and its machine are made together, or neither is")
    func connectNew() async throws {
        let rig = try await Rig()
        let (settings, link) = (PrinterSettings(name: "new"), rig.farm.settings)
        let reply = try await rig.act(.connectNew(account: Account.firstName, settings, link, .none))
        guard case .printer(let printer, _) = reply else { return }
        #expect(rig.farm.store.rows.links[printer.id] != nil)
        // A new printer has no key to keep.
        var other = link
        other.address.base.host = "192.0.2.8"
        let elsewhere = other
        await #expect(throws: FarmError.self) {
            _ = try await rig.act(.connectNew(account: Account.firstName, settings, elsewhere, .keep))
        }
        // Nor is one made, and removed again, whose machine has a printer.
        await #expect(throws: FarmError.machineTaken(by: "new", link.address)) {
            _ = try await rig.act(.connectNew(account: Account.firstName, settings, link, .none))
        }
        #expect(rig.farm.service.state.printers.count == 2)
        await rig.end()
    }

    @Test("a file is sent, found whole at the machine, and started by its path there")
    func upload() async throws {
        let rig = try await Rig()
        try await rig.connected()
        let path = try rig.file("G28\nG1 X1\n")
        defer { unlink(path) }
        let steps = try await rig.upload(FileToUpload(localPath: path, name: "a.gcode", start: true))
        guard case .done(let file) = steps.last else {
            Issue.record("\(steps)")
            return
        }
        #expect(file.path == "local/a.gcode")
        #expect(try rig.farm.lastCommand?.command == .start(path: "local/a.gcode"))
        let sent = rig.farm.store.rows.events.filter { $0.title == "File Sent" }
        #expect(sent.map(\.kind) == [.command])
        await rig.end()
    }

    @Test("a file for a clear bed is not sent while something lies there, nor started where something came meanwhile")
    func requireClear() async throws {
        let rig = try await Rig()
        try await rig.connected()
        let (empty, part): ([UInt8], [UInt8]) = ([0, 100], [150, 100])
        rig.prober.pictures.withLock { $0 = [empty] }
        let source = CameraSource.snapshot(WebAddress(scheme: .http, host: "192.0.2.8"))
        let camera = try #require(CameraSettings(name: "front", source: source, isPrimary: true))
        _ = try await rig.act(.putCamera(rig.farm.printer, id: nil, camera, .none))
        _ = try await rig.act(.bed(rig.farm.printer, .keep))
        let path = try rig.file("G28\n")
        defer { unlink(path) }
        let file = FileToUpload(localPath: path, name: "a.gcode", start: true, requireClear: true)
        rig.prober.pictures.withLock { $0 = [part] }
        let refusal = await #expect(throws: FarmError.self) { _ = try await rig.upload(file) }
        #expect(refusal?.description.contains("The bed is not clear") == true)
        #expect(rig.link.stored.withLock { $0 }.isEmpty)
        rig.prober.pictures.withLock { $0 = [empty, part] }
        let late = await #expect(throws: UploadError.self) { _ = try await rig.upload(file) }
        #expect(late?.description.contains("is at the printer and was not started. The bed is not clear") == true)
        #expect(try rig.farm.lastCommand == nil && rig.link.stored.withLock { $0 }.count == 1)
        rig.prober.pictures.withLock { $0 = [empty] }
        _ = try await rig.act(.startFile(rig.farm.printer, path: "local/a.gcode", requireClear: true))
        #expect(try rig.farm.lastCommand?.command == .start(path: "local/a.gcode"))
        await rig.end()
    }

    @Test("half a file is never taken for a whole one, and is not started")
    func half() async throws {
        let rig = try await Rig()
        try await rig.connected()
        rig.link.cut.withLock { $0 = 3 }
        let path = try rig.file("G28\nG1 X1\n")
        defer { unlink(path) }
        await #expect(throws: UploadError.incomplete(name: "a.gcode", expected: 10, found: 7)) {
            _ = try await rig.upload(FileToUpload(localPath: path, name: "a.gcode", start: true))
        }
        #expect(try rig.farm.lastCommand == nil)
        await rig.end()
    }

    @Test("nothing is sent of a file that cannot be read, has no name, or would be started on a busy machine")
    func refused() async throws {
        let rig = try await Rig()
        try await rig.connected()
        await #expect(throws: UploadError.self) {
            _ = try await rig.upload(FileToUpload(localPath: "/nowhere/a.gcode"))
        }
        let path = try rig.file("G28\n")
        defer { unlink(path) }
        for name in ["", ".hidden", "a/b.gcode", "a\u{1B}.gcode"] {
            await #expect(throws: UploadError.badName(name)) {
                _ = try await rig.upload(FileToUpload(localPath: path, name: name))
            }
        }
        try await rig.farm.says(.printing)
        await #expect(throws: FarmError.machine(.wrongState(command: "start", .printing))) {
            _ = try await rig.upload(FileToUpload(localPath: path, name: "a.gcode", start: true))
        }
        #expect(rig.link.stored.withLock { $0.isEmpty })
        await rig.end()
    }
}
