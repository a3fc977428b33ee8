public import Farm
import OAuth

/// Something to change, with the type of its answer. A command that throws has changed nothing: it looks first and
/// then writes.
public protocol FarmCommand<Reply>: Sendable {
    associatedtype Reply: Sendable
    /// Synchronous and without I/O: the draft carries the moment and the random numbers.
    func apply(to draft: inout FarmDraft) throws(FarmError) -> Reply
}

/// The state as a batch of commands changes it, and the rows to be written for it.
public struct FarmDraft {
    /// With the changes of all commands of the batch so far.
    public internal(set) var state: FarmState
    /// The moment of the batch.
    public let clock: ClockReading
    /// By the clock on the wall, for what people read.
    public var now: Timestamp { clock.wall }
    /// By the clock that nobody can set, for durations and deadlines.
    public var steady: SteadyTime { clock.steady }
    /// `now` and `steady` in one.
    public var moment: FarmMoment { FarmMoment(wall: clock.wall, steady: clock.steady) }
    /// Rows of the command that is being applied.
    public internal(set) var rows: [FarmRow] = []
    /// The batch puts something into the outbox.
    var hasNotices = false
    let limits: FarmLimits
    /// A webhook is told of events.
    let hasWebhook: Bool
    /// What the channels are told, and when; empty without one.
    let rules: [NotificationRule]
    /// Something opened, was answered, or time went on: what is due is to be looked for.
    var hasNotificationNews = false
    /// The batch puts messages into the outbox of channels.
    var hasQueuedNotifications = false
    let random: any RandomSource
    /// Nil while no network is loaded: no picture can be judged then.
    let scoring: Scoring?
    /// Reads a print that is no longer in memory, as the open batch has it.
    let storedPrint: (PrintID) throws -> Print?

    init(
        state: FarmState, clock: ClockReading, limits: FarmLimits, random: any RandomSource, scoring: Scoring?,
        hasWebhook: Bool = false, rules: [NotificationRule] = [],
        storedPrint: @escaping (PrintID) throws -> Print? = { _ in nil }
    ) {
        self.state = state
        self.clock = clock
        self.limits = limits
        self.random = random
        self.scoring = scoring
        self.hasWebhook = hasWebhook
        self.rules = rules
        self.storedPrint = storedPrint
    }
}
