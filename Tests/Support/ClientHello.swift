import Dispatch
import Glibc

/// What a TLS client offers: a listener takes its first message and answers nothing.
public final class ClientHello: Sendable {
    private let descriptor: Int32
    /// On 127.0.0.1.
    public let port: Int

    public enum Failure: Error { case noSocket, noHello }

    public init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        var wait = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 1) == 0
                    ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard result == 0 else { throw Failure.noSocket }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }

    /// The cipher suites of the next client's first message (RFC 8446 §4.1.2).
    public func offeredSuites() async throws -> [UInt16] {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try self.readSuites() }) }
        }
    }

    private func readSuites() throws -> [UInt16] {
        let connection = accept(descriptor, nil, nil)
        defer { close(connection) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        // Record and handshake header, version, random; then the session's id and the suites, each with its length.
        while bytes.count < 5 || bytes.count < 5 + (Int(bytes[3]) << 8 | Int(bytes[4])) {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { throw Failure.noHello }
            bytes += buffer[..<count]
        }
        let session = 43
        guard bytes[0] == 22, bytes.count > session else { throw Failure.noHello }
        let start = session + 1 + Int(bytes[session])
        guard bytes.count > start + 1 else { throw Failure.noHello }
        let length = Int(bytes[start]) << 8 | Int(bytes[start + 1])
        guard bytes.count >= start + 2 + length else { throw Failure.noHello }
        return stride(from: start + 2, to: start + 2 + length, by: 2).map {
            UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
        }
    }

    /// Suites of TLS 1.3, and those of TLS 1.2 with an ephemeral key and GCM or ChaCha20-Poly1305; random ones are ignored (RFC 8701).
    public static func isForwardSecret(_ suite: UInt16) -> Bool {
        (0x1301...0x1305).contains(suite) || [0xC02B, 0xC02C, 0xC02F, 0xC030, 0xCCA8, 0xCCA9].contains(suite)
            || suite & 0x0F0F == 0x0A0A
    }
}
