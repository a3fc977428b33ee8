internal import Farm

/// Events that tell one thing of many printers at once, such as cameras that a network takes with it.
struct EventGroup: Equatable {
    let newest: FarmEvent
    /// Each once, that of the newest event first.
    private(set) var printers: [PrinterID]
    private var oldestAt: Timestamp

    /// Two losses so close to one another have one cause. Unit: seconds.
    private static let closeTogether = 30.0

    private init(_ event: FarmEvent) {
        newest = event
        oldestAt = event.createdAt
        printers = [event.printerID]
    }

    /// Adds an older event, if it is one more of these. What happens to one printer twice stays two lines.
    /// - Returns: whether it is.
    private mutating func add(_ older: FarmEvent) -> Bool {
        guard [.notWatched, .offline, .online].contains(older.kind), older.kind == newest.kind,
            oldestAt.seconds(since: older.createdAt) <= Self.closeTogether, !printers.contains(older.printerID)
        else { return false }
        oldestAt = older.createdAt
        printers.append(older.printerID)
        return true
    }

    /// So many groups at most, newest first.
    /// - Parameter events: oldest first.
    static func newest(_ events: some BidirectionalCollection<FarmEvent>, _ most: Int = .max) -> [EventGroup] {
        var groups: [EventGroup] = []
        for event in events.reversed() {
            if let last = groups.indices.last, groups[last].add(event) { continue }
            if groups.count == most { break }
            groups.append(EventGroup(event))
        }
        return groups
    }

    // MARK: Words

    /// The printer's name, or how many there are.
    func subject(_ name: (PrinterID) -> String) -> String {
        printers.count > 1 ? "\(printers.count) printers" : name(newest.printerID)
    }

    /// What the event says; of several printers, which they are, as each event names a file of its own.
    func text(_ name: (PrinterID) -> String) -> String {
        printers.count > 1 ? printers.map(name).joined(separator: ", ") : newest.text
    }

    /// All of it in one line, without the subject.
    func words(_ name: (PrinterID) -> String) -> String { newest.words(saying: text(name)) }
}
