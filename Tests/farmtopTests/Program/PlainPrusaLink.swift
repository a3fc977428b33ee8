import Foundation
import Glibc
import Synchronization
import Testing

/// A PrusaLink that asks for no password, on threads of its own: the program that it answers blocks the test's.
final class PlainPrusaLink: Sendable {
    let port: UInt16
    private let listener: Int32
    private let told = Mutex("IDLE")
    /// What it has on its stick, in bytes by name.
    private let stored = Mutex<[String: Int]>([:])
    var files: [String: Int] { stored.withLock { $0 } }

    let refusesPause = Mutex(false)
    /// The state in PrusaLink's word.
    var state: String {
        get { told.withLock { $0 } }
        set { told.withLock { $0 = newValue } }
    }
    var url: String { "http://127.0.0.1:\(port)" }

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 ? getsockname(listener, $0, &length) : -1
            }
        }
        try #require(result == 0 && listen(listener, 16) == 0)
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                guard let self else {
                    close(connection)
                    return
                }
                self.answer(connection)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// One request a connection.
    private func answer(_ connection: Int32) {
        defer { close(connection) }
        var request: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !request.contains(Array("\r\n\r\n".utf8)) {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return }
            request += buffer.prefix(count)
        }
        let words = String(decoding: request, as: UTF8.self).split(separator: " ")
        guard words.count > 2 else { return }
        let isUpload = words[0] == "PUT" && words[1].hasPrefix("/api/v1/files/usb/")
        let (status, body) =
            isUpload ? take(String(words[1].dropFirst(18)), request, connection) : reply("\(words[0]) \(words[1])")
        let text =
            "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
            + "Connection: close\r\n\r\n\(body)"
        _ = text.withCString { write(connection, $0, strlen($0)) }
    }

    /// Reads the file to its end.
    private func take(_ name: String, _ request: [UInt8], _ connection: Int32) -> (status: String, body: String) {
        let text = String(decoding: request, as: UTF8.self)
        guard let head = text.range(of: "\r\n\r\n"),
            let mark = text.range(of: "content-length: ", options: .caseInsensitive),
            let size = Int(text[mark.upperBound...].prefix { $0.isNumber })
        else { return ("411 Length Required", "{}") }
        var count = text[head.upperBound...].utf8.count
        var buffer = [UInt8](repeating: 0, count: 65536)
        while count < size {
            let more = read(connection, &buffer, buffer.count)
            guard more > 0 else { return ("400 Bad Request", "{}") }
            count += more
        }
        stored.withLock { $0[name] = count }
        return ("201 Created", "{}")
    }

    private func reply(_ request: String) -> (status: String, body: String) {
        let isActive = state == "PRINTING" || state == "PAUSED"
        switch request {
        case "GET /api/version": return ("200 OK", #"{"api":"2.0.0","text":"PrusaLink","server":"2.1.2"}"#)
        case "GET /api/v1/info": return ("200 OK", #"{"serial":"CZPX0000X000XC00000"}"#)
        case "GET /api/v1/status":
            let job = isActive ? #","job":{"id":7,"progress":42.0,"time_printing":60,"time_remaining":90}"# : ""
            return ("200 OK", #"{"printer":{"state":"\#(state)","temp_bed":59.5,"target_bed":60}\#(job)}"#)
        case "GET /api/v1/job":
            guard isActive else { return ("204 No Content", "") }
            return (
                "200 OK",
                #"{"id":7,"state":"\#(state)","file":{"name":"CUBE~1.BGC","display_name":"cube.bgcode","path":"/usb"}}"#
            )
        case "GET /api/v1/storage":
            return ("200 OK", #"{"storage_list":[{"path":"/usb/","available":true,"read_only":false}]}"#)
        case "GET /api/v1/files/usb":
            let children = files.map { #"{"name":"\#($0)","type":"PRINT_FILE","size":\#($1)}"# }
            return ("200 OK", #"{"type":"FOLDER","children":[\#(children.joined(separator: ","))]}"#)
        case "POST /api/v1/files/usb/cube.gcode":
            state = "PRINTING"
            return ("204 No Content", "")
        case "PUT /api/v1/job/7/pause":
            guard !refusesPause.withLock(\.self) else { return ("409 Conflict", "{}") }
            state = "PAUSED"
            return ("204 No Content", "")
        default: return ("404 Not Found", "{}")
        }
    }
}
