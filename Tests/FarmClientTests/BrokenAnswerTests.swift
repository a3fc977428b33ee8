import Foundation
import Glibc
import TestSupport
import Testing

@testable import FarmClient

/// A socket that answers a request with the head of an answer and a byte of its body, and hangs up or goes silent.
private final class HalfAnswer: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "ft-\(UUID().uuidString.prefix(8)).sock").path
    private let listener: LocalListener

    init(hangsUp: Bool = true) throws {
        listener = try LocalListener(path: path)
        listener.serve { connection in
            _ = connection.read()
            connection.send(
                Array("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{".utf8))
            // Until the other side goes.
            if !hangsUp { _ = connection.read() }
        }
    }

    deinit { unlink(path) }
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
        let connection = FarmConnection(base: "http+unix://" + socket, silentFor: .seconds(3600)) { error in
            Broken(reason: "\(error)")
        }
        let answer = try await connection.send(FarmConnection.Call("/"), within: .seconds(2))
        let error = await #expect(throws: Broken.self) { _ = try await answer.bytes() }
        #expect(error?.reason == "its answer was not whole in time")
        await connection.close()
    }
}
