public import Farm

/// What a link takes from outside itself, so that a test can give something else.
public struct LinkEnvironment: Sendable {
    /// How often a link asks and how long it waits; the contract's numbers.
    public struct Pace: Sendable {
        /// For a connection; the TLS handshake has as long again.
        public var connect = Duration.seconds(3)
        /// For an answer, and for a message on a websocket to be taken.
        public var request = Duration.seconds(10)
        /// For a file, besides what its size takes.
        public var upload = Duration.seconds(120)
        /// How long a websocket may be silent; then a ping is sent, and after as long again the connection is given up.
        public var silence = Duration.seconds(20)
        /// OctoPrint answers with one thread: what its push tells is checked this often.
        public var octoPrintCheck = Duration.seconds(60)
        /// Where OctoPrint's push does not work.
        public var octoPrintPrinting = Duration.seconds(4)
        /// As `octoPrintPrinting`, while no job runs.
        public var octoPrintIdle = Duration.seconds(10)
        /// For `history`, the sign that the push socket's login was taken.
        public var octoPrintHistory = Duration.seconds(5)
        /// Klipper is asked whether it still answers: its pushes stop without a word.
        public var moonrakerCheck = Duration.seconds(15)
        /// PrusaLink has no push: how often it is asked while a job runs.
        public var prusaPrinting = Duration.seconds(10)
        /// As `prusaPrinting`, while no job runs.
        public var prusaIdle = Duration.seconds(30)
        /// After three time-outs in a row.
        public var prusaSlow = Duration.seconds(60)
        /// A connection is kept for so long: Buddy closes idle ones after 5 s.
        public var prusaKeepAlive = Duration.seconds(4)
        /// A nonce is used for so long: Buddy's live 5 s.
        public var nonceLife = Duration.seconds(4)
        /// After a command, until its effect is seen.
        public var afterCommand = Duration.seconds(2)
        /// The effect of a command is waited for no longer than this.
        public var commandEffect = Duration.seconds(30)
        /// Where another server than the machine's has answered many times: it may be given the key each time.
        public var otherServer = Duration.seconds(600)
        /// How old a reading may be where the machine tells of changes by itself; then it is stale.
        public var pushedReading = ReadingAge.pushed

        public init() {}
    }
    private var currentPace: @Sendable () -> Pace
    /// As it is at this moment: asked anew each time, and not to be kept.
    public var pace: Pace { currentPace() }
    /// The clock on the wall, for what people see.
    public var now: @Sendable () -> Timestamp
    /// 0 up to 1: for jitter only.
    public var random: @Sendable () -> Double
    /// Ends early by throwing when its task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void

    /// - Parameter pace: asked each time, so that a machine can be slow first and in haste later.
    public init(
        pace: @autoclosure @escaping @Sendable () -> Pace = Pace(), now: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        currentPace = pace
        self.now = now
        self.random = random
        self.sleep = sleep
    }

    /// Up to 10 % more or less, so that 200 printers do not ask at the same moment.
    func jittered(_ interval: Duration) -> Duration { interval * (0.9 + 0.2 * random()) }
}
