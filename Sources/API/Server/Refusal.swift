import HTTPTypes
import NIOHTTP1

/// An answer that a connection gives by itself, before there is a request to be routed. The connection ends with it.
struct Refusal: Equatable, Sendable {
    var status: HTTPResponse.Status
    var detail: String
    var retryAfterSeconds: Int?

    static let tooManyConnections = Refusal(
        status: .tooManyRequests, detail: "Too many connections from this address.", retryAfterSeconds: 1)

    init(status: HTTPResponse.Status, detail: String, retryAfterSeconds: Int? = nil) {
        self.status = status
        self.detail = detail
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// What came was no request (RFC 9112), or its header too much (RFC 6585 §5).
    init(_ error: HTTPParserError, _ limits: ServerLimits) {
        switch error {
        case .headerOverflow:
            self.init(
                status: .requestHeaderFieldsTooLarge,
                detail: "The header has more than \(limits.headerBytes) bytes or \(limits.headerCount) fields.")
        default: self.init(status: .badRequest, detail: "This is not a request of HTTP/1.1.")
        }
    }

    var body: [UInt8] { JSONWriter.bytes { $0.object { $0.member("detail", detail) } } }

    var head: HTTPResponse {
        var head = HTTPResponse(status: status)
        head.headerFields = [
            .contentType: "application/json", .contentLength: String(body.count), .connection: "close",
            .requestID: String(UInt64.random(in: .min ... .max), radix: 16),
        ]
        if let retryAfterSeconds { head.headerFields[.retryAfter] = String(retryAfterSeconds) }
        return head
    }
}
