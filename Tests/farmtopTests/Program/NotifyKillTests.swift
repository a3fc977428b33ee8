import Foundation
import GRDB
import Glibc
import TestSupport
import Testing

@testable import farmtop

/// Receivers of messages over HTTP and of e-mail, each on a port of its own, that write down what comes and answer once they may; in
/// Python, so that they outlive the farm's kills, and of its own library, so that they are never missing.
private final class Mailbox {
    private let process: ChildProcess
    private let file: String
    private(set) var port = 0
    private(set) var mailPort = 0

    init(in folder: String) throws {
        file = folder + "/messages"
        let script = folder + "/receiver.py"
        try """
        import http.server, os, socketserver, sys, threading, time
        def receive(words):
            with open(sys.argv[1], 'a') as file:
                file.write(' '.join(words.split()) + '\\n')
            while held(words):
                time.sleep(0.01)
        def held(words):
            try:
                with open(sys.argv[1] + '.hold') as file:
                    return file.read() in words
            except OSError:
                return False
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
                        mail = ''
                        while True:
                            line = self.rfile.readline()
                            if not line:
                                return
                            if line == b'.\\r\\n':
                                break
                            mail += line.decode('latin-1')
                        receive('mail ' + mail)
                        try:
                            self.say('250 taken')
                        except OSError:
                            return
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
                receive('%s delivery=%s %s %s' % (self.path, self.headers.get('x-farmtop-delivery', ''),
                    self.headers.get('title', ''), body.decode('latin-1')))
                answer = b'{"ok":true,"result":[]}'
                try:
                    self.send_response(200)
                    self.send_header('content-length', str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:
                    pass
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

    /// From now on messages with this word in them are received, and answered only after the `release`.
    func hold(_ word: String) throws { try word.write(toFile: file + ".hold", atomically: true, encoding: .utf8) }
    func release() { unlink(file + ".hold") }

    var lines: [String] {
        ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
    }
}

@Suite("Killed with every channel", .serialized, .timeLimit(.minutes(20)))
struct NotifyKillTests {
    /// What begins the lines of each channel.
    private static let channels = [
        "/topic ", "/bot123:token/sendMessage ", "/discord?wait=true ", "/slack ", "/notify/farm ", "/webhook ",
        "mail ",
        "exec ",
    ]
    /// A slow machine may take so long to tell of something.
    private let patience = Duration.seconds(300)

    private func configuration(_ home: TestHome, _ mailbox: Mailbox) -> String {
        let base = "http://127.0.0.1:\(mailbox.port)"
        let rules = """
            title = "{file} of {printer}"
            events = ["pause_asked", "cancelled"]
            per_hour = 1000
            answers = []

            """
        return """
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
            argv = ["/bin/sh", "\(home.path)/program.sh"]
            \(rules)
            """
    }

    private func rows(_ home: TestHome, _ sql: String) throws -> [String] {
        let database = try DatabaseQueue(path: home.database)
        defer { try? database.close() }
        return try database.read { try String.fetchAll($0, sql: sql) }
    }

    /// - Returns: whether it came true in time.
    private func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
        let deadline = ContinuousClock.now + patience
        while try !condition() {
            guard ContinuousClock.now < deadline else { return false }
            usleep(20_000)
        }
        return true
    }

    @Test(
        "killed while each service has a message and has not answered, the farm tells every channel of everything: that one again"
    )
    func kills() throws {
        let home = try TestHome()
        let mailbox = try Mailbox(in: home.path)
        try "123:token".write(toFile: home.path + "/token", atomically: true, encoding: .utf8)
        try """
        text=$(cat)
        echo exec $text >> \(home.path)/messages
        while word=$(cat \(home.path)/messages.hold) 2> /dev/null; do
            case "$text" in
                *"$word"*) sleep 0.05 ;;
                *) exit 0 ;;
            esac
        done
        """.write(toFile: home.path + "/program.sh", atomically: true, encoding: .utf8)
        try home.writeConfiguration(configuration(home, mailbox))
        let farm = try ServedFarm(home)
        let client = try farm.addClient("harness")
        var http = farm.http
        http.token = try #require(http.requestToken(client).object["access_token"] as? String)
        /// What each channel was told of a file.
        func told(_ channel: String, _ file: String) -> [String] {
            mailbox.lines.filter { $0.hasPrefix(channel) && $0.contains(file) }
        }
        var cancelled: [String] = []
        var asked: [String] = []
        for kill in ["one", "two", "three"] {
            let again = HTTP(port: farm.port, token: http.token)
            func start(_ name: String, _ file: String) throws -> String {
                let made = try again.post("/api/v1/printers/", json: #"{"name": "\#(name)"}"#)
                let printer = "/api/v1/printers/\(try #require((made.object["id"] as? NSNumber)?.int64Value))"
                _ = try again.post("\(printer)/start_print/", json: #"{"filename": "\#(file)"}"#)
                return printer
            }
            let file = "asked\(kill)"
            try mailbox.hold(file)
            // What is gathered for a while is not even a message yet when the kill comes.
            let gone = "gone\(kill)"
            let ended = try start("g\(kill)", gone) + "/finish_print/"
            let first = try again.post(ended, json: #"{"status": "cancelled"}"#)
            #expect(first.status == 200, "kill \(kill)")
            cancelled.append(gone)
            let second = try again.post(try start("a\(kill)", file) + "/request_pause/", json: "{}")
            #expect(second.status == 200, "kill \(kill)")
            asked.append(file)
            let isReceived = eventually { Self.channels.allSatisfy { !told($0, file).isEmpty } }
            #expect(isReceived, "kill \(kill): \(mailbox.lines) \(farm.logText)")
            let known = try rows(home, "SELECT channel FROM notify_outbox WHERE message LIKE '%\(file)%'")
            #expect(known.count == Self.channels.count, "received, and not noted by the farm: \(known)")
            #expect(farm.end(SIGKILL) == 128 + SIGKILL)
            mailbox.release()
            try farm.startAgain()
            let isRepeated = eventually { Self.channels.allSatisfy { told($0, file).count > 1 } }
            #expect(isRepeated, "kill \(kill): \(mailbox.lines) \(farm.logText)")
        }
        let isAllTold = eventually {
            Self.channels.allSatisfy { channel in cancelled.allSatisfy { !told(channel, $0).isEmpty } }
        }
        #expect(isAllTold, "every channel was told of \(cancelled): \(mailbox.lines)")
        let isEmpty = try eventually {
            try rows(
                home,
                "SELECT channel FROM notify_outbox UNION ALL SELECT topic FROM notify_occasions WHERE topic = 'cancelled'"
            ).isEmpty
        }
        #expect(isEmpty, "nothing is left: \(farm.logText)")
        // A receiver tells a repetition by its number, a mail program by the mail's.
        for file in asked {
            let numbers = told("/webhook ", file).compactMap { $0.split(separator: " ").dropFirst().first }
            #expect(numbers.count > 1 && Set(numbers).count == 1, "\(numbers)")
            let ids = told("mail ", file).compactMap { mail in
                mail.firstRange(of: "Message-ID: <").map { mail[$0.upperBound...].prefix { $0 != ">" } }
            }
            #expect(ids.count > 1 && Set(ids).count == 1, "\(ids)")
        }
        let outcomes = farm.logText
        #expect(farm.end(SIGTERM) == 0)
        #expect(!outcomes.contains("is dropped") && !farm.logText.contains("123:token"))
    }
}
