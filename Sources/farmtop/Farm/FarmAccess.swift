import API
import BedCheck
import Farm
import FarmClient
import FarmConfiguration
import FarmService
import Glibc
import Imaging
import Logging
import Notifier
import OAuth
import Printers
import Storage
import Text

/// A way to the farm of a data folder: through the process that holds it, or by holding it.
enum FarmAccess {
    /// Runs `body` with the farm: over the control socket where a dashboard or `serve` runs, else in this process, which
    /// holds the folder meanwhile. Another command may hold it for a moment without a socket: then this one waits.
    /// - Parameter makesFarm: false: a folder without a farm is a mistake, such as a mistyped --data-dir.
    static func with<Result: Sendable>(
        _ settings: Settings, makesFarm: Bool = false, _ body: (any FarmBackend) async throws -> Result
    ) async throws -> Result {
        if !makesFarm { try requireFarm(in: settings.dataFolder()) }
        let folder = try DataFolder(preparing: settings.dataFolder()) { Console.error("farmtop: \($0)") }
        for _ in 0..<30 {
            do {
                let lock = try folder.lock()
                let farm = try HostedFarm(
                    lock, settings: settings,
                    logger: Logger(label: "farmtop") { _ in
                        StandardErrorLog(level: .warning)
                    })
                judgeAlone(farm.service, settings)
                await farm.cameras.placeConfigured()
                do {
                    let result = try await body(farm.service)
                    await farm.service.shutdown()
                    return result
                } catch {
                    await farm.service.shutdown()
                    throw error
                }
            } catch let error as StorageError {
                guard case .folderInUse = error else { throw error }
            }
            if let client = try await ControlClient.connected(to: folder.controlSocket) {
                return try await client.closing(body)
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        _ = try folder.lock()
        throw CommandFailure.failed("\(folder.path) is busy. Try again.")
    }
}

extension FarmAccess {
    /// Something in the folder is a farm's, or hides from this user.
    static func hasFarm(in path: String) -> Bool {
        for name in ["/farmtop.db", "/farmtop.lock"] where access(path + name, F_OK) == 0 || errno != ENOENT {
            return true
        }
        return false
    }

    /// - Throws: when nothing in the folder is a farm's. What a farm left there is looked at when it is opened.
    private static func requireFarm(in path: String) throws(CommandFailure) {
        guard !hasFarm(in: path) else { return }
        throw .failed(
            "There is no farm in \(printable(path)). Check --data-dir, or start a farm there: farmtop, or farmtop serve."
        )
    }

    /// What a command does to a print counts for its camera too, though no network is loaded for it.
    private static func judgeAlone(_ service: FarmService, _ settings: Settings) {
        do {
            let calibration = try settings.modelSource().calibration()
            service.setScoring(Scoring(modelDigest: calibration.digest, failureModel: calibration.failureModel))
        } catch {
            Console.error(
                "farmtop: The model cannot be read, so nothing is learned about the camera from this command: \(error)")
        }
    }
}

extension FarmBackend {
    /// This process holds the farm, for this command alone: no farm is running.
    var isHere: Bool { self is FarmService }
}

extension DataFolder {
    /// Where the holder of the folder can be asked. 0600.
    ///
    /// Below a folder whose path is too long for a socket it is named by way of the folder itself, which stays open for that as
    /// long as the process runs.
    var controlSocket: String {
        let plain = path + "/control.sock"
        guard plain.utf8.count > Paths.longestSocketPath else { return plain }
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        return descriptor < 0 ? plain : "/proc/self/fd/\(descriptor)/control.sock"
    }
}

extension ControlClient {
    /// Nil when nobody answers there.
    /// - Throws: `otherVersion` when this program and the one that answers do not understand one another.
    static func connected(to socket: String) async throws -> ControlClient? {
        let client = ControlClient(socketPath: socket, version: Farmtop.version)
        do {
            try await client.checkVersion()
            return client
        } catch let error as ControlError {
            await client.close()
            if case .otherVersion = error { throw error }
            return nil
        }
    }

    /// Runs `body` and closes the connections in every case.
    func closing<Result>(_ body: (any FarmBackend) async throws -> Result) async throws -> Result {
        do {
            let result = try await body(self)
            await close()
            return result
        } catch {
            await close()
            throw error
        }
    }
}

/// The farm of a data folder that this process holds.
struct HostedFarm {
    let folder: DataFolder
    let store: SQLiteStore
    let service: FarmService
    let pictures: PictureAddresses
    /// Nil when none is configured. It delivers while it runs.
    let notifier: WebhookNotifier?
    /// Nil when no channel is configured. They deliver while they run.
    let channels: ChannelNotifier?
    /// Signs the buttons of notifications.
    let answerSigner: AnswerSigner
    /// The links to machines, and the readers of cameras. They work while they run.
    let machines: MachineSupervisor
    let cameras: CameraSupervisor

    /// - Parameter links: to the machines; the demo has its own.
    init(
        _ lock: FolderLock, settings: Settings, logger: Logger, links: @escaping MachineSupervisor.LinkMaker = realLink
    ) throws {
        let target = try settings.webhookTarget()
        let notifyChannels = try settings.notifyChannels()
        folder = lock.folder
        let store = try SQLiteStore(lock, durability: settings.configuration.storage.durability) { warning in
            logger.warning("\(warning)")
        }
        let key = try lock.pictureKey { SystemRandomSource().bytes($0) }
        let pictures = PictureAddresses(publicURL: settings.publicBase, signer: PictureSigner(key: key))
        answerSigner = AnswerSigner(key: key)
        self.store = store
        self.pictures = pictures
        let steady = SteadySource()
        notifier = try target.map { target in
            try WebhookNotifier(
                target: target, outbox: store, version: Farmtop.version,
                pictureAddress: { pictures.url(printer: $0, frame: $1, at: Timestamp.systemClock()) },
                now: Timestamp.systemClock, steady: steady, logger: logger)
        }
        channels = try ChannelNotifier(
            notifyChannels, of: store, pictures, answerSigner, remark: settings.testRemark, steady: steady, logger)
        service = try FarmService(
            store: store, detector: nil, limits: settings.configuration.limits, notifier: notifier,
            rules: notifyChannels.map(\.rule), channels: channels,
            clock: .system, logger: logger, version: Farmtop.version)
        steady.follow(service.steadyTime)
        service.setLookTaker { jpeg, places in
            guard let pixels = try? JPEG.decode(jpeg).pixels else { return nil }
            return PictureLooks(width: pixels.width, height: pixels.height, looks: places.map(pixels.look(at:)))
        }
        let secrets = FolderSecrets(lock, random: { SystemRandomSource().bytes($0) })
        machines = MachineSupervisor(service: service, sealer: secrets, logger: logger, makeLink: links)
        cameras = CameraSupervisor(
            service: service, sealer: secrets, logger: logger, configured: settings.configuration.cameras
        ) { [machines] in
            FarmCamera($0, credentials: $1, fingerprint: $2, machines)
        }
        service.attach(
            machines, sealer: secrets, prober: SystemProber(),
            bedPicture: { jpeg in (try? JPEG.decode(jpeg).pixels).flatMap { BedPicture($0) } })
    }
}

extension HostedFarm {
    /// Over the network.
    @Sendable static func realLink(_ settings: LinkSettings, _ credentials: LinkCredentials) -> any PrinterLink {
        MachineLinks.link(settings, credentials: credentials, environment: .system)
    }
}

extension FarmClock {
    /// Those of this machine.
    static var system: FarmClock {
        FarmClock(
            wall: Timestamp.systemClock,
            sinceBoot: {
                var time = timespec()
                clock_gettime(CLOCK_BOOTTIME, &time)
                return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
            },
            bootID: bootID)
    }

    /// A service that does not see /proc/sys is told by its unit. Nil where nobody tells: durations over a restart of
    /// farmtop are approximate then.
    private static var bootID: String? {
        let id = bootIDOfSystem ?? getenv("FARMTOP_BOOT_ID").map { String(cString: $0) }
        // systemd writes it without dashes.
        return id?.filter { $0 != "-" }
    }

    private static var bootIDOfSystem: String? {
        guard let file = fopen("/proc/sys/kernel/random/boot_id", "r") else { return nil }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 64)
        guard fgets(&text, Int32(text.count), file) != nil else { return nil }
        let id = String(decoding: text.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return id.isEmpty ? nil : id
    }
}

extension Timestamp {
    /// The system's clock.
    static let systemClock: @Sendable () -> Timestamp = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}

extension Configuration {
    var limits: FarmLimits {
        var limits = FarmLimits()
        limits.clientCredentialsLifetimeSeconds = oauth.clientCredentialsLifetimeSeconds
        limits.accessTokenLifetimeSeconds = oauth.accessTokenLifetimeSeconds
        limits.refreshTokenLifetimeSeconds = oauth.refreshTokenLifetimeSeconds
        limits.liveTokensPerClient = Int(oauth.liveTokensPerClient)
        limits.pauseConfirmedWithinAtLeast = .seconds(alerts.pauseConfirmedWithinSeconds)
        limits.staleAfterAtLeast = .seconds(alerts.staleAfterSeconds)
        limits.doneFor = .seconds(alerts.doneForSeconds)
        limits.recentPictures = Int(storage.recentPictures)
        limits.picturesAroundAlert = storage.picturesAroundAlert
        return limits
    }
}

extension Configuration {
    var retentionLimits: RetentionLimits {
        func days(_ count: Int64) -> Duration { .seconds(count * 86_400) }
        var limits = RetentionLimits()
        limits.pictureBytes = retention.framesMebibytes << 20
        limits.databaseBytes = retention.databaseMebibytes << 20
        limits.fullPredictionsFor = days(retention.fullPredictionsDays)
        limits.eventsFor = days(retention.eventsDays)
        limits.events = Int(retention.events)
        limits.endedTokensFor = days(retention.endedTokensDays)
        limits.endedTokens = Int(retention.endedTokens)
        return limits
    }
}

extension Configuration.Storage {
    var durability: SQLiteStore.Durability { synchronous == .full ? .full : .normal }
}
