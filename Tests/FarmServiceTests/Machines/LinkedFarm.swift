import Farm
import Synchronization
import Testing

@testable import FarmService

extension TestFarm {
    var settings: LinkSettings { Self.linkSettings() }

    static func linkSettings(_ kind: LinkKind = .octoprint) -> LinkSettings {
        LinkSettings(address: LinkAddress(kind: kind, base: WebAddress(scheme: .http, host: "192.0.2.7")))
    }

    /// Puts a machine behind the printer that can do everything and is idle.
    func connect(_ kind: LinkKind = .octoprint) async throws {
        let link = MachineLink(
            printerID: printer, settings: Self.linkSettings(kind), credentials: .none, createdAt: clock.now)
        _ = try await service.perform(ConnectMachine(caller: .administrator, link: link))
        try await tell(.abilities([.pause, .resume, .cancel, .start, .light, .emergencyStop]))
        try await says(.idle)
    }

    func tell(_ event: LinkEvent) async throws {
        guard let generation = try live.machine?.generation else { return }
        try await service.perform(ApplyLinkEvent(printer: printer, generation: generation, event: event))
    }

    /// The machine says this a second later.
    func says(
        _ state: MachineState, file: String? = "benchy.gcode", detail: String? = nil, error: String? = nil,
        elapsed: Double? = nil
    ) async throws {
        clock.advance(by: .seconds(1))
        var reading = PrinterReading(
            state: state, detail: detail, error: error, file: file.map { ReadFile(name: $0, path: $0) }, at: clock.now)
        reading.elapsed = elapsed
        try await tell(.reading(reading))
    }

    func answers(_ outcome: LinkOutcome) async throws {
        guard let machine = try live.machine, let number = machine.commands.last?.number else { return }
        try await service.perform(
            AnswerMachineCommand(
                printer: printer, generation: machine.generation, number: number, outcome: outcome))
    }

    /// An app whose client may move machines.
    var mover: Caller {
        .client(
            AuthenticatedClient(
                tokenID: 2, clientID: 2, clientName: "farm app", accountID: 1, scope: .all,
                expiresAt: clock.now + .seconds(1_000_000), mayMoveMachines: true))
    }

    /// A start of a file that the machine's present link has listed.
    func start(_ filename: String, caller: Caller) throws -> StartPrint {
        var start = StartPrint(caller: caller, printer: printer, filename: filename)
        start.found = try live.machine.map { FoundFile(path: filename, generation: $0.generation) }
        return start
    }

    var lastCommand: MachineCommand? { get throws { try live.machine?.commands.last } }
}

/// A link that a test speaks for.
final class FakeLink: PrinterLink {
    let events: AsyncStream<LinkEvent>
    private let continuation: AsyncStream<LinkEvent>.Continuation
    let credentials: LinkCredentials
    private let sent = Mutex<[LinkCommand]>([])
    private let outcomes = Mutex<LinkOutcome>(.accepted)

    init(_ credentials: LinkCredentials) {
        self.credentials = credentials
        (events, continuation) = AsyncStream.makeStream()
    }

    var commands: [LinkCommand] { sent.withLock { $0 } }
    func say(_ event: LinkEvent) { continuation.yield(event) }
    func answer(_ outcome: LinkOutcome) { outcomes.withLock { $0 = outcome } }

    func run() async {
        // Cancelled: that is the end.
        try? await Task.sleep(for: .seconds(3600))
        continuation.finish()
    }
    /// What it does when it is to look at its machine: nothing, as one that is told of changes.
    let lookedAt = Mutex<(@Sendable (FakeLink) -> Void)?>(nil)
    let looks = Mutex(0)
    func look() async -> Bool {
        guard let answer = lookedAt.withLock({ $0 }) else { return false }
        looks.withLock { $0 += 1 }
        answer(self)
        return true
    }
    func send(_ command: LinkCommand, timeout: Duration) async -> LinkOutcome {
        sent.withLock { $0.append(command) }
        return outcomes.withLock { $0 }
    }
    func files() async throws(LinkFault) -> [RemoteFile] { [] }
    func upload(
        _ file: FileUpload, progress: @escaping @Sendable (Int64) -> Void
    ) async throws(LinkFault) -> RemoteFile { throw .notOffered }
    func cameras() async throws(LinkFault) -> [OfferedCamera] { [] }
    func picture() async throws(LinkFault) -> [UInt8] { throw .notOffered }
}

/// Opens nothing, or everything.
struct FakeSealer: CredentialSealer {
    var hasKey = true
    func seal(_ credentials: LinkCredentials, for place: SecretPlace) throws -> StoredCredentials { .none }
    func open(_ stored: StoredCredentials, for place: SecretPlace) throws(LinkFault) -> LinkCredentials {
        if !hasKey { throw .keyNeeded }
        return .apiKey(Secret("of \(place.row)"))
    }
}
