import Glibc

/// An open file of mode 0600, closed with its owner and not inherited by child processes. Only a file of that very name is
/// opened: a symbolic link would lead to one that is not ours, a fifo would wait.
final class OpenFile: Sendable {
    let descriptor: Int32
    private let path: String

    /// - Throws: `notAFile` when something else stands there; it is not touched.
    init(_ path: String, _ flags: Int32, followsLinks: Bool = false) throws(StorageError) {
        self.path = path
        descriptor = open(path, flags | O_CLOEXEC | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW), 0o600)
        guard descriptor >= 0 else {
            let failure = errno
            try FileKind.requireFile(at: path, followsLinks: followsLinks)
            throw StorageError(errno: failure, path: path)
        }
        let kind = FileKind(self.status)
        guard kind == .file else { throw .notAFile(path: path, kind: kind) }
    }

    private var status: stat {
        var status = stat()
        fstat(descriptor, &status)
        return status
    }

    /// How many names the file has.
    var names: UInt64 { UInt64(status.st_nlink) }

    deinit { close(descriptor) }

    /// Gives the file its final name, which is on disk when this returns.
    /// - Throws: `alreadyExists` when the name is taken and must not be.
    func rename(to name: String, overwrites: Bool) throws(StorageError) {
        if !overwrites, link(path, name) == 0 {
            unlink(path)
        } else {
            if !overwrites {
                // Some file systems know no second names; then a name taken in this very moment is lost.
                guard errno != EEXIST, access(name, F_OK) != 0 else { throw .alreadyExists(path: name) }
            }
            guard Glibc.rename(path, name) == 0 else { throw StorageError(errno: errno, path: name) }
        }
        try Self.syncFolder(name.lastIndex(of: "/").map { String(name[...$0]) } ?? ".")
    }

    /// Forces the names in a folder to disk. Where a file system cannot, there is nothing to be done.
    static func syncFolder(_ path: String) throws(StorageError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StorageError(errno: errno, path: path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw StorageError(errno: errno, path: path) }
    }

    /// Writes all of it, however often the kernel takes only a part.
    func write(_ bytes: [UInt8]) throws(StorageError) {
        var rest = bytes
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, rest, rest.count)
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw StorageError(errno: errno, path: path) }
            rest.removeFirst(written)
        }
    }
}

extension StorageError {
    /// What a failed system call means.
    init(errno code: Int32, path: String) {
        self = code == ENOSPC || code == EDQUOT ? .diskFull(path: path) : .notWritable(path: path, reason: reason(code))
    }
}

/// The system's words for an error number.
func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
