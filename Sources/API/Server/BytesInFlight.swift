import Synchronization

/// The memory that requests and answers may take together: bodies as they arrive, until the request is answered, and
/// answers until they have left. What is beyond it is sent away with 503.
public final class BytesInFlight: Sendable {
    /// Bytes of all requests and answers under way.
    public let limit: Int
    private let taken = Atomic<Int>(0)

    /// - Parameter limit: bytes.
    public init(limit: Int = 128 << 20) { self.limit = limit }

    var current: Int { taken.load(ordering: .relaxed) }

    /// - Parameter limit: what may be taken in all, this included.
    fileprivate func take(_ bytes: Int, limit: Int) -> Bool {
        guard taken.add(bytes, ordering: .relaxed).newValue > limit else { return true }
        give(bytes)
        return false
    }

    fileprivate func give(_ bytes: Int) { taken.subtract(bytes, ordering: .relaxed) }

    /// What one request or one answer takes; given back when nobody holds the share any more.
    final class Share: Sendable {
        private let budget: BytesInFlight
        private let limit: Int
        private let held = Atomic<Int>(0)

        /// - Parameter isKnown: false for callers without a token, who may fill no more than a sixteenth.
        init(of budget: BytesInFlight, isKnown: Bool) {
            self.budget = budget
            limit = isKnown ? budget.limit : budget.limit / 16
        }

        deinit { budget.give(held.load(ordering: .relaxed)) }

        /// - Throws: 503 when there is no room, with nothing taken.
        func grow(by bytes: Int) throws(APIError) {
            guard budget.take(bytes, limit: limit) else {
                throw .unavailable("farmtop is busy with other requests.", retryAfterSeconds: 1)
            }
            held.add(bytes, ordering: .relaxed)
        }
    }
}

/// Asks the connection to hold a share until the answer has left.
struct AnswerShare: Sendable {
    let share: BytesInFlight.Share
}
