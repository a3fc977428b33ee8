import Synchronization

/// Counts the requests under way and, when the farm stops, lets them finish while new ones are sent away.
final class Drain: Sendable {
    private struct State {
        var underWay = 0
        var isStopping = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    /// New requests are to be answered 503.
    var isStopping: Bool { state.withLock { $0.isStopping } }
    var underWay: Int { state.withLock { $0.underWay } }

    func begin() { state.withLock { $0.underWay += 1 } }

    func end(_ count: Int = 1) {
        let waiting = state.withLock { state in
            state.underWay -= count
            guard state.underWay == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func beginStopping() { state.withLock { $0.isStopping = true } }

    /// Until nothing is under way, but no longer than `limit`.
    func wait(atMost limit: Duration) async {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                // Woken early only by the group, when the wait is over.
                try? await Task.sleep(for: limit)
                self.wakeAll()
            }
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.underWay == 0 { return true }
                    state.waiting.append(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
            tasks.cancelAll()
        }
    }

    private func wakeAll() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
