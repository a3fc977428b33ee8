import Synchronization
import Text

/// How far uploads are, on one line of a terminal that is written over.
final class UploadProgress: Sendable {
    private struct State {
        /// By printer, in the order in which they began; whole percents.
        var percents: [(name: String, percent: Int)] = []
        var shownAt: ContinuousClock.Instant?
        var isDirty = false
    }
    private let isShown: Bool
    private let state = Mutex(State())
    /// A terminal over a slow line is not written to more often.
    private static let interval = Duration.milliseconds(200)

    init(isShown: Bool) { self.isShown = isShown }

    func show(_ name: String, _ sent: Int64, of size: Int64) {
        guard isShown else { return }
        let percent = size > 0 ? Int(100 * Double(sent) / Double(size)) : 100
        let line: String? = state.withLock { state in
            if let index = state.percents.firstIndex(where: { $0.name == name }) {
                state.percents[index].percent = percent
            } else {
                state.percents.append((name, percent))
            }
            if let shown = state.shownAt, .now - shown < Self.interval { return nil }
            state.shownAt = .now
            state.isDirty = true
            return Self.line(state.percents)
        }
        if let line { Console.ask("\r\(line)\u{1B}[K") }
    }

    func finish(_ name: String) { state.withLock { $0.percents.removeAll { $0.name == name } } }

    /// The line is free again.
    func end() {
        guard state.withLock({ $0.isDirty }) else { return }
        Console.ask("\r\u{1B}[K")
    }

    static func line(_ percents: [(name: String, percent: Int)]) -> String {
        percents.map { "\(printable($0.name)) \($0.percent) %" }.joined(separator: "   ")
    }
}
