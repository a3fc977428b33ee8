import API
import Detector
import Farm
import FarmConfiguration
import FarmService
import Glibc
import Imaging
import Logging
import Notifier
import OAuth
import ServiceLifecycle
import Storage
import Text
import UnixSignals

/// Everything that serves one farm: API, control socket, detector, watch. Runs until it is told to end.
struct ServingFarm: Sendable {
    let farm: HostedFarm
    let settings: Settings
    let address: ListenAddress
    /// Where any port will do: the one that was chosen, which no other program is given before this one listens.
    private let heldPort: HeldPort?
    let logger: Logger
    private let server: FarmServer
    let certificates: TLSCertificates?
    private let databaseState = DatabaseState()

    /// Opens the farm, which blocks until it is loaded.
    /// - Parameter links: to the machines; the demo has its own.
    init(
        _ lock: FolderLock, settings: Settings, logger: Logger,
        links: @escaping MachineSupervisor.LinkMaker = HostedFarm.realLink
    ) throws {
        let limits = ProcessLimits.raised()
        if let failure = limits.failure { throw failure }
        var settings = settings
        heldPort = try Self.held(settings.configuration.server.listen)
        if let heldPort { settings.configuration.server.listen.port = heldPort.port }
        address = settings.configuration.server.listen
        self.settings = settings
        self.logger = logger
        certificates = try settings.tlsFiles().map { try TLSCertificates(certificate: $0.certificate, key: $0.key) }
        farm = try HostedFarm(lock, settings: settings, logger: logger, links: links)
        var configuration = FarmServer.Configuration(
            publicURL: farm.pictures.publicURL, pictureSigner: farm.pictures.signer,
            answerSigner: farm.answerSigner,
            holder: HolderDescription(
                pid: getpid(), version: Farmtop.version, startedAt: Timestamp.systemClock(),
                dataFolder: farm.folder.path),
            now: Timestamp.systemClock)
        configuration.limits.connections = limits.connections(atMost: configuration.limits.connections)
        configuration.drawBoxes = { jpeg, detections in
            JPEG.encode(try JPEG.decode(jpeg).pixels.drawing(detections))
        }
        configuration.certificates = certificates
        configuration.linksFollowRequests = settings.linksFollowRequests
        configuration.proxies = TrustedProxies(settings.configuration.server.trustedProxies) ?? TrustedProxies()
        configuration.crossOrigin = CrossOrigin(origins: Set(settings.configuration.server.corsOrigins))
        configuration.printersPerAccount = Int(settings.configuration.server.printersPerAccount)
        configuration.bytesInFlight = BytesInFlight(
            limit: Int(settings.configuration.server.bytesInFlightMebibytes) << 20)
        configuration.storageFigures = { [folder = farm.folder, databaseState] in
            var figures = StorageFigures(of: folder)
            figures?.isDatabaseDamaged = databaseState.isDamaged
            return figures
        }
        server = FarmServer(service: farm.service, configuration: configuration, logger: logger)
        warn()
    }

    private static func held(_ address: ListenAddress) throws(CommandFailure) -> HeldPort? {
        guard address.port == 0, !address.isNone else { return nil }
        do {
            return try HeldPort(address)
        } catch {
            throw .failed("No free port is found on \(address.host): \(error.reason).")
        }
    }

    /// What an operator should know before the first request.
    private func warn() {
        certificates?.warnOfExpiry(logger)
        // Paths without a home were refused when the files were read.
        for remark in ((try? settings.secretFiles()) ?? []).compactMap(\.remark) {
            logger.warning("\(remark.sentence)")
        }
        for name in farm.cameras.missingPrinters {
            logger.warning(
                "The configuration file has a camera of \(printable(name)), and there is no printer of this name. It is used once there is one."
            )
        }
        for remark in settings.linkRemarks { logger.warning("\(remark)") }
        let waiting = farm.service.state.printers.values.filter(\.awaitsConfirmation)
            .map(\.printer.settings.name).sorted()
        if !waiting.isEmpty {
            logger.warning(
                """
                Restored from a backup, these printers' machines and cameras are left alone until a person says that no \
                other farm uses them (farmtop printer confirm NAME): \(printable(waiting.joined(separator: ", ")))
                """)
        }
        if farm.service.state.hold == .farm {
            logger.warning(
                """
                This farm was restored from a backup and sends no messages until a person says that the farm of the backup is \
                off: farmtop notify confirm
                """)
        }
        if !address.isLoopback, !address.isNone, certificates == nil {
            logger.warning(
                """
                \(address) can be reached from other machines without TLS: tokens cross the network in the clear. Set \
                server.tls_certificate and server.tls_key, or listen on 127.0.0.1 behind a proxy.
                """)
        }
    }

    /// - Parameters:
    ///   - beside: what runs with it; when one of them ends, so does the farm.
    ///   - handlesSignals: SIGTERM and SIGINT end it in good order.
    func run(beside: [NamedService] = [], handlesSignals: Bool) async throws {
        // Before anything starts: a taken port is one sentence, not the end of ten services.
        if !address.isNone, address.port != 0, ListenCheckup.bindError(address) == EADDRINUSE {
            throw ServerError.addressInUse(host: address.host, port: address.port)
        }
        let loading = loadDetector()
        // They are told of the end from the last to the first: new requests are sent away, the listeners close, and what
        // the last requests brought is on its way to the webhook still.
        var services = farm.notifier.map { [NamedService("webhook", Webhook(notifier: $0))] } ?? []
        if let channels = farm.channels {
            services.append(NamedService("channels", Channels(notifier: channels, desk: answerDesk)))
        }
        services += [
            NamedService("machines", Machines(supervisor: farm.machines)),
            NamedService("cameras", Cameras(supervisor: farm.cameras)),
        ]
        services.append(NamedService("control socket", server.controlListener(path: farm.folder.controlSocket)))
        services += try listeners()
        let watch = DatabaseWatch(
            check: { [store = farm.store] in try store.check() },
            isThere: { [store = farm.store] in try store.requireOwnFile() }, state: databaseState,
            tell: { [service = farm.service] in service.databaseDamage = $0 },
            logger: logger)
        let retention = Retention(
            service: farm.service, store: farm.store, limits: settings.configuration.retentionLimits)
        services += [
            NamedService("clock", ClockTicks(service: farm.service)),
            NamedService("verdicts", Verdicts(service: farm.service)),
            NamedService(
                "disk watch", DiskWatch(service: farm.service, folder: farm.folder, logger: logger)),
            NamedService("retention", Pruning(retention: retention)),
            NamedService("memory", MemoryReturn()),
            NamedService("database watch", watch),
            NamedService("drainer", server.drainer(atMost: .seconds(5))),
        ]
        var configuration = ServiceGroupConfiguration(
            services: (services + beside).map(\.configuration),
            gracefulShutdownSignals: handlesSignals ? [.sigterm, .sigint] : [], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        defer { loading.cancel() }
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            await end(loading)
            throw error
        }
        await end(loading)
    }

    private var answerDesk: AnswerDesk {
        AnswerDesk(service: farm.service, signer: farm.answerSigner)
    }

    /// Where apps come in.
    private func listeners() throws -> [NamedService] {
        var services: [NamedService] = []
        if !address.isNone {
            let scheme = certificates == nil ? "http" : "https"
            let listener = server.listener(host: address.host, port: address.port) { [logger] port in
                logger.notice("The API listens on \(scheme)://\(ListenAddress(host: address.host, port: port)).")
            }
            services.append(NamedService("API", listener))
        }
        if let path = try settings.apiSocket() {
            let listener = server.apiSocketListener(path: path, showsAddress: address.isNone) { [logger] in
                logger.notice("The API listens on the socket \(path).")
            }
            services.append(NamedService("API socket", listener))
        }
        return services
    }

    private func end(_ loading: Task<DetectorQueue?, Never>) async {
        loading.cancel()
        await farm.service.shutdown()
        await loading.value?.stop()
    }

    /// Beside the start of the API, which need not wait for it.
    private func loadDetector() -> Task<DetectorQueue?, Never> {
        Task.detached { [settings, logger, service = farm.service] in
            do {
                let (queue, calibration) = try settings.detectorQueue()
                await service.setDetector(queue, failureModel: calibration.failureModel)
                let model = queue.model
                logger.info("The model \(model.name) is loaded and computed in \(model.precision.rawValue).")
                if calibration.table == nil { logger.warning("The model \(model.name) is \(calibration.sentence)") }
                return try await Self.faster(than: queue, settings, service, logger) ?? queue
            } catch {
                let reason = CommandFailure(error)?.message ?? "\(error)"
                logger.error("No detector: \(reason) Frames are rejected until this is fixed.")
                return nil
            }
        }
    }

    /// On a machine where nobody has measured which precision is faster: measures beside the first frames, and gives the
    /// detector that takes over from the guess; nil when the guess was right.
    private static func faster(
        than queue: DetectorQueue, _ settings: Settings, _ service: FarmService, _ logger: Logger
    ) async throws -> DetectorQueue? {
        let source = try settings.modelSource()
        guard source.needsMeasurement else { return nil }
        try source.measure()
        guard let measurement = source.measurement else { return nil }
        logger.info("\(measurement.description).")
        guard measurement.fastest != queue.model.precision else { return nil }
        let (better, calibration) = try settings.detectorQueue()
        // Frames that wait are not taken from it.
        while queue.load.queuedFrames > 0, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(20)) }
        await service.setDetector(better, failureModel: calibration.failureModel)
        logger.info("The model is now computed in \(measurement.fastest.rawValue).")
        return better
    }
}

/// The webhook, as long as the farm is served.
private struct Webhook: Service {
    let notifier: WebhookNotifier

    func run() async throws { await cancelWhenGracefulShutdown { await notifier.run() } }
}

/// The channels of notifications, as long as the farm is served.
private struct Channels: Service {
    let notifier: ChannelNotifier
    let desk: AnswerDesk

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await notifier.run(isHeld: { desk.isHeld }) { await desk.act($0, person: $1) }
        }
    }
}

/// The links to machines. They end with the updates of the farm, which is before this one is told to.
private struct Machines: Service {
    let supervisor: MachineSupervisor

    func run() async throws {
        await cancelWhenGracefulShutdown { await supervisor.run() }
        try await gracefulShutdown()
    }
}

/// The cameras that farmtop reads.
private struct Cameras: Service {
    let supervisor: CameraSupervisor

    func run() async throws {
        await cancelWhenGracefulShutdown { await supervisor.run() }
        try await gracefulShutdown()
    }
}

/// The service's clock: a tick each second.
private struct ClockTicks: Service {
    let service: FarmService

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
                await service.tick()
            }
        }
    }
}

/// Remembers what dismissed alerts have shown. It may take a second for each, so the clock does not wait for it.
private struct Verdicts: Service {
    let service: FarmService

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
                await service.rememberVerdicts()
            }
        }
    }
}

/// Keeps the farm within its limits, from the files that a crash left behind on.
private struct Pruning: Service {
    let retention: Retention

    func run() async throws { await cancelWhenGracefulShutdown { await retention.run() } }
}
