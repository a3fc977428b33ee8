internal import Farm

/// What is open in the detail view: a printer with the print that runs on it, or a print of the history.
struct PrinterDetail: Equatable, Sendable {
    enum Subject: Equatable, Sendable {
        case printer(PrinterID)
        case print(Print)
    }
    var subject: Subject
    /// Shows the scores behind the failure probability in place of the sentences and of its chart.
    var showsNumbers = false
    /// Minutes that the chart shows; nil: the whole print.
    var minutes: Int? = 30
    /// The frame under the time cursor; nil: the newest.
    var moment: Int64?
    /// The picture fills the screen.
    var isZoomed = false
    /// Older events than the snapshot has, newest first.
    var events: [FarmEvent] = []

    static let spans: [Int?] = [5, 10, 30, 60, 120, 360, nil]

    /// False when it is the longest or shortest already.
    mutating func changeSpan(by step: Int) -> Bool {
        let index = Self.spans.firstIndex(of: minutes) ?? 2
        defer { minutes = Self.spans[min(max(0, index + step), Self.spans.count - 1)] }
        return Self.spans.indices.contains(index + step)
    }
}
