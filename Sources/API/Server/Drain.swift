import Synchronization

/// Counts the requests under way and, when the farm stops, lets them finish while new ones are sent away. Connections whose requests
/// are not at their end in time are closed: a client that has stopped sending would hold up the farm's end.
final class Drain: Sendable {
    private struct State {
        var underWay = 0
        var isStopping = false
        /// The time that was waited is over.
        var isOver = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// How each connection is closed; nil once the time is over.
        var connections: [ConnectionID: @Sendable () -> Void]? = [:]
        var last = ConnectionID(number: 0)
    }
    /// Names an open connection.
    struct ConnectionID: Hashable {
        fileprivate var number: UInt64
    }
    private let state = Mutex(State())

    /// New requests are to be answered 503.
    var isStopping: Bool { state.withLock { $0.isStopping } }
    var underWay: Int { state.withLock { $0.underWay } }

    /// - Parameter close: called once where the connection is still open when the time is over.
    func enter(_ close: @escaping @Sendable () -> Void) -> ConnectionID {
        let (id, isOver) = state.withLock { state in
            state.last.number += 1
            state.connections?[state.last] = close
            return (state.last, state.connections == nil)
        }
        if isOver { close() }
        return id
    }

    func leave(_ connection: ConnectionID) {
        state.withLock { _ = $0.connections?.removeValue(forKey: connection) }
    }

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

    /// Until nothing is under way, but no longer than `limit`; what is under way then is cut off.
    func wait(atMost limit: Duration) async {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                // Woken early only by the group, when the wait is over.
                try? await Task.sleep(for: limit)
                self.wakeAll()
            }
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.underWay == 0 || state.isOver { return true }
                    state.waiting.append(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
            tasks.cancelAll()
        }
        let left = state.withLock { state in
            defer { state.connections = nil }
            return state.underWay == 0 ? [] : Array((state.connections ?? [:]).values)
        }
        for close in left { close() }
    }

    private func wakeAll() {
        let waiting = state.withLock { state in
            state.isOver = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
