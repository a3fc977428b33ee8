internal import Farm

/// Events that tell one thing of many printers at once, such as cameras that a network takes with it.
struct EventGroup: Equatable {
    private(set) var newest: FarmEvent
    private(set) var printers = 1
    private var oldestAt: Timestamp

    /// Two losses so close to one another have one cause. Unit: seconds.
    private static let closeTogether = 30.0

    private init(_ event: FarmEvent) {
        newest = event
        oldestAt = event.createdAt
    }

    /// Adds an older event, if it is one more of these.
    /// - Returns: whether it is.
    private mutating func add(_ older: FarmEvent) -> Bool {
        guard [.notWatched, .offline, .online].contains(older.kind), older.kind == newest.kind,
            oldestAt.seconds(since: older.createdAt) <= Self.closeTogether
        else { return false }
        oldestAt = older.createdAt
        printers += 1
        return true
    }

    /// So many groups at most, newest first.
    /// - Parameter events: oldest first.
    static func newest(_ events: [FarmEvent], _ most: Int) -> [EventGroup] {
        var groups: [EventGroup] = []
        for event in events.reversed() {
            if let last = groups.indices.last, groups[last].add(event) { continue }
            if groups.count == most { break }
            groups.append(EventGroup(event))
        }
        return groups
    }
}
