import Foundation
import Glibc
import Testing

@testable import FarmClient

/// A socket that answers one request with the head of an answer and a byte of its body, and hangs up or goes silent.
private final class HalfAnswer: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "ft-\(UUID().uuidString.prefix(8)).sock").path
    private let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)

    init(hangsUp: Bool = true) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0 && listen(listener, 4) == 0)
        Thread.detachNewThread { [listener] in
            let connection = accept(listener, nil, nil)
            var buffer = [UInt8](repeating: 0, count: 4096)
            _ = read(connection, &buffer, buffer.count)
            let answer = Array("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{".utf8)
            _ = write(connection, answer, answer.count)
            if hangsUp { close(connection) }
        }
    }

    deinit {
        close(listener)
        unlink(path)
    }
}

@Suite("An answer that breaks off", .timeLimit(.minutes(20)))
struct BrokenAnswerTests {
    @Test("a farm that hangs up within its answer is told as one that does not answer, with the remedy")
    func body() async throws {
        let farm = try HalfAnswer()
        let client = ControlClient(socketPath: farm.path)
        let error = await #expect(throws: ControlError.self) { _ = try await client.holder() }
        guard case .unreachable(let socket, _) = error else {
            Issue.record("\(String(describing: error)) is another error")
            return await client.close()
        }
        #expect(socket == farm.path)
        await client.close()
    }

    @Test("a farm that goes silent within its answer is given up at the deadline of the whole answer")
    func silence() async throws {
        struct Broken: Error { var reason: String }
        let farm = try HalfAnswer(hangsUp: false)
        let socket = try #require(farm.path.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        let connection = FarmConnection(base: "http+unix://" + socket, silentFor: .seconds(600)) { error in
            Broken(reason: "\(error)")
        }
        let answer = try await connection.send(FarmConnection.Call("/"), within: .seconds(2))
        let error = await #expect(throws: Broken.self) { _ = try await answer.bytes() }
        #expect(error?.reason == "its answer was not whole in time")
        await connection.close()
    }
}
