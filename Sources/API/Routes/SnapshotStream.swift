import Farm

/// What a stream to a client waits for.
enum SnapshotOrHeartbeat: Sendable {
    case snapshot(FarmSnapshot)
    case heartbeat
}

/// The farm after each change, and a heartbeat now and then. When the reader is slow the newest snapshot wins; two
/// elements are kept, so that a heartbeat does not push one out.
func snapshotsAndHeartbeats(
    _ updates: AsyncStream<FarmUpdate>, every interval: Duration
) -> AsyncStream<SnapshotOrHeartbeat> {
    AsyncStream(bufferingPolicy: .bufferingNewest(2)) { continuation in
        let reader = Task {
            for await case .snapshot(let snapshot) in updates { continuation.yield(.snapshot(snapshot)) }
            continuation.finish()
        }
        let heart = Task {
            while !Task.isCancelled {
                do { try await Task.sleep(for: interval) } catch { return }
                continuation.yield(.heartbeat)
            }
        }
        continuation.onTermination = { _ in
            reader.cancel()
            heart.cancel()
        }
    }
}
