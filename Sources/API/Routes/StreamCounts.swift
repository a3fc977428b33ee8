import Farm
import Synchronization

/// How many event streams each client has open.
final class StreamCounts: Sendable {
    static let limit = 8
    private let counts = Mutex<[ClientID: Int]>([:])

    /// False when the client has enough. The administrator is not counted.
    func enter(_ client: ClientID?) -> Bool {
        guard let client else { return true }
        return counts.withLock { counts in
            guard counts[client, default: 0] < Self.limit else { return false }
            counts[client, default: 0] += 1
            return true
        }
    }

    func leave(_ client: ClientID?) {
        guard let client else { return }
        counts.withLock { counts in
            let left = counts[client, default: 0] - 1
            counts[client] = left > 0 ? left : nil
        }
    }
}
