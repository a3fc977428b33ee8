import Farm
import Foundation
import TestSupport
import Testing

@testable import Notifier

/// The Apprise library in Python behind a small server of the shape of its API; what it sends goes to a receiver of its own.
private final class AppriseServer {
    static let python = ProcessInfo.processInfo.environment["FARMTOP_PYTHON"] ?? "/usr/bin/python3"

    /// Whether Python has Apprise here.
    static let isInstalled: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", "import apprise"]
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    let folder = FileManager.default.temporaryDirectory.appending(path: "farmtop-apprise-\(UUID().uuidString)")
    private let process = Process()
    private(set) var port = 0

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
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

    var received: String { (try? String(contentsOfFile: folder.path + "/received", encoding: .utf8)) ?? "" }

    private static let script = """
        import email.parser, email.policy, http.server, json, sys, tempfile, threading
        import apprise
        folder = sys.argv[1]
        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                with open(folder + '/received', 'ab') as file:
                    file.write(self.rfile.read(int(self.headers['content-length'])) + b'\\n')
                self.send_response(200)
                self.end_headers()
            def log_message(self, *arguments):
                pass
        receiver = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Receiver)
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        class API(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers['content-length']))
                kind = self.headers['content-type']
                attach = None
                if kind.startswith('multipart/'):
                    parser = email.parser.BytesParser(policy=email.policy.HTTP)
                    message = parser.parsebytes(b'content-type: ' + kind.encode() + b'\\r\\n\\r\\n' + body)
                    fields = {}
                    for part in message.iter_parts():
                        name = part.get_param('name', header='content-disposition')
                        content = part.get_payload(decode=True)
                        if part.get_filename():
                            attach = folder + '/' + part.get_filename()
                            open(attach, 'wb').write(content)
                        else:
                            fields[name] = content.decode()
                else:
                    fields = json.loads(body)
                service = apprise.Apprise()
                service.add('json://127.0.0.1:%d' % receiver.server_address[1])
                ok = service.notify(body=fields['body'], title=fields.get('title', ''), notify_type=fields['type'], attach=attach)
                self.send_response(200 if ok else 424)
                self.send_header('content-length', '0')
                self.end_headers()
            def log_message(self, *arguments):
                pass
        api = http.server.ThreadingHTTPServer(('127.0.0.1', 0), API)
        with open(folder + '/port', 'w') as file:
            file.write('%d\\n' % api.server_address[1])
        api.serve_forever()
        """
}

@Suite(
    "The Apprise library", .timeLimit(.minutes(20)),
    .enabled(
        if: AppriseServer.isInstalled, "needs apprise: pip install apprise; FARMTOP_PYTHON names the Python that has it"
    ))
struct AppriseServerTests {
    @Test("it takes a message with its picture, and passes title, text and kind on", arguments: [true, false])
    func delivery(hasPicture: Bool) async throws {
        let server = try AppriseServer()
        let channel = someChannel(.apprise, base: "http://127.0.0.1:\(server.port)")
        let transport = LiveTransport(
            userAgent: "x", deadline: .seconds(30), folder: NSTemporaryDirectory(), now: { evening })
        let result = await transport.perform(channel.call(someMessage(picture: hasPicture ? somePicture : nil)))
        await transport.close()
        guard case .success(let answer) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(channel.outcome(answer) == .accepted("200"))
        let received = server.received
        #expect(received.contains("mk3: failing") && received.contains("failure"))
        #expect(received.contains(Data(somePicture).base64EncodedString()) == hasPicture)
    }
}
