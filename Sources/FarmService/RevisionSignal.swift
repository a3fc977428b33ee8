import Synchronization

/// Lets readers wait for a newer revision. They are woken, not fed: each builds what it shows when it gets to it, so
/// that a slow one skips states and a fast writer does no work for the screen.
final class RevisionSignal: Sendable {
    private struct Waiting {
        var revision: UInt64 = 0
        var isFinished = false
        var nextID: UInt64 = 0
        var readers: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }
    private let waiting = Mutex(Waiting())

    /// Something changed.
    func advance() { wake { $0.revision += 1 } }

    /// Nothing will change any more.
    func finish() { wake { $0.isFinished = true } }

    private func wake(_ change: (inout Waiting) -> Void) {
        let readers = waiting.withLock { waiting in
            change(&waiting)
            defer { waiting.readers = [:] }
            return waiting.readers
        }
        for reader in readers.values { reader.resume() }
    }

    /// Waits until the revisions's revision differs from `seen`.
    /// - Returns: the new revision; nil when the revisions is finished or the task was cancelled.
    func next(after seen: UInt64?) async -> UInt64? {
        let id = waiting.withLock { waiting in
            waiting.nextID += 1
            return waiting.nextID
        }
        while !Task.isCancelled {
            let (revision, isFinished) = waiting.withLock { ($0.revision, $0.isFinished) }
            if isFinished { return nil }
            if revision != seen { return revision }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isNewer = waiting.withLock { waiting in
                        if waiting.revision != seen || waiting.isFinished || Task.isCancelled { return true }
                        waiting.readers[id] = continuation
                        return false
                    }
                    if isNewer { continuation.resume() }
                }
            } onCancel: {
                waiting.withLock { $0.readers.removeValue(forKey: id) }?.resume()
            }
        }
        return nil
    }
}
