import Dispatch
import Farm
import FarmClient
import TestSupport
import Testing

/// A farm whose list of printers comes only after so many bytes of its event stream were taken.
private final class SlowListFarm: Sendable {
    private let listener: LocalListener
    var port: UInt16 { listener.port }
    private static let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: "

    /// - Parameter streamBytes: more than the buffers of both systems hold.
    init(streamBytes: Int) throws {
        listener = try LocalListener()
        let streamTaken = DispatchSemaphore(value: 0)
        listener.serve { Self.answer($0, streamBytes: streamBytes, streamTaken) }
    }

    private static func answer(_ connection: LocalConnection, streamBytes: Int, _ streamTaken: DispatchSemaphore) {
        guard let request = connection.request() else { return }
        let target = String(decoding: request, as: UTF8.self).split(separator: " ")[1]
        func say(_ text: String, type: String = "application/json") {
            connection.send(Array((head + type + "\r\n\r\n" + text).utf8))
        }
        switch target {
        case "/o/token/": say(#"{"access_token":"t","token_type":"Bearer","expires_in":3600,"scope":"read"}"#)
        case "/api/v1/version/": say(#"{"version":"0"}"#)
        case "/api/v1/events/stream":
            say("", type: "text/event-stream")
            let line = Array((": " + String(repeating: "x", count: 1021) + "\n").utf8)
            for _ in 0..<streamBytes / line.count {
                guard connection.send(line) else { return }
            }
            for _ in 0..<16 { streamTaken.signal() }
            // Until the other side goes.
            _ = connection.read()
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
