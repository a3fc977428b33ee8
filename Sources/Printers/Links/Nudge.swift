import Synchronization

/// Wakes one waiting task before its time. A nudge that comes while nobody waits counts for the next waiting.
final class Nudge: Sendable {
    private struct State {
        var isRaised = false
        var waiting: CheckedContinuation<Void, Never>?
    }
    private let state = Mutex(State())

    func raise() {
        let waiting = state.withLock { state in
            state.isRaised = true
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }

    /// Returns after `limit`, when nudged, or when the task is cancelled.
    func wait(atMost limit: Duration, by environment: LinkEnvironment) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.nudged() }
            // Cancelled when the nudge has come first.
            group.addTask { try? await environment.sleep(limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func nudged() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    let isDue = state.isRaised || Task.isCancelled
                    if isDue { state.isRaised = false } else { state.waiting = continuation }
                    return isDue
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                defer { state.waiting = nil }
                return state.waiting
            }
            waiting?.resume()
        }
        state.withLock { $0.isRaised = false }
    }
}
