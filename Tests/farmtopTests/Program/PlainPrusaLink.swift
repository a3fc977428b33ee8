import Foundation
import Synchronization
import TestSupport

/// A PrusaLink that asks for no password.
final class PlainPrusaLink: Sendable {
    private let listener: LocalListener
    private let told = Mutex("IDLE")
    /// What it has on its stick, in bytes by name.
    private let stored = Mutex<[String: Int]>([:])
    var files: [String: Int] { stored.withLock { $0 } }

    let refusesPause = Mutex(false)
    let refusesStart = Mutex(false)
    /// The state in PrusaLink's word.
    var state: String {
        get { told.withLock { $0 } }
        set { told.withLock { $0 = newValue } }
    }
    var url: String { "http://127.0.0.1:\(listener.port)" }

    init() throws {
        listener = try LocalListener()
        listener.serve { [weak self] in self?.answer($0) }
    }

    /// One request a connection.
    private func answer(_ connection: LocalConnection) {
        guard let request = connection.request() else { return }
        let words = String(decoding: request, as: UTF8.self).split(separator: " ")
        guard words.count > 2 else { return }
        let isUpload = words[0] == "PUT" && words[1].hasPrefix("/api/v1/files/usb/")
        let (status, body) =
            isUpload ? take(String(words[1].dropFirst(18)), request, connection) : reply("\(words[0]) \(words[1])")
        let head =
            "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
            + "Connection: close\r\n\r\n"
        connection.send(Array((head + body).utf8))
    }

    /// Reads the file to its end.
    private func take(
        _ name: String, _ request: [UInt8], _ connection: LocalConnection
    ) -> (status: String, body: String) {
        let text = String(decoding: request, as: UTF8.self)
        guard let head = text.range(of: "\r\n\r\n"),
            let mark = text.range(of: "content-length: ", options: .caseInsensitive),
            let size = Int(text[mark.upperBound...].prefix { $0.isNumber })
        else { return ("411 Length Required", "{}") }
        var count = text[head.upperBound...].utf8.count
        while count < size {
            let more = connection.read()
            guard !more.isEmpty else { return ("400 Bad Request", "{}") }
            count += more.count
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
            guard !refusesStart.withLock(\.self) else { return ("409 Conflict", "{}") }
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
