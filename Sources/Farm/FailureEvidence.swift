/// What the pictures of one print have shown so far. `FailureDetection` writes and reads it; everybody else only
/// stores it and shows the probability.
///
/// All that is learnt of the scene lies in weights of explanations: `clean` has one for each kind of camera that the pictures may come
/// from, `failing` one for each kind of camera with each strength of a nest in front of it. Both sum to 1.
public struct FailureEvidence: Equatable, Sendable, Codable {
    /// That the print is failing now, 0...1.
    public var probability: Double
    /// Picture time of the last frame.
    public var lastAt: Timestamp?
    /// Seconds between the last two frames, at most a minute; 0 before there were two.
    public var lastGap: Float = 0
    /// Seconds of picture time before the open bin.
    public var age: Float = 0

    /// Failing : clean, of all bins before the open one.
    public var odds: Double
    /// A weight for each kind of camera; empty at first.
    public var clean: [Float] = []
    /// For each kind of camera, all strengths of nests.
    public var failing: [Float] = []
    /// What has come since the last bin was closed; not yet in `odds`.
    public var openBin = Bin()
    /// Shares of scores that are usual for this camera, and of the kinds that it is like now and then; as known when the print began
    /// or since the last look at its history.
    public var own: [Float] = []
    /// As `own`, by kind of camera.
    public var ownKinds: [Float] = []
    /// Hours of history behind `own`.
    public var ownHours: Float = 0
    /// Seconds of picture time since that look.
    public var sinceOwn: Float = 0

    /// The last 40 minutes, oldest first; the last one is open.
    public var spans: [Span] = []
    /// What was too suspicious to teach; the end of the print decides on it.
    public var heldBack = CameraHistory()
    /// The last word of a person that this is no failure; until the print ends or it is taken back.
    public var dismissal: Dismissal?

    public init(probability: Double) {
        self.probability = probability
        odds = probability / max(1 - probability, 1e-9)
    }

    /// Ten seconds of pictures, or one picture where fewer come.
    public struct Bin: Equatable, Sendable, Codable {
        /// When its first picture came; nil when none is open.
        public var startedAt: Timestamp?
        /// Seconds of picture time that it stands for, at most 60 before its first picture.
        public var covered: Float = 0
        /// How many fell into it.
        public var pictures: Int32 = 0
        /// The scores of its pictures added up, in `p_sum`.
        public var sum: Float = 0
        /// Score of any of its pictures, in `p_sum`.
        public var highest: Float = 0

        public init() {}
    }

    /// Two minutes of picture time: what they teach, and whether something grows.
    public struct Span: Equatable, Sendable, Codable {
        /// By score, `CameraHistory.scoreBins` of them.
        public var seconds: [UInt16]
        /// By kind of camera; empty before the first bin.
        public var kinds: [UInt16] = []
        /// Highest probability in it.
        public var highest: Float
        /// Nothing stood against alerts all the while.
        public var isWatched: Bool
        /// The camera has learnt it.
        public var isTaught: Bool

        public init() {
            seconds = Array(repeating: 0, count: CameraHistory.scoreBins)
            (highest, isWatched, isTaught) = (0, true, false)
        }
    }

    /// What a dismissal changed, so that it can be taken back.
    public struct Dismissal: Equatable, Sendable, Codable {
        /// Before the dismissal.
        public var odds: Double
        /// Before the dismissal.
        public var clean: [Float]
        /// Before the dismissal.
        public var failing: [Float]
        /// Before the dismissal; 0...1.
        public var probability: Double
        /// Shares of scores of what was dismissed.
        public var scores: [Float]
        /// What it teaches when the print has ended, at most ten minutes' worth.
        public var taught: CameraHistory
        /// With a model without a table: the rule has called it failing ever since, so the number is held down.
        public var isHolding: Bool
        /// Seconds of picture time in a row without what was dismissed.
        public var calm: Float = 0

        public init(
            odds: Double, clean: [Float], failing: [Float], probability: Double, scores: [Float],
            taught: CameraHistory, isHolding: Bool
        ) {
            self.odds = odds
            self.clean = clean
            self.failing = failing
            self.probability = probability
            self.scores = scores
            self.taught = taught
            self.isHolding = isHolding
        }
    }
}
