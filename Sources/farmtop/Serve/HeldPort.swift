import FarmConfiguration
import Glibc

/// A port that this process has and nobody listens on: a connection to it is refused, and the system gives it to no other
/// program. Who listens on it does so beside this, as both ask for `SO_REUSEADDR` (socket(7)).
final class HeldPort: Sendable {
    /// Why the address cannot be had: an error number of bind(2), or `EADDRNOTAVAIL` for a name without an address.
    struct Refused: Error {
        var code: Int32
        var reason: String { String(cString: strerror(code)) }
    }
    private let descriptor: Int32
    /// The one that was asked for; if that was 0, the one that the system chose.
    let port: Int

    init(_ address: ListenAddress) throws(Refused) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address.host, String(address.port), &hints, &list) == 0, let first = list else {
            throw Refused(code: EADDRNOTAVAIL)
        }
        defer { freeaddrinfo(list) }
        let info = first.pointee
        let descriptor = socket(info.ai_family, info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), info.ai_protocol)
        guard descriptor >= 0 else { throw Refused(code: errno) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, info.ai_addr, info.ai_addrlen) == 0, let port = Self.port(of: descriptor) else {
            let code = errno
            close(descriptor)
            throw Refused(code: code)
        }
        self.descriptor = descriptor
        self.port = port
    }

    deinit { close(descriptor) }

    private static func port(of descriptor: Int32) -> Int? {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &address) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                guard getsockname(descriptor, $0, &length) == 0 else { return nil }
                // Both families have the port in the same place.
                return storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    Int(UInt16(bigEndian: $0.pointee.sin_port))
                }
            }
        }
    }
}
