import Foundation
import Synchronization
import Testing
import WireTestSupport

@testable import Wire

@Suite("Requests to one machine", .timeLimit(.minutes(20)))
struct HTTPSessionTests {
    @Test("the answer comes whole, and the next request uses the same connection")
    func keepsAlive() async throws {
        let server = try await FakeServer(answer: { .json("{\"path\":\"\($0.target)\"}") })
        let session = HTTPSession(server.route(), manners: .init(idle: .ample))
        let first = try await session.send(
            HTTPRequest(.get, "/a?b=c", headers: [HTTPHeader("X-Api-Key", "k")]), timeout: .ample)
        _ = try await session.send(HTTPRequest(.get, "/d"), timeout: .ample)
        #expect(first.status == 200)
        #expect(first.body == Array("{\"path\":\"/a?b=c\"}".utf8))
        #expect(first.values(of: "content-type") == ["application/json"])
        #expect(server.requests.map(\.connection) == [0, 0])
        #expect(server.requests[0].header("host") == "127.0.0.1:\(server.port)")
        #expect(server.requests[0].header("x-api-key") == "k")
        await server.stop()
    }

    @Test("twenty requests at once go one after the other, on one connection")
    func serial() async throws {
        let running = Atomic(0), most = Atomic(0)
        let server = try await FakeServer(answer: { _ in
            let now = running.add(1, ordering: .relaxed).newValue
            most.max(now, ordering: .relaxed)
            try? await Task.sleep(for: .milliseconds(2))
            running.subtract(1, ordering: .relaxed)
            return .answer(204)
        })
        let session = HTTPSession(server.route(), manners: .init(idle: .ample))
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<20 {
                group.addTask { try await session.send(HTTPRequest(.get, "/\(number)"), timeout: .ample).status }
            }
            for try await status in group { #expect(status == 204) }
        }
        #expect(most.load(ordering: .relaxed) == 1)
        #expect(server.mostOpen == 1)
        await server.stop()
    }

    @Test("a command goes on a fresh connection, and the one before it is closed first")
    func commands() async throws {
        let server = try await FakeServer(answer: { _ in .answer(204) })
        let session = HTTPSession(server.route())
        _ = try await session.send(HTTPRequest(.get, "/"), timeout: .ample)
        _ = try await session.send(
            HTTPRequest(.post, "/api/job", body: .bytes(Array("{}".utf8))), timeout: .ample)
        _ = try await session.send(HTTPRequest(.put, "/pause"), timeout: .ample)
        #expect(server.requests.map(\.connection) == [0, 1, 2])
        #expect(server.requests.map { $0.header("content-length") } == [nil, "2", "0"])
        await server.stop()
    }

    @Test("no answer in time says so, and the next request is not held up by it")
    func timeout() async throws {
        let server = try await FakeServer(answer: { $0.path == "/hang" ? .silence : .answer(204) })
        let session = HTTPSession(server.route())
        var found: WireError?
        repeat {
            do throws(WireError) {
                _ = try await session.send(HTTPRequest(.get, "/hang"), timeout: .milliseconds(300))
            } catch { found = error }
            // On a busy machine the time may be over before it is sent.
        } while found == .notSent
        #expect(found == .timedOut(.milliseconds(300)))
        let answer = try await session.send(HTTPRequest(.get, "/"), timeout: .ample)
        #expect(answer.status == 204)
        await server.stop()
    }

    @Test("a command whose turn does not come in time has not been sent")
    func notSent() async throws {
        let server = try await FakeServer(answer: { _ in .silence })
        let session = HTTPSession(server.route())
        let poll = Task { try await session.send(HTTPRequest(.get, "/poll"), timeout: .ample) }
        while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        // Its time is over as soon as it is asked for, whenever its turn comes.
        let command = Task { try await session.send(HTTPRequest(.post, "/pause"), timeout: .zero) }
        poll.cancel()
        await #expect(throws: WireError.notSent) { _ = try await command.value }
        #expect((try? await poll.value) == nil)
        #expect(server.requests.map(\.path) == ["/poll"])
        await server.stop()
    }

    @Test("a body over the limit is not taken, by its length and by what comes")
    func tooLarge() async throws {
        let server = try await FakeServer(answer: {
            $0.path == "/sized"
                ? .answer(200, body: Array(repeating: 0, count: 1001))
                : .pieces(
                    200, headers: [HTTPHeader("Transfer-Encoding", "chunked")],
                    Array(repeating: Array(repeating: 0, count: 100), count: 11))
        })
        let session = HTTPSession(server.route(), manners: .init(bodyLimit: 1000))
        for path in ["/sized", "/chunked"] {
            await #expect(throws: WireError.tooLarge(limit: 1000)) {
                _ = try await session.send(HTTPRequest(.get, path), timeout: .ample)
            }
        }
        await server.stop()
    }

    @Test("a server that hangs up is closed, none is unreachable, one that speaks something else is malformed")
    func failures() async throws {
        let server = try await FakeServer(answer: { _ in .hangUp })
        await #expect(throws: WireError.closed) {
            _ = try await HTTPSession(server.route()).send(HTTPRequest(.get, "/"), timeout: .ample)
        }
        // A port below 1024 is given to nobody who asks for any: nothing else of these tests can listen there.
        var nobody = server.route()
        nobody.endpoint.port = 1
        await server.stop()
        await #expect(throws: WireError.unreachable("connection refused")) {
            _ = try await HTTPSession(nobody).send(HTTPRequest(.get, "/"), timeout: .ample)
        }
        let raw = try await RawServer { line in
            _ = await line.read()
            await line.write(Array("220 mail.example ESMTP\r\n".utf8))
            _ = await line.read()
        }
        await #expect(throws: WireError.malformed("not HTTP")) {
            _ = try await HTTPSession(raw.route).send(HTTPRequest(.get, "/"), timeout: .ample)
        }
        await raw.stop()
        let half = try await RawServer { line in
            _ = await line.read()
            await line.write(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".utf8))
        }
        await #expect(throws: WireError.closed) {
            _ = try await HTTPSession(half.route).send(HTTPRequest(.get, "/"), timeout: .ample)
        }
        await half.stop()
    }

    @Test("a kept connection that the server has closed meanwhile costs no reading")
    func closedMeanwhile() async throws {
        let server = try await FakeServer(answer: { request in
            request.connection == 0 && request.path == "/second" ? .hangUp : .answer(204)
        })
        let session = HTTPSession(server.route())
        _ = try await session.send(HTTPRequest(.get, "/first"), timeout: .ample)
        let second = try await session.send(HTTPRequest(.get, "/second"), timeout: .ample)
        #expect(second.status == 204)
        await server.stop()
    }

    @Test("an idle connection is closed before the machine would do it")
    func idle() async throws {
        let server = try await FakeServer(answer: { _ in .answer(204) })
        let session = HTTPSession(server.route(), manners: .init(idle: .milliseconds(50)))
        _ = try await session.send(HTTPRequest(.get, "/"), timeout: .ample)
        try await server.waitUntilLeft()
        let none = HTTPSession(server.route(), manners: .init(idle: .zero))
        _ = try await none.send(HTTPRequest(.get, "/"), timeout: .ample)
        #expect(server.requests.last?.header("connection") == "close")
        await server.stop()
    }

    @Test("a file is sent between its prefix and suffix, with progress to its last byte")
    func upload() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "farmtop-upload-\(UUID().uuidString)").path
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
        try Data(bytes).write(to: URL(filePath: path))
        defer { unlink(path) }
        let server = try await FakeServer(answer: { _ in .answer(201) })
        let last = Atomic<Int64>(0)
        let body = FileBody(path: path, size: 200_000, prefix: [1, 2], suffix: [3]) {
            last.store($0, ordering: .relaxed)
        }
        let answer = try await HTTPSession(server.route()).send(
            HTTPRequest(.post, "/upload", body: .file(body)), timeout: .ample)
        #expect(answer.status == 201)
        #expect(server.requests[0].body == [1, 2] + bytes + [3])
        #expect(last.load(ordering: .relaxed) == 200_000)
        await server.stop()
    }

    @Test("a file that became shorter, is missing or is no file is never sent as if it were whole")
    func badFiles() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "farmtop-upload-\(UUID().uuidString)").path
        try Data([1, 2, 3]).write(to: URL(filePath: path))
        defer { unlink(path) }
        let server = try await FakeServer(answer: { _ in .answer(201) })
        for (file, reason) in [
            (path, "it became shorter"), (path + "-missing", "no such file or directory"),
            ("/dev/zero", "it is not a regular file"),
        ] {
            await #expect(throws: WireError.unreadableFile(reason)) {
                _ = try await HTTPSession(server.route()).send(
                    HTTPRequest(.put, "/x", body: .file(FileBody(path: file, size: 10))), timeout: .ample)
            }
        }
        #expect(server.requests.isEmpty)
        await server.stop()
    }

    @Test("cancelling the task ends the request at once")
    func cancellation() async throws {
        let server = try await FakeServer(answer: { _ in .silence })
        let session = HTTPSession(server.route())
        let task = Task { try await session.send(HTTPRequest(.get, "/"), timeout: .seconds(3600)) }
        while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: WireError.closed) { _ = try await task.value }
        await server.stop()
    }
}

@Suite("An answer that does not end", .timeLimit(.minutes(20)))
struct HTTPStreamTests {
    @Test("it is read until the reader has enough, and the connection is closed then")
    func enough() async throws {
        let server = try await FakeServer(answer: { _ in
            .endless(200, headers: [HTTPHeader("Content-Type", "multipart/x; boundary=f")]) {
                try? await Task.sleep(for: .milliseconds(1))
                return [1, 2, 3]
            }
        })
        let parts = Mutex<[HTTPStream.Part]>([])
        try await HTTPStream.read(HTTPRequest(.get, "/stream"), by: server.route(), silence: .ample) { part in
            parts.withLock { parts in
                parts.append(part)
                return parts.count < 4
            }
        }
        let first = parts.withLock { $0[0] }
        guard case .head(200, let headers) = first else {
            Issue.record("\(first)")
            return
        }
        #expect(headers.contains(HTTPHeader("Content-Type", "multipart/x; boundary=f")))
        try await server.waitUntilLeft()
        await server.stop()
    }

    @Test("a stream that says nothing more is given up")
    func silence() async throws {
        let server = try await FakeServer(answer: { _ in
            .pieces(200, headers: [HTTPHeader("Transfer-Encoding", "chunked")], [[1]])
        })
        await #expect(throws: WireError.timedOut(.milliseconds(200))) {
            try await HTTPStream.read(
                HTTPRequest(.get, "/"), by: server.route(), silence: .milliseconds(200), take: { _ in true })
        }
        await server.stop()
    }
}
