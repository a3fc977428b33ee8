/// The two clocks of a machine.
public struct FarmClock: Sendable {
    /// What people, tokens and the network go by. Somebody may set it.
    public var wall: @Sendable () -> Timestamp
    /// Time since the machine booted, sleep included (CLOCK_BOOTTIME). Nobody can set it.
    public var sinceBoot: @Sendable () -> Duration
    /// Names the boot that `sinceBoot` counts from; nil where the system does not tell.
    public var bootID: String?

    public init(
        wall: @escaping @Sendable () -> Timestamp, sinceBoot: @escaping @Sendable () -> Duration, bootID: String?
    ) {
        self.wall = wall
        self.sinceBoot = sinceBoot
        self.bootID = bootID
    }
}

/// A moment on the farm's own line of time, which nobody can set: microseconds from an arbitrary start. It follows the
/// boot clock, over restarts of farmtop too, and goes on by the wall clock over a reboot.
public struct SteadyTime: Hashable, Comparable, Sendable, Codable {
    /// Only differences mean something; they stay right when the wall clock is set.
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    public static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }
    public static func + (a: Self, b: Duration) -> Self {
        let parts = b.components
        return Self(microseconds: a.microseconds + parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000)
    }
    public static func - (a: Self, b: Duration) -> Self { a + (.zero - b) }

    /// For what only compares pictures with one another.
    public var pictureTime: Timestamp { Timestamp(microseconds: microseconds) }

    /// Seconds from `earlier` to this moment; negative where `earlier` is the later one.
    public func seconds(since earlier: SteadyTime) -> Double { Double(microseconds - earlier.microseconds) / 1e6 }

    public init(from decoder: any Decoder) throws {
        microseconds = try decoder.singleValueContainer().decode(Int64.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(microseconds)
    }
}

/// What the clocks said at one moment. The last one is stored with each batch, so that steady time goes on after a restart.
public struct ClockReading: Equatable, Sendable {
    /// Linux' `boot_id`, another one after each boot; nil where the system tells none.
    public var bootID: String?
    /// By the clock that goes on while the machine sleeps.
    public var sinceBoot: Duration
    /// As it was set then, right or wrong.
    public var wall: Timestamp
    /// What the other three amount to; never less than in the reading before.
    public var steady: SteadyTime
    /// The beginning of this boot, as far as farmtop ran in it. A duration that begins earlier is approximate: it goes over
    /// a reboot, or over a time of which no reading is stored.
    public var exactSince: SteadyTime

    public init(
        bootID: String?, sinceBoot: Duration, wall: Timestamp, steady: SteadyTime, exactSince: SteadyTime
    ) {
        self.bootID = bootID
        self.sinceBoot = sinceBoot
        self.wall = wall
        self.steady = steady
        self.exactSince = exactSince
    }

    /// The steady time of a moment that is known by the wall clock alone: right unless that clock was set since.
    public func steady(of moment: Timestamp) -> SteadyTime {
        SteadyTime(microseconds: steady.microseconds - max(0, wall.microseconds - moment.microseconds))
    }

    /// Nil stays nil.
    public func steady(ofOptional moment: Timestamp?) -> SteadyTime? {
        guard let moment else { return nil }
        return steady(of: moment)
    }
}
