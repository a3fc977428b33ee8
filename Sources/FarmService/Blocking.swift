import Dispatch

/// Runs what waits for a disk, or computes for long, on a thread of its own: the threads that tasks share are as many as the processor
/// has cores.
/// - Parameter inBackground: nobody waits for it.
public func blocking<Value: Sendable>(
    inBackground: Bool = false, _ body: @escaping @Sendable () -> Value
) async -> Value {
    await withCheckedContinuation { continuation in
        DispatchQueue.global(qos: inBackground ? .utility : .userInitiated).async {
            continuation.resume(returning: body())
        }
    }
}
