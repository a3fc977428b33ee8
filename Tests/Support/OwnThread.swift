import Dispatch
public import Testing

/// Runs the tests of a suite on a thread that other tests do not share. Hundreds of tests wait for a thread of the common
/// pool, and a test that looks at a screen every now and then would look minutes apart.
public struct OwnThread: SuiteTrait, TestTrait, TestScoping {
    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(SerialExecutor()) { try await function() }
    }

    private final class SerialExecutor: TaskExecutor {
        private let queue = DispatchQueue(label: "a test's own thread")

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }
}

extension Trait where Self == OwnThread {
    public static var onItsOwnThread: Self { OwnThread() }
}
