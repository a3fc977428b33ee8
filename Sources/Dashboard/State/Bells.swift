internal import Farm

/// When the bell last rang, for what would ring too often.
struct Bells: Equatable, Sendable {
    private var rangAt: [Cause: Timestamp] = [:]

    enum Cause: Hashable, Sendable {
        /// Apps that ask for access.
        case consent
        /// Cameras or apps that are gone, however many a network takes with it.
        case stale
    }

    private static let secondsBetween = 60.0

    /// Once a minute for each cause.
    mutating func rings(for cause: Cause, at now: Timestamp) -> Bool {
        guard rangAt[cause].map({ now.seconds(since: $0) >= Self.secondsBetween }) ?? true else { return false }
        rangAt[cause] = now
        return true
    }
}
