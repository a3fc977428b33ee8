import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The file of a unix socket: one that somebody serves is left alone, one that a killed process left is removed.
struct SocketFile: Sendable {
    let path: String

    /// Makes way for a new socket.
    /// - Throws: `ServerError` when another program answers there, or when something else than a socket is in the way.
    func makeWay() async throws(ServerError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw .apiSocketRefused(path: path, reason: Self.reason(errno)) }
            return
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw .apiSocketRefused(path: path, reason: "a file that is no socket is in the way")
        }
        if try await isServed() { throw .apiSocketInUse(path: path) }
        guard unlink(path) == 0 || errno == ENOENT else {
            throw .apiSocketRefused(path: path, reason: Self.reason(errno))
        }
    }

    /// True when a connection is accepted, or would be in its turn.
    private func isServed() async throws(ServerError) -> Bool {
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(unixDomainSocketPath: path).get()
            try await channel.close()
            return true
        } catch ChannelError.alreadyClosed {
            // Whoever accepted it has closed it at once: it is served all the same.
            return true
        } catch let error as IOError {
            // Nobody listens on it any more.
            if error.errnoCode == ECONNREFUSED || error.errnoCode == ENOENT { return false }
            // More wait for whoever listens than there is room for.
            if error.errnoCode == EAGAIN { return true }
            throw .apiSocketRefused(path: path, reason: Self.reason(error.errnoCode))
        } catch {
            throw .apiSocketRefused(path: path, reason: "\(error)")
        }
    }

    private static func reason(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
