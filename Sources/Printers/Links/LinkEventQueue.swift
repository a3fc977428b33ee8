import Farm
import Synchronization

/// Events on their way to the one who reads them. Bounded: an untaken reading gives way to a newer one, and of what the
/// machine said the last hundred lines are kept.
final class LinkEventQueue: Sendable {
    fileprivate struct State {
        var waiting: [LinkEvent] = []
        var reader: CheckedContinuation<Void, Never>?
        var isFinished = false
        var lastReading: ContinuousClock.Instant?
        var abilities: LinkAbilities?
        /// No stale is due: the last event says that nothing is fresh.
        var isSettled = true
    }
    private let state = Mutex(State())
    fileprivate static let linesKept = 100

    var stream: AsyncStream<LinkEvent> {
        AsyncStream { [self] in
            await next()
        } onCancel: { [self] in
            wake()
        }
    }

    func put(_ event: LinkEvent) {
        let reader: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard !state.isFinished, state.accepts(event) else { return nil }
            state.waiting.append(event)
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }

    /// The stream ends after what is waiting.
    func finish() {
        state.withLock { $0.isFinished = true }
        wake()
    }

    /// Says `stale` once when no reading has come for `age`.
    func watchAge(_ age: @escaping @Sendable () async -> Duration) async {
        while !Task.isCancelled {
            let limit = await age()
            let rest = state.withLock { state -> Duration? in
                guard !state.isSettled, let last = state.lastReading else { return nil }
                return last + limit - .now
            }
            guard let rest else {
                // Cancelled: the loop's condition ends it.
                try? await Task.sleep(for: min(limit, .seconds(1)))
                continue
            }
            if rest <= .zero { put(.stale) } else { try? await Task.sleep(for: rest) }
        }
    }

    private func wake() {
        let reader = state.withLock { state in
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }

    private func next() async -> LinkEvent? {
        while !Task.isCancelled {
            let taken: (event: LinkEvent?, isOver: Bool) = state.withLock { state in
                if !state.waiting.isEmpty { return (state.waiting.removeFirst(), false) }
                return (nil, state.isFinished)
            }
            if taken.event != nil || taken.isOver { return taken.event }
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    let isDue = !state.waiting.isEmpty || state.isFinished || Task.isCancelled
                    if !isDue { state.reader = continuation }
                    return isDue
                }
                if isDue { continuation.resume() }
            }
        }
        return nil
    }
}

extension LinkEventQueue.State {
    /// Makes room for an event; false when it says nothing new.
    fileprivate mutating func accepts(_ event: LinkEvent) -> Bool {
        switch event {
        case .reading:
            waiting.removeAll { if case .reading = $0 { true } else { false } }
            lastReading = .now
            isSettled = false
        case .stale, .offline, .needsOperator:
            if event == .stale, isSettled { return false }
            if waiting.last == event { return false }
            isSettled = true
        case .abilities(let now):
            guard abilities != now else { return false }
            abilities = now
        case .said:
            let lines = waiting.count { if case .said = $0 { true } else { false } }
            if lines >= LinkEventQueue.linesKept,
                let oldest = waiting.firstIndex(where: { if case .said = $0 { true } else { false } })
            {
                waiting.remove(at: oldest)
            }
        case .identity: break
        }
        return true
    }
}
