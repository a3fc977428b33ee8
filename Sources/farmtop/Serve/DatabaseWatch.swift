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
    /// Throws where another file lies in its place.
    let isThere: @Sendable () throws -> Void
    let state: DatabaseState
    /// Told what was found, for the screens; nil: nothing.
    let tell: @Sendable (String?) -> Void
    let logger: Logger
    /// Between two looks at every page.
    var interval = Duration.seconds(86_400)
    /// Between two looks at whether it is still the same file.
    var shortInterval = Duration.seconds(10)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await look()
                let next = ContinuousClock.now + interval
                var told: String?
                while ContinuousClock.now < next {
                    do { try await Task.sleep(for: shortInterval) } catch { return }
                    do { try isThere() } catch {
                        if "\(error)" != told { take(error) }
                        told = "\(error)"
                        continue
                    }
                    // It is back: is it whole?
                    if told != nil { break }
                }
            }
        }
    }

    func look() async {
        let (findings, told) = AsyncStream.makeStream(of: Result<Void, any Error>.self)
        // It reads the whole file: on a thread that nothing else waits for, and behind everything else.
        DispatchQueue.global(qos: .background).async {
            told.yield(Result { try check() })
            told.finish()
        }
        // A large database takes longer than a farm may take to stop. Then nobody waits any more, and the thread ends with the
        // program.
        guard let finding = await findings.first(where: { _ in true }) else { return }
        switch finding {
        case .success:
            state.isDamaged = false
            tell(nil)
            logger.info("The database is whole.")
        case .failure(let error): take(error)
        }
    }

    private func take(_ error: any Error) {
        switch error as? StorageError {
        case .corrupt?, .replaced?:
            state.isDamaged = true
            tell("\(error)")
            logger.error("\(error)")
        default:
            // Nothing is known, so what was known before stays.
            logger.warning("Whether the database is whole could not be looked at: \(error)")
        }
    }
}
