import Farm
import FarmService
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
