/// What the work gives, or nil where it is not done at that moment; it is cancelled then, and waited for.
package func withDeadline<Value: Sendable>(
    _ end: ContinuousClock.Instant, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
    try await withThrowingTaskGroup(of: Value?.self) { tasks in
        tasks.addTask { try await work() }
        tasks.addTask {
            try await Task.sleep(until: end, clock: .continuous)
            return nil
        }
        defer { tasks.cancelAll() }
        return try await tasks.next() ?? nil
    }
}
