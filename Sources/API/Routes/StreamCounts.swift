import Farm
import Synchronization

/// How many event streams each client has open.
final class StreamCounts: Sendable {
    static let limit = 8
    private let counts = Mutex<[ClientID: Int]>([:])

    /// One open stream. It counts for as long as somebody holds it: a response that is never sent, as to a HEAD or a
    /// client that left, gives its place back with it.
    final class Place: Sendable {
        private let counts: StreamCounts
        private let client: ClientID?

        fileprivate init(_ client: ClientID?, of counts: StreamCounts) {
            self.client = client
            self.counts = counts
        }

        deinit { if let client { counts.leave(client) } }
    }

    /// Open streams of all clients together.
    var open: Int { counts.withLock { $0.values.reduce(0, +) } }

    /// Nil when the client has enough. The administrator is not counted.
    func enter(_ client: ClientID?) -> Place? {
        guard let client else { return Place(nil, of: self) }
        let isFree = counts.withLock { counts in
            guard counts[client, default: 0] < Self.limit else { return false }
            counts[client, default: 0] += 1
            return true
        }
        return isFree ? Place(client, of: self) : nil
    }

    private func leave(_ client: ClientID) {
        counts.withLock { counts in
            let left = counts[client, default: 0] - 1
            counts[client] = left > 0 ? left : nil
        }
    }
}
