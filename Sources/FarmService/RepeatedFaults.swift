/// What the log is told of faults that come again and again, as each second on a disk that is full: of each sentence the first, and
/// after that one a minute with how many came in between.
struct RepeatedFaults {
    static let pause = Duration.seconds(60)
    /// So many sentences are told apart; beyond it all of them are new again.
    static let most = 16

    private var told: [String: (at: Duration, untold: Int)] = [:]

    /// - Parameters:
    ///   - words: of the fault.
    ///   - now: monotonic.
    /// - Returns: what goes into the log; nil: nothing.
    mutating func line(_ words: String, at now: Duration) -> String? {
        let before = told[words]
        if let before, now < before.at + Self.pause {
            told[words] = (before.at, before.untold + 1)
            return nil
        }
        if before == nil, told.count >= Self.most { told = [:] }
        told[words] = (now, 0)
        guard let untold = before?.untold, untold > 0 else { return words }
        return "\(words) (\(untold) more of it were not logged.)"
    }
}
