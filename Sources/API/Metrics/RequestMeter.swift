import Farm
import Synchronization

/// Counts answers by route and status, and how long they took until their head was ready: of a stream that is its start.
final class RequestMeter: Sendable {
    struct Call: Hashable, Sendable {
        var method: String
        /// With its placeholders, never as it was asked for.
        var path: String

        /// What is no route, or was refused before it was looked for.
        static let other = Call(method: "other", path: "other")
    }

    struct Figures: Equatable, Sendable {
        /// By the status' first digit.
        var answers: [Int: Int64] = [:]
        var time = DurationHistogram()

        fileprivate mutating func record(status: Int, after duration: Duration) {
            answers[status / 100, default: 0] += 1
            time.record(duration)
        }
    }

    private let figures = Mutex<[Call: Figures]>([:])

    func record(_ call: Call, status: Int, after duration: Duration) {
        figures.withLock { $0[call, default: Figures()].record(status: status, after: duration) }
    }

    /// In the order of paths.
    var all: [(call: Call, figures: Figures)] {
        figures.withLock { $0 }.map { ($0.key, $0.value) }
            .sorted { ($0.call.path, $0.call.method) < ($1.call.path, $1.call.method) }
    }
}
