import Farm

/// Compares the clock on the wall with one that only runs: tells when somebody set it, and whether it can be believed
/// about what is old. Ages that a wrong clock makes would remove a farm's history.
struct ClockWatch: Equatable, Sendable {
    enum Observation: Equatable {
        case runs
        /// Set forward (positive) or back, by so many seconds.
        case wasSet(bySeconds: Double)
    }

    /// What two looks may differ by; time servers correct by less.
    static let tolerance = 5.0
    /// How long the clock must have run undisturbed before it is believed. Unit: seconds.
    static let probation = 3600.0

    private var last: (wall: Timestamp, elapsed: Duration)?
    private var steadySince: Duration?

    /// - Parameters:
    ///   - wall: what the system's clock says.
    ///   - elapsed: of a clock that nobody can set.
    mutating func observe(wall: Timestamp, elapsed: Duration) -> Observation {
        defer { last = (wall, elapsed) }
        guard let last else {
            steadySince = elapsed
            return .runs
        }
        let jump = wall.seconds(since: last.wall) - (elapsed - last.elapsed).inSeconds
        guard abs(jump) > Self.tolerance else { return .runs }
        steadySince = elapsed
        return .wasSet(bySeconds: jump)
    }

    /// Whether the clock has run undisturbed for long enough, as of the last look.
    var isSteady: Bool {
        guard let last, let steadySince else { return false }
        return (last.elapsed - steadySince).inSeconds >= Self.probation
    }

    static func == (a: Self, b: Self) -> Bool {
        a.last?.wall == b.last?.wall && a.last?.elapsed == b.last?.elapsed && a.steadySince == b.steadySince
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
