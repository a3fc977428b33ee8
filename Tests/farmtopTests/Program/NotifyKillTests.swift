import Foundation
import GRDB
import Glibc
import TestSupport
import Testing

@testable import farmtop

/// Receivers of messages over HTTP and of e-mail, each on a port of its own, that write down what comes; in Python, so that they
/// outlive the farm's kills, and of its own library, so that they are never missing.
private final class Mailbox {
    private let process: ChildProcess
    private let file: String
    private(set) var port = 0
    private(set) var mailPort = 0

    init(in folder: String) throws {
        file = folder + "/messages"
        let script = folder + "/receiver.py"
        try """
        import http.server, socketserver, sys, threading
        class Mail(socketserver.StreamRequestHandler):
            def say(self, line):
                self.wfile.write((line + '\\r\\n').encode())
            def handle(self):
                self.say('220 receiver ESMTP')
                while True:
                    line = self.rfile.readline()
                    if not line:
                        return
                    command = line.decode('latin-1').strip().upper()
                    if command.startswith('EHLO') or command.startswith('HELO'):
                        self.say('250-receiver')
                        self.say('250 SIZE 50000000')
                    elif command == 'DATA':
                        self.say('354 go on')
                        subject = ''
                        while True:
                            line = self.rfile.readline()
                            if not line:
                                return
                            if line == b'.\\r\\n':
                                break
                            if line.lower().startswith(b'subject:'):
                                subject = line.decode('latin-1').strip()
                        with open(sys.argv[1], 'a') as file:
                            file.write('mail %s\\n' % subject)
                        self.say('250 taken')
                    elif command == 'QUIT':
                        self.say('221 bye')
                        return
                    else:
                        self.say('250 OK')
        class MailServer(socketserver.ThreadingTCPServer):
            daemon_threads = True
        mail = MailServer(('127.0.0.1', 0), Mail)
        threading.Thread(target=mail.serve_forever, daemon=True).start()
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get('content-length', 0)))
                title = self.headers.get('title', '')
                with open(sys.argv[1], 'a') as file:
                    file.write('%s %s %s\\n' % (self.path, title, self.headers.get('x-farmtop-delivery', '')))
                answer = b'{"ok":true,"result":[]}'
                self.send_response(200)
                self.send_header('content-length', str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            do_PUT = do_POST
            def log_message(self, *arguments):
                pass
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        print(server.server_address[1], mail.server_address[1], file=open(sys.argv[1] + '.port', 'w'), flush=True)
        server.serve_forever()
        """.write(toFile: script, atomically: true, encoding: .utf8)
        process = try ChildProcess("/usr/bin/python3", [script, file], environment: [])
        while port == 0 {
            let text = (try? String(contentsOfFile: file + ".port", encoding: .utf8)) ?? ""
            let ports = text.hasSuffix("\n") ? text.dropLast().split(separator: " ").compactMap { Int($0) } : []
            if ports.count == 2 { (port, mailPort) = (ports[0], ports[1]) }
            guard kill(process.id, 0) == 0 else { throw HTTPFailure.noAnswer("the receiver did not start") }
            usleep(5000)
        }
    }

    deinit {
        kill(process.id, SIGTERM)
        _ = ChildProcess.wait(process.id)
    }

    var lines: [String] {
        ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
    }
}

@Suite("Killed with every channel", .serialized, .timeLimit(.minutes(20)))
struct NotifyKillTests {
    @Test("whatever was told of before a kill reaches every channel, and no message is lost")
    func kills() throws {
        let home = try TestHome()
        let mailbox = try Mailbox(in: home.path)
        try "123:token".write(toFile: home.path + "/token", atomically: true, encoding: .utf8)
        let base = "http://127.0.0.1:\(mailbox.port)"
        let rules = "events = [\"cancelled\"]\nper_hour = 1000\nanswers = []\n"
        try home.writeConfiguration(
            """
            [[notify]]
            name = "ntfy"
            kind = "ntfy"
            url = "\(base)/topic"
            \(rules)
            [[notify]]
            name = "telegram"
            kind = "telegram"
            url = "\(base)"
            token_file = "\(home.path)/token"
            chat = 5
            \(rules)
            [[notify]]
            name = "discord"
            kind = "discord"
            url = "\(base)/discord"
            \(rules)
            [[notify]]
            name = "slack"
            kind = "slack"
            url = "\(base)/slack"
            \(rules)
            [[notify]]
            name = "apprise"
            kind = "apprise"
            url = "\(base)/notify/farm"
            \(rules)
            [[notify]]
            name = "webhook"
            kind = "webhook"
            url = "\(base)/webhook"
            \(rules)
            [[notify]]
            name = "mail"
            kind = "email"
            url = "smtp://127.0.0.1:\(mailbox.mailPort)"
            from = "farm@example.org"
            to = ["anna@example.org"]
            \(rules)
            [[notify]]
            name = "exec"
            kind = "exec"
            argv = ["/bin/sh", "-c", "echo exec >> \(home.path)/messages"]
            \(rules)
            """)
        let farm = try ServedFarm(home)
        let client = try farm.addClient("harness")
        var http = farm.http
        http.token = try #require(http.requestToken(client).object["access_token"] as? String)
        let printer = try #require(
            (http.post("/api/v1/printers/", json: #"{"name": "p"}"#).object["id"] as? NSNumber)?.int64Value)
        var cancelled = 0
        for kill in 1...3 {
            let again = HTTP(port: farm.port, token: http.token)
            // One more than makes a flood: all of them in one message.
            for _ in 1...2 {
                _ = try again.post("/api/v1/printers/\(printer)/start_print/", json: #"{"filename": "part.gcode"}"#)
                let ended = try again.post(
                    "/api/v1/printers/\(printer)/finish_print/", json: #"{"status": "cancelled"}"#)
                #expect(ended.status == 200, "kill \(kill)")
                cancelled += 1
            }
            #expect(farm.end(SIGKILL) == 128 + SIGKILL)
            let database = try DatabaseQueue(path: home.database)
            let known = try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM notify_occasions") ?? 0 }
            #expect(known + mailbox.lines.count > 0)
            try database.close()
            try farm.startAgain()
        }
        let channels = [
            "/topic", "/bot123:token/sendMessage", "/discord?wait=true", "/slack", "/notify/farm", "/webhook",
            "mail Subject:",
            "exec",
        ]
        let deadline = ContinuousClock.now + .seconds(300)
        func heard(_ start: String) -> Bool { mailbox.lines.contains { $0.hasPrefix(start) } }
        while !channels.allSatisfy(heard), ContinuousClock.now < deadline { usleep(50_000) }
        for channel in channels { #expect(heard(channel), "\(channel): \(mailbox.lines)") }
        /// Channels with messages, and what has not been told yet.
        func waiting() throws -> [String] {
            let database = try DatabaseQueue(path: home.database)
            defer { try? database.close() }
            return try database.read { database in
                try String.fetchAll(
                    database,
                    sql: """
                        SELECT channel || ' ' || id || ' tries ' || tries || ' next ' || next_try_at FROM notify_outbox
                        UNION ALL
                        SELECT topic || ' ' || id FROM notify_occasions WHERE topic = 'cancelled'
                        """)
            }
        }
        while try !waiting().isEmpty, ContinuousClock.now < deadline { usleep(50_000) }
        let rest = try waiting()
        #expect(rest.isEmpty, "every channel has had all of it: \(farm.logText)")
        #expect(farm.end(SIGTERM) == 0)
        #expect(cancelled == 6 && !farm.logText.contains("123:token"))
    }
}
