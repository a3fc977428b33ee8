public import FailureDetection

/// The network that scores the pictures, as far as judging a print needs to know it.
public struct Scoring: Sendable {
    /// `ModelDescription.digest`.
    public var modelDigest: String
    /// Fitted on that network's scores: it is of no use with those of another.
    public var failureModel: FailureModel

    public init(modelDigest: String, failureModel: FailureModel) {
        self.modelDigest = modelDigest
        self.failureModel = failureModel
    }
}
