import CAllocator
import ServiceLifecycle

/// Gives memory that nothing uses back to the system. The allocator keeps what one crowded minute took, as it might be
/// wanted again; a farm that runs for months beside other programs should not.
struct MemoryReturn: Service {
    /// How long memory may lie idle.
    var interval = Duration.seconds(20)

    func run() async throws {
        farm_keep_little_memory()
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await Task.sleep(for: interval) } catch { return }
                farm_return_free_memory()
            }
        }
    }
}
