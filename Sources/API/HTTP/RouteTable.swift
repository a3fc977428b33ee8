import HTTPTypes

/// Finds the route of a path and method: a tree of path segments, words before placeholders.
///
/// Own code in place of Hummingbird's router, which answers 404 where a path has other methods, and lists paths and methods only:
/// `405` with `Allow`, the OpenAPI document and its page come from the same list of routes.
struct RouteTable: Sendable {
    enum Match: Sendable {
        case route(Route, parameters: [String])
        case wrongMethod(allowed: [HTTPRequest.Method])
        case noSuchPath
    }

    private struct Node {
        var words: [String: Int] = [:]
        var placeholder: Int?
        var routes: [Route] = []
    }

    let routes: [Route]
    private var nodes = [Node()]

    init(_ routes: [Route]) {
        self.routes = routes
        for route in routes { insert(route) }
    }

    private mutating func insert(_ route: Route) {
        var node = 0
        for segment in route.path.split(separator: "/").map(String.init) {
            let isPlaceholder = segment.hasPrefix("{")
            if let next = isPlaceholder ? nodes[node].placeholder : nodes[node].words[segment] {
                node = next
                continue
            }
            nodes.append(Node())
            if isPlaceholder {
                nodes[node].placeholder = nodes.count - 1
            } else {
                nodes[node].words[segment] = nodes.count - 1
            }
            node = nodes.count - 1
        }
        precondition(
            !nodes[node].routes.contains { $0.method == route.method }, "two routes for \(route.method) \(route.path)")
        nodes[node].routes.append(route)
    }

    /// - Parameter segments: the decoded path; HEAD is answered by the route for GET.
    func match(_ method: HTTPRequest.Method, _ segments: [String]) -> Match {
        var node = 0
        var parameters: [String] = []
        for segment in segments {
            if let next = nodes[node].words[segment] {
                node = next
            } else if let next = nodes[node].placeholder {
                node = next
                parameters.append(segment)
            } else {
                return .noSuchPath
            }
        }
        let candidates = nodes[node].routes
        guard !candidates.isEmpty else { return .noSuchPath }
        let wanted = method == .head ? .get : method
        if let route = candidates.first(where: { $0.method == wanted }) { return .route(route, parameters: parameters) }
        return .wrongMethod(allowed: allowed(candidates))
    }

    private func allowed(_ routes: [Route]) -> [HTTPRequest.Method] {
        routes.flatMap { $0.method == .get ? [.get, .head] : [$0.method] } + [.options]
    }
}
