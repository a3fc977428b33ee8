import Foundation
import Synchronization

/// How long SQLite waits where another program holds the database: five seconds, or a quarter of one once the farm is stopping.
final class BusyWait: Sendable {
    /// Between two tries, the last one again and again; as SQLite's own `busy_timeout` rests. Unit: milliseconds.
    private static let rests = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100]
    private let isHurried = Atomic(false)

    /// Holds for waits that are under way, too.
    func hurry() { isHurried.store(true, ordering: .relaxed) }

    /// How long to rest before the next try.
    /// - Parameter tries: how often it has been tried again already.
    /// - Returns: milliseconds; nil: that was long enough.
    func rest(after tries: Int) -> Int? {
        let limit = isHurried.load(ordering: .relaxed) ? 250 : 5000
        let last = Self.rests.count - 1
        let waited = Self.rests.prefix(tries).reduce(0, +) + max(0, tries - Self.rests.count) * Self.rests[last]
        let rest = Self.rests[min(tries, last)]
        return waited + rest <= limit ? rest : nil
    }

    /// For SQLite's busy handler: rests.
    /// - Returns: false: that was long enough.
    func wait(after tries: Int) -> Bool {
        guard let rest = rest(after: tries) else { return false }
        usleep(UInt32(rest) * 1000)
        return true
    }
}
