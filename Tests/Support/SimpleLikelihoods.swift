/// A table of likelihoods for tests that need a failure probability and not a good one: round numbers, so that clean
/// pictures score near 0 and a nest scores from 0.4 on.
public enum SimpleLikelihoods {
    public static let digest = String(repeating: "0", count: 64)

    public static let text = """
        farmtop likelihoods 1
        digest \(digest)
        start 0.01
        hazard 0.02
        tempering 0.5
        changed 0.1
        changes 0.05
        drifts 0.3
        grows 6
        camera quiet 0.6 \(shares(from: 0, to: 6, of: 24))
        camera noisy 0.4 \(shares(from: 0, to: 13, of: 24))
        nest small 0.5 \(shares(from: 9, to: 18, of: 24))
        nest large 0.5 \(shares(from: 13, to: 24, of: 24))
        """

    private static func shares(from first: Int, to end: Int, of count: Int) -> String {
        (0..<count).map { (first..<end).contains($0) ? "1" : "0.01" }.joined(separator: " ")
    }
}
