import Glibc

/// Standard error goes elsewhere while the screen is up, and back where it went.
final class StandardErrorDetour {
    private let target: Int32?
    private var original: Int32?

    init(to target: Int32?) {
        self.target = target
        begin()
    }

    func begin() {
        guard let target, original == nil else { return }
        let kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
        guard kept >= 0 else { return }
        original = kept
        dup2(target, STDERR_FILENO)
    }

    func end() {
        guard let original else { return }
        dup2(original, STDERR_FILENO)
        close(original)
        self.original = nil
    }

    deinit { end() }
}
