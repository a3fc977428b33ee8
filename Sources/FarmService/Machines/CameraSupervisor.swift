public import Farm
public import Logging
import Synchronization

/// Reads the cameras of the prints that run. The primary one's pictures go the way of uploaded ones; the others are shown.
///
/// It decides nothing: it looks at the committed state whenever that changes.
public actor CameraSupervisor {
    /// - Parameters:
    ///   - camera: which one, with its credentials opened.
    ///   - fingerprint: of the certificate that a person has approved for it, or for its machine's server.
    public typealias FeedMaker =
        @Sendable (_ camera: MachineCamera, LinkCredentials, _ fingerprint: CertificateFingerprint?) -> any CameraFeed

    /// What a reader depends on: when any of it changes, another one takes over.
    private struct Wanted: Equatable {
        var camera: MachineCamera
        var fingerprint: CertificateFingerprint?
        /// The generation of the machine's link, where the pictures come through it.
        var generation: UInt64?

        init(_ camera: MachineCamera, of live: LivePrinter) {
            self.camera = camera
            let source = camera.settings.source
            fingerprint = camera.settings.fingerprint ?? live.machine?.link.settings.fingerprint(of: source)
            generation = source == .printer ? live.machine?.generation : nil
        }
    }

    private struct Running {
        var wanted: Wanted
        var task: Task<Void, Never>
    }

    private let service: FarmService
    private let sealer: any CredentialSealer
    private let makeFeed: FeedMaker
    private let logger: Logger
    /// The cameras of the configuration file.
    private let configured: [ConfiguredCamera]
    private var running: [CameraID: Running] = [:]
    /// The cameras of each printer as they were looked at last.
    private var known: [PrinterID: [CameraID]] = [:]
    private var ended: [Task<Void, Never>] = []
    private nonisolated let newest = Mutex<[CameraID: TakenPicture]>([:])

    public init(
        service: FarmService, sealer: any CredentialSealer, logger: Logger,
        configured: [ConfiguredCamera] = [], makeFeed: @escaping FeedMaker
    ) {
        self.configured = configured
        self.service = service
        self.sealer = sealer
        self.makeFeed = makeFeed
        self.logger = logger
    }

    /// The newest picture of a camera, in memory only; nil before the first, and once the camera is gone.
    public nonisolated func picture(of camera: CameraID) -> TakenPicture? { newest.withLock { $0[camera] } }

    /// Until the task is cancelled or the farm is shut down; then no camera is read.
    public func run() async {
        var seen: UInt64?
        var looked: UInt64?
        while let revision = await service.revisions.next(after: seen) {
            seen = revision
            // With none in the file, only those that were in it before this start have to go.
            if looked == nil || !configured.isEmpty { await placeConfigured() }
            let state = service.state
            for live in state.printers.changed(since: looked) { follow(live) }
            looked = state.revision
        }
        for camera in running.keys { stop(camera) }
        for task in ended { await task.value }
        ended = []
    }

    /// Gives the cameras of the configuration file to their printers, which may be new or have another name.
    public func placeConfigured() async {
        guard PlaceConfiguredCameras.isNeeded(configured, in: service.state) else { return }
        do { try await service.perform(PlaceConfiguredCameras(cameras: configured)) } catch {
            // The next change of the farm comes here again.
            logger.warning("The cameras of the configuration file could not be placed: \(error)")
        }
    }

    /// Names of printers that the configuration file gives a camera and that are not there, or are several.
    public nonisolated var missingPrinters: [String] {
        PlaceConfiguredCameras.homeless(configured, in: service.state).map(\.printer)
    }

    private func follow(_ live: LivePrinter) {
        let ids = live.ownCameras.map(\.camera.id)
        // One of the configuration file may be another printer's by now.
        let gone = Set(known[live.printer.id] ?? []).subtracting(ids).filter { id in
            running[id].map { $0.wanted.camera.printerID == live.printer.id } ?? true
        }
        known[live.printer.id] = ids.isEmpty ? nil : ids
        var wanted: [CameraID: Wanted] = [:]
        if live.wantsPictures {
            for own in live.ownCameras where own.camera.isConfirmed {
                wanted[own.camera.id] = Wanted(own.camera, of: live)
            }
        }
        for id in gone.union(ids) {
            if let entry = running[id], entry.wanted != wanted[id] { stop(id) }
            if running[id] == nil, let camera = wanted[id] { start(camera) }
        }
        if !gone.isEmpty { newest.withLock { newest in newest = newest.filter { !gone.contains($0.key) } } }
    }

    private func start(_ wanted: Wanted) {
        let camera = wanted.camera
        let feed: any CameraFeed
        do {
            let credentials: LinkCredentials =
                if let place = SecretPlace.camera(camera.id, camera.settings.source) {
                    try sealer.open(camera.credentials, for: place)
                } else { .none }
            feed = makeFeed(camera, credentials, wanted.fingerprint)
        } catch {
            running[camera.id] = Running(wanted: wanted, task: Task { await note(error, camera) })
            return
        }
        running[camera.id] = Running(
            wanted: wanted, task: Task { await feed.run { [self] result in await take(result, of: camera) } })
    }

    private func stop(_ id: CameraID) {
        guard let entry = running.removeValue(forKey: id) else { return }
        entry.task.cancel()
        ended.append(entry.task)
        if ended.count > 64 { ended.removeFirst() }
    }

    private nonisolated func take(_ result: Result<TakenPicture, LinkFault>, of camera: MachineCamera) async {
        switch result {
        case .failure(let fault):
            service.traffic.recordPicture(isThere: false)
            await note(fault, camera)
        case .success(let picture):
            service.traffic.recordPicture(isThere: true)
            guard let live = service.state.printers[camera.printerID],
                live.ownCameras.contains(where: { $0.camera.id == camera.id })
            else { return }
            newest.withLock { $0[camera.id] = picture }
            await note(nil, camera)
            // One of the configuration file judges before one that is stored.
            let judging = service.state.printers[camera.printerID]?.judgingCamera
            if judging?.camera.id == camera.id { await judge(picture, of: camera) }
        }
    }

    private nonisolated func judge(_ picture: TakenPicture, of camera: MachineCamera) async {
        do {
            var ticket = try service.admitFrame(printer: camera.printerID, caller: .administrator)
            ticket.isOfOwnCamera = true
            _ = try await service.analyse(picture.jpeg, ticket: ticket, lastModified: picture.lastModified)
        } catch FarmError.notPrinting {
            // The print ended while the picture was on its way.
        } catch FrameError.cancelled {
            // The print was paused or farmtop is stopping: no fault of the camera's.
        } catch let error as FrameError {
            await note(.noPicture(error.description), camera)
        } catch {
            // The next picture comes by itself.
            logger.warning("A picture of printer \(camera.printerID) was not judged: \(error)")
        }
    }

    private nonisolated func note(_ fault: LinkFault?, _ camera: MachineCamera) async {
        let known = service.state.printers[camera.printerID]?.ownCameras.first { $0.camera == camera }
        guard let known, known.fault != fault else { return }
        do { try await service.perform(NoteCamera(camera: camera, fault: fault)) } catch {
            logger.warning("A message of camera \(camera.id) could not be stored: \(error)")
        }
    }
}
