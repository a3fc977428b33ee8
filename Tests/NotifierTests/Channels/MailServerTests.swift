import Farm
import Foundation
import TestSupport
import Testing

@testable import Notifier

/// aiosmtpd in Python, with TLS and a login, on a port of its own.
private final class MailServer {
    static let python = ProcessInfo.processInfo.environment["FARMTOP_PYTHON"] ?? "/usr/bin/python3"

    /// Whether Python has aiosmtpd here.
    static let isInstalled: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", "import aiosmtpd"]
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    let folder = FileManager.default.temporaryDirectory.appending(path: "farmtop-mail-\(UUID().uuidString)")
    private let process = Process()
    private(set) var port = 0
    var certificate: String { folder.path + "/cert.pem" }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/openssl")
        openssl.arguments = [
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", folder.path + "/key.pem", "-out", certificate,
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        let script = folder.appending(path: "server.py")
        try Self.script.write(to: script, atomically: true, encoding: .utf8)
        process.executableURL = URL(filePath: Self.python)
        process.arguments = [script.path, folder.path]
        process.standardError = FileHandle.nullDevice
        try process.run()
        while port == 0 {
            let text = (try? String(contentsOfFile: folder.path + "/port", encoding: .utf8)) ?? ""
            port = text.hasSuffix("\n") ? Int(text.dropLast()) ?? 0 : 0
            guard process.isRunning else { throw CocoaError(.fileReadUnknown) }
            usleep(5000)
        }
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
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
        let server = try MailServer()
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

        var nobody = channel
        nobody.to = ["nobody@example.org"]
        #expect(await outcome(nobody).isFinalRefusal)
    }
}
