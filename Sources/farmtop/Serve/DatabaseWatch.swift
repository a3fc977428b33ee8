import Dispatch
import Logging
import ServiceLifecycle
import Storage
import Synchronization

/// What the last look at the database found.
final class DatabaseState: Sendable {
    private let damaged = Mutex<Bool?>(nil)

    /// Nil until it was looked at.
    var isDamaged: Bool? {
        get { damaged.withLock { $0 } }
        set { damaged.withLock { $0 = newValue } }
    }
}

/// Looks at every page of the database beside the start and then daily: damage that no request happens to touch would
/// otherwise show when it is too late for a backup from before.
struct DatabaseWatch: Service {
    let folder: DataFolder
    let state: DatabaseState
    /// Told what was found, for the screens; nil: nothing.
    let tell: @Sendable (String?) -> Void
    let logger: Logger
    var interval = Duration.seconds(86_400)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await look()
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }

    func look() async {
        let finding = await withCheckedContinuation { continuation in
            // It reads the whole file: on a thread that nothing else waits for, and behind everything else.
            DispatchQueue.global(qos: .background).async { continuation.resume(returning: Self.damage(of: folder)) }
        }
        state.isDamaged = finding != nil
        tell(finding)
        if let finding { logger.error("\(finding)") } else { logger.info("The database is whole.") }
    }

    /// Nil when every page and every reference between rows is right.
    private static func damage(of folder: DataFolder) -> String? {
        do {
            try DatabaseInspection(folder)?.check()
            return nil
        } catch let error as StorageError {
            guard case .corrupt = error else { return nil }
            return error.description
        } catch {
            return nil
        }
    }
}
