internal import Synchronization

/// A message of a websocket.
public enum WebSocketMessage: Equatable, Sendable {
    case text(String)
    case binary([UInt8])

    var byteCount: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .binary(let bytes): bytes.count
        }
    }
}

/// What has come and not been taken: bounded in messages and bytes, for one reader.
final class WebSocketInbox: Sendable {
    struct Limits: Sendable {
        var messages = 256
        var bytes = 8 << 20
    }
    private struct State {
        var messages: [WebSocketMessage] = []
        /// Messages at the front of `messages` that have been taken.
        var taken = 0
        var bytes = 0
        var ended: WireError?
        var reader: CheckedContinuation<Void, Never>?
    }
    private let limits: Limits
    private let state = Mutex(State())

    init(_ limits: Limits) { self.limits = limits }

    /// - Returns: false when there is no room for it.
    func put(_ message: WebSocketMessage) -> Bool {
        let (fits, reader): (Bool, CheckedContinuation<Void, Never>?) = state.withLock { state in
            guard state.ended == nil else { return (true, nil) }
            guard state.messages.count - state.taken < limits.messages,
                state.bytes + message.byteCount <= limits.bytes
            else { return (false, nil) }
            state.messages.append(message)
            state.bytes += message.byteCount
            defer { state.reader = nil }
            return (true, state.reader)
        }
        reader?.resume()
        return fits
    }

    /// The first end counts. What came before it can still be taken.
    func end(_ reason: WireError) {
        let reader = state.withLock { state in
            if state.ended == nil { state.ended = reason }
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }

    /// Waits for the next message.
    /// - Throws: why there is none any more; `.closed` when the task is cancelled.
    func next() async throws(WireError) -> WebSocketMessage {
        while true {
            switch take() {
            case .success(let message?): return message
            case .success(nil): break
            case .failure(let reason): throw reason
            }
            if Task.isCancelled { throw .closed }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isDue = state.withLock { state in
                        let isDue = state.taken < state.messages.count || state.ended != nil || Task.isCancelled
                        if !isDue { state.reader = continuation }
                        return isDue
                    }
                    if isDue { continuation.resume() }
                }
            } onCancel: {
                let reader = state.withLock { state in
                    defer { state.reader = nil }
                    return state.reader
                }
                reader?.resume()
            }
        }
    }

    private func take() -> Result<WebSocketMessage?, WireError> {
        state.withLock { state in
            guard state.taken < state.messages.count else {
                return state.ended.map { .failure($0) } ?? .success(nil)
            }
            let message = state.messages[state.taken]
            state.taken += 1
            state.bytes -= message.byteCount
            if state.taken == state.messages.count {
                state.messages.removeAll(keepingCapacity: state.messages.count <= 16)
                state.taken = 0
            } else if state.taken > 64 {
                state.messages.removeFirst(state.taken)
                state.taken = 0
            }
            return .success(message)
        }
    }
}
