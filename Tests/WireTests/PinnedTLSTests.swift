import Foundation
import TestSupport
import Testing
import WireTestSupport

@testable import Wire

@Suite("A pinned certificate", .timeLimit(.minutes(20)))
struct PinnedTLSTests {
    /// Certificates of Tests/WireTests/Certificates: SHA-256 of each leaf, by `openssl x509 -outform DER | sha256sum`.
    private static let hashes = [
        "self-signed": "2a9a8a6ae186287e6745336360dfe58726d909eb6120489b9c7c1c383ed3c0d9",
        "issued": "d9192a679f7bbd61324de943895e124cad0ddbff7f205fba22f7d5932206f2e8",
    ]

    private func server(_ name: String, talk: FakeServer.Talk? = nil) async throws -> FakeServer {
        let folder = TestFiles.inTests("WireTests/Certificates")
        return try await FakeServer(
            certificate: folder.appending(path: "\(name).pem").path,
            key: folder.appending(path: "\(name).key.pem").path, answer: { _ in .answer(204) }, talk: talk)
    }

    private func bytes(_ name: String) throws -> [UInt8] {
        let text = try #require(Self.hashes[name])
        return stride(from: 0, to: 64, by: 2).compactMap { UInt8(text.dropFirst($0).prefix(2), radix: 16) }
    }

    @Test(
        "a self-signed leaf and one of an authority that nobody knows are both taken by their pin",
        arguments: ["self-signed", "issued"])
    func approved(name: String) async throws {
        let server = try await server(name) { _, socket in
            try? await socket.send(.text("hello"))
            _ = try? await socket.next()
        }
        let route = server.route(tls: PinnedTLS(approved: try bytes(name)))
        let answer = try await HTTPSession(route).send(HTTPRequest(.get, "/"), timeout: .ample)
        #expect(answer.status == 204)
        let socket = try await WebSocketSession.open("/", by: route, limits: .ample, timeout: .ample)
        #expect(try await socket.next() == .text("hello"))
        await socket.close()
        await server.stop()
    }

    @Test(
        "without an approved one the first connection ends with the fingerprint, and nothing has been sent",
        arguments: ["self-signed", "issued"])
    func firstUse(name: String) async throws {
        let server = try await server(name)
        let found = try bytes(name)
        await #expect(throws: WireError.certificateNotApproved(found: found)) {
            _ = try await HTTPSession(server.route()).send(HTTPRequest(.get, "/"), timeout: .ample)
        }
        #expect(server.requests.isEmpty)
        await server.stop()
    }

    @Test("another certificate than the approved one is refused, before a password could be sent")
    func changed() async throws {
        let server = try await server("issued")
        let route = server.route(tls: PinnedTLS(approved: try bytes("self-signed")))
        let found = try bytes("issued")
        await #expect(throws: WireError.certificateChanged(found: found)) {
            _ = try await HTTPSession(route).send(
                HTTPRequest(.get, "/", headers: [HTTPHeader("X-Api-Key", "secret")]), timeout: .ample)
        }
        await #expect(throws: WireError.certificateChanged(found: found)) {
            _ = try await WebSocketSession.open("/", by: route, limits: .ample, timeout: .ample)
        }
        #expect(server.requests.isEmpty)
        await server.stop()
    }

    @Test("a port that does not speak TLS says so")
    func noTLS() async throws {
        for words in ["HTTP/1.1 400 Bad Request\r\n\r\n", ""] {
            let raw = try await RawServer { line in
                _ = await line.read()
                await line.write(Array(words.utf8))
            }
            var route = raw.route
            route.endpoint.isSecure = true
            do {
                _ = try await HTTPSession(route).send(HTTPRequest(.get, "/"), timeout: .ample)
                Issue.record("it answered")
            } catch {
                guard case .noTLS = error else {
                    Issue.record("\(error)")
                    return
                }
            }
            await raw.stop()
        }
    }

    @Test("a server that accepts and then says nothing does not hold the handshake")
    func silentHandshake() async throws {
        let raw = try await RawServer { line in while await line.read() != nil {} }
        var route = raw.route
        route.endpoint.isSecure = true
        route.connectTimeout = .milliseconds(300)
        await #expect(throws: WireError.timedOut(.milliseconds(300))) {
            _ = try await HTTPSession(route).send(HTTPRequest(.get, "/"), timeout: .ample)
        }
        await raw.stop()
    }
}
