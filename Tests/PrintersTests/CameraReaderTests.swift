import Farm
import Foundation
import Synchronization
import Testing
import Wire
import WireTestSupport

@testable import Printers

/// A JPEG's skeleton: start, a segment, a scan, end.
let picture: [UInt8] =
    [0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x04, 0x4A, 0x46] + [0xFF, 0xDA, 0x00, 0x04, 0x01, 0x02] + [0x11, 0x22, 0x33]
    + [0xFF, 0xD9]

@Suite("A camera's reader", .timeLimit(.minutes(20)))
struct CameraReaderTests {
    private let jpeg = HTTPHeader("Content-Type", "image/jpeg")
    private let stream = HTTPHeader("Content-Type", "multipart/x-mixed-replace; boundary=frame")

    private func reader(
        _ source: CameraSource, _ credentials: LinkCredentials = .none, interval: Int = 10,
        trust: CameraReader.Trust = .approved, timeout: Duration = .ample
    ) throws -> CameraReader {
        let settings = try #require(CameraSettings(name: "front", source: source, intervalSeconds: interval))
        return CameraReader(
            settings, credentials: credentials, trust: trust, environment: .quick(), timeout: timeout)
    }

    private func address(_ server: FakeServer, _ path: String) -> WebAddress {
        WebAddress(scheme: .http, host: "127.0.0.1", port: server.port, path: path)
    }

    private func fault(_ reader: CameraReader) async -> LinkFault? {
        do throws(LinkFault) {
            _ = try await reader.picture()
            return nil
        } catch {
            return error
        }
    }

    @Test("a snapshot is taken with its own time, and the connection is closed")
    func snapshot() async throws {
        let server = try await FakeServer(answer: { [jpeg] _ in
            .answer(200, headers: [jpeg, HTTPHeader("Last-Modified", "Sun, 29 Nov 2026 14:00:00 GMT")], body: picture)
        })
        let taken = try await reader(.snapshot(address(server, "/snap.jpg"))).picture()
        #expect(taken.jpeg == picture)
        #expect(taken.lastModified == "Sun, 29 Nov 2026 14:00:00 GMT")
        try await server.waitUntilLeft()
        await server.stop()
    }

    @Test("of a stream the first whole picture is taken, at either kind of address, and the stream is left")
    func mjpeg() async throws {
        let part = Array("--frame\r\nContent-Length: \(picture.count)\r\n\r\n".utf8) + picture + Array("\r\n".utf8)
        let server = try await FakeServer(answer: { [stream] _ in
            .endless(200, headers: [stream]) {
                try? await Task.sleep(for: .milliseconds(2))
                return part
            }
        })
        for source in [CameraSource.mjpeg(address(server, "/stream")), .snapshot(address(server, "/snap"))] {
            #expect(try await reader(source).picture().jpeg == picture)
        }
        try await server.waitUntilLeft()
        await server.stop()
    }

    @Test("Basic and Digest open it, a wrong password is told, and nothing is sent unasked")
    func passwords() async throws {
        let server = try await FakeServer(answer: { [jpeg] request in
            let given = request.header("authorization") ?? ""
            if request.path == "/basic" {
                return given == "Basic Y2FtZXJhOnNlY3JldA=="
                    ? .answer(200, headers: [jpeg], body: picture)
                    : .answer(401, headers: [HTTPHeader("WWW-Authenticate", "Basic realm=\"cam\"")])
            }
            let challenge = "Digest realm=\"cam\", nonce=\"n\", qop=\"auth\""
            let isRight = given.hasPrefix("Digest username=\"camera\"") && given.contains("uri=\"/digest?x=1\"")
            return isRight
                ? .answer(200, headers: [jpeg], body: picture)
                : .answer(401, headers: [HTTPHeader("WWW-Authenticate", challenge)])
        })
        let credentials = LinkCredentials.password(user: "camera", Secret("secret"))
        var digest = address(server, "/digest")
        digest.query = "x=1"
        #expect(try await reader(.snapshot(digest), credentials).picture().jpeg == picture)
        #expect(try await reader(.snapshot(address(server, "/basic")), credentials).picture().jpeg == picture)
        let wrong = LinkCredentials.password(user: "camera", Secret("wrong"))
        #expect(await fault(try reader(.snapshot(address(server, "/basic")), wrong)) == .wrongCredentials)
        #expect(await fault(try reader(.snapshot(address(server, "/basic")))) == .wrongCredentials)
        let unasked = server.requests.first?.header("authorization")
        #expect(unasked == nil)
        await server.stop()
    }

    @Test("half a picture, text, nothing, an error and a redirect to another host are each told by their reason")
    func faults() async throws {
        let server = try await FakeServer(answer: { [jpeg] request in
            switch request.path {
            case "/half": .answer(200, headers: [jpeg], body: Array(picture.dropLast(4)))
            case "/text": .answer(200, headers: [jpeg], body: Array("hello".utf8))
            case "/empty": .answer(200, headers: [jpeg])
            case "/503": .answer(503)
            case "/away": .answer(302, headers: [HTTPHeader("Location", "http://169.254.169.254/secret")])
            case "/loop": .answer(302, headers: [HTTPHeader("Location", "/loop")])
            case "/here": .answer(302, headers: [HTTPHeader("Location", "/snap")])
            case "/huge": .answer(200, headers: [jpeg], body: Array(repeating: 0xFF, count: 9 << 20))
            case "/hang": .silence
            default: .answer(200, headers: [jpeg], body: picture)
            }
        })
        let noJPEG = LinkFault.noPicture("what came is no whole JPEG")
        let table: [(String, LinkFault?)] = [
            ("/half", noJPEG), ("/text", noJPEG), ("/empty", .noPicture("the camera's answer is empty")),
            ("/503", .refused(status: 503, "The camera answered with status 503.")),
            ("/away", .otherServer("it redirects to another address")),
            ("/loop", .badAnswer("it redirects again and again")), ("/here", nil),
            ("/huge", .tooLarge(limit: 8 << 20)),
        ]
        for (path, expected) in table {
            let found = await fault(try reader(.snapshot(address(server, path))))
            #expect(found == expected, "\(path)")
        }
        let hung = try reader(.snapshot(address(server, "/hang")), timeout: .milliseconds(300))
        #expect(await fault(hung) == .noAnswer(seconds: 1))
        await server.stop()
    }

    @Test("who asks while a picture is on its way gets the same one: the camera sees one connection")
    func oneInFlight() async throws {
        let server = try await FakeServer(answer: { [jpeg] _ in .answer(200, headers: [jpeg], body: picture) })
        let reader = try reader(.snapshot(address(server, "/")))
        for asked in await reader.threeAtOnce() { #expect(try await asked.value.jpeg == picture) }
        #expect(server.requests.count == 1)
        await server.stop()
    }

    @Test("a picture each interval; a slow camera makes no queue")
    func interval() async throws {
        let running = Atomic(0), most = Atomic(0)
        let server = try await FakeServer(answer: { [jpeg] _ in
            most.max(running.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
            try? await Task.sleep(for: .milliseconds(100))
            running.subtract(1, ordering: .relaxed)
            return .answer(200, headers: [jpeg], body: picture)
        })
        // The quick environment turns the interval of a second into 50 ms, half of what the camera takes.
        let reader = try reader(.snapshot(address(server, "/")), interval: 1)
        let count = Atomic(0)
        let task = Task {
            await reader.run { result in
                if case .success = result { count.add(1, ordering: .relaxed) }
            }
        }
        while count.load(ordering: .relaxed) < 5 { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await task.value
        #expect(most.load(ordering: .relaxed) == 1)
        #expect(server.requests.count <= count.load(ordering: .relaxed) + 1)
        await server.stop()
    }

    @Test("an address that a machine named must be the machine's own")
    func trust() async throws {
        let server = try await FakeServer(answer: { [jpeg] _ in .answer(200, headers: [jpeg], body: picture) })
        let source = CameraSource.snapshot(address(server, "/"))
        #expect(try await reader(source, trust: .host("127.0.0.1", port: 80)).picture().jpeg == picture)
        let other = await fault(try reader(source, trust: .host("192.0.2.1", port: 80)))
        #expect(other == .unreachable("the address 127.0.0.1 may not be dialled"))
        await server.stop()
    }

    @Test("a file is a picture when it is a regular file with a whole JPEG")
    func files() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "farmtop-\(UUID().uuidString).jpg").path
        try Data(picture).write(to: URL(filePath: path))
        defer { unlink(path) }
        #expect(try await reader(.file(path)).picture().jpeg == picture)
        try Data(picture.dropLast()).write(to: URL(filePath: path))
        #expect(await fault(try reader(.file(path))) == .noPicture("the file holds no whole JPEG"))
        #expect(await fault(try reader(.file("/dev/zero"))) == .noPicture("it is not a regular file"))
        #expect(await fault(try reader(.file("/tmp"))) == .noPicture("it is not a regular file"))
        let pipe = path + ".pipe"
        mkfifo(pipe, 0o600)
        defer { unlink(pipe) }
        #expect(await fault(try reader(.file(pipe))) == .noPicture("it is not a regular file"))
    }

    @Test("a program's words reach it as they are: no shell reads them, and its environment is clean")
    func commands() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "farmtop \(UUID().uuidString) $HOME.jpg").path
        try Data(picture).write(to: URL(filePath: path))
        defer { unlink(path) }
        #expect(try await reader(.command(["cat", path])).picture().jpeg == picture)
        let output = try await PictureCommand(words: ["env"], timeout: .ample).output()
        #expect(
            String(decoding: output, as: UTF8.self).split(separator: "\n").sorted()
                == ["HOME=/nonexistent", "LANG=C.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin"])
        let files = try await PictureCommand(words: ["ls", "/proc/self/fd"], timeout: .ample).output()
        // Its three standard files, and the folder that ls itself reads.
        #expect(String(decoding: files, as: UTF8.self).split(separator: "\n") == ["0", "1", "2", "3"])
        #expect(await fault(try reader(.command(["false"]))) == .noPicture("the program ended with exit code 1"))
        #expect(await fault(try reader(.command(["echo", "hello"]))) == .noPicture("the program wrote no whole JPEG"))
        let missing = await fault(try reader(.command(["no-such-program"])))
        #expect(missing == .noPicture("there is no program no-such-program in /usr/local/bin, /usr/bin, /bin"))
    }

    @Test("a program that does not end is killed with its children when its time is over, and when nobody wants it")
    func killed() async throws {
        let mark = "86399.\(Int.random(in: 1_000_000...9_999_999))"
        let script = ["sh", "-c", "sleep \(mark) & sleep \(mark)"]
        #expect(await fault(try reader(.command(script), timeout: .milliseconds(300))) == .noAnswer(seconds: 1))
        // The kernel takes its moment to end them.
        while try running(mark) > 0 { try await Task.sleep(for: .milliseconds(5)) }
        let unwanted = try reader(.command(script))
        let task = Task { await fault(unwanted) }
        while try running(mark) < 2 { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        #expect(await task.value == .stopped)
        // The kernel takes its moment to end them.
        while try running(mark) > 0 { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Processes that have this among their words.
    private func running(_ mark: String) throws -> Int {
        var count = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") where Int(name) != nil {
            guard let words = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") else { continue }
            let parts = words.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            if parts == ["sleep", mark] { count += 1 }
        }
        return count
    }
}

extension CameraReader {
    /// Each has asked before the reader can do anything else.
    fileprivate func threeAtOnce() -> [Task<CameraPicture, any Error>] {
        (0..<3).map { _ in Task.immediate { try await self.picture() } }
    }
}
