import HTTPTypes
import Text

/// The description of the API (OpenAPI 3.1), made from the table of routes, so that it says what is served.
struct OpenAPIDocument {
    var routes: [Route]
    var version: String

    var json: [UInt8] {
        JSONWriter.bytes(capacity: 32_768) { json in
            json.object { json in
                json.member("openapi", "3.1.0")
                json.member("info") { json in
                    json.object { json in
                        json.member("title", "farmtop")
                        json.member("version", version)
                        json.member("description", Self.description)
                        json.member("license") { json in
                            json.object { json in
                                json.member("name", "MIT")
                                json.member("identifier", "MIT")
                            }
                        }
                    }
                }
                json.member("paths") { paths(&$0) }
                json.member("webhooks") { $0.encoded(Array(OpenAPISchemas.webhooks.utf8)) }
                json.member("components") { components(&$0) }
            }
        }
    }

    private static let description = """
        Obico's OAuth Printer Management API, served by farmtop. Paths work with and without their trailing slash.

        Errors: the only 5xx is 503, with `Retry-After`. While farmtop stops, requests that have begun finish, and every other one \
        is 503. Tokens in the query are not read, and two tokens in one request are 400. Ids have at most 63 bits; \
        anything else in their place is 404. A header that is too long is 431 and closes the connection. Pages of other \
        origins may call where the operator has listed them, without cookies.

        A printer that no machine is linked to has the `machine_state` `unlinked`, whatever it does: its `current_print` \
        says whether it prints, and `paused_at` of that whether it is paused.

        The event stream begins with `version`. Beside `alert` it sends starts, ends, pauses and all other events as \
        `printer_event`, printers that were archived or deleted as `removed`, and damage of the database as `service`.

        The buttons of notifications lead to `/answers/{token}`: GET shows a page with one button and acts on nothing, POST \
        answers. A token stands for one answer by one channel; it is good for a day at the most, until the first answer by \
        anybody, or until the print has ended.

        `failure_probability`, the states of a printer, `result`, `failure_reason` and the calls `request_pause`, \
        `undo_dismissal` and `forget_camera` are additions of farmtop. Without `filter_by_types[]` only the events that Obico knows \
        are listed.
        """

    private func paths(_ json: inout JSONWriter) {
        var order: [String] = []
        var byPath: [String: [Route]] = [:]
        for route in routes {
            if byPath[route.path] == nil { order.append(route.path) }
            byPath[route.path, default: []].append(route)
        }
        json.object { json in
            for path in order {
                json.member(named: path) { json in
                    json.object { json in
                        for route in byPath[path] ?? [] {
                            json.member(named: route.method.rawValue.lowercased()) { operation(route, &$0) }
                        }
                    }
                }
            }
        }
    }

    private func operation(_ route: Route, _ json: inout JSONWriter) {
        json.object { json in
            json.member("summary", route.summary)
            json.member("operationId", operationID(route))
            json.member("security") { security(route, &$0) }
            json.member("parameters") { parameters(route, &$0) }
            if let body = route.shape.body { json.member("requestBody") { requestBody(body, route, &$0) } }
            json.member("responses") { responses(route, &$0) }
        }
    }

    /// `post_api_v1_printers_id_start_print`
    private func operationID(_ route: Route) -> String {
        let words = route.path.split { "/{}.-".contains($0) }
        return ([route.method.rawValue.lowercased()] + words.map(String.init)).joined(separator: "_")
    }

    private func security(_ route: Route, _ json: inout JSONWriter) {
        json.array { json in
            guard route.access == .token else { return }
            let scope = route.method == .get ? "read" : "write"
            json.object { json in json.member("oauth") { $0.texts([scope]) } }
            json.object { json in json.member("apiKey") { $0.texts([]) } }
        }
    }

    private func parameters(_ route: Route, _ json: inout JSONWriter) {
        json.array { json in
            for segment in route.path.split(separator: "/") where segment.hasPrefix("{") {
                let name = String(segment.dropFirst().dropLast())
                parameter(name, "path", Self.textSegments[name] ?? Self.idSchema, isRequired: true, &json)
            }
            for query in route.shape.query {
                parameter(query.name, "query", query.schema, isRequired: query.isRequired, &json)
            }
        }
    }

    /// Segments that are no id.
    private static let textSegments = [
        "frame": #"{"type":"string"}"#, "token": #"{"type":"string","pattern":"^[A-Za-z0-9_-]{47}$"}"#,
    ]
    private static let idSchema = #"{"type":"integer","format":"int64","minimum":1}"#

    private func parameter(
        _ name: String, _ place: String, _ schema: String, isRequired: Bool, _ json: inout JSONWriter
    ) {
        json.object { json in
            json.member("name", name)
            json.member("in", place)
            json.member("required", isRequired)
            json.member("schema") { $0.encoded(Array(schema.utf8)) }
        }
    }

    private func requestBody(_ schema: String, _ route: Route, _ json: inout JSONWriter) {
        let types =
            switch route.shape.bodyTypes {
            case .multipart: ["multipart/form-data"]
            case .json: ["application/json"]
            case .flat where route.path.hasPrefix("/o/"): ["application/x-www-form-urlencoded"]
            case .flat: ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
            }
        let hasRequiredFields = OpenAPISchemas.all.contains {
            $0.name == schema && !$0.schema.hasSuffix(#""required":[]}"#)
        }
        json.object { json in
            json.member("required", hasRequiredFields)
            json.member("content") { content(types, schema, &$0) }
        }
    }

    private func content(_ types: [String], _ schema: String, _ json: inout JSONWriter) {
        json.object { json in
            for type in types {
                json.member(named: type) { json in
                    json.object { json in
                        json.member("schema") { json in
                            json.object { $0.member("$ref", "#/components/schemas/\(schema)") }
                        }
                    }
                }
            }
        }
    }

    private func responses(_ route: Route, _ json: inout JSONWriter) {
        let isPage = route.shape.replyType == "text/html"
        let isOAuth = route.path.hasPrefix("/o/") && !isPage
        var errors = Set(route.shape.errors + [503])
        if route.access == .token { errors.formUnion([400, 401, 403]) }
        if route.access == .openOnLoopback { errors.insert(401) }
        if isOAuth || !route.shape.query.isEmpty { errors.insert(400) }
        if route.shape.body != nil, !isOAuth { errors.formUnion([413, 415]) }
        json.object { json in
            json.member(named: String(route.shape.status)) { json in
                json.object { json in
                    json.member("description", route.shape.reply == nil ? "Done." : "The answer.")
                    if route.method == .patch {
                        json.member("headers") { $0.encoded(Array(Self.ignoredHeader.utf8)) }
                    }
                    if let reply = route.shape.reply {
                        json.member("content") { content([route.shape.replyType], reply, &$0) }
                    }
                }
            }
            if route.shape.redirects {
                json.member(named: "303") { json in
                    json.object { json in
                        json.member("description", "Back to the app, with code or error, state and iss in the query.")
                        json.member("headers") { $0.encoded(Array(Self.locationHeader.utf8)) }
                    }
                }
            }
            for status in errors.sorted() {
                json.member(named: String(status)) { json in
                    json.object { json in
                        json.member("description", HTTPResponse.Status(code: status).reasonPhrase)
                        let schema = isOAuth && status != 503 ? "OAuthError" : status == 400 ? "Invalid" : "Error"
                        let isHTML = isPage && status != 503
                        json.member("content") {
                            content([isHTML ? "text/html" : "application/json"], isHTML ? "Page" : schema, &$0)
                        }
                    }
                }
            }
        }
    }

    private static let locationHeader = #"{"Location":{"required":true,"schema":{"type":"string","format":"uri"}}}"#

    private static let ignoredHeader = """
        {"X-Farmtop-Ignored":{"description":"Names of fields that were sent and are not known.",\
        "schema":{"type":"string"}}}
        """

    /// The schemas of what OAuth's endpoints take.
    private var oauthForms: Set<String> {
        Set(routes.filter { $0.path.hasPrefix("/o/") }.compactMap(\.shape.body))
    }

    private func components(_ json: inout JSONWriter) {
        json.object { json in
            json.member("securitySchemes") { $0.encoded(Array(OpenAPISchemas.security.utf8)) }
            json.member("schemas") { json in
                json.object { json in
                    for (name, schema) in OpenAPISchemas.all {
                        // A parameter that OAuth does not know is passed over, but must not be repeated either.
                        let isForm = oauthForms.contains(name)
                        let complete =
                            isForm ? schema.dropLast() + #","additionalProperties":{"type":"string"}}"# : schema
                        json.member(named: name) { $0.encoded(Array(complete.utf8)) }
                    }
                }
            }
        }
    }
}
