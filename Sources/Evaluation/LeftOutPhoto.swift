/// What the network makes of one left-out photo: a failure at all sizes, or a clean picture. A row of `Training/left_out.csv`.
public struct LeftOutPhoto: Equatable, Sendable {
    /// The photo of a failure, pasted so wide (share of the picture's width) onto a clean picture.
    public static let widths = [0.04, 0.06, 0.08, 0.11, 0.15, 0.22, 0.35]

    /// Which set of photos it comes from, as in the file.
    public var source: String
    /// True: it has a score for each of `widths`.
    public var isFailing: Bool
    /// Likelihoods are fitted on one half, prints simulated with the other.
    public var isForFit: Bool
    /// `p_sum` as it is.
    public var score: Double
    /// `p_sum` at each of `widths`; empty for clean ones.
    public var shrunk: [Double]

    /// The score of a nest so wide; linear in between, 0 at 2 % of the width.
    public func score(width: Double) -> Double {
        let points = zip([0.02] + Self.widths, [0] + shrunk)
        var before = (width: 0.0, score: 0.0)
        for point in points {
            if width < point.0 {
                return before.score + (point.1 - before.score) * (width - before.width) / (point.0 - before.width)
            }
            before = point
        }
        return before.score
    }

    /// - Returns: nil for text that is not the listing.
    public static func list(csv text: String) -> [LeftOutPhoto]? {
        var photos: [LeftOutPhoto] = []
        for line in text.split(separator: "\n").dropFirst() {
            let words = line.split(separator: ",", omittingEmptySubsequences: false)
            guard words.count == widths.count + 5, let score = Double(words[4]) else { return nil }
            let shrunk = words[5...].compactMap { Double($0) }
            let isFailing = words[2] == "failing"
            guard shrunk.count == (isFailing ? widths.count : 0) else { return nil }
            photos.append(
                LeftOutPhoto(
                    source: String(words[1]), isFailing: isFailing, isForFit: words[3] == "fit", score: score,
                    shrunk: shrunk))
        }
        return photos.isEmpty ? nil : photos
    }
}
