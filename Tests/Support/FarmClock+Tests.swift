public import Farm

extension FarmClock {
    /// Of a machine whose clock nobody sets: both clocks go by `now`.
    public static func neverSet(_ now: @escaping @Sendable () -> Timestamp) -> FarmClock {
        FarmClock(wall: now, sinceBoot: { .microseconds(now().microseconds) }, bootID: "test")
    }
}
