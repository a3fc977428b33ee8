import Logging
import Synchronization

/// How many connections each address has.
final class ConnectionCounts: Sendable {
    fileprivate struct State {
        var byAddress: [String: Int] = [:]
        var total = 0
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

    /// False when the address, or all of them together, have enough.
    /// - Parameter address: nil: a proxy, whose connections belong to many.
    func enter(_ address: String?) -> Bool {
        let isAdmitted = state.withLock { state in
            guard state.total < limits.connections, state.admits(address, limits) else { return false }
            state.total += 1
            state.add(1, to: address)
            return true
        }
        figures.record(isAdmitted: isAdmitted)
        if !isAdmitted { tell(address) }
        return isAdmitted
    }

    /// Once a minute: whoever fills the places can fill the log as well.
    private func tell(_ address: String?) {
        let total: Int? = state.withLock { state in
            let now = ContinuousClock.now
            if let last = state.lastTold, now - last < .seconds(60) { return nil }
            state.lastTold = now
            return state.total
        }
        guard let total else { return }
        logger?.warning(
            "A connection was refused: \(total) of \(limits.connections) are open, and an address may have \(limits.connectionsPerAddress).",
            metadata: ["address": "\(address ?? "")"])
    }

    func leave(_ address: String?) {
        state.withLock { state in
            state.total -= 1
            state.add(-1, to: address)
        }
        figures.recordEnd()
    }

    /// The connection of a proxy now serves another client; false when that one has enough, and then nothing changes.
    func move(from old: String?, to new: String) -> Bool {
        state.withLock { state in
            guard old != new else { return true }
            guard state.admits(new, limits) else { return false }
            state.add(-1, to: old)
            state.add(1, to: new)
            return true
        }
    }
}

extension ConnectionCounts.State {
    fileprivate func admits(_ address: String?, _ limits: ServerLimits) -> Bool {
        address.map { byAddress[$0, default: 0] < limits.connectionsPerAddress } ?? true
    }

    fileprivate mutating func add(_ change: Int, to address: String?) {
        guard let address else { return }
        let count = byAddress[address, default: 0] + change
        byAddress[address] = count > 0 ? count : nil
    }
}
