import Farm
import Logging
import Synchronization

/// The places for connections: how many each source has, and which of them only wait. Where every place is taken, one that
/// waits makes room for the newcomer: whoever opens connections and sends nothing shuts nobody out.
final class ConnectionCounts: Sendable {
    /// A connection's place, until it leaves or is ended.
    typealias Place = UInt64

    enum Stage {
        /// No whole head of a request has come since it was opened, or since the next one began.
        case halfOpen
        /// Between two requests.
        case idle
        /// A request of somebody who shows no token, or the rest of one that is answered already.
        case anonymous
        /// A request with a token.
        case busy
    }
    fileprivate struct Entry {
        /// Nil: nobody yet.
        var source: NetworkSource?
        /// Its connections belong to many, and it knows itself whom to refuse.
        var isProxy: Bool
        var stage = Stage.halfOpen
        /// Grows from one change of a stage to the next, of all connections.
        var since: UInt64
        var close: @Sendable () -> Void
    }
    fileprivate struct State {
        var entries: [Place: Entry] = [:]
        var bySource: [NetworkSource: Int] = [:]
        var lastNumber: UInt64 = 0
        var lastTold: ContinuousClock.Instant?
    }
    private let state = Mutex(State())
    private let limits: ServerLimits
    private let figures: ConnectionFigures
    private let logger: Logger?

    /// - Parameter figures: may be those of several listeners.
    init(limits: ServerLimits, figures: ConnectionFigures = ConnectionFigures(), logger: Logger? = nil) {
        self.limits = limits
        self.logger = logger
        self.figures = figures
    }

    /// Nil when the source, or all of them together, have enough and none of theirs only waits.
    /// - Parameters:
    ///   - address: nil: a proxy.
    ///   - close: ends the connection, from any thread.
    func enter(_ address: String?, close: @escaping @Sendable () -> Void) -> Place? {
        let source = address.map(NetworkSource.init(address:))
        let (place, ended): (Place?, Entry?) = state.withLock { state in
            let victim: Place?
            if let source, state.bySource[source, default: 0] >= limits.connectionsPerAddress {
                victim = state.oldest(.halfOpen) { $0.source == source }
                guard victim != nil else { return (nil, nil) }
            } else if state.entries.count >= limits.connections {
                victim = state.oldest(.halfOpen) ?? state.oldest(.idle) ?? state.oldest(.anonymous)
                guard victim != nil else { return (nil, nil) }
            } else {
                victim = nil
            }
            let ended = victim.flatMap { state.remove($0) }
            return (state.add(source, close), ended)
        }
        figures.record(isAdmitted: place != nil)
        if let ended {
            figures.recordEviction()
            ended.close()
        }
        if place == nil || ended != nil { tell(address, isRefused: place == nil) }
        return place
    }

    /// Once a minute: whoever fills the places can fill the log as well.
    private func tell(_ address: String?, isRefused: Bool) {
        let total: Int? = state.withLock { state in
            let now = ContinuousClock.now
            if let last = state.lastTold, now - last < .seconds(60) { return nil }
            state.lastTold = now
            return state.entries.count
        }
        guard let total else { return }
        let what = isRefused ? "A connection was refused" : "A connection that only waited made room for a new one"
        logger?.warning(
            "\(what): \(total) of \(limits.connections) are open, and an address may have \(limits.connectionsPerAddress).",
            metadata: ["address": "\(address ?? "")"])
    }

    func set(_ stage: Stage, of place: Place) {
        state.withLock { state in
            state.lastNumber += 1
            state.entries[place]?.stage = stage
            state.entries[place]?.since = state.lastNumber
        }
    }

    /// Changes nothing for a connection that was ended to make room.
    func leave(_ place: Place) {
        if state.withLock({ $0.remove(place) }) != nil { figures.recordEnd() }
    }

    /// The connection of a proxy now serves another client; false when that one has enough, and then nothing changes.
    func move(_ place: Place, to address: String) -> Bool {
        let new = NetworkSource(address: address)
        return state.withLock { state in
            guard let entry = state.entries[place], entry.source != new else { return true }
            guard state.bySource[new, default: 0] < limits.connectionsPerAddress else { return false }
            state.count(-1, of: entry.source)
            state.count(1, of: new)
            state.entries[place]?.source = new
            return true
        }
    }
}

extension ConnectionCounts.State {
    fileprivate mutating func add(
        _ source: NetworkSource?, _ close: @escaping @Sendable () -> Void
    ) -> ConnectionCounts.Place {
        lastNumber += 1
        entries[lastNumber] = ConnectionCounts.Entry(
            source: source, isProxy: source == nil, since: lastNumber, close: close)
        count(1, of: source)
        return lastNumber
    }

    fileprivate mutating func remove(_ place: ConnectionCounts.Place) -> ConnectionCounts.Entry? {
        guard let entry = entries.removeValue(forKey: place) else { return nil }
        count(-1, of: entry.source)
        return entry
    }

    fileprivate func oldest(
        _ stage: ConnectionCounts.Stage, where isMeant: (ConnectionCounts.Entry) -> Bool = { !$0.isProxy }
    ) -> ConnectionCounts.Place? {
        entries.filter { $0.value.stage == stage && isMeant($0.value) }.min { $0.value.since < $1.value.since }?.key
    }

    fileprivate mutating func count(_ change: Int, of source: NetworkSource?) {
        guard let source else { return }
        let count = bySource[source, default: 0] + change
        bySource[source] = count > 0 ? count : nil
    }
}
