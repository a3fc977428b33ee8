import Glibc

/// How much room a disk has.
public struct DiskSpace: Equatable, Sendable {
    /// Bytes.
    public var free: Double
    /// Bytes, those that only root may use included.
    public var total: Double

    public init(free: Double, total: Double) {
        self.free = free
        self.total = total
    }

    /// Nil when the system does not say.
    public init?(of path: String) {
        var disk = statvfs()
        guard statvfs(path, &disk) == 0, disk.f_blocks > 0 else { return nil }
        free = Double(disk.f_bavail) * Double(disk.f_frsize)
        total = Double(disk.f_blocks) * Double(disk.f_frsize)
    }

    /// Under 5 % and under 2 GiB, or under 256 MiB; and until there is half as much again.
    public func isNearlyFull(wasFull: Bool) -> Bool {
        let slack = wasFull ? 1.5 : 1
        let isSmall = free < 256 * 1_048_576 * slack
        return isSmall || (free < 2 * 1_073_741_824 * slack && free < total * 0.05 * slack)
    }
}
