import HTTPTypes
import Hummingbird
import Text

/// Which web pages of other origins may call the API (WHATWG Fetch, "CORS protocol"): none unless listed. A page brings
/// its token itself; cookies are never allowed.
public struct CrossOrigin: Equatable, Sendable {
    /// As browsers send them: `https://app.example.org`, compared letter by letter.
    public var origins: Set<String>

    public init(origins: Set<String> = []) { self.origins = origins }

    /// True for `https://host` or `http://host:port`, without a path, in lower case: another spelling is never sent.
    public static func isOrigin(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return false }
        let rest = text.utf8.dropFirst(scheme.utf8.count)
        return !rest.isEmpty && rest.count <= 300
            && rest.allSatisfy {
                ASCII.isDigit($0) || (97...122).contains($0) || "-.:[]".utf8.contains($0)
            }
    }

    private static let methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
    private static let requestHeaders = "Authorization, Content-Type, X-API-KEY, Last-Event-ID"
    private static let responseHeaders = "X-Request-Id, Retry-After, WWW-Authenticate, Allow, X-Farmtop-Ignored"

    /// The answer to a browser that asks whether a page may call; nil when the request is none such. Needs no token: a
    /// browser sends none with it. A page that may not call gets an answer without permission, which its browser explains.
    func preflight(_ request: Request, segments: [String]?) -> Response? {
        guard request.method == .options, request.headers[.accessControlRequestMethod] != nil,
            request.headers[.origin] != nil
        else { return nil }
        guard let origin = allowedOrigin(of: request, segments: segments) else { return .noContent() }
        return .noContent(headers: [
            .accessControlAllowOrigin: origin, .accessControlAllowMethods: Self.methods,
            .accessControlAllowHeaders: Self.requestHeaders, .accessControlMaxAge: "600",
        ])
    }

    /// Tells the browser who may read the answer, and every cache that answers differ by origin.
    func mark(_ response: inout Response, to request: Request, segments: [String]?) {
        guard !origins.isEmpty else { return }
        response.headers.append(HTTPField(name: .vary, value: "Origin"))
        guard let origin = allowedOrigin(of: request, segments: segments) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlExposeHeaders] = Self.responseHeaders
    }

    /// The pages of consent are for people, not for scripts (RFC 9700 §2.6).
    private func allowedOrigin(of request: Request, segments: [String]?) -> String? {
        guard let origin = request.headers[.origin], origins.contains(origin) else { return nil }
        let path = segments ?? []
        if path.first == "o", path.count > 1, ["authorize", "device"].contains(path[1]) { return nil }
        return origin
    }
}
