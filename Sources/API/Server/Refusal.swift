import HTTPTypes
import NIOHTTP1
import Text

/// An answer that a connection gives by itself, before there is a request to be routed. The connection ends with it.
struct Refusal: Error, Equatable, Sendable {
    var status: HTTPResponse.Status
    var detail: String
    var headers: HTTPFields = [:]

    static let tooManyConnections = Refusal(
        status: .tooManyRequests, detail: "Too many connections from this address.", headers: [.retryAfter: "1"])
    /// What came was no request (RFC 9112).
    static let notHTTP = badRequest("This is not a request of HTTP/1.1.")
    /// A client that speaks TLS reads no answer without it, but sees at once that there is none.
    static let notHTTPS = badRequest("This port speaks HTTP and no HTTPS. Call it by http://")
    static let badChunk = badRequest("The body's chunks are not those of HTTP/1.1.")

    static func badRequest(_ detail: String) -> Refusal { Refusal(status: .badRequest, detail: detail) }

    /// RFC 6585 §5.
    static func headTooLong(_ limits: ServerLimits) -> Refusal {
        Refusal(
            status: .requestHeaderFieldsTooLarge,
            detail: "The header has more than \(limits.headerBytes) bytes or \(limits.headerCount) fields.")
    }

    /// A method that no path has.
    static func methodNotAllowed(_ method: String) -> Refusal {
        Refusal(
            status: .methodNotAllowed, detail: "Method \"\(method.prefix(32))\" not allowed.",
            headers: [.allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"])
    }

    /// RFC 9110 §15.5.9.
    static func headTooSlow(_ limits: ServerLimits) -> Refusal {
        Refusal(
            status: .requestTimeout,
            detail: "The request's head did not arrive within \(limits.headDeadline.components.seconds) seconds.")
    }

    static func bodyTooSlow(_ limits: ServerLimits) -> Refusal {
        Refusal(
            status: .requestTimeout,
            detail:
                "The request body did not arrive within \(limits.requestDeadline.components.seconds) seconds. Check that "
                + "Content-Length is the number of bytes that are sent.")
    }

    init(status: HTTPResponse.Status, detail: String, headers: HTTPFields = [:]) {
        self.status = status
        self.detail = detail
        self.headers = headers
    }

    init(_ error: HTTPParserError, _ limits: ServerLimits) {
        switch error {
        case .headerOverflow: self = .headTooLong(limits)
        default: self = .notHTTP
        }
    }

    var body: [UInt8] { JSONWriter.bytes { $0.object { $0.member("detail", detail) } } }

    var head: HTTPResponse {
        var head = HTTPResponse(status: status)
        head.headerFields = headers
        head.headerFields[.contentType] = "application/json"
        head.headerFields[.contentLength] = String(body.count)
        head.headerFields[.connection] = "close"
        head.headerFields[.requestID] = String(UInt64.random(in: .min ... .max), radix: 16)
        return head
    }
}
