import Farm
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A file without a name: it is gone when nobody holds it any more, also after a crash.
final class SpooledFile: Sendable {
    private let descriptor: CInt

    /// - Parameter folder: on the disk that has room for it.
    init(in folder: String) throws(APIError) {
        let name = "\(folder)/upload-\(getpid())-\(UInt64.random(in: .min ... .max)).part"
        descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .unavailable(
                "The file cannot be taken in: \(String(cString: strerror(errno)).lowercased()).", retryAfterSeconds: 60)
        }
        unlink(name)
    }

    deinit { close(descriptor) }

    /// Opens it as long as this is held.
    var path: String { "/proc/self/fd/\(descriptor)" }

    /// Gives its room back.
    func empty() { _ = ftruncate(descriptor, 0) }

    func append(_ bytes: [UInt8]) throws(APIError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                throw .unavailable(
                    "The file cannot be taken in: \(String(cString: strerror(errno)).lowercased()).",
                    retryAfterSeconds: 60)
            }
            rest = rest.dropFirst(written)
        }
    }
}

/// The step that was reached last.
final class NewestStep: Sendable {
    private let newest = Mutex<UploadStep?>(nil)

    var step: UploadStep? {
        get { newest.withLock { $0 } }
        set { newest.withLock { $0 = newValue } }
    }
}
