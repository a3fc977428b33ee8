public import Farm
internal import Synchronization

/// The farm's own line of time, which nobody can set, for channels that are made before the farm is.
public final class SteadySource: Sendable {
    private let read = Mutex<(@Sendable () -> SteadyTime)?>(nil)

    public init() {}

    /// From now on the time is asked there.
    public func follow(_ read: @escaping @Sendable () -> SteadyTime) { self.read.withLock { $0 = read } }

    /// Nil until there is one to follow.
    public var now: SteadyTime? { read.withLock { $0 }?() }
}
