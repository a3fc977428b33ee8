import Synchronization

/// What the API tells the screen of itself: where it listens, how much is asked of it. Safe from any thread.
public final class TrafficCounters: Sendable {
    private struct Second {
        var requests = 0
        var rate = 0.0
        var address: String?
    }
    private let requests = Atomic<Int>(0)
    private let rejected = Atomic<Int64>(0)
    private let pictures = Atomic<Int64>(0)
    private let cameraErrors = Atomic<Int64>(0)
    private let second = Mutex(Second())

    init() {}

    /// A request of any kind, answered or rejected.
    public func recordRequest() { requests.add(1, ordering: .relaxed) }
    /// A token or a client's secret that was not taken.
    public func recordRejectedCredential() { rejected.add(1, ordering: .relaxed) }
    /// What a camera that farmtop reads gave: a picture, or none.
    func recordPicture(isThere: Bool) {
        if isThere { pictures.add(1, ordering: .relaxed) } else { cameraErrors.add(1, ordering: .relaxed) }
    }
    /// `http://127.0.0.1:3334`, or nil when nothing listens any more.
    public func setAddress(_ address: String?) { second.withLock { $0.address = address } }

    /// Since the start.
    public var totalRequests: Int { requests.load(ordering: .relaxed) }
    /// Requests since the start whose token or client was refused.
    public var rejectedCredentials: Int64 { rejected.load(ordering: .relaxed) }
    /// Pictures since the start that farmtop has read from cameras.
    public var takenPictures: Int64 { pictures.load(ordering: .relaxed) }
    /// Tries since the start at which a camera gave no picture.
    public var missedPictures: Int64 { cameraErrors.load(ordering: .relaxed) }
    /// As set last.
    public var address: String? { second.withLock { $0.address } }
    /// Smoothed over about five seconds.
    public var requestsPerSecond: Double { second.withLock { $0.rate } }

    /// Once a second. A rate that fades under a tenth is none, so that an idle farm comes to rest.
    func tick() {
        let total = totalRequests
        second.withLock { second in
            let new = Double(total - second.requests)
            second.requests = total
            second.rate = second.rate == 0 ? new : second.rate + (new - second.rate) / 5
            if second.rate < 0.1 { second.rate = 0 }
        }
    }
}
