import Synchronization

/// Noted once, from any task.
final class FirstSuccess: Sendable {
    private let noted = Atomic(false)
    var isNoted: Bool { noted.load(ordering: .relaxed) }
    func note() { noted.store(true, ordering: .relaxed) }
}
