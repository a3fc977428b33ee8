import API
import Farm
import FarmService
import Foundation
import HTTPTypes
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@Suite("Listeners", .serialized, .timeLimit(.minutes(20)))
struct SocketTests {
    /// Runs a listener while a test talks to it.
    private func serving(
        _ listener: FarmListener, _ test: @Sendable @escaping () async throws -> Void
    ) async throws {
        try await APITests.serving([listener]) { _ in try await test() }
    }

    /// What a raw connection answers to raw bytes, until the server closes it or `enough` says so.
    private func exchange(
        _ channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>, _ request: String,
        until enough: @Sendable @escaping (String) -> Bool = { _ in false }
    ) async throws -> String {
        try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            var text = ""
            for try await chunk in inbound {
                text += String(buffer: chunk)
                if enough(text) { break }
            }
            return text
        }
    }

    /// - Parameter mayEndSending: ending the output leaves the input open.
    private func connect(
        port: Int, mayEndSending: Bool = false
    ) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: mayEndSending))
                }
            }
    }

    private func connect(path: String) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(unixDomainSocketPath: path) { channel in
                channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
            }
    }

    @Test("the control socket is private, replaces one that was left behind, and is gone afterwards")
    func controlSocket() async throws {
        let farm = try await FarmFixture()
        let path = farm.folder.path + "/control.sock"
        try await leaveSocket(at: path)
        #expect(FileManager.default.fileExists(atPath: path))
        let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
        let listener = farm.server.controlListener(path: path) { isReady.finish() }
        try await serving(listener) {
            for await _ in ready {}
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let answer = try await self.exchange(
                try await self.connect(path: path),
                "GET /control/holder HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains("\"started_at\""))
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("updates begin with the whole farm and go on with what changed; shutdown ends them")
    func updates() async throws {
        let farm = try await FarmFixture()
        let path = farm.folder.path + "/control.sock"
        let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
        let listener = farm.server.controlListener(path: path) { isReady.finish() }
        try await serving(listener) {
            for await _ in ready {}
            let channel = try await self.connect(path: path)
            let text = try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "GET /control/updates HTTP/1.1\r\nHost: x\r\n\r\n"))
                var text = ""
                var hasAsked = false
                for try await chunk in inbound {
                    text += String(buffer: chunk)
                    if !hasAsked, text.contains("{\"snapshot\":") {
                        hasAsked = true
                        _ = try await farm.service.perform(
                            FarmAction.createPrinter(
                                account: "operator", settings: PrinterSettings(name: "seen-live")))
                    }
                    if text.contains("seen-live") { break }
                }
                return text
            }
            #expect(text.contains("{\"delta\":") && text.contains("seen-live"))
        }
    }

    @Test("a taken port is named, with the remedy")
    func takenPort() async throws {
        let farm = try await FarmFixture()
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        try await serving(
            farm.server.listener(host: "127.0.0.1", port: 0) { found in
                port.yield(found)
                port.finish()
            }
        ) {
            let taken = try #require(await ports.first { _ in true })
            #expect(farm.service.traffic.address == "http://127.0.0.1:\(taken)")
            await #expect(throws: ServerError.addressInUse(host: "127.0.0.1", port: taken)) {
                try await farm.server.listener(host: "127.0.0.1", port: taken).run()
            }
        }
        #expect(farm.service.traffic.address == nil)
        #expect(ServerError.addressInUse(host: "127.0.0.1", port: 80).description.contains("Port 80"))
    }

    @Test("a frame whose client goes away leaves the queue, whether the client closes or only ends its side")
    func clientGoesAway() async throws {
        let detector = StalledDetector()
        let farm = try await FarmFixture(detector: detector)
        let live = try await farm.service.perform(
            CreatePrinter(caller: .administrator, account: 1, settings: PrinterSettings(name: "mk3")))
        _ = try await farm.service.perform(
            StartPrint(caller: .administrator, printer: live.printer.id, filename: "a.gcode"))
        let (token, printer) = (try await farm.token(), live.printer.id)
        let body =
            "--b\r\nContent-Disposition: form-data; name=\"img\"; filename=\"a.jpg\"\r\n\r\nJPEG\r\n--b--\r\n"
        let request =
            "POST /api/v1/printers/\(printer)/predict/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n"
            + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        try await serving(
            farm.server.listener(host: "127.0.0.1", port: 0) { found in
                port.yield(found)
                port.finish()
            }
        ) {
            let number = try #require(await ports.first { _ in true })
            for leavesWhole in [true, false] {
                try await self.connect(port: number, mayEndSending: true).executeThenClose { _, outbound in
                    try await outbound.write(ByteBuffer(string: request))
                    let frame = await detector.submitted.first { _ in true }
                    if leavesWhole { return }
                    outbound.finish()
                    #expect(await detector.cancelled.first { _ in true } == frame)
                }
                if leavesWhole { #expect(await detector.cancelled.first { _ in true } == 1) }
            }
        }
    }

    @Test("a client that waits for 100 Continue gets it only when its body is wanted")
    func expectContinue() async throws {
        let farm = try await FarmFixture()
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        try await serving(
            farm.server.listener(host: "127.0.0.1", port: 0) { found in
                port.yield(found)
                port.finish()
            }
        ) {
            let port = try #require(await ports.first { _ in true })
            let head = "POST /o/token/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n"
            let wanted = try await self.exchange(
                try await self.connect(port: port),
                head + "Content-Type: application/x-www-form-urlencoded\r\n\r\n",
                until: { $0.contains("\r\n\r\n") })
            #expect(wanted.hasPrefix("HTTP/1.1 100"))
            let refused = try await self.exchange(
                try await self.connect(port: port), head + "Content-Type: text/plain\r\n\r\n")
            #expect(refused.hasPrefix("HTTP/1.1 400") && !refused.contains("HTTP/1.1 100"))
        }
    }

    @Test("requests that are no HTTP and headers that are too long are refused; the server lives on")
    func hostile() async throws {
        let farm = try await FarmFixture()
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        try await serving(
            farm.server.listener(host: "127.0.0.1", port: 0) { found in
                port.yield(found)
                port.finish()
            }
        ) {
            let port = try #require(await ports.first { _ in true })
            for request in [
                "\u{0}\u{1}\u{2}\r\n\r\n", "GET / HTTP/1.1\r\nX: \(String(repeating: "h", count: 100_000))\r\n\r\n",
                "GET /api HTTP/1.1\r\n\(String(repeating: "A: b\r\n", count: 200))\r\n",
            ] {
                let answer = try? await self.exchange(try await self.connect(port: port), request)
                #expect(answer?.contains(" 200 ") != true)
            }
            let alive = try await self.exchange(
                try await self.connect(port: port), "GET /hc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(alive.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test("the event stream of the control socket tells who begins to wait for consent and who waits no more")
    func consentEvents() async throws {
        let farm = try await FarmFixture()
        let made = try await farm.add(NewClient(name: "tv", grants: [.deviceCode]))
        let client = try #require(farm.service.state.client(publicID: made.client.publicID))
        let path = farm.folder.path + "/control.sock"
        let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
        try await serving(farm.server.controlListener(path: path) { isReady.finish() }) {
            for await _ in ready {}
            let channel = try await self.connect(path: path)
            let text = try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "GET /api/v1/events/stream HTTP/1.1\r\nHost: x\r\n\r\n"))
                var text = ""
                var code: String?
                for try await chunk in inbound {
                    text += String(buffer: chunk)
                    if code == nil, text.contains(": the events follow") {
                        let started = try farm.service.authorizeDevice(
                            scope: "read", client: client, address: "10.0.0.9")
                        code = started.userCode
                    } else if let known = code, text.contains("\"waiting\":true"), !text.contains("\"waiting\":false") {
                        try await farm.approve(known)
                    }
                    if text.contains("\"waiting\":false") { break }
                }
                #expect(code.map { !text.contains($0) } == true)
                return text
            }
            #expect(text.contains("event: consent\n") && text.contains("\"client\":\"tv\""))
            #expect(text.contains("\"scope\":\"read\"") && text.contains("\"address\":\"10.0.0.9\""))
        }
    }

    @Test("the event stream tells an app of its own printers and ends with its token")
    func eventStream() async throws {
        let farm = try await FarmFixture(detections: [[]])
        let token = try await farm.token()
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        try await serving(
            farm.server.listener(host: "127.0.0.1", port: 0) { found in
                port.yield(found)
                port.finish()
            }
        ) {
            let port = try #require(await ports.first { _ in true })
            let channel = try await self.connect(port: port)
            let text = try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(
                    ByteBuffer(
                        string: "GET /api/v1/events/stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                            + "Authorization: Bearer \(token)\r\nLast-Event-ID: 1-1\r\n\r\n"))
                var text = ""
                var step = 0
                for try await chunk in inbound {
                    text += String(buffer: chunk)
                    if step == 0, text.contains("event: reset") {
                        step = 1
                        for account in ["other", "operator"] {
                            if account == "other" {
                                _ = try await farm.service.perform(FarmAction.addAccount(name: account))
                            }
                            _ = try await farm.service.perform(
                                FarmAction.createPrinter(
                                    account: account, settings: PrinterSettings(name: "of-\(account)")))
                        }
                        let live = try await farm.service.perform(
                            StartPrint(caller: .administrator, printer: 2, filename: "f"))
                        let ticket = try farm.service.admitFrame(printer: live.printer.id, caller: .administrator)
                        _ = try await farm.service.analyse(jpeg, ticket: ticket)
                    }
                    if step == 1, text.contains("event: prediction") {
                        step = 2
                        _ = try await farm.service.perform(FarmAction.revokeToken(1))
                    }
                }
                return text
            }
            #expect(text.contains("event: printer\n") && text.contains("event: print\n"))
            #expect(text.contains("of-operator") && !text.contains("of-other"))
            #expect(text.hasSuffix("0\r\n\r\n"))
        }
    }
}
