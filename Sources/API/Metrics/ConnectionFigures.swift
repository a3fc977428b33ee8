import Synchronization

/// The connections of all listeners of apps together, for the metrics.
final class ConnectionFigures: Sendable {
    private let openCount = Atomic<Int>(0)
    private let refusedCount = Atomic<Int>(0)
    private let evictedCount = Atomic<Int>(0)

    var open: Int { openCount.load(ordering: .relaxed) }
    var refused: Int { refusedCount.load(ordering: .relaxed) }

    func record(isAdmitted: Bool) {
        if isAdmitted { openCount.add(1, ordering: .relaxed) } else { refusedCount.add(1, ordering: .relaxed) }
    }
    /// Connections that only waited and made room for others.
    var evicted: Int { evictedCount.load(ordering: .relaxed) }

    func recordEviction() {
        evictedCount.add(1, ordering: .relaxed)
        recordEnd()
    }
    func recordEnd() { openCount.subtract(1, ordering: .relaxed) }
}
