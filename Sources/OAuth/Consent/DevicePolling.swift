import Farm

/// How often a device may ask whether it has been approved (RFC 8628 §3.5).
struct DevicePolling: Equatable, Sendable {
    static let firstInterval = 5
    /// Unit: seconds.
    private(set) var interval = firstInterval
    private var lastAskedAt: SteadyTime?

    /// - Returns: false when the device asked too soon: from then on it must wait five seconds longer. A second is
    ///   allowed for what the network adds and takes.
    mutating func ask(_ now: SteadyTime) -> Bool {
        defer { lastAskedAt = now }
        guard let lastAskedAt, now.seconds(since: lastAskedAt) < Double(interval) - 1 else {
            return true
        }
        interval = min(interval + 5, 60)
        return false
    }
}
