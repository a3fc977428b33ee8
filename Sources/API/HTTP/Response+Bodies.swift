import HTTPTypes
import Hummingbird
import NIOCore
import Text

extension Response {
    /// JSON, written by `write`.
    static func json(
        _ status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], _ write: (inout JSONWriter) throws -> Void
    ) rethrows -> Response {
        json(status, headers: headers, encoded: try JSONWriter.bytes(write))
    }

    /// JSON that was encoded before.
    static func json(_ status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], encoded: [UInt8]) -> Response {
        bytes(status, headers: headers, type: "application/json", encoded)
    }

    static func bytes(
        _ status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], type: String, _ bytes: [UInt8]
    ) -> Response {
        var headers = headers
        headers[.contentType] = type
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// 204 has neither body nor length (RFC 9110 §8.6).
    static func noContent(headers: HTTPFields = [:]) -> Response {
        var response = Response(status: .noContent, headers: headers)
        response.headers[.contentLength] = nil
        return response
    }
}
