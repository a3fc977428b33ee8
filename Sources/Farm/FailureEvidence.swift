/// What the pictures of one print have shown so far. `FailureDetection` writes and reads it; everybody else only
/// stores it and shows the probability.
public struct FailureEvidence: Equatable, Sendable, Codable {
    /// That the print is failing now, 0...1.
    public var probability: Double
    /// Picture time of the last frame.
    public var lastAt: Timestamp?

    public init(probability: Double) { self.probability = probability }
}
