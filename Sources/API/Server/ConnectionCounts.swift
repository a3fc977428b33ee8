import Synchronization

/// How many connections each address has.
final class ConnectionCounts: Sendable {
    fileprivate struct State {
        var byAddress: [String: Int] = [:]
        var total = 0
    }
    private let state = Mutex(State())
    private let limits: ServerLimits
    private let figures: ConnectionFigures

    /// - Parameter figures: may be those of several listeners.
    init(limits: ServerLimits, figures: ConnectionFigures = ConnectionFigures()) {
        self.limits = limits
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
        return isAdmitted
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
