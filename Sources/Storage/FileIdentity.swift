import Glibc

/// Which file stands at a path, whatever its names: the same one has the same device and inode.
struct FileIdentity: Equatable, Sendable {
    private let device: UInt64
    private let inode: UInt64

    /// Follows links. Nil when there is nothing, or it cannot be looked at.
    init?(at path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}
