import API
import Farm
import FarmService
import Foundation
import NIOCore
import NIOPosix
import Testing

@Suite("The API's unix socket", .timeLimit(.minutes(20)))
struct APISocketTests {
    private func socket() -> String {
        FileManager.default.temporaryDirectory.appending(path: "farmtop-\(UUID().uuidString.prefix(8)).sock").path
    }

    @Test("it is for the group too (0660), wants tokens, has no administration, and is gone afterwards")
    func served() async throws {
        let farm = try await FarmFixture()
        let token = try await farm.token()
        let path = socket()
        let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
        let listener = farm.server.apiSocketListener(path: path, showsAddress: true) { isReady.finish() }
        try await serving([listener]) { _ in
            for await _ in ready {}
            #expect(farm.service.traffic.address == "unix:\(path)")
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o660)
            func ask(_ target: String, _ header: String = "") async throws -> String {
                try await RawConnection.to(path: path).exchange(
                    "GET \(target) HTTP/1.1\r\nHost: localhost\r\n\(header)\(closing)")
            }
            #expect(try await ask("/api/v1/printers/").hasPrefix("HTTP/1.1 401"))
            #expect(try await ask("/api/v1/printers/", "Authorization: Bearer \(token)\r\n").hasPrefix("HTTP/1.1 200"))
            #expect(try await ask("/control/holder/").hasPrefix("HTTP/1.1 404"))
            // No host is named on a unix socket, and some clients leave the field out.
            let hostless = try await RawConnection.to(path: path).exchange("GET /hc/ HTTP/1.1\r\n" + closing)
            #expect(hostless.hasPrefix("HTTP/1.1 200"))
            #expect(try await ask("/metrics").hasPrefix("HTTP/1.1 200"))
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(farm.service.traffic.address == nil)
    }

    @Test("a socket that a killed process left is replaced")
    func stale() async throws {
        let farm = try await FarmFixture()
        let path = socket()
        try await leaveSocket(at: path)
        let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
        try await serving([farm.server.apiSocketListener(path: path) { isReady.finish() }]) { _ in
            for await _ in ready {}
            let answer = try await RawConnection.to(path: path).exchange(get + closing)
            #expect(answer.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test("one that another program is too busy to accept from is in use; whoever waits for ours to be ready is told")
    func busy() async throws {
        let farm = try await FarmFixture()
        let path = socket()
        let group = MultiThreadedEventLoopGroup.singleton
        let other = try await ServerBootstrap(group: group).serverChannelOption(.backlog, value: 1)
            .serverChannelOption(.autoRead, value: false).bind(unixDomainSocketPath: path).get()
        var waiting: [any Channel] = []
        await #expect {
            while true {
                waiting.append(try await ClientBootstrap(group: group).connect(unixDomainSocketPath: path).get())
            }
        } throws: {
            ($0 as? IOError)?.errnoCode == EAGAIN
        }
        let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
        await #expect(throws: ServerError.apiSocketInUse(path: path)) {
            try await serving([farm.server.apiSocketListener(path: path) { isReady.finish() }]) { _ in
                for await _ in ready {}
            }
        }
        for channel in waiting { try await channel.close() }
        try await other.close()
    }

    @Test("one that another program serves, or a file of another kind, is left alone, and the message says so")
    func inUse() async throws {
        let farm = try await FarmFixture()
        let path = socket()
        let other = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(unixDomainSocketPath: path).get()
        await #expect(throws: ServerError.apiSocketInUse(path: path)) {
            try await farm.server.apiSocketListener(path: path).run()
        }
        #expect(FileManager.default.fileExists(atPath: path))
        try await other.close()
        try? FileManager.default.removeItem(atPath: path)
        try Data("precious".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        await #expect(throws: ServerError.self) { try await farm.server.apiSocketListener(path: path).run() }
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("precious".utf8))
        await #expect(throws: ServerError.self) {
            try await farm.server.apiSocketListener(path: "/tmp/" + String(repeating: "x", count: 200)).run()
        }
    }
}
