public import Farm
import Synchronization

/// What reaches the machines, once it runs.
struct MachineAccess: Sendable {
    var supervisor: MachineSupervisor
    var sealer: any CredentialSealer
    /// Nil where nothing is tried: a farm that is opened for a test.
    var prober: (any MachineProber)?
    /// Makes of a JPEG what beds are compared by; nil: it is no picture.
    var bedPicture: (@Sendable ([UInt8]) -> BedPicture?)?
    var keys = KeyRequests()
}

extension FarmService {
    /// From now on machines can be connected and asked. Called once, before the supervisor runs.
    public func attach(
        _ supervisor: MachineSupervisor, sealer: any CredentialSealer, prober: (any MachineProber)? = nil,
        bedPicture: (@Sendable ([UInt8]) -> BedPicture?)? = nil
    ) {
        machineAccess.withLock {
            $0 = MachineAccess(supervisor: supervisor, sealer: sealer, prober: prober, bedPicture: bedPicture)
        }
    }

    func access() throws(FarmError) -> MachineAccess {
        guard let access = machineAccess.withLock({ $0 }) else {
            throw .unavailable(reason: "This farmtop is not linked to any machine.", retryAfterSeconds: 60)
        }
        return access
    }

    /// Starts a print. On a linked printer the machine must have a file of that name or path.
    /// - Parameter requireClear: only if a look at the bed, taken now, finds it clear.
    public func startPrint(
        caller: Caller, printer: PrinterID, filename: String, requireClear: Bool = false
    ) async throws -> LivePrinter {
        var start = StartPrint(caller: caller, printer: printer, filename: filename)
        _ = try state.printer(printer, for: caller)
        if caller.mayMoveMachines { try await lookAgain(before: .start(path: filename), at: printer) }
        let live = try state.printer(printer, for: caller)
        guard let machine = live.machine, machine.state.mayStart, caller.mayMoveMachines else {
            // A machine that does not rest refuses, or has the print already: its bed is not asked about.
            if requireClear, live.machine == nil { start.clear = try await clearBed(of: printer, for: caller) }
            return try await perform(start)
        }
        return try await self.start(of: printer, caller: caller, filename, requireClear: requireClear) { files in
            files.first { $0.path == filename } ?? files.first { $0.name == filename }
        }
    }

    /// Starts the file of exactly this path.
    /// - Throws: `invalid` when the machine has none, `machine` when it is not at rest or is another one by now.
    public func startFile(
        _ path: String, at printer: PrinterID, caller: Caller, requireClear: Bool = false
    ) async throws(FarmError) -> LivePrinter {
        guard caller.mayMoveMachines else { throw .mayNotMoveMachines }
        _ = try state.printer(printer, for: caller)
        try await lookAgain(before: .start(path: path), at: printer)
        guard let machine = try state.printer(printer, for: caller).machine else {
            throw .machine(.notOffered(command: "start"))
        }
        if let refusal = machine.refusalToStart { throw .machine(refusal) }
        return try await start(of: printer, caller: caller, path, requireClear: requireClear) { files in
            files.first { $0.path == path }
        }
    }

    /// The list is asked of one link; the start goes to that link or to none.
    private func start(
        of printer: PrinterID, caller: Caller, _ filename: String, requireClear: Bool,
        _ choose: @Sendable ([RemoteFile]) -> RemoteFile?
    ) async throws(FarmError) -> LivePrinter {
        let generation = try state.printer(printer, for: caller).machine?.generation
        let files = try await files(of: printer, for: caller)
        guard let file = choose(files) else {
            throw .invalid([FieldError("filename", "The printer has no file of this name.")])
        }
        var start = StartPrint(caller: caller, printer: printer, filename: filename)
        start.found = generation.map { FoundFile(path: file.path, generation: $0) }
        if requireClear { start.clear = try await clearBed(of: printer, for: caller) }
        return try await perform(start)
    }

    /// The files that a printer's machine can print.
    /// - Throws: `unavailable` with the link's words when the machine does not answer.
    public func files(of printer: PrinterID, for caller: Caller) async throws(FarmError) -> [RemoteFile] {
        let link = try await link(of: printer, for: caller)
        do throws(LinkFault) { return try await link.files().newestFirst } catch {
            throw .unavailable(reason: error.description, retryAfterSeconds: 5)
        }
    }

    /// The running link of a printer, for its files and cameras.
    public func link(of printer: PrinterID, for caller: Caller) async throws(FarmError) -> any PrinterLink {
        guard let machine = try state.printer(printer, for: caller).machine else {
            throw .machine(.notOffered(command: "that: no machine is connected to it"))
        }
        guard let link = await (try access()).supervisor.link(of: printer) else {
            throw .machine(.wrongState(command: "the request", .offline))
        }
        if let fault = machine.fault { throw .unavailable(reason: fault.description, retryAfterSeconds: 5) }
        return link
    }

    func perform(_ action: MachineAction) async throws -> FarmReply {
        let caller = Caller.administrator
        switch action {
        case .connect(let id, let settings, let given): return try await connect(id, settings, given)
        case .connectNew(let account, let settings, let link, let given):
            return try await connectNew(account: account, settings, link, given)
        case .disconnect(let id): return reply(try await perform(DisconnectMachine(caller: caller, printer: id)))
        case .confirm(let id):
            // A printer without either may be confirmed as well: it is a word on the whole farm then.
            let isRestored = state.restoredAt != nil
            _ = try await perform(ConfirmCameras(caller: caller, printer: id))
            let machine = try await perform(ConfirmMachine(caller: caller, printer: id))
            return .done(succeeded: machine.succeeded || isRestored)
        case .move(let id, let command, let print):
            return reply(try await perform(MoveMachine(caller: caller, printer: id, command: command, print: print)))
        case .listFiles(let id): return .files(try await files(of: id, for: caller))
        case .startFile(let id, let path, let requireClear):
            return reply(try await startFile(path, at: id, caller: caller, requireClear: requireClear))
        case .probe(let settings, let given, let id): return try await answer(.machine(settings, given, of: id))
        case .probeCamera(let settings, let given, let id, let camera):
            return try await answer(.camera(settings, given, of: id, camera))
        case .requestKey(let settings): return try await answer(.requestKey(settings))
        case .keyRequest(let id): return try await answer(.keyRequest(id))
        case .forgetKeyRequest(let id): return try await answer(.forgetKeyRequest(id))
        case .putCamera(let printer, let id, let settings, let given):
            return reply(try await put(settings, id, of: printer, given))
        case .removeCamera(let printer, let id):
            return reply(try await perform(RemoveCamera(caller: caller, printer: printer, camera: id)))
        case .bed(let printer, let action): return .bed(try await bed(of: printer, action))
        case .importPrinters(let printers):
            try await importPrinters(printers)
            return .done(succeeded: true)
        }
    }

    /// Puts a machine behind a printer, or changes the one that is there.
    func connect(_ id: PrinterID, _ settings: LinkSettings, _ given: GivenCredentials) async throws -> FarmReply {
        let old = try state.printer(id, for: .administrator).machine?.link
        let link = try await sealedLink(of: id, settings, given, old: old)
        return try await connected(ConnectMachine(caller: .administrator, link: link), given)
    }

    /// Makes a printer with a machine behind it, or neither.
    private func connectNew(
        account name: String, _ printer: PrinterSettings, _ settings: LinkSettings, _ given: GivenCredentials
    ) async throws -> FarmReply {
        guard let account = state.account(named: name)?.id else { throw FarmError.noSuchAccount(name) }
        guard let id = try await perform(ReservePrinterIDs(count: 1)).first else { throw FarmError.noSuchPrinter }
        let link = try await sealedLink(of: id, settings, given, old: nil)
        var create = CreatePrinter(caller: .administrator, account: account, settings: printer)
        create.reservedID = id
        return try await connected(ConnectNewPrinter(create: create, link: link), given)
    }

    /// The key that somebody allowed is used up once the link is stored.
    private func connected<Connect: FarmCommand<LivePrinter>>(
        _ command: Connect, _ given: GivenCredentials
    ) async throws -> FarmReply {
        let live = try await perform(command)
        if case .allowed(let request) = given { await (try access()).keys.forget(request) }
        return reply(live)
    }

    private func sealedLink(
        of id: PrinterID, _ settings: LinkSettings, _ given: GivenCredentials, old: MachineLink?
    ) async throws -> MachineLink {
        let place = SecretPlace.link(of: id, settings.address)
        let isSamePlace = old.map { $0.settings.address == settings.address } ?? false
        var credentials: StoredCredentials
        if case .allowed(let request) = given {
            let key = try await access().keys.key(request, for: settings.address, at: elapsed())
            credentials = try access().sealer.seal(key, for: place)
        } else {
            credentials = try seal(given, for: place, stored: isSamePlace ? old?.credentials : nil)
        }
        return MachineLink(
            printerID: id, settings: settings, credentials: credentials, createdAt: old?.createdAt ?? now())
    }

    private func put(
        _ settings: CameraSettings, _ id: CameraID?, of printer: PrinterID, _ given: GivenCredentials
    ) async throws -> LivePrinter {
        let live = try state.printer(printer, for: .administrator)
        let old = live.ownCameras.first { $0.camera.id == id }?.camera
        if id != nil, old == nil { throw FarmError.noSuchCamera }
        let number: CameraID = if let id { id } else { try await perform(ReserveCameraID()) }
        var credentials = StoredCredentials.none
        if let place = SecretPlace.camera(number, settings.source) {
            let isSamePlace = old.flatMap { SecretPlace.camera($0.id, $0.settings.source) } == place
            credentials = try seal(given, for: place, stored: isSamePlace ? old?.credentials : nil)
        }
        let camera = MachineCamera(
            id: number, printerID: printer, settings: settings, credentials: credentials,
            createdAt: old?.createdAt ?? now())
        return try await perform(PutCamera(caller: .administrator, camera: camera))
    }

    /// - Parameter stored: what is there for the same place; nil where there is nothing, or it is another place.
    func seal(
        _ given: GivenCredentials, for place: SecretPlace, stored: StoredCredentials?
    ) throws -> StoredCredentials {
        guard let credentials = given.credentials else {
            guard let stored else { throw FarmError.credentialsOfAnotherAddress }
            return stored
        }
        return try access().sealer.seal(credentials, for: place)
    }
}

extension LiveMachine {
    /// Why no file can be started now; nil when one can.
    var refusalToStart: CommandRefusal? {
        CommandRules.refusal(
            of: .start(path: ""), reading: fault == nil ? reading : nil, abilities: abilities)
            ?? commands.open.map { CommandRefusal.busy(with: $0.command.name) }
    }
}

extension MachineState {
    fileprivate var mayStart: Bool { [.idle, .complete, .cancelled].contains(self) }
}
