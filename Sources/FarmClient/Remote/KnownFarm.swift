import Farm
import Synchronization

/// What is known of a remote farm, and its way to the screen: after a rest a change is shown at once, and while changes come one
/// after another they are put together, as each snapshot of a large farm costs a copy of its list.
final class KnownFarm: Sendable {
    private let state: Mutex<(farm: RemoteFarmState, changes: Int)>

    init(_ farm: RemoteFarmState) { state = Mutex((farm, 0)) }

    /// The last event of the stream that is known: the next connection goes on after it.
    var lastEventID: String? { state.withLock { $0.farm.lastEventID } }

    func change<Value: Sendable>(_ body: (inout RemoteFarmState) throws -> Value) rethrows -> Value {
        try state.withLock { state in
            state.changes += 1
            return try body(&state.farm)
        }
    }

    /// Runs `work`, and gives what is known to `show` after it said that there is something to show.
    func showing(
        _ show: @escaping @Sendable (FarmSnapshot) -> Void,
        while work: (_ changed: () -> Void) async throws -> Void
    ) async throws {
        let (news, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                for await _ in news {
                    let (snapshot, changes) = take()
                    show(snapshot)
                    try await Task.sleep(for: FarmSnapshot.rest(afterChanges: changes))
                }
            }
            defer { continuation.finish() }
            try await work { continuation.yield() }
        }
    }

    private func take() -> (FarmSnapshot, changes: Int) {
        state.withLock { state in
            defer { state.changes = 0 }
            return (state.farm.snapshot(), state.changes)
        }
    }
}
