/// What the log is told of a fault that comes again and again, as each second on a disk that is full: the first one, each one with
/// other words, and after that one a minute with how many came in between.
struct RepeatedFaults {
    static let pause = Duration.seconds(60)

    private var last: (words: String, toldAt: Duration)?
    private var untold = 0

    /// - Parameters:
    ///   - words: of the fault.
    ///   - now: monotonic.
    /// - Returns: what goes into the log; nil: nothing.
    mutating func line(_ words: String, at now: Duration) -> String? {
        if let last, last.words == words, now < last.toldAt + Self.pause {
            untold += 1
            return nil
        }
        let before = untold
        last = (words, now)
        untold = 0
        return before == 0 ? words : "\(words) (\(before) more of the last kind were not logged.)"
    }
}
