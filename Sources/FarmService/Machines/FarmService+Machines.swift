public import Farm
import Synchronization

/// What reaches the machines, once it runs.
struct MachineAccess: Sendable {
    var supervisor: MachineSupervisor
    var sealer: any CredentialSealer
}

extension FarmService {
    /// From now on machines can be connected and asked. Called once, before the supervisor runs.
    public func attach(_ supervisor: MachineSupervisor, sealer: any CredentialSealer) {
        machineAccess.withLock { $0 = MachineAccess(supervisor: supervisor, sealer: sealer) }
    }

    private func access() throws(FarmError) -> MachineAccess {
        guard let access = machineAccess.withLock({ $0 }) else {
            throw .unavailable(reason: "This farmtop is not linked to any machine.", retryAfterSeconds: 60)
        }
        return access
    }

    /// Starts a print. On a linked printer the machine must have a file of that name or path.
    public func startPrint(
        caller: Caller, printer: PrinterID, filename: String
    ) async throws -> LivePrinter {
        let start = StartPrint(caller: caller, printer: printer, filename: filename)
        let live = try state.printer(printer, for: caller)
        guard let machine = live.machine, machine.state.mayStart, caller.mayMoveMachines else {
            return try await perform(start)
        }
        let files = try await files(of: printer, for: caller)
        guard let file = files.first(where: { $0.path == filename }) ?? files.first(where: { $0.name == filename })
        else {
            throw FarmError.invalid([FieldError("filename", "The printer has no file of this name.")])
        }
        var known = start
        known.path = file.path
        return try await perform(known)
    }

    /// The files that a printer's machine can print.
    /// - Throws: `unavailable` with the link's words when the machine does not answer.
    public func files(of printer: PrinterID, for caller: Caller) async throws(FarmError) -> [RemoteFile] {
        let link = try await link(of: printer, for: caller)
        do throws(LinkFault) { return try await link.files() } catch {
            throw .unavailable(reason: error.description, retryAfterSeconds: 5)
        }
    }

    /// The running link of a printer, for its files and cameras.
    public func link(of printer: PrinterID, for caller: Caller) async throws(FarmError) -> any PrinterLink {
        let live = try state.printer(printer, for: caller)
        let supervisor = try access().supervisor
        guard let machine = live.machine, let link = await supervisor.link(of: printer) else {
            throw .machine(.wrongState(command: "the request", live.machine == nil ? .unlinked : .offline))
        }
        if let fault = machine.fault { throw .unavailable(reason: fault.description, retryAfterSeconds: 5) }
        return link
    }

    func perform(_ action: MachineAction) async throws -> FarmReply {
        let caller = Caller.administrator
        switch action {
        case .connect(let id, let settings, let given):
            let old = try state.printer(id, for: caller).machine?.link
            let place = SecretPlace.link(of: id, settings.address)
            let isSamePlace = old.map { $0.settings.address == settings.address } ?? false
            let credentials = try seal(given, for: place, stored: isSamePlace ? old?.credentials : nil)
            let link = MachineLink(
                printerID: id, settings: settings, credentials: credentials, createdAt: old?.createdAt ?? now())
            return reply(try await perform(ConnectMachine(caller: caller, link: link)))
        case .disconnect(let id): return reply(try await perform(DisconnectMachine(caller: caller, printer: id)))
        case .confirm(let id):
            _ = try await perform(ConfirmCameras(caller: caller, printer: id))
            return reply(try await perform(ConfirmMachine(caller: caller, printer: id)))
        case .move(let id, let command):
            return reply(try await perform(MoveMachine(caller: caller, printer: id, command: command)))
        case .listFiles(let id): return .files(try await files(of: id, for: caller))
        case .putCamera(let printer, let id, let settings, let given):
            return reply(try await put(settings, id, of: printer, given))
        case .removeCamera(let printer, let id):
            return reply(try await perform(RemoveCamera(caller: caller, printer: printer, camera: id)))
        }
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
    private func seal(
        _ given: GivenCredentials, for place: SecretPlace, stored: StoredCredentials?
    ) throws -> StoredCredentials {
        guard let credentials = given.credentials else {
            guard let stored else {
                throw FarmError.invalid([
                    FieldError("credentials", "The address is another one. Give the key or password again.")
                ])
            }
            return stored
        }
        return try access().sealer.seal(credentials, for: place)
    }
}

extension MachineState {
    fileprivate var mayStart: Bool { [.idle, .complete, .cancelled].contains(self) }
}
