import TestSupport

/// A PrusaLink with a camera that prints. It answers one request a connection, and asks for no password.
final class CameraMachine: Sendable {
    private let listener: LocalListener
    private let picture: [UInt8]
    var url: String { "http://127.0.0.1:\(listener.port)" }

    /// - Parameter picture: the JPEG that its camera gives.
    init(picture: [UInt8]) throws {
        self.picture = picture
        listener = try LocalListener()
        listener.serve { [weak self] in self?.answer($0) }
    }

    private func answer(_ connection: LocalConnection) {
        guard let request = connection.request() else { return }
        let words = String(decoding: request, as: UTF8.self).split(separator: " ")
        let (type, body) = reply(words.count > 1 ? String(words[1]) : "")
        let status = body == nil ? "404 Not Found" : "200 OK"
        let head =
            "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body?.count ?? 0)\r\nConnection: close\r\n\r\n"
        connection.send(Array(head.utf8) + (body ?? []))
    }

    /// - Returns: nil for what it does not have.
    private func reply(_ path: String) -> (type: String, body: [UInt8]?) {
        let json: String? =
            switch path {
            case "/api/version": #"{"api":"2.0.0","text":"PrusaLink","server":"2.1.2"}"#
            case "/api/v1/info": #"{"serial":"CZPX0000X000XC00000"}"#
            case "/api/v1/status":
                #"{"printer":{"state":"PRINTING","temp_bed":59.5,"target_bed":60},"#
                    + #""job":{"id":7,"progress":42.0,"time_printing":60,"time_remaining":5400}}"#
            case "/api/v1/job":
                #"{"id":7,"state":"PRINTING","file":{"name":"CUBE~1.BGC","display_name":"cube.bgcode","path":"/usb"}}"#
            case "/api/v1/storage": #"{"storage_list":[{"path":"/usb/","available":true,"read_only":false}]}"#
            case "/api/v1/files/usb":
                #"{"type":"FOLDER","children":[{"name":"cube.bgcode","type":"PRINT_FILE","size":1200}]}"#
            case "/api/v1/cameras": #"{"camera_list":[{"camera_id":"c1","connected":true}]}"#
            default: nil
            }
        if path == "/api/v1/cameras/snap" { return ("image/jpeg", picture) }
        return ("application/json", json.map { Array($0.utf8) })
    }
}
