/// One moment by both clocks: the wall's for people, steady time for whatever is waited for.
public struct FarmMoment: Equatable, Sendable {
    /// For people; it may jump when the clock is set.
    public var wall: Timestamp
    /// For deadlines and durations; nobody can set it.
    public var steady: SteadyTime

    public init(wall: Timestamp, steady: SteadyTime) {
        self.wall = wall
        self.steady = steady
    }
}
