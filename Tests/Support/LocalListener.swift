import Foundation
import Glibc
import Synchronization

/// Listens on this machine and answers on threads of its own: a program that a test waits for blocks the test's.
public final class LocalListener: Sendable {
    public struct Refused: Error {
        /// An error number of bind(2) or listen(2).
        var code: CInt
    }
    /// On 127.0.0.1; 0 for a socket with a path.
    public let port: UInt16
    private let descriptor: CInt
    private let isServed = Mutex(false)

    /// - Parameter port: 0: one that is free.
    public init(port: UInt16 = 0) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        descriptor = try Self.listening(at: &address, AF_INET)
        self.port = UInt16(bigEndian: address.sin_port)
    }

    /// - Parameter path: of a socket, at most 107 bytes; whoever made it removes it.
    public init(path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        descriptor = try Self.listening(at: &address, AF_UNIX)
        port = 0
    }

    /// The thread that accepts is told, now or at its next `accept`, and closes the file itself: the number may be another file's as
    /// soon as it is closed.
    deinit {
        shutdown(descriptor, CInt(SHUT_RDWR))
        if !isServed.withLock(\.self) { close(descriptor) }
    }

    private static func listening<Address>(at address: inout Address, _ family: CInt) throws -> CInt {
        let descriptor = socket(family, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var length = socklen_t(MemoryLayout<Address>.size)
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isListening else {
            let refused = Refused(code: errno)
            close(descriptor)
            throw refused
        }
        return descriptor
    }

    /// Answers everybody who connects from now on; called once.
    /// - Parameter answer: on a thread for each connection, which is closed after it.
    public func serve(_ answer: @escaping @Sendable (LocalConnection) -> Void) {
        isServed.withLock { $0 = true }
        Thread.detachNewThread { [descriptor] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else {
                    // What `shutdown` brings. Everything else is over soon, such as a process with too many files.
                    if errno == EINVAL { break }
                    usleep(1000)
                    continue
                }
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                Thread.detachNewThread {
                    answer(LocalConnection(descriptor: connection))
                    close(connection)
                }
            }
            close(descriptor)
        }
    }
}

/// A connection of a client to a `LocalListener`.
public struct LocalConnection: Sendable {
    fileprivate let descriptor: CInt

    /// Waits for the next bytes; none at the end.
    public func read() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        return Array(buffer.prefix(max(0, count)))
    }

    /// An HTTP request up to the end of its head, with what came behind that; nil where the client goes before.
    public func request() -> [UInt8]? {
        var request: [UInt8] = []
        while !request.contains(Array("\r\n\r\n".utf8)) {
            let more = read()
            guard !more.isEmpty else { return nil }
            request += more
        }
        return request
    }

    /// - Returns: false where the client has gone, as one that had enough of a long answer.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        Glibc.send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count
    }
}
