public import Farm

extension FarmClock {
    /// The clock of a machine that nobody sets: wall and steady time both go by `now`.
    public static func neverSet(_ now: @escaping @Sendable () -> Timestamp) -> FarmClock {
        FarmClock(wall: now, sinceBoot: { .microseconds(now().microseconds) }, bootID: "test")
    }
}
