public import Farm
import Text

/// The farm as a list of changes: for screen readers, pipes and files. Nothing is said twice. As lines of text: time of day
/// first, then whose line it is, then what changed; no colours, no drawing.
public struct PlainFeed: Sendable {
    /// What is worth a line.
    public enum Change: Equatable, Sendable {
        /// - Parameter printers: how many there are.
        case connected(printers: Int)
        case disconnected(reason: String)
        /// As it is now.
        case printer(PrinterSnapshot)
        case removed(PrinterID, name: String)
        /// - Parameter name: its printer's.
        case event(FarmEvent, name: String)
    }

    private struct Known: Equatable {
        var name: String
        var words: String
    }
    private let utcOffsetSeconds: Int
    private var known: [PrinterID: Known] = [:]
    private var lastEvent: EventID?
    private var isConnected: Bool?
    private var wasConnected = false

    public init(utcOffsetSeconds: Int) { self.utcOffsetSeconds = utcOffsetSeconds }

    /// - Returns: lines without their ends, clean of control characters.
    public mutating func lines(_ update: FarmUpdate, at now: Timestamp) -> [String] {
        let wasConnected = wasConnected
        let time = LocalTime(now, utcOffsetSeconds: utcOffsetSeconds).hourMinuteSecond
        return changes(update).map { change in
            CellText(untrusted: "\(time) \(Self.line(change, isAgain: wasConnected))").description
        }
    }

    private static func line(_ change: Change, isAgain: Bool) -> String {
        switch change {
        case .connected(let printers):
            isAgain ? "farm connected again" : "farm \(printers) printer\(printers == 1 ? "" : "s")"
        case .disconnected(let reason): "farm not connected: \(reason)"
        case .printer(let snapshot): "\(snapshot.name): \(words(snapshot))\(probability(snapshot))"
        case .removed(_, let name): "\(name) left the farm"
        case .event(let event, let name): "\(name): \(event.severity.rawValue.lowercased()): \(event.words)"
        }
    }

    public mutating func changes(_ update: FarmUpdate) -> [Change] {
        switch update {
        case .disconnected(let reason):
            defer { isConnected = false }
            return isConnected != false ? [.disconnected(reason: reason)] : []
        case .snapshot(var farm):
            _ = farm.printers.tellApart()
            let connected: [Change] = isConnected == true ? [] : [.connected(printers: farm.printers.count)]
            isConnected = true
            wasConnected = true
            return connected + printerChanges(farm.printers) + newEvents(farm)
        }
    }

    private mutating func printerChanges(_ printers: [PrinterSnapshot]) -> [Change] {
        var changes: [Change] = []
        var now: [PrinterID: Known] = [:]
        let order = PrinterOrder(column: .risk, isReversed: false, now: Timestamp(microseconds: 0))
        for snapshot in printers.sorted(by: order.precedes) {
            let new = Known(name: snapshot.name, words: Self.words(snapshot))
            if known[snapshot.id] != new { changes.append(.printer(snapshot)) }
            now[snapshot.id] = new
        }
        for (id, old) in known.sorted(by: { $0.key < $1.key }) where now[id] == nil {
            changes.append(.removed(id, name: old.name))
        }
        known = now
        return changes
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
        snapshot.shownProbability.map { ", failure probability \(percent($0))" } ?? ""
    }

    /// Only what happens from now on.
    private mutating func newEvents(_ farm: FarmSnapshot) -> [Change] {
        defer { lastEvent = farm.events.last?.id ?? lastEvent ?? 0 }
        guard let lastEvent else { return [] }
        let names = Dictionary(farm.printers.map { ($0.id, $0.name) }) { $1 }
        return farm.events.filter { $0.id > lastEvent }.map { event in
            .event(event, name: names[event.printerID] ?? "printer \(event.printerID)")
        }
    }
}
