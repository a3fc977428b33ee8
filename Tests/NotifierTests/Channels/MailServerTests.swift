import Farm
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Notifier

/// aiosmtpd in Python, with TLS and a login, on a port of its own.
private final class MailServer: @unchecked Sendable {
    static let python = ProcessInfo.processInfo.environment["FARMTOP_PYTHON"] ?? "/usr/bin/python3"

    /// Whether Python has aiosmtpd here.
    static let isInstalled: Bool = {
        do {
            let look = try ChildProcess(python, ["-c", "import aiosmtpd"], environment: [])
            return ChildProcess.wait(look.id) == 0
        } catch {
            return false
        }
    }()

    let folder = FileManager.default.temporaryDirectory.appending(path: "farmtop-mail-\(UUID().uuidString)")
    private let process: ChildProcess
    private(set) var port = 0
    var certificate: String { folder.path + "/cert.pem" }

    /// On a thread of its own: its start is waited for.
    static func started() async throws -> MailServer {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try MailServer() }) }
        }
    }

    private init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let openssl = try ChildProcess(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", folder.path + "/key.pem", "-out",
                folder.path + "/cert.pem",
            ], environment: [])
        _ = ChildProcess.wait(openssl.id)
        let script = folder.appending(path: "server.py")
        try Self.script.write(to: script, atomically: true, encoding: .utf8)
        process = try ChildProcess(Self.python, [script.path, folder.path], environment: [])
        while port == 0 {
            let text = (try? String(contentsOfFile: folder.path + "/port", encoding: .utf8)) ?? ""
            port = text.hasSuffix("\n") ? Int(text.dropLast()) ?? 0 : 0
            guard kill(process.id, 0) == 0 else { throw CocoaError(.fileReadUnknown) }
            usleep(5000)
        }
    }

    deinit {
        kill(process.id, SIGTERM)
        _ = ChildProcess.wait(process.id)
        try? FileManager.default.removeItem(at: folder)
    }

    var received: String { (try? String(contentsOfFile: folder.path + "/mail", encoding: .utf8)) ?? "" }

    private static let script = """
        import asyncio, ssl, sys
        from aiosmtpd.smtp import SMTP, AuthResult
        folder = sys.argv[1]
        class Handler:
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith('nobody'):
                    return '550 no such user here'
                envelope.rcpt_tos.append(address)
                return '250 OK'
            async def handle_DATA(self, server, session, envelope):
                with open(folder + '/mail', 'wb') as file:
                    file.write(repr(envelope.rcpt_tos).encode() + b'\\n' + envelope.content)
                return '250 OK'
        def login(server, session, envelope, mechanism, data):
            good = data.login == b'farm' and data.password == b'pass"word\\\\secretcanary'
            return AuthResult(success=good, handled=good)
        async def main():
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(folder + '/cert.pem', folder + '/key.pem')
            loop = asyncio.get_running_loop()
            def make():
                return SMTP(Handler(), hostname='localhost', authenticator=login, auth_required=True, auth_require_tls=False)
            server = await loop.create_server(make, '127.0.0.1', 0, ssl=context)
            with open(folder + '/port', 'w') as file:
                file.write('%d\\n' % server.sockets[0].getsockname()[1])
            await server.serve_forever()
        asyncio.run(main())
        """
}

@Suite(
    "E-mail to a real server", .timeLimit(.minutes(20)),
    .enabled(
        if: MailServer.isInstalled, "needs aiosmtpd: pip install aiosmtpd; FARMTOP_PYTHON names the Python that has it")
)
struct MailServerTests {
    private func outcome(_ channel: NotifyChannel) async -> DeliveryOutcome {
        let transport = LiveTransport(
            userAgent: "x", deadline: .seconds(10), folder: NSTemporaryDirectory(), now: { evening })
        defer { Task { await transport.close() } }
        switch await transport.perform(channel.call(someMessage())) {
        case .success(let answer): return channel.outcome(answer)
        case .failure(let failure): return failure.outcome
        }
    }

    @Test("over TLS with a login the mail arrives whole; wrong passwords, certificates and people are told apart")
    func delivery() async throws {
        let server = try await MailServer.started()
        var channel = someChannel(.email)
        channel.url = "smtps://localhost:\(server.port)"
        channel.caFile = server.certificate
        let sent = await outcome(channel)
        #expect(sent == .accepted("250"))
        let mail = server.received
        #expect(mail.hasPrefix("['anna@example.org', 'bob@example.org']"))
        #expect(mail.contains("Subject: mk3: failing") && mail.contains(Data(somePicture).base64EncodedString()))

        var wrong = channel
        wrong.token = "another"
        guard case .declined(let words, _, false, true) = await outcome(wrong) else {
            Issue.record("a wrong password was taken")
            return
        }
        #expect(words.contains("67") && !words.contains("another"))

        var stranger = channel
        stranger.caFile = ""
        guard case .unreachable = await outcome(stranger) else {
            Issue.record("a certificate that nobody knows was taken")
            return
        }

        var some = channel
        some.to = ["nobody@example.org", "carla@example.org"]
        let taken = await outcome(some)
        #expect(taken.acceptance == "250" && server.received.hasPrefix("['carla@example.org']"))
        #expect(
            taken.remark
                == "The server refused 1 of 2 recipients: nobody@example.org (550 no such user here). The others have it."
        )

        var nobody = channel
        nobody.to = ["nobody@example.org"]
        #expect(await outcome(nobody).isFinalRefusal)
    }
}
