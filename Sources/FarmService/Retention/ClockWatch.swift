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

    /// What the wall's time and steady time may differ by before what is shown follows. Unit: seconds.
    static let shownTolerance = 1.0

    private var last: (wall: Timestamp, elapsed: Duration)?
    private var steadySince: Duration?
    /// From steady time to the wall's, as it is shown; nil before the first look.
    private(set) var shift: Duration?

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

    /// From steady time to the wall's. It follows a clock that is set, but not each microsecond of its drift: what is shown
    /// would change with it all the time.
    /// - Returns: whether it changed.
    mutating func follow(_ reading: ClockReading) -> Bool {
        let now = Duration.microseconds(reading.wall.microseconds - reading.steady.microseconds)
        if let shift, abs((now - shift).inSeconds) <= Self.shownTolerance { return false }
        defer { shift = now }
        return shift != nil
    }

    /// Whether the clock has run undisturbed for long enough, as of the last look.
    var isSteady: Bool {
        guard let last, let steadySince else { return false }
        return (last.elapsed - steadySince).inSeconds >= Self.probation
    }

    static func == (a: Self, b: Self) -> Bool {
        a.last?.wall == b.last?.wall && a.last?.elapsed == b.last?.elapsed && a.steadySince == b.steadySince
            && a.shift == b.shift
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
