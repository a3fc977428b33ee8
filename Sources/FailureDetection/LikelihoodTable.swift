/// What scores are likely of clean cameras and of failures in front of them, fitted for one network. It ships beside the model as text:
///
///     farmtop likelihoods 1
///     digest 64 hex digits of the network whose scores these are
///     hazard 0.02
///     …
///     camera quiet 0.4 0.93 0.01 …
///     nest small 0.2 0.4 0.03 …
///
/// `camera` and `nest`: a name, how often there is one, and the share of pictures in each range of `ScoreRanges`. Lines that begin with
/// `#` are for the reader. `Sources/CModel/Training/likelihoods.py` writes it.
public struct LikelihoodTable: Equatable, Sendable {
    /// SHA-256 of the network's configuration and weights.
    public var digest: String
    /// Chance that a print fails from its first picture on; and failures per print hour after it.
    public var startsFailing = 0.01
    /// Failures per print hour, after the first picture.
    public var hazard = 0.02
    /// How much the evidence of 10 seconds counts: consecutive pictures show the same scene. 0...1
    public var tempering = 0.2
    /// `tempering` of what grows in front of a camera that has just shown nothing for minutes (`GrowthAfterCalm`): the scores of such a camera do not
    /// rise and fall together, so each picture says more. As `tempering` in a table without it. 0...1
    public var temperingOfGrowth: Double?
    /// So much more for a print's first pictures, which show a scene that nobody has seen; by 1/e less after 80 seconds.
    public var news = 0.2
    /// Chance that a known camera has changed since its last print.
    public var changed = 0.1
    /// Per print hour: a camera becomes any other in the middle of a print, or what it has been before; its noise drifts by one kind; a nest grows
    /// by one strength; a suspicion fades.
    public var changes = 0.005
    /// Per print hour: a camera becomes what it has been before.
    public var returns = 0.2
    /// Per print hour: the camera's noise goes to a neighbouring kind.
    public var drifts = 0.3
    /// Per print hour: a nest becomes one strength larger.
    public var grows = 6.0
    /// Per print hour: how fast a suspicion that nothing confirms falls back to `hazard`.
    public var fades = 2.0
    /// Per print hour: a camera has a restless minute, in which all scores are higher; and such minutes end.
    public var restless = 2.0
    /// Per print hour: how often a restless minute ends; 30 makes it two minutes on average.
    public var calms = 30.0
    /// Kinds of cameras, by the noise of their scores.
    public var cameras: [Shares] = []
    /// In the order of their strength: `grows` moves from one to the next.
    public var nests: [Shares] = []

    public init(digest: String) { self.digest = digest }

    /// One kind of camera, or one strength of a nest.
    public struct Shares: Equatable, Sendable {
        public var name: String
        /// How often it is met; all of a kind sum to 1.
        public var prior: Double
        /// By range of scores, sum 1.
        public var shares: [Double]

        public init(name: String, prior: Double, shares: [Double]) {
            self.name = name
            self.prior = prior
            self.shares = shares
        }
    }
}

/// Why a table of likelihoods cannot be used.
public enum LikelihoodTableError: Error, Equatable, Sendable, CustomStringConvertible {
    case notText
    case notATable
    case badLine(number: Int, reason: String)
    case missing(String)
    case tooLong(bytes: Int)

    public var description: String {
        switch self {
        case .notText: "The likelihood table is not UTF-8 text. Fit it again, or remove it to go without."
        case .notATable:
            "The likelihood table does not begin with \"\(LikelihoodTable.heading)\". Fit it again, or remove it to go without."
        case .badLine(let number, let reason):
            "The likelihood table, line \(number): \(reason). Fit it again, or remove it to go without."
        case .missing(let what):
            "The likelihood table has no \(what). Fit it again, or remove it to go without."
        case .tooLong(let bytes):
            "The likelihood table has \(bytes) bytes, at most \(LikelihoodTable.mostBytes) are read. Fit it again, or remove it."
        }
    }
}
