import Farm
import HTTPTypes
import Hummingbird
import OAuth
import Text

/// A refusal in the wire's words.
enum APIError: Error {
    /// `{"detail": "…"}`
    case detail(HTTPResponse.Status, String, headers: HTTPFields = [:])
    /// 400 `{"field": ["message", …]}`
    case fields([FieldError])

    static func notFound(_ detail: String = "Not found.") -> Self { .detail(.notFound, detail) }
    static func badRequest(_ detail: String) -> Self { .detail(.badRequest, detail) }
    static func tooLarge(_ detail: String) -> Self {
        .detail(.contentTooLarge, detail, headers: [.connection: "close"])
    }
    static func field(_ name: String, _ message: String) -> Self { .fields([FieldError(name, message)]) }
    static func unavailable(_ detail: String, retryAfterSeconds: Int) -> Self {
        .detail(.serviceUnavailable, detail, headers: [.retryAfter: String(retryAfterSeconds)])
    }
    static let unauthenticated = APIError.detail(
        .unauthorized, "Authentication credentials were not provided.",
        headers: [.wwwAuthenticate: "Bearer realm=\"api\""])
    static let invalidToken = APIError.detail(
        .unauthorized, "Invalid or expired token.",
        headers: [.wwwAuthenticate: "Bearer realm=\"api\", error=\"invalid_token\""])
    static let severalTokens = APIError.detail(
        .badRequest, "Send one token: in the Authorization header or in X-API-KEY, not in both.",
        headers: [.wwwAuthenticate: "Bearer realm=\"api\", error=\"invalid_request\""])
    static func insufficientScope(_ scope: Scope) -> Self {
        .detail(
            .forbidden, FarmError.forbidden.description,
            headers: [
                .wwwAuthenticate: "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"\(scope)\""
            ])
    }
    static func methodNotAllowed(_ method: HTTPRequest.Method, allowed: [HTTPRequest.Method]) -> Self {
        .detail(
            .methodNotAllowed, "Method \"\(method.rawValue)\" not allowed.",
            headers: [.allow: allowed.map(\.rawValue).joined(separator: ", ")])
    }

    init(_ error: FarmError) {
        switch error {
        case .noSuchAccount, .noSuchPrinter, .noSuchPrint, .noSuchClient, .noSuchToken, .noSuchPicture, .noWebhook,
            .noSuchChannel,
            .notPrinting, .noSuchConsent, .noSuchCamera, .noSuchKeyRequest, .wrongCode:
            self = .notFound(error.description)
        case .tooManyWrongCodes(let seconds):
            self = .detail(.tooManyRequests, error.description, headers: [.retryAfter: String(seconds)])
        case .forbidden, .mayNotMoveMachines: self = .detail(.forbidden, error.description)
        case .machine, .machineTaken, .anotherPrint, .stillRunning, .bedNotClear:
            self = .detail(.conflict, error.description)
        case .invalid(let fields): self = .fields(fields)
        case .noRoom: self = .detail(.noRoom, error.description)
        case .unavailable(let reason, let seconds): self = .unavailable(reason, retryAfterSeconds: seconds)
        }
    }

    init(_ error: FrameError) {
        switch error {
        case .notUsable:
            self = .field("img", FrameError.unusableImage)
        case .tooLarge: self = .detail(.contentTooLarge, error.description)
        case .queueFull(let seconds): self = .unavailable(error.description, retryAfterSeconds: seconds)
        case .cancelled: self = .unavailable(error.description, retryAfterSeconds: 1)
        }
    }

    var response: Response {
        switch self {
        case .detail(let status, let detail, let headers):
            return .json(status, headers: headers) { $0.object { $0.member("detail", detail) } }
        case .fields(let fields):
            return .json(.badRequest) { json in
                json.object { json in
                    for field in fields {
                        json.member(named: field.field) { json in
                            json.array { json in for message in field.messages { json.value(message) } }
                        }
                    }
                }
            }
        }
    }
}

extension HTTPResponse.Status {
    /// RFC 4918 §11.5.
    static let noRoom = Self(code: 507, reasonPhrase: "Insufficient Storage")
}

extension FrameError {
    static let unusableImage =
        "Upload a valid image. The file you uploaded was either not an image or a corrupted image."
}

extension OAuthError {
    /// RFC 6749 §5.2.
    var response: Response {
        var headers: HTTPFields = [.cacheControl: "no-store", .pragma: "no-cache"]
        if let challenge { headers[.wwwAuthenticate] = challenge }
        if let retryAfterSeconds { headers[.retryAfter] = String(retryAfterSeconds) }
        return .json(HTTPResponse.Status(code: status), headers: headers) { json in
            json.object { json in
                json.member("error", code)
                json.member("error_description", message)
            }
        }
    }
}

extension HTTPField.Name {
    static let pragma = HTTPField.Name("Pragma")!
    static let apiKey = HTTPField.Name("X-API-KEY")!
    static let requestID = HTTPField.Name("X-Request-Id")!
    static let lastEventID = HTTPField.Name("Last-Event-ID")!
}
