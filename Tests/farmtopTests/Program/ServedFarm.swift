import Farm
import Foundation
import Glibc
import Testing

/// `farmtop serve` over a folder, from its start to its end by whatever signal.
final class ServedFarm {
    let home: TestHome
    private(set) var pid: pid_t
    private(set) var port: UInt16
    private var isRunning = true
    var log: String { home.path + "/serve.log" }
    var logText: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    /// Returns when the API answers.
    init(_ home: TestHome) throws {
        self.home = home
        (pid, port) = try Self.start(home)
    }

    deinit { if isRunning { _ = end(SIGKILL) } }

    private static func start(_ home: TestHome) throws -> (pid_t, UInt16) {
        let log = home.path + "/serve.log"
        try Data().write(to: URL(filePath: log))
        let pid = try Program.start(
            ["serve", "--data-dir", home.data, "--listen", "127.0.0.1:0"], home: home.path, errors: log)
        let mark = "The API listens on http://127.0.0.1:"
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let text = try home.listening(log)
            if let start = text.range(of: mark)?.upperBound,
                let port = UInt16(text[start...].prefix { $0.isASCII && $0.isNumber }), text[start...].contains(".\n")
            {
                return (pid, port)
            }
            var status: Int32 = 0
            try #require(waitpid(pid, &status, WNOHANG) == 0, "it ended at once: \(text)")
            usleep(5000)
        }
        kill(pid, SIGKILL)
        _ = Program.wait(pid)
        throw HTTPFailure.noAnswer("the farm did not start")
    }

    /// - Returns: its exit code.
    func end(_ signal: Int32) -> Int32 {
        isRunning = false
        kill(pid, signal)
        return Program.wait(pid)
    }

    func startAgain() throws {
        (pid, port) = try Self.start(home)
        isRunning = true
    }

    var http: HTTP { HTTP(port: port) }

    /// A client's id and secret, made over the control socket.
    func addClient(_ name: String) throws -> (id: String, secret: String) {
        let made = try home.run("client", "add", name, "--json")
        try #require(made.status == 0, "\(made.errors)")
        let client = try #require(JSONSerialization.jsonObject(with: Data(made.output.utf8)) as? [String: Any])
        return (try #require(client["client_id"] as? String), try #require(client["client_secret"] as? String))
    }
}

extension TestHome {
    /// The log so far, wherever the configuration sends it.
    fileprivate func listening(_ log: String) throws -> String {
        let file = path + "/logs/farmtop.log"
        return try String(contentsOfFile: log, encoding: .utf8)
            + (FileManager.default.fileExists(atPath: file) ? try String(contentsOfFile: file, encoding: .utf8) : "")
    }
}

enum HTTPFailure: Error, Equatable {
    /// The connection was refused, or ended before the answer was whole.
    case noAnswer(String)
}

/// One request a connection, blocking, so that the moment of an acknowledgement is certain.
struct HTTP: Sendable {
    let port: UInt16
    var token: String?

    struct Answer: Sendable {
        var status: Int
        var headers: String
        var body: [UInt8]
        var object: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) ?? [:]
        }
    }

    func get(_ path: String) throws -> Answer { try call("GET", path, type: nil, []) }

    func post(_ path: String, json: String = "{}") throws -> Answer {
        try call("POST", path, type: "application/json", Array(json.utf8))
    }

    func predict(_ printer: Int64, jpeg: [UInt8]) throws -> Answer {
        let head =
            "--frame\r\nContent-Disposition: form-data; name=\"img\"; filename=\"a.jpg\"\r\n"
            + "Content-Type: image/jpeg\r\n\r\n"
        return try call(
            "POST", "/api/v1/printers/\(printer)/predict/", type: "multipart/form-data; boundary=frame",
            Array(head.utf8) + jpeg + Array("\r\n--frame--\r\n".utf8))
    }

    /// RFC 6749 §4.4.
    func requestToken(_ client: (id: String, secret: String)) throws -> Answer {
        let form = "grant_type=client_credentials&client_id=\(client.id)&client_secret=\(client.secret)"
        return try call("POST", "/o/token/", type: "application/x-www-form-urlencoded", Array(form.utf8))
    }

    private func call(_ method: String, _ path: String, type: String?, _ body: [UInt8]) throws -> Answer {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw HTTPFailure.noAnswer("connect: \(errno)") }
        var head =
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: \(body.count)\r\n"
        if let type { head += "Content-Type: \(type)\r\n" }
        if let token { head += "Authorization: Bearer \(token)\r\n" }
        try send(descriptor, Array((head + "\r\n").utf8) + body)
        return try answer(descriptor)
    }

    private func send(_ descriptor: Int32, _ bytes: [UInt8]) throws {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw HTTPFailure.noAnswer("send: \(errno)") }
            start += count
        }
    }

    private func answer(_ descriptor: Int32) throws -> Answer {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count >= 0 else { throw HTTPFailure.noAnswer("recv: \(errno)") }
            if count == 0 { break }
            bytes += piece[..<count]
        }
        guard let end = Data(bytes).range(of: Data("\r\n\r\n".utf8)) else { throw HTTPFailure.noAnswer("no head") }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let body = Array(bytes[end.upperBound...])
        guard head.hasPrefix("HTTP/1.1 "), let status = Int(head.dropFirst(9).prefix(3)) else {
            throw HTTPFailure.noAnswer("not HTTP")
        }
        // A killed server's answer may be cut: it counts only as long as it said it would be.
        let length = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
        if let length, length != body.count { throw HTTPFailure.noAnswer("cut body") }
        return Answer(status: status, headers: head, body: body)
    }
}
