import Farm
import HTTPTypes
import Hummingbird

/// Who may call a route.
enum RouteAccess: Equatable, Sendable {
    /// Anybody.
    case open
    /// A token with the scope that the method needs; on the control socket, the administrator.
    case token
    /// Anybody on this machine; a token from elsewhere.
    case openOnLoopback
    /// The administrator on the control socket; the route does not exist elsewhere.
    case control
}

/// One line of the API: a method on a path, and what it does.
struct Route: Sendable {
    typealias Handler = @Sendable (APIRequest) async throws -> Response

    var method: HTTPRequest.Method
    /// Segments in braces match any one segment; a trailing slash is shown as clients write it and never needed.
    var path: String
    var access: RouteAccess
    /// One sentence for the description of the API.
    var summary: String
    /// What it takes and gives, for the description of the API.
    var shape: RouteShape
    var handle: Handler

    static func get(
        _ path: String, _ summary: String, access: RouteAccess = .token, _ shape: RouteShape = RouteShape(),
        _ handle: @escaping Handler
    ) -> Route {
        Route(method: .get, path: path, access: access, summary: summary, shape: shape, handle: handle)
    }
    static func post(
        _ path: String, _ summary: String, access: RouteAccess = .token, _ shape: RouteShape = RouteShape(),
        _ handle: @escaping Handler
    ) -> Route {
        Route(method: .post, path: path, access: access, summary: summary, shape: shape, handle: handle)
    }
    static func put(
        _ path: String, _ summary: String, _ shape: RouteShape = RouteShape(), _ handle: @escaping Handler
    ) -> Route {
        Route(method: .put, path: path, access: .token, summary: summary, shape: shape, handle: handle)
    }
    static func patch(
        _ path: String, _ summary: String, _ shape: RouteShape = RouteShape(), _ handle: @escaping Handler
    ) -> Route {
        Route(method: .patch, path: path, access: .token, summary: summary, shape: shape, handle: handle)
    }
    static func delete(
        _ path: String, _ summary: String, _ shape: RouteShape = RouteShape(), _ handle: @escaping Handler
    ) -> Route {
        Route(method: .delete, path: path, access: .token, summary: summary, shape: shape, handle: handle)
    }
}

/// What a route takes and gives: names of schemas in the description of the API.
struct RouteShape: Equatable, Sendable {
    struct Parameter: Equatable, Sendable {
        var name: String
        /// A JSON schema of one value.
        var schema: String
        var isRequired = false
    }
    /// The media types that a body may have.
    enum BodyTypes: Equatable, Sendable {
        /// JSON, or either kind of form.
        case flat
        case json
        case multipart
    }
    var body: String?
    var bodyTypes = BodyTypes.flat
    var status = 200
    /// Nil: no content.
    var reply: String?
    var replyType = "application/json"
    var query: [Parameter] = []
    /// Error statuses beside those that every route has.
    var errors: [Int] = []
    /// It may answer 303.
    var redirects = false

    init(
        body: String? = nil, bodyTypes: BodyTypes = .flat, status: Int = 200, reply: String? = nil,
        replyType: String = "application/json", query: [Parameter] = [], errors: [Int] = [], redirects: Bool = false
    ) {
        self.redirects = redirects
        self.body = body
        self.bodyTypes = bodyTypes
        self.status = status
        self.reply = reply
        self.replyType = replyType
        self.query = query
        self.errors = errors
    }
}
