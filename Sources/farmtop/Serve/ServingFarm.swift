import API
import Detector
import Farm
import FarmService
import Glibc
import Imaging
import Logging
import OAuth
import ServiceLifecycle
import Storage
import UnixSignals

/// Everything that serves one farm: API, control socket, detector, watch. Runs until it is told to end.
struct ServingFarm: Sendable {
    let farm: HostedFarm
    let settings: Settings
    let address: ListenAddress
    let logger: Logger
    private let server: FarmServer

    /// Opens the farm, which blocks until it is loaded.
    init(_ lock: FolderLock, settings: Settings, logger: Logger) throws {
        self.settings = settings
        self.logger = logger
        farm = try HostedFarm(lock, settings: settings, logger: logger)
        var address = settings.configuration.server.listen
        if address.port == 0 { address.port = try Self.freePort() }
        self.address = address
        let publicURL = settings.configuration.server.publicURL
        let key = try lock.pictureKey { SystemRandomSource().bytes($0) }
        var base = publicURL.isEmpty ? "http://\(address)" : publicURL
        while base.hasSuffix("/") { base.removeLast() }
        var configuration = FarmServer.Configuration(
            publicURL: base, pictureSigner: PictureSigner(key: key),
            holder: HolderDescription(
                pid: getpid(), version: Farmtop.version, startedAt: Timestamp.systemClock(),
                dataFolder: farm.folder.path),
            now: Timestamp.systemClock)
        configuration.drawBoxes = { jpeg, detections in
            JPEG.encode(try JPEG.decode(jpeg).pixels.drawing(detections))
        }
        server = FarmServer(service: farm.service, configuration: configuration, logger: logger)
    }

    /// - Parameters:
    ///   - beside: what runs with it; when one of them ends, so does the farm.
    ///   - handlesSignals: SIGTERM and SIGINT end it in good order.
    func run(beside: [any Service] = [], handlesSignals: Bool) async throws {
        let loading = loadDetector()
        let services: [any Service] = [
            server.controlListener(path: farm.folder.controlSocket),
            server.listener(host: address.host, port: address.port) { [logger] port in
                logger.notice("The API listens on http://\(ListenAddress(host: address.host, port: port)).")
            },
            Watch(service: farm.service),
        ]
        var configuration = ServiceGroupConfiguration(
            services: (services + beside).map {
                .init(
                    service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .cancelGroup)
            },
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

    private func end(_ loading: Task<DetectorQueue?, Never>) async {
        await farm.service.shutdown()
        await loading.value?.stop()
    }

    /// Beside the start of the API, which need not wait for it.
    private func loadDetector() -> Task<DetectorQueue?, Never> {
        Task.detached { [settings, logger, service = farm.service] in
            do {
                let queue = try settings.detectorQueue()
                service.setDetector(queue)
                logger.info("The model \(queue.model.name) is loaded.")
                return queue
            } catch {
                let reason = CommandFailure(error)?.message ?? "\(error)"
                logger.error("No detector: \(reason) Frames are refused until that is mended.")
                return nil
            }
        }
    }

    /// A port that nobody has at the moment.
    static func freePort() throws(CommandFailure) -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw .failed("No socket can be made: \(String(cString: strerror(errno))).") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard result == 0 else { throw .failed("No free port is found: \(String(cString: strerror(errno))).") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// The service's clock: a tick each second.
private struct Watch: Service {
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
