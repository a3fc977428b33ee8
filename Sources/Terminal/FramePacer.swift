/// When news from outside may be drawn: at once after a pause, otherwise at most once an interval.
struct FramePacer {
    /// 30 frames a second.
    static let interval = Duration.nanoseconds(33_333_333)

    private var last: Duration?
    private var isWaiting = false

    /// Something is new.
    mutating func wake() { isWaiting = true }

    /// When `take` will be true; nil if nothing is new. Times are of one clock that only goes forward.
    var due: Duration? { isWaiting ? (last.map { $0 + Self.interval } ?? .zero) : nil }

    /// True if something is new and its time has come; it counts as drawn then.
    mutating func take(at now: Duration) -> Bool {
        guard let due, due <= now else { return false }
        isWaiting = false
        last = now
        return true
    }
}
