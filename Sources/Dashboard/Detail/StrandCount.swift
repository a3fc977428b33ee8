internal import Farm

/// In how many of the last pictures loose strands were seen.
struct StrandCount {
    /// From this score on (`p_sum`) a picture counts as showing loose strands.
    static let least = 0.2
    static let mostPictures = 30

    let pictures: Int
    let showing: Int
    /// They go back to the print's first one.
    private let isFromStart: Bool

    /// - Parameter points: oldest first; the last ones count.
    init(_ points: some BidirectionalCollection<ScorePoint>) {
        let last = points.suffix(Self.mostPictures)
        pictures = last.count
        isFromStart = last.first.map { $0.frame <= 1 } ?? true
        showing = last.count { $0.p >= Self.least }
    }

    /// Where there is little room.
    var short: String? {
        switch (showing, pictures) {
        case (_, ...1): words
        case (0, _): "No loose strands in \(pictures) pictures"
        default: "Loose strands in \(showing) of \(pictures) pictures"
        }
    }

    /// Without a full stop; nil without a picture.
    var words: String? {
        switch (showing, pictures) {
        case (_, 0): nil
        case (0, 1): "No loose strands in the \(isFromStart ? "first" : "last") picture"
        case (_, 1): "Loose strands in the \(isFromStart ? "first" : "last") picture"
        case (0, _): "No loose strands in the last \(pictures) pictures"
        default: "Loose strands in \(showing) of the last \(pictures) pictures"
        }
    }
}
