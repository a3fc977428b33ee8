import Farm

/// How much of the past is kept. Sizes come before ages: what is over its size goes however young it is.
public struct RetentionLimits: Equatable, Sendable {
    /// What the pictures of frames may take, in bytes.
    public var pictureBytes: Int64 = 2048 << 20
    /// What the database may take, in bytes; above it the oldest predictions go.
    public var databaseBytes: Int64 = 16_384 << 20
    /// How long after the end of a print every frame's prediction is kept; then one a minute.
    public var fullPredictionsFor = Duration.seconds(30 * 86_400)
    /// Older ones go; the newest, which the dashboard shows, stay whatever their age.
    public var eventsFor = Duration.seconds(365 * 86_400)
    /// Above it the oldest go, whatever their age.
    public var events = 1_000_000
    /// Since they expired or were revoked.
    public var endedTokensFor = Duration.seconds(30 * 86_400)
    /// Expired and revoked ones; of more, the oldest go at once.
    public var endedTokens = 100_000
    /// Between two rounds.
    public var interval = Duration.seconds(300)

    public init() {}
}

/// What has a limit, in the order in which a round looks at it.
enum RetentionSubject: CaseIterable, Sendable {
    case pictures
    case oldestPredictions
    case thinnedPredictions
    case events
    case tokens
    case verdicts

    /// Whether it goes by age, which a clock that was set wrongly would make up.
    var needsClock: Bool { self != .pictures && self != .oldestPredictions }
}

/// Which subject is pruned next, a bounded batch at a time, and how long the store rests before that.
struct RetentionSchedule: Equatable {
    enum Action: Equatable {
        case prune(RetentionSubject)
        case endRound
    }

    private var waiting = RetentionSubject.allCases

    /// - Parameter isClockSteady: false while ages cannot be believed; what goes by age is left out then.
    mutating func next(isClockSteady: Bool) -> Action {
        waiting.removeAll { $0.needsClock && !isClockSteady }
        if let subject = waiting.first { return .prune(subject) }
        waiting = RetentionSubject.allCases
        return .endRound
    }

    /// - Parameter hasMore: whether the batch was cut off by its limit.
    mutating func finish(_ subject: RetentionSubject, hasMore: Bool) {
        if !hasMore { waiting.removeAll { $0 == subject } }
    }

    /// Four times as long as the batch took, so that pruning takes a fifth of the disk at the most.
    static func rest(after batch: Duration) -> Duration { max(.milliseconds(20), batch * 4) }
}

/// The oldest pictures that make up for what is over the limit.
/// - Parameter spared: stay whatever their age.
func picturesToRemove(_ oldest: [KeptPicture], excess: Int64, sparing spared: Set<FrameKey>) -> [KeptPicture] {
    var rest = excess
    var going: [KeptPicture] = []
    for picture in oldest where rest > 0 && !spared.contains(picture.key) {
        going.append(picture)
        rest -= picture.bytes
    }
    return going
}
