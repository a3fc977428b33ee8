/// A `multipart/form-data` body (RFC 7578).
struct MultipartBody: Equatable {
    private(set) var bytes: [UInt8] = []
    private let boundary: String

    /// - Parameter id: random, so that no part holds the boundary.
    init(id: String) { boundary = "farmtop-\(id)" }

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    mutating func add(_ name: String, _ text: String, type: String? = nil) {
        begin(name, type: type)
        bytes += Array(text.utf8) + Array("\r\n".utf8)
    }

    mutating func add(_ name: String, file: String, type: String, _ content: [UInt8]) {
        begin(name, file: file, type: type)
        bytes += content + Array("\r\n".utf8)
    }

    mutating func end() { bytes += Array("--\(boundary)--\r\n".utf8) }

    private mutating func begin(_ name: String, file: String? = nil, type: String?) {
        var head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\""
        if let file { head += "; filename=\"\(file)\"" }
        head += "\r\n"
        if let type { head += "Content-Type: \(type)\r\n" }
        bytes += Array((head + "\r\n").utf8)
    }
}
