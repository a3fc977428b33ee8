import API
import Farm
import FarmClient
import FarmService
import Foundation
import HummingbirdCore
import Logging
import OAuth
import Storage
import Synchronization
import TestSupport
import Testing

@Suite("A file goes to a machine over the control socket", .timeLimit(.minutes(20)))
struct ControlUploadTests {
    /// Keeps what it is sent.
    final class KeepingLink: PrinterLink {
        let events: AsyncStream<LinkEvent>
        private let continuation: AsyncStream<LinkEvent>.Continuation
        private let stored = Mutex<[String: Data]>([:])
        let refusal = Mutex<LinkFault?>(nil)
        var files: [String: Data] { stored.withLock { $0 } }

        init() { (events, continuation) = AsyncStream.makeStream() }

        func run() async {
            continuation.yield(.abilities([.start, .files, .upload]))
            continuation.yield(.reading(PrinterReading(state: .idle, at: Timestamp(secondsSince1970: 1_800_000_000))))
            // Cancelled: that is the end.
            try? await Task.sleep(for: .seconds(3600))
            continuation.finish()
        }
        func send(_ command: LinkCommand, timeout: Duration) async -> LinkOutcome { .accepted }
        func files() async throws(LinkFault) -> [RemoteFile] {
            files.map { RemoteFile(path: $0.key, name: $0.key, size: Int64($0.value.count)) }
        }
        func upload(
            _ file: FileUpload, progress: @escaping @Sendable (Int64) -> Void
        ) async throws(LinkFault) -> RemoteFile {
            if let fault = refusal.withLock({ $0 }) { throw fault }
            guard let data = FileManager.default.contents(atPath: file.localPath) else {
                throw .unreachable("the file is gone")
            }
            progress(Int64(data.count))
            stored.withLock { $0[file.name] = data }
            return RemoteFile(path: file.name, name: file.name, size: Int64(data.count))
        }
        func cameras() async throws(LinkFault) -> [OfferedCamera] { [] }
        func picture() async throws(LinkFault) -> [UInt8] { throw .notOffered }
    }

    struct OpenSealer: CredentialSealer {
        func seal(_ credentials: LinkCredentials, for place: SecretPlace) throws -> StoredCredentials { .none }
        func open(_ stored: StoredCredentials, for place: SecretPlace) throws(LinkFault) -> LinkCredentials { .none }
    }

    /// A served farm with one idle machine.
    /// - Parameter freeBytes: of the farm's disk; nil: as it is.
    private func served(
        freeBytes: Int64? = nil, _ body: (ControlClient, FarmService, KeepingLink, PrinterID) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ft-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: folder) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let now: @Sendable () -> Timestamp = { Timestamp(secondsSince1970: Date().timeIntervalSince1970) }
        let service = try FarmService(
            store: SQLiteStore(DataFolder(preparing: folder.path).lock()), detector: nil, clock: .neverSet(now),
            logger: logger, version: "1.2.3")
        let link = KeepingLink()
        let supervisor = MachineSupervisor(service: service, sealer: OpenSealer(), logger: logger) { _, _ in link }
        service.attach(supervisor, sealer: OpenSealer())
        let machines = Task { await supervisor.run() }
        var configuration = FarmServer.Configuration(
            publicURL: "http://127.0.0.1:3334", pictureSigner: PictureSigner(key: Array(repeating: 7, count: 32)),
            answerSigner: AnswerSigner(key: Array(repeating: 7, count: 32)),
            holder: HolderDescription(pid: 42, version: "1.2.3", startedAt: now(), dataFolder: folder.path),
            now: now)
        if let freeBytes { configuration.freeBytes = { _ in freeBytes } }
        let server = FarmServer(service: service, configuration: configuration, logger: logger)
        let socket = folder.path + "/control.sock"
        let serving = Task { try await server.controlListener(path: socket).run() }
        let client = ControlClient(socketPath: socket, retryDelay: .milliseconds(20))
        let result: Result<Void, any Error>
        do {
            while !FileManager.default.fileExists(atPath: socket) { try await Task.sleep(for: .milliseconds(5)) }
            let address = LinkAddress(kind: .octoprint, base: WebAddress(scheme: .http, host: "192.0.2.7"))
            let reply = try await client.perform(
                .machine(
                    .connectNew(
                        account: Account.firstName, PrinterSettings(name: "mk4"), LinkSettings(address: address), .none)
                ))
            guard case .printer(let printer, _) = reply else { throw FarmError.noSuchPrinter }
            while service.state.printers[printer.id]?.machine?.state != .idle {
                try await Task.sleep(for: .milliseconds(5))
            }
            result = .success(try await body(client, service, link, printer.id))
        } catch {
            result = .failure(error)
        }
        await client.close()
        await service.shutdown()
        serving.cancel()
        _ = await serving.result
        machines.cancel()
        await machines.value
        try result.get()
    }

    private func file(_ bytes: Int) throws -> (path: String, data: Data) {
        let path = FileManager.default.temporaryDirectory.appending(path: "ft-\(UUID().uuidString.prefix(8)).gcode")
            .path
        let data = Data((0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
        try data.write(to: URL(filePath: path))
        return (path, data)
    }

    @Test("every byte arrives, the way is told, and it is started by the machine's own path")
    func whole() async throws {
        try await served { client, service, link, printer in
            let (path, data) = try file(3_000_001)
            defer { unlink(path) }
            var last: UploadStep?
            for try await step in client.upload(
                FileToUpload(localPath: path, name: "Käfer & co.gcode", start: true), to: printer)
            {
                last = step
            }
            guard case .done(let stored)? = last else {
                Issue.record("it ended with \(String(describing: last))")
                return
            }
            #expect(stored.size == 3_000_001)
            #expect(link.files["Käfer & co.gcode"] == data)
            #expect(
                service.state.printers[printer]?.machine?.commands.last?.command == .start(path: "Käfer & co.gcode"))
            guard case .files(let files) = try await client.perform(.machine(.listFiles(printer))) else { return }
            #expect(files.map(\.path) == ["Käfer & co.gcode"])
        }
    }

    @Test("a file that would leave too little room for the database is refused, and takes none of it")
    func noRoom() async throws {
        let kept: Int64 = 512 << 20
        for (free, isTaken) in [(kept + 3_000_000, false), (kept + 3_000_001, true)] {
            try await served(freeBytes: free) { client, _, link, printer in
                let (path, _) = try file(3_000_001)
                defer { unlink(path) }
                do {
                    for try await _ in client.upload(FileToUpload(localPath: path), to: printer) {}
                    #expect(isTaken)
                } catch let error as FarmError {
                    #expect(!isTaken && error == .noRoom(keptMebibytes: 512), "\(error)")
                }
                #expect(link.files.isEmpty != isTaken)
            }
        }
    }

    @Test("what the farm, the machine or the disk refuses arrives as the error that it is")
    func refused() async throws {
        try await served { client, _, link, printer in
            let (path, _) = try file(10)
            defer { unlink(path) }
            func send(_ file: FileToUpload, to printer: PrinterID) async throws {
                for try await _ in client.upload(file, to: printer) {}
            }
            await #expect(throws: UploadError.badName(".x")) {
                try await send(FileToUpload(localPath: path, name: ".x"), to: printer)
            }
            await #expect(throws: FarmError.bedNotClear(.cannotTell(.noCamera))) {
                try await send(FileToUpload(localPath: path, start: true, requireClear: true), to: printer)
            }
            #expect(link.files.isEmpty)
            await #expect(throws: FarmError.noSuchPrinter) { try await send(FileToUpload(localPath: path), to: 99) }
            await #expect(throws: UploadError.self) { try await send(FileToUpload(localPath: "/nowhere"), to: printer) }
            link.refusal.withLock { $0 = .refused(status: 507, "The printer is full.") }
            await #expect(throws: UploadError.machine(.refused(status: 507, "The printer is full."))) {
                try await send(FileToUpload(localPath: path), to: printer)
            }
        }
    }
}
