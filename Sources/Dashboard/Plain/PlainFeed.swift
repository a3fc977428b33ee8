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
        /// Nil while nothing prints.
        var camera: CameraState?
        var words: String
    }
    private let utcOffsetSeconds: Int
    private var known: [PrinterID: Known] = [:]
    private var lastEvent: EventID?
    private var isConnected: Bool?
    private var wasConnected = false

    public init(utcOffsetSeconds: Int) { self.utcOffsetSeconds = utcOffsetSeconds }

    /// What happens to many printers at once is one line.
    /// - Returns: lines without their ends, clean of control characters.
    public mutating func lines(_ update: FarmUpdate, at now: Timestamp) -> [String] {
        let (before, isAgain) = (known, wasConnected)
        let time = LocalTime(now, utcOffsetSeconds: utcOffsetSeconds).hourMinuteSecond
        return told(changes(update), before, isAgain, now).map { CellText(untrusted: "\(time) \($0)").description }
    }

    private func told(
        _ changes: [Change], _ before: [PrinterID: Known], _ isAgain: Bool, _ now: Timestamp
    ) -> [String] {
        var lines: [String] = []
        var cameras = CameraChanges()
        var events: [FarmEvent] = []
        var names: [PrinterID: String] = [:]
        for change in changes {
            switch change {
            case .connected(let printers):
                lines.append(isAgain ? "farm connected again" : "farm \(printers) printer\(printers == 1 ? "" : "s")")
            case .disconnected(let reason): lines.append("farm not connected: \(reason)")
            case .printer(let snapshot):
                let isCameraAlone = Self.isCameraAlone(before[snapshot.id], known[snapshot.id])
                cameras.add(snapshot, line: lines.count, isCameraAlone: isCameraAlone)
                let words = [Self.words(snapshot) + Self.probability(snapshot)] + readings(snapshot, at: now)
                lines.append("\(snapshot.name): \(words.joined(separator: ", "))")
            case .removed(_, let name): lines.append("\(name) left the farm")
            case .event(let event, let name):
                events.append(event)
                names[event.printerID] = name
            }
        }
        lines = cameras.folded(lines)
        let name = { names[$0] ?? "printer \($0)" }
        return lines
            + EventGroup.newest(events).reversed().map { group in
                "\(group.subject(name)): \(group.newest.severity.rawValue.lowercased()): \(group.words(name))"
            }
    }

    private static func isCameraAlone(_ before: Known?, _ now: Known?) -> Bool {
        guard let before, let now, before.camera != nil, now.camera != nil else { return false }
        return before.name == now.name && before.words == now.words
    }

    /// Printers whose cameras were lost, or came back, and of which nothing else changed; by the camera's state now.
    private struct CameraChanges {
        private var lines: [CameraState: [Int]] = [:]
        private var names: [CameraState: [String]] = [:]

        mutating func add(_ snapshot: PrinterSnapshot, line: Int, isCameraAlone: Bool) {
            guard isCameraAlone, snapshot.states.camera.isBlind || snapshot.states.camera == .ok else { return }
            lines[snapshot.states.camera, default: []].append(line)
            names[snapshot.states.camera, default: []].append(snapshot.name)
        }

        /// Several that say the same become one, in the place of the first.
        func folded(_ all: [String]) -> [String] {
            var result = all.map(Optional.some)
            for (camera, indices) in lines where indices.count > 1 {
                let names = names[camera] ?? []
                for index in indices { result[index] = nil }
                result[indices[0]] =
                    "\(names.count) printers: camera \(camera.word): \(names.joined(separator: ", "))"
            }
            return result.compactMap(\.self)
        }
    }

    /// What is new since the update before; empty where nothing is that a person would be told.
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
            let new = Known(
                name: snapshot.name, camera: snapshot.openPrint == nil ? nil : snapshot.states.camera,
                words: Self.words(snapshot, withCamera: false))
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
    private static func words(_ snapshot: PrinterSnapshot, withCamera: Bool = true) -> String {
        let words = PrinterWords(snapshot)
        var parts = [words.machine.rawValue]
        if let print = snapshot.openPrint {
            if withCamera { parts.append("camera \(words.cameraWord)") }
            if words.alert != .none { parts.append("alert \(words.alert.rawValue)") }
            if print.alertOverwrite == .failed { parts.append("judged a failure") }
            if let note = PrinterWords.note(snapshot) { parts.append(note) }
        }
        if let trouble = snapshot.linkTrouble { parts.append(trouble) }
        if let facts = MachineFacts(snapshot) {
            if let trouble = facts.trouble { parts.append(trouble) }
            if facts.isOld { parts.append("not heard of") }
        }
        if let reason = snapshot.print?.failureReason { parts.append(reason) }
        if let print = snapshot.print { parts.append(print.filename) }
        return parts.joined(separator: ", ")
    }

    private static func probability(_ snapshot: PrinterSnapshot) -> String {
        snapshot.shownProbability.map { ", failure probability \(percent($0))" } ?? ""
    }

    /// What the machine said last. It changes all the time, so that no line is written for it alone.
    private func readings(_ snapshot: PrinterSnapshot, at now: Timestamp) -> [String] {
        guard let facts = MachineFacts(snapshot) else { return [] }
        return [
            facts.progress.map { percentWords($0) + " done" },
            facts.left(at: now).map { Clock.length($0) + " left" },
            facts.finish(at: now).map { "ends " + LocalTime($0, utcOffsetSeconds: utcOffsetSeconds).hourMinute },
            facts.layer.map { "layer " + $0 }, facts.heatWords,
        ].compactMap(\.self)
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
