import Farm
import Wire

/// A file and some fields as `multipart/form-data` (RFC 7578), with the file last and streamed.
struct MultipartForm {
    private let boundary: String
    private var head = ""

    init() {
        boundary = "farmtop" + String(UInt64.random(in: .min ... .max), radix: 36)
    }

    mutating func add(_ name: String, _ value: String) {
        head += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
    }

    /// The header and body of a request with `file` as its last field.
    func request(
        file upload: FileUpload, progress: @escaping @Sendable (Int64) -> Void
    ) -> (
        headers: [HTTPHeader], body: HTTPRequest.Body
    ) {
        let name = upload.name.map { $0 == "\"" ? "%22" : $0.isNewline ? " " : String($0) }.joined()
        let start =
            head + "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n"
        let body = FileBody(
            path: upload.localPath, size: upload.size, prefix: Array(start.utf8),
            suffix: Array("\r\n--\(boundary)--\r\n".utf8), progress: progress)
        return ([HTTPHeader("Content-Type", "multipart/form-data; boundary=\(boundary)")], .file(body))
    }
}

extension FileUpload {
    /// Small boards write 20 KB a second to their cards.
    func timeout(_ pace: LinkEnvironment.Pace) -> Duration { pace.upload + .seconds(size / 20_000) }

    /// SHA-256 in hexadecimal, for a server that compares it.
    func checksum() async throws(LinkFault) -> String {
        do throws(WireError) { return try await FileDigest.sha256(of: localPath) } catch { throw LinkFault(error) }
    }
}
