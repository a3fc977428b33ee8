/// One moment by both clocks: the wall's for people, steady time for whatever is waited for.
public struct FarmMoment: Equatable, Sendable {
    public var wall: Timestamp
    public var steady: SteadyTime

    public init(wall: Timestamp, steady: SteadyTime) {
        self.wall = wall
        self.steady = steady
    }
}
