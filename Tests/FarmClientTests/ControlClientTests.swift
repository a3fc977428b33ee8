import API
import Farm
import FarmService
import Foundation
import Logging
import OAuth
import Storage
import Testing

@testable import FarmClient

/// A farm in a new folder, served on its control socket while `body` runs.
private func serving(_ body: (ControlClient) async throws -> Void) async throws {
    let path = "/tmp/farmtop-test-\(UUID().uuidString.prefix(8))"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let now: @Sendable () -> Timestamp = { Timestamp(secondsSince1970: Date().timeIntervalSince1970) }
    let store = try SQLiteStore(DataFolder(preparing: path).lock())
    let service = try FarmService(store: store, detector: nil, now: now, logger: logger, version: "test")
    let server = FarmServer(
        service: service,
        configuration: .init(
            publicURL: "http://127.0.0.1", pictureSigner: PictureSigner(key: Array(repeating: 1, count: 32)),
            holder: HolderDescription(pid: 7, version: "test", startedAt: now(), dataFolder: path), now: now),
        logger: logger)
    let (ready, listening) = AsyncStream<Void>.makeStream()
    let listener = Task {
        try await server.controlListener(path: path + "/control.sock") { listening.finish() }.run()
    }
    for await _ in ready {}
    let client = ControlClient(socketPath: path + "/control.sock", retryDelay: .milliseconds(20))
    defer { listener.cancel() }
    do {
        try await body(client)
        await client.close()
        await service.shutdown()
    } catch {
        await client.close()
        await service.shutdown()
        throw error
    }
}

@Suite("A farm over its control socket")
struct ControlClientTests {
    @Test("what is done over the socket is done, and seen in the stream of snapshots")
    func actions() async throws {
        try await serving { client in
            #expect(try await client.holder().pid == 7)
            guard
                case .printer(let printer, let account) = try await client.perform(
                    .createPrinter(account: "operator", settings: PrinterSettings(name: "mk4")))
            else {
                Issue.record("no printer came back")
                return
            }
            #expect(account == "operator")
            _ = try await client.perform(.startPrint(printer.id, filename: "a.gcode"))
            for await case .snapshot(let snapshot) in client.updates() {
                guard let seen = snapshot.printers.first else { continue }
                #expect(seen.printer.settings.name == "mk4")
                #expect(seen.print?.filename == "a.gcode")
                break
            }
            #expect(try await client.events(printer: printer.id, print: nil, limit: 5).map(\.kind) == [.started])
            #expect(try await client.prints(PrintQuery()).map(\.filename) == ["a.gcode"])
        }
    }

    @Test("a change after the first snapshot reaches the stream")
    func changes() async throws {
        try await serving { client in
            var names: [String] = []
            for await case .snapshot(let snapshot) in client.updates() {
                names = snapshot.printers.map(\.printer.settings.name)
                if names == ["late"] { break }
                if names.isEmpty {
                    _ = try await client.perform(
                        .createPrinter(account: "operator", settings: PrinterSettings(name: "late")))
                }
            }
            #expect(names == ["late"])
        }
    }

    @Test("what the farm refuses arrives as its own error")
    func refusals() async throws {
        try await serving { client in
            await #expect(throws: FarmError.noSuchPrinter) { _ = try await client.perform(.archivePrinter(99)) }
            await #expect(throws: FarmError.noSuchPicture) {
                _ = try await client.picture(FrameKey(printID: 1, number: 1))
            }
        }
    }

    @Test("where nobody listens, the error names the socket, and the stream says that the link is down")
    func nobody() async throws {
        let client = ControlClient(socketPath: "/tmp/farmtop no such socket", retryDelay: .milliseconds(10))
        do {
            _ = try await client.holder()
            Issue.record("somebody answered")
        } catch let error as ControlError {
            #expect(error.description.contains("/tmp/farmtop no such socket"))
        }
        var updates = client.updates().makeAsyncIterator()
        guard case .disconnected? = await updates.next() else {
            Issue.record("the stream did not say so")
            return
        }
        await client.close()
    }

    @Test("lines are whole however the bytes are cut, and have a limit")
    func lines() throws {
        for cut in 0...9 {
            var splitter = LineSplitter(limit: 100)
            let bytes = Array("ab\n\ncd\ne".utf8)
            var found = try splitter.add(Array(bytes.prefix(cut)))
            found += try splitter.add(Array(bytes.dropFirst(cut)))
            #expect(found == [Array("ab".utf8), Array("cd".utf8)])
        }
        var splitter = LineSplitter(limit: 3)
        #expect(throws: ControlError.tooLong(path: "", limit: 3)) { try splitter.add(Array("abcd".utf8)) }
    }
}
