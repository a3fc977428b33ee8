public import Farm

/// What the writer and its store have done since the start.
public struct WriterFigures: Equatable, Sendable {
    /// Transactions that are on disk.
    public internal(set) var commits: Int64 = 0
    /// Transactions of which nothing was kept.
    public internal(set) var failedCommits: Int64 = 0
    /// Changes of those transactions, refused ones included: an answer each.
    public internal(set) var changes: Int64 = 0
    /// Changes sent away because too many waited, or because farmtop stops.
    public internal(set) var refusedChanges: Int64 = 0
    /// Changes that wait for their transaction at this moment.
    public internal(set) var waitingChanges = 0
    /// From the begin of a transaction until it is on disk, or has failed.
    public internal(set) var commitTime = DurationHistogram()

    init() {}
}
