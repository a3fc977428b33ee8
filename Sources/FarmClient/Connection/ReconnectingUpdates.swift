internal import Farm

extension AsyncStream<FarmUpdate> {
    /// Snapshots from one connection after another: when one ends, for whatever reason, `disconnected` says why, and
    /// after `retryDelay` the next is tried.
    /// - Parameters:
    ///   - endReason: what is said when the farm itself ended a connection.
    ///   - follow: one connection's life. Gives each snapshot to its argument; returns when the farm ends the connection.
    static func reconnecting(
        retryDelay: Duration, endReason: String,
        _ follow: @escaping @Sendable (_ show: @escaping @Sendable (FarmSnapshot) -> Void) async throws -> Void
    ) -> Self {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let task = Task {
                while !Task.isCancelled {
                    do {
                        try await follow { continuation.yield(.snapshot($0)) }
                        continuation.yield(.disconnected(reason: endReason))
                    } catch is CancellationError {
                        break
                    } catch {
                        continuation.yield(.disconnected(reason: "\(error)"))
                    }
                    do { try await Task.sleep(for: retryDelay) } catch { break }
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
