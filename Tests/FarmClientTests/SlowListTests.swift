import Farm
import FarmClient
import Foundation
import Glibc
import Testing

/// A farm whose list of printers comes only after so many bytes of its event stream were taken.
private final class SlowListFarm: Sendable {
    let port: UInt16
    private let listener: Int32
    private static let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: "

    /// - Parameter streamBytes: more than the buffers of both systems hold.
    init(streamBytes: Int) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, size) == 0 && getsockname(listener, pointer, &size) == 0
            }
        }
        try #require(bound && listen(listener, 16) == 0)
        port = UInt16(bigEndian: address.sin_port)
        let streamTaken = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                Thread.detachNewThread {
                    Self.answer(connection, streamBytes: streamBytes, streamTaken)
                    close(connection)
                }
            }
            close(listener)
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func answer(_ connection: Int32, streamBytes: Int, _ streamTaken: DispatchSemaphore) {
        var buffer = [UInt8](repeating: 0, count: 8192)
        let count = read(connection, &buffer, buffer.count)
        guard count > 0 else { return }
        let target = String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: " ")[1]
        func say(_ text: String, type: String = "application/json") {
            let bytes = Array((head + type + "\r\n\r\n" + text).utf8)
            _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
        switch target {
        case "/o/token/": say(#"{"access_token":"t","token_type":"Bearer","expires_in":3600,"scope":"read"}"#)
        case "/api/v1/version/": say(#"{"version":"0"}"#)
        case "/api/v1/events/stream":
            say("", type: "text/event-stream")
            let line = Array((": " + String(repeating: "x", count: 1021) + "\n").utf8)
            for _ in 0..<streamBytes / line.count {
                guard send(connection, line, line.count, Int32(MSG_NOSIGNAL)) == line.count else { return }
            }
            for _ in 0..<16 { streamTaken.signal() }
            // Until the other side goes.
            _ = read(connection, &buffer, buffer.count)
        default:
            streamTaken.wait()
            say("[]")
        }
    }
}

@Suite("A farm whose list takes its time", .timeLimit(.minutes(20)))
struct SlowListTests {
    @Test("its event stream is read meanwhile, so that neither side takes the connection for dead")
    func readMeanwhile() async throws {
        let server = try SlowListFarm(streamBytes: 32 << 20)
        let farm = RemoteFarm(
            base: "http://127.0.0.1:\(server.port)", credentials: RemoteCredentials(clientID: "a", clientSecret: "b"),
            retryDelay: .milliseconds(20))
        var first: FarmUpdate?
        for await update in farm.updates() {
            first = update
            break
        }
        await farm.close()
        withExtendedLifetime(server) {}
        guard case .snapshot(let snapshot) = first else {
            Issue.record("\(String(describing: first))")
            return
        }
        #expect(snapshot.printers.isEmpty)
    }
}
