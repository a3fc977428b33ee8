internal import Farm

/// The loaded scores of prints, kept up with the snapshots.
struct Scores: Equatable, Sendable {
    private var points: [PrintID: [ScorePoint]] = [:]
    private var asked: Set<PrintID> = []

    private static let mostPrints = 32
    /// The most that are kept of one print.
    private static let mostPoints = 6000

    /// Oldest first; nil until they have come.
    subscript(print: PrintID) -> [ScorePoint]? { points[print] }

    mutating func apply(_ loaded: [ScorePoint], of print: PrintID) {
        points[print] = Self.merged(loaded, with: points[print] ?? [])
    }

    /// Adds the newest scores to those that were loaded.
    mutating func follow(_ printers: [PrinterSnapshot]) {
        guard !points.isEmpty else { return }
        for snapshot in printers {
            guard let print = snapshot.print, let known = points[print.id] else { continue }
            points[print.id] = Self.merged(known, with: snapshot.recent)
        }
    }

    /// - Returns: whether to ask for the scores of a print.
    mutating func want(_ print: PrintID) -> Bool {
        guard !asked.contains(print) else { return false }
        if asked.count >= Self.mostPrints {
            asked = []
            points = [:]
        }
        asked.insert(print)
        return true
    }

    /// They could not be had: they are asked for again.
    mutating func fail(_ print: PrintID) { asked.remove(print) }

    /// The link is gone: everything is asked for again.
    mutating func abandon() { asked = [] }

    /// Both, oldest first, each frame once; `newer` wins from its first frame on.
    static func merged(_ older: [ScorePoint], with newer: [ScorePoint]) -> [ScorePoint] {
        guard let last = older.last else { return newer }
        guard let start = newer.firstIndex(where: { $0.frame > last.frame }) else { return older }
        let all = older + newer[start...]
        guard all.count > mostPoints else { return all }
        // A print of days: of its older half every second frame is enough for a chart.
        let half = all.count / 2
        return stride(from: 0, to: half, by: 2).map { all[$0] } + all[half...]
    }
}
