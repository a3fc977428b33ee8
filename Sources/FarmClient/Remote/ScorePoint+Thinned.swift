import Farm

extension [ScorePoint] {
    /// At most `limit` of them in equal steps; of two or more, the first and the newest are among them.
    func thinned(to limit: Int) -> [ScorePoint] {
        guard count > limit else { return self }
        guard limit > 1 else { return Array(suffix(Swift.max(0, limit))) }
        return (0..<limit).map { self[$0 * (count - 1) / (limit - 1)] }
    }
}
