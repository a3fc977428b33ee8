import API
import Farm
import FarmClient
import FarmService
import Foundation
import HummingbirdCore
import Logging
import OAuth
import Storage
import TestSupport
import Testing

/// A farm in a folder of its own, served on its control socket while `body` runs.
private func served(_ body: (ControlClient, FarmService) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ft-\(UUID().uuidString.prefix(8))")
    defer { try? FileManager.default.removeItem(at: folder) }
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let now: @Sendable () -> Timestamp = { Timestamp(secondsSince1970: Date().timeIntervalSince1970) }
    let service = try FarmService(
        store: SQLiteStore(DataFolder(preparing: folder.path).lock()), detector: nil, clock: .neverSet(now),
        logger: logger,
        version: "1.2.3")
    let server = FarmServer(
        service: service,
        configuration: .init(
            publicURL: "http://127.0.0.1:3334", pictureSigner: PictureSigner(key: Array(repeating: 7, count: 32)),
            answerSigner: AnswerSigner(key: Array(repeating: 7, count: 32)),
            holder: HolderDescription(pid: 42, version: "1.2.3", startedAt: now(), dataFolder: folder.path), now: now),
        logger: logger)
    let socket = folder.path + "/control.sock"
    let listener = server.controlListener(path: socket)
    let serving = Task { try await listener.run() }
    let client = ControlClient(socketPath: socket, retryDelay: .milliseconds(20))
    var failure: (any Error)?
    do {
        while !FileManager.default.fileExists(atPath: socket) { try await Task.sleep(for: .milliseconds(5)) }
        try await body(client, service)
    } catch {
        failure = error
    }
    await client.close()
    await service.shutdown()
    serving.cancel()
    _ = await serving.result
    if let failure { throw failure }
}

@Suite("The farm over its control socket", .timeLimit(.minutes(20)))
struct ControlClientTests {
    @Test("what is done over the socket is in the farm, and its answer comes back")
    func actions() async throws {
        try await served { client, service in
            #expect(try await client.holder().pid == 42)
            let settings = PrinterSettings(name: "mk3")
            guard
                case .printer(let printer, let account) = try await client.perform(
                    .createPrinter(account: "operator", settings: settings))
            else { throw FarmError.noSuchPrinter }
            #expect(account == "operator")
            #expect(service.state.printers[printer.id]?.printer == printer)
            _ = try await client.perform(.startPrint(printer.id, filename: "benchy.gcode"))
            #expect(service.state.printers[printer.id]?.currentPrint?.filename == "benchy.gcode")
            #expect(
                try await client.events(printer: printer.id, print: nil, limit: 5).map(\.kind) == [.started, .settings])
        }
    }

    @Test("a refusal arrives as the error that the farm threw")
    func refusals() async throws {
        try await served { client, _ in
            await #expect(throws: FarmError.noSuchPrinter) {
                _ = try await client.perform(.startPrint(99, filename: "x"))
            }
            await #expect(throws: FarmError.noSuchAccount("nobody")) {
                _ = try await client.perform(.createPrinter(account: "nobody", settings: PrinterSettings(name: "a")))
            }
        }
    }

    @Test("the stream begins with the whole farm and goes on with what changes")
    func updates() async throws {
        try await served { client, service in
            var stream = client.updates().makeAsyncIterator()
            guard case .snapshot(let first)? = await stream.next() else { throw FarmError.noSuchPrinter }
            #expect(first.printers.isEmpty)
            _ = try await service.perform(
                CreatePrinter(caller: .administrator, account: 1, settings: PrinterSettings(name: "mk4")))
            while case .snapshot(let next)? = await stream.next() {
                guard !next.printers.isEmpty else { continue }
                #expect(next.printers.map(\.printer.settings.name) == ["mk4"])
                #expect(next.accounts == first.accounts)
                return
            }
            Issue.record("the stream ended before the printer was seen")
        }
    }

    @Test("an app that waits is in the stream, and its code lets it in; a wrong one is refused as the farm refuses it")
    func consents() async throws {
        try await served { client, service in
            guard
                case .credentials(let app) = try await client.perform(
                    .addClient(NewClient(name: "tv", grants: [.deviceCode])))
            else { throw FarmError.noSuchClient }
            let registered = try #require(service.state.client(publicID: app.client.publicID))
            let started = try service.authorizeDevice(scope: nil, client: registered, address: "10.0.0.9")
            for await case .snapshot(let snapshot) in client.updates() where !snapshot.consents.isEmpty {
                #expect(snapshot.consents.map(\.clientName) == ["tv"])
                break
            }
            await #expect(throws: FarmError.wrongCode) { try await client.perform(.approveConsent(code: "x")) }
            guard case .consent(let consent) = try await client.perform(.approveConsent(code: started.userCode)) else {
                throw FarmError.noSuchConsent
            }
            #expect(consent.address == "10.0.0.9")
            #expect(try await client.perform(.listConsents) == .consents([]))
        }
    }

    @Test("with nobody at the socket the message says which and what to do")
    func nobody() async throws {
        let client = ControlClient(socketPath: "/nonexistent/control.sock", retryDelay: .milliseconds(20))
        do {
            _ = try await client.holder()
            Issue.record("somebody answered")
        } catch let error as ControlError {
            #expect(error.description.contains("/nonexistent/control.sock"))
            #expect(error.description.contains("farmtop serve"))
        }
        var stream = client.updates().makeAsyncIterator()
        guard case .disconnected? = await stream.next() else {
            Issue.record("no word of the broken link")
            return await client.close()
        }
        await client.close()
    }
}
