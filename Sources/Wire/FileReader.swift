internal import Glibc
internal import Synchronization

/// A regular file, read from its beginning.
final class FileReader: Sendable {
    private let descriptor: CInt

    /// - Throws: `WireError.unreadableFile`.
    init(_ path: String) throws(WireError) {
        // Without O_NONBLOCK the opening of a pipe would wait for its writer for ever.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadableFile(WireError.systemWords(errno)) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unreadableFile("it is not a regular file")
        }
    }

    deinit { close(descriptor) }

    /// Up to `count` bytes; none at the end of the file.
    func read(_ count: Int) throws(WireError) -> [UInt8] {
        var length = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            repeat { length = Glibc.read(descriptor, buffer.baseAddress, count) } while length < 0 && errno == EINTR
            used = max(0, length)
        }
        guard length >= 0 else { throw .unreadableFile(WireError.systemWords(errno)) }
        return bytes
    }
}

/// Raised once, from any thread.
final class FutureFlag: Sendable {
    private let raised = Atomic(false)
    var isRaised: Bool { raised.load(ordering: .relaxed) }
    func raise() { raised.store(true, ordering: .relaxed) }
}
