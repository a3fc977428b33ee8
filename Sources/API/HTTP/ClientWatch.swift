import NIOCore

/// Asks the connection to tell when the client goes away before it has its answer.
struct ClientWatch: Sendable {
    /// The answer has no end of its own, so that requests that wait behind it will never be answered.
    var isEndless = false
    let left: @Sendable () -> Void
}

extension RequestBodyReader {
    /// Runs work that may have to wait, and cancels it when the client goes away. For after the body was read.
    func whileClientWaits<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = Task { try await work() }
        watchClient(ClientWatch { task.cancel() })
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
