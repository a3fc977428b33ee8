public import Farm

/// The farm as lines of text, one for each change: for screen readers, pipes and files. Time of day first, then whose
/// line it is, then what changed; no colours, no drawing, nothing is said twice.
public struct PlainFeed: Sendable {
    private struct Known: Equatable {
        var name: String
        var words: String
    }
    private let utcOffsetSeconds: Int
    private var known: [PrinterID: Known] = [:]
    private var lastEvent: EventID?
    private var isConnected: Bool?

    public init(utcOffsetSeconds: Int) { self.utcOffsetSeconds = utcOffsetSeconds }

    /// - Returns: lines without their ends, clean of control characters.
    public mutating func lines(_ update: FarmUpdate, at now: Timestamp) -> [String] {
        var lines: [String] = []
        switch update {
        case .disconnected(let reason):
            if isConnected != false { lines.append("farm not connected: \(reason)") }
            isConnected = false
        case .snapshot(let farm):
            if isConnected == false { lines.append("farm connected again") }
            if isConnected == nil { lines.append("farm \(farm.printers.count) printers") }
            isConnected = true
            lines += printerLines(farm.printers) + eventLines(farm)
        }
        let time = LocalTime(now, utcOffsetSeconds: utcOffsetSeconds).hourMinuteSecond
        return lines.map { CellText(untrusted: "\(time) \($0)").description }
    }

    private mutating func printerLines(_ printers: [PrinterSnapshot]) -> [String] {
        var lines: [String] = []
        var now: [PrinterID: Known] = [:]
        let order = PrinterOrder(column: .risk, isReversed: false, now: Timestamp(microseconds: 0))
        for snapshot in printers.sorted(by: order.precedes) {
            let new = Known(name: snapshot.name, words: Self.words(snapshot))
            if known[snapshot.id] != new { lines.append("\(new.name): \(new.words)\(Self.probability(snapshot))") }
            now[snapshot.id] = new
        }
        for (id, old) in known.sorted(by: { $0.key < $1.key }) where now[id] == nil {
            lines.append("\(old.name) left the farm")
        }
        known = now
        return lines
    }

    /// What is worth a line when it changes; the failure probability alone is not, it trembles.
    private static func words(_ snapshot: PrinterSnapshot) -> String {
        let words = PrinterWords(snapshot)
        var parts = [words.machine.rawValue]
        if let print = snapshot.openPrint {
            parts.append("camera \(words.camera.word)")
            if words.alert != .none { parts.append("alert \(words.alert.rawValue)") }
            if print.alertOverwrite == .failed { parts.append("judged a failure") }
            if let note = PrinterWords.note(snapshot) { parts.append(note) }
        }
        if let reason = snapshot.print?.failureReason { parts.append(reason) }
        if let print = snapshot.print { parts.append(print.filename) }
        return parts.joined(separator: ", ")
    }

    private static func probability(_ snapshot: PrinterSnapshot) -> String {
        snapshot.shownProbability.map { ", failure probability \(Numerals.percent($0))" } ?? ""
    }

    /// Only what happens from now on.
    private mutating func eventLines(_ farm: FarmSnapshot) -> [String] {
        defer { lastEvent = farm.events.last?.id ?? lastEvent ?? 0 }
        guard let lastEvent else { return [] }
        let names = Dictionary(farm.printers.map { ($0.id, $0.name) }) { $1 }
        return farm.events.filter { $0.id > lastEvent }.map { event in
            let name = names[event.printerID] ?? "printer \(event.printerID)"
            return "\(name): \(event.severity.rawValue.lowercased()): \(event.words)"
        }
    }
}
