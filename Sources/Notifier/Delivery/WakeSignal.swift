internal import Synchronization

/// Wakes one waiting task. A ring while nobody waits is kept for the next one who does.
///
/// No `AsyncStream`, which ends for good when a task that waits for it is cancelled: waits with a time limit are cancelled all
/// the time.
final class WakeSignal: Sendable {
    private struct State {
        var isRung = false
        var waiting: CheckedContinuation<Void, Never>?
    }
    private let state = Mutex(State())

    func ring() {
        state.withLock { state in
            guard let waiting = state.waiting.take() else {
                state.isRung = true
                return nil as CheckedContinuation<Void, Never>?
            }
            return waiting
        }?.resume()
    }

    /// Until the next ring, or until the task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return true
                    }
                    state.waiting = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.take() }?.resume()
        }
    }
}
