import Foundation
import Glibc
import Synchronization
import Testing

/// A PrusaLink with a camera that prints, on threads of its own. It answers one request a connection, and asks for no password.
final class CameraMachine: Sendable {
    let url: String
    private let listener: Int32
    private let picture: [UInt8]

    /// - Parameter picture: the JPEG that its camera gives.
    init(picture: [UInt8]) throws {
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
        self.picture = picture
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                self?.answer(connection)
                close(connection)
            }
            // Here and not earlier: the number may be another file's as soon as it is closed.
            close(listener)
        }
    }

    /// Ends the thread that waits in `accept`, now or at its next one.
    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private func answer(_ connection: Int32) {
        var request: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !request.contains(Array("\r\n\r\n".utf8)) {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return }
            request += buffer.prefix(count)
        }
        let words = String(decoding: request, as: UTF8.self).split(separator: " ")
        let (type, body) = reply(words.count > 1 ? String(words[1]) : "")
        let status = body == nil ? "404 Not Found" : "200 OK"
        let head =
            "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body?.count ?? 0)\r\nConnection: close\r\n\r\n"
        let bytes = Array(head.utf8) + (body ?? [])
        _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
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
