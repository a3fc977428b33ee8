import Farm
import FarmService
import Glibc
import Logging
import ServiceLifecycle
import Storage

/// Tells the channels once that farmtop was started, and whenever the disk of the data folder is nearly full.
struct DiskWatch: Service {
    let service: FarmService
    let folder: DataFolder
    let logger: Logger

    private static let interval = Duration.seconds(60)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await report(.restarted, .warning, [started])
            var isFull = false
            while !Task.isCancelled {
                if let space = DiskSpace(of: folder.path) { isFull = space.isNearlyFull(wasFull: isFull) }
                await report(.disk, .critical, isFull ? [Self.full] : [])
                // Cancelled: seen at once.
                do { try await Task.sleep(for: Self.interval) } catch { return }
            }
        }
    }

    private static let full = "The disk of the data folder is nearly full: soon nothing can be stored."

    private var started: String {
        let open = service.state.printers.values.count { $0.currentPrint != nil }
        return "farmtop was started. \(open == 1 ? "1 print is" : "\(open) prints are") open."
    }

    private func report(_ topic: NotificationTopic, _ severity: NotificationSeverity, _ texts: [String]) async {
        do {
            _ = try await service.perform(ReportConditions(topic, severity, texts: texts))
        } catch {
            logger.warning("What the channels tell of \(topic.rawValue) could not be stored: \(error)")
        }
    }
}

/// How much room a disk has.
struct DiskSpace: Equatable, Sendable {
    /// Bytes.
    var free: Double
    var total: Double

    init(free: Double, total: Double) {
        self.free = free
        self.total = total
    }

    /// Nil when the system does not say.
    init?(of path: String) {
        var disk = statvfs()
        guard statvfs(path, &disk) == 0, disk.f_blocks > 0 else { return nil }
        free = Double(disk.f_bavail) * Double(disk.f_frsize)
        total = Double(disk.f_blocks) * Double(disk.f_frsize)
    }

    /// Under 5 % and under 2 GiB, or under 256 MiB; and until there is half as much again.
    func isNearlyFull(wasFull: Bool) -> Bool {
        let slack = wasFull ? 1.5 : 1
        let isSmall = free < 256 * 1_048_576 * slack
        return isSmall || (free < 2 * 1_073_741_824 * slack && free < total * 0.05 * slack)
    }
}
