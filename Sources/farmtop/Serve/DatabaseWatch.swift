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
    /// Throws what is wrong with it; blocks.
    let check: @Sendable () throws -> Void
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
            DispatchQueue.global(qos: .background).async { continuation.resume(returning: Result { try check() }) }
        }
        switch finding {
        case .success:
            state.isDamaged = false
            tell(nil)
            logger.info("The database is whole.")
        case .failure(let error):
            guard let error = error as? StorageError, case .corrupt = error else {
                // Nothing is known, so what was known before stays.
                return logger.warning("Whether the database is whole could not be looked at: \(error)")
            }
            state.isDamaged = true
            tell(error.description)
            logger.error("\(error)")
        }
    }
}
